/// The catalog as this process knows it. Another host may have migrated since; a commit notices, readers soon.
/// Threads: every method may be called concurrently.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "catalog.hpp"
#include "sql_error.hpp"

namespace storage_postgres {

class SchemaCache {
public:
    explicit SchemaCache(std::string schema) : schema_(std::move(schema)) {}

    std::shared_ptr<const Catalog> get() const {
        const std::lock_guard lock(mutex_);
        return catalog_;
    }
    /// Throws SqlError 3F000 where tables were, and are no more: nothing that is asked for then is the caller's fault.
    std::shared_ptr<const Catalog> load(Session& session, Deadline deadline) {
        auto loaded = Catalog::load(session, schema_, deadline);
        const std::lock_guard lock(mutex_);
        if (loaded->generation == 0 && catalog_->generation != 0)
            throw SqlError("3F000", "schema \"" + schema_ + "\" has no tables of ours");
        return catalog_ = std::move(loaded);
    }
    const std::string& schema() const { return schema_; }

private:
    const std::string schema_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
};

}  // namespace storage_postgres
