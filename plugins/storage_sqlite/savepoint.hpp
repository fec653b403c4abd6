/// A part of a write transaction that can be undone alone. Neither kept nor undone, it goes the transaction's way.
#pragma once

#include "connection.hpp"

namespace storage_sqlite {

class Savepoint {
public:
    explicit Savepoint(Connection& connection) : connection_(connection) {}

    void open() {
        if (open_) return;
        Run(connection_.prepared("SAVEPOINT part")).finish();
        open_ = true;
    }
    void undo() {
        if (open_) Run(connection_.prepared("ROLLBACK TO part")).finish();
        keep();
    }
    void keep() {
        if (open_) Run(connection_.prepared("RELEASE part")).finish();
        open_ = false;
    }

private:
    Connection& connection_;
    bool open_ = false;
};

}  // namespace storage_sqlite
