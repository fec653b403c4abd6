/// What SQLite adds to atr::SlowStatements.
#pragma once

#include <atr/slow_statements.hpp>

#include "reader_pool.hpp"

namespace storage_sqlite {

void note_slow(atr::SlowStatements& slow, const char* sql, std::chrono::nanoseconds took, std::int64_t rows,
               bool failed) noexcept;

/// Writes the lines that wait, with the plans of their statements, on a connection that reads. Nothing is executed.
void tell_slow(atr::SlowStatements& slow, ReaderPool& readers);

}  // namespace storage_sqlite
