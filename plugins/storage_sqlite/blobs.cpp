#include "blobs.hpp"

#include <algorithm>

namespace storage_sqlite {
namespace {
using namespace sqlite_api;

class OpenBlob {
public:
    OpenBlob(sqlite3* database, std::int64_t row) {
        if (sqlite3_blob_open(database, "main", "atr_blobs", "bytes", row, 0, &raw_) != SQLITE_OK)
            throw SqlError(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
    }
    ~OpenBlob() { sqlite3_blob_close(raw_); }
    OpenBlob(const OpenBlob&) = delete;
    OpenBlob& operator=(const OpenBlob&) = delete;

    std::uint64_t size() const { return static_cast<std::uint64_t>(sqlite3_blob_bytes(raw_)); }
    void read(std::string& to, std::uint64_t offset) {
        const int code = sqlite3_blob_read(raw_, to.data(), static_cast<int>(to.size()), static_cast<int>(offset));
        if (code != SQLITE_OK) throw SqlError(code, "reading a blob");
    }

private:
    sqlite3_blob* raw_ = nullptr;
};

}  // namespace

atr::Result<> put_blob(WriteTransaction& transaction, const std::string& key, const std::string& bytes) {
    {
        Run present(transaction.connection().prepared("SELECT bytes FROM atr_blobs WHERE key = ?"));
        if (present.text(key).step()) {
            if (present.text_at(0) == bytes) return {};
            return atr::conflict(ATR_E_DUPLICATE, "blob " + key + " is there with other bytes");
        }
    }
    Run(transaction.connection().prepared("INSERT INTO atr_blobs(key, updated_ms, bytes) VALUES(?, ?, ?)"))
        .text(key)
        .integer(transaction.now_ms())
        .blob(bytes)
        .finish();
    transaction.touch();
    return {};
}

atr::Result<atr::Blob> get_blob(Connection& connection, const std::string& key, std::uint64_t offset,
                                std::uint64_t length) {
    ReadScope moment(connection);
    std::int64_t row = 0;
    {
        Run run(connection.prepared("SELECT id FROM atr_blobs WHERE key = ?"));
        if (!run.text(key).step()) return atr::not_found("no blob " + key);
        row = run.integer_at(0);
    }
    OpenBlob blob(connection.handle(), row);
    atr::Blob out;
    out.total = blob.size();
    if (offset >= out.total) return out;
    out.bytes.resize(std::min(length, out.total - offset));
    blob.read(out.bytes, offset);
    return out;
}

}  // namespace storage_sqlite
