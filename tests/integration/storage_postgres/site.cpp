/// Where the storage contract finds PostgreSQL: a schema on a server that the tests share.
#include "database.hpp"

namespace storage_contract {

struct Site::Data {
    storage_postgres_test::Database database;
};

Site::Site() : data_(std::make_unique<Data>()) {}
Site::~Site() = default;

std::unique_ptr<atr::Storage> Site::open() {
    return data_->database.open(data_->database.settings(), data_->database.hand_clock());
}

void Site::set_clock(std::int64_t now_ms) {
    data_->database.set_clock(now_ms);
}

}  // namespace storage_contract
