/// Records of one collection on their way into its table, as they stand: one multi-row statement that replaces what is
/// under their keys.
#pragma once

#include <atr/storage_copy.hpp>
#include <string>

#include "catalog.hpp"
#include "multi_row.hpp"

namespace storage_postgres {

/// Each key once. Threads: one at a time. Lifetime: the catalog outlives it.
class ImportedRows {
public:
    /// Errors: rejected: unknown collection.
    static atr::Result<ImportedRows> into(const Catalog& catalog, const std::string& collection);

    /// Errors: rejected, naming the record: its body is not one of this collection.
    atr::Result<> add(const atr::Record& record);
    Statement statement() const;

private:
    enum class Kind { records, counters, jobs, keys, blobs };
    ImportedRows(Kind kind, const Collection* collection);
    /// The table's next column. `cast`: what turns its parameter into its type.
    void column(const std::string& name, ArrayColumn::Type type, const std::string& cast = "");
    atr::Result<> add_content(const atr::Record& record);
    atr::Result<> add_job(const atr::Record& record);
    atr::Result<> add_key(const atr::Record& record);

    const Kind kind_;
    const Collection* const collection_;  ///< null: blobs
    MultiRow rows_;
    std::string names_, values_, assignments_;
};

}  // namespace storage_postgres
