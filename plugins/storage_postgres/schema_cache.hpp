/// The catalog as this process knows it. Another host may have migrated since; a commit notices, readers soon.
/// Threads: every method may be called concurrently.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "catalog.hpp"

namespace storage_postgres {

class SchemaCache {
public:
    explicit SchemaCache(std::string schema) : schema_(std::move(schema)) {}

    std::shared_ptr<const Catalog> get() const {
        const std::lock_guard lock(mutex_);
        return catalog_;
    }
    std::shared_ptr<const Catalog> load(Session& session, Deadline deadline) {
        auto loaded = Catalog::load(session, schema_, deadline);
        const std::lock_guard lock(mutex_);
        return catalog_ = std::move(loaded);
    }
    const std::string& schema() const { return schema_; }

private:
    const std::string schema_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
};

}  // namespace storage_postgres
