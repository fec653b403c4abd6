#include "reader_pool.hpp"

namespace storage_sqlite {

std::unique_ptr<Connection> ReaderPool::take(Deadline deadline) {
    {
        std::unique_lock lock(mutex_);
        if (!freed_.wait_until(lock, deadline, [this] { return !free_.empty() || unopened_ > 0; })) return nullptr;
        if (!free_.empty()) {
            auto connection = std::move(free_.back());
            free_.pop_back();
            return connection;
        }
        --unopened_;
    }
    try {
        auto connection = std::make_unique<Connection>(options_);
        connection->execute("PRAGMA query_only = ON");
        return connection;
    } catch (...) {
        std::lock_guard lock(mutex_);
        ++unopened_;
        freed_.notify_one();
        throw;
    }
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
    if (!connection) return;
    connection->trim_prepared();
    {
        std::lock_guard lock(mutex_);
        free_.push_back(std::move(connection));
    }
    freed_.notify_one();
}

}  // namespace storage_sqlite
