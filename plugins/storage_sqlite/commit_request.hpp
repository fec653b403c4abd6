/// One commit() call on its way through the writer: prepared on the caller's thread, judged on the writer's.
#pragma once

#include <atr/storage.hpp>
#include <span>

#include "group_writer.hpp"

namespace storage_sqlite {

/// Errors: as GroupWriter::submit(); every batch then shares the fate. Otherwise each result tells its own.
atr::Result<> commit_batches(GroupWriter& writer, std::span<const atr::Batch> batches, std::span<atr::Commit> results,
                             GroupWriter::Deadline deadline);

}  // namespace storage_sqlite
