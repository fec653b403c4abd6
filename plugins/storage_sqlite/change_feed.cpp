#include "change_feed.hpp"

namespace storage_sqlite {
namespace {

void put_varint(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
    to += static_cast<char>(value);
}

[[noreturn]] void damaged() {
    throw SqlError(SQLITE_CORRUPT, "a row of atr_changes cannot be read");
}

std::uint64_t take_varint(std::string_view& from) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (from.empty()) damaged();
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return value;
    }
    damaged();
}

void read_row(std::string_view bytes, std::uint64_t seq, std::int64_t updated_ms, const Catalog& catalog,
              std::vector<atr::Record>& out) {
    while (!bytes.empty()) {
        const Collection* collection = catalog.find(static_cast<std::int64_t>(take_varint(bytes)));
        const std::uint64_t length = take_varint(bytes);
        if (length > bytes.size()) damaged();
        if (collection)  // one that a newer host made is unknown here
            out.push_back({.collection = collection->name,
                           .key = std::string(bytes.substr(0, length)),
                           .version = seq,
                           .updated_unix_ms = updated_ms});
        bytes.remove_prefix(length);
    }
}

}  // namespace

void ChangeList::add(std::int64_t collection, std::string_view key) {
    put_varint(bytes_, static_cast<std::uint64_t>(collection));
    put_varint(bytes_, key.size());
    bytes_ += key;
}

void append_changes(Connection& connection, std::uint64_t seq, std::int64_t now_ms, const ChangeList& changes) {
    Run(connection.prepared("INSERT INTO atr_changes(seq, updated_ms, records) VALUES(?, ?, ?)"))
        .integer(seq)
        .integer(now_ms)
        .blob(changes.bytes())
        .finish();
}

atr::Result<atr::Changes> read_changes(Connection& connection, const Catalog& catalog, std::uint64_t after_seq,
                                       std::uint32_t limit) {
    atr::Changes out;
    std::uint64_t newest = 0;
    {
        Run state(connection.prepared("SELECT commit_seq, feed_floor FROM atr_state"));
        if (!state.step()) return out;
        newest = static_cast<std::uint64_t>(state.integer_at(0));
        const auto floor = static_cast<std::uint64_t>(state.integer_at(1));
        if (limit != 0 && after_seq < floor)
            return atr::not_found("changes up to " + std::to_string(floor) +
                                  " are no longer kept: read the collections anew, then follow from there");
    }
    if (limit == 0 || after_seq >= newest) {
        out.last_seq = newest;
        return out;
    }
    Run run(connection.prepared("SELECT seq, updated_ms, records FROM atr_changes WHERE seq > ? ORDER BY seq"));
    run.integer(after_seq);
    while (out.records.size() < limit) {
        if (!run.step()) {
            out.last_seq = newest;
            break;
        }
        out.last_seq = static_cast<std::uint64_t>(run.integer_at(0));
        read_row(run.text_at(2), out.last_seq, run.integer_at(1), catalog, out.records);
    }
    return out;
}

std::uint32_t purge_changes(Connection& connection, std::int64_t older_than_ms, std::uint32_t max) {
    Run oldest(connection.prepared("SELECT seq, updated_ms FROM atr_changes ORDER BY seq LIMIT ?"));
    oldest.integer(std::int64_t{max});
    std::int64_t last = 0;
    while (oldest.step() && oldest.integer_at(1) < older_than_ms) last = oldest.integer_at(0);
    if (last == 0) return 0;
    Run(connection.prepared("UPDATE atr_state SET feed_floor = ?")).integer(last).finish();
    return static_cast<std::uint32_t>(
        Run(connection.prepared("DELETE FROM atr_changes WHERE seq <= ?")).integer(last).finish());
}

}  // namespace storage_sqlite
