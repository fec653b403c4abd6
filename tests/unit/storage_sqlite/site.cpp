/// Where the storage contract finds SQLite: a file in a temporary folder.
#include "storage_sqlite/sqlite_storage.hpp"
#include "tests/contract/storage/store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace storage_contract {

struct Site::Data {
    support::TemporaryFolder folder;
    std::atomic<std::int64_t> now_ms{start_ms};
};

Site::Site() : data_(std::make_unique<Data>()) {}
Site::~Site() = default;

std::unique_ptr<atr::Storage> Site::open() {
    storage_sqlite::Settings settings;
    settings.path = (data_->folder.path() / "treasurer.db").string();
    settings.busy_timeout = std::chrono::seconds(60);
    auto made =
        storage_sqlite::SqliteStorage::create("test", settings, [data = data_.get()] { return data->now_ms.load(); });
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
}

void Site::set_clock(std::int64_t now_ms) {
    data_->now_ms = now_ms;
}

}  // namespace storage_contract
