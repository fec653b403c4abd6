#include "snapshot_reader.hpp"

#include "names.hpp"
#include "query.hpp"
#include "record_reader.hpp"

namespace storage_sqlite {
namespace {

/// A page ends behind the record that passes this.
constexpr std::size_t large_page_bytes = std::size_t{4} << 20;

std::vector<atr::Record> read_blobs_after(Connection& connection, const std::string& after_key, std::uint32_t limit) {
    Run run(connection.prepared("SELECT key, updated_ms, bytes FROM atr_blobs WHERE key > ? ORDER BY key LIMIT ?"));
    run.text(after_key).integer(std::int64_t{limit});
    std::vector<atr::Record> out;
    for (std::size_t bytes = 0; bytes < large_page_bytes && run.step();) {
        out.push_back({.collection = std::string(atr::blobs_collection),
                       .key = std::string(run.text_at(0)),
                       .version = 1,
                       .updated_unix_ms = run.integer_at(1),
                       .body = std::string(run.text_at(2))});
        bytes += out.back().body.size();
    }
    return out;
}

}  // namespace

atr::OpenSnapshot describe_store(Connection& connection) {
    atr::OpenSnapshot out;
    const Catalog catalog = Catalog::load(connection);
    out.state.schema_version = catalog.schema_version;
    if (catalog.generation == 0) return out;
    Run state(connection.prepared("SELECT commit_seq, lease_token FROM atr_state"));
    if (state.step()) {
        out.state.commit_seq = static_cast<std::uint64_t>(state.integer_at(0));
        out.state.lease_token = static_cast<std::uint64_t>(state.integer_at(1));
    }
    for (const auto& collection : catalog.collections()) out.collections.push_back(collection.name);
    out.collections.emplace_back(atr::blobs_collection);
    return out;
}

atr::Result<std::vector<atr::Record>> read_records_after(Connection& connection, const Catalog& catalog,
                                                         const std::string& collection, const std::string& after_key,
                                                         std::uint32_t limit) {
    if (limit < 1 || limit > most_records_a_page)
        return atr::rejected(ATR_E_BAD_INPUT, "a page has 1 to " + std::to_string(most_records_a_page) + " records");
    if (collection == atr::blobs_collection) return read_blobs_after(connection, after_key, limit);
    const Collection* found = catalog.find(collection);
    if (!found) return unknown_collection(collection);
    Run run(connection.prepared("SELECT " + record_columns(*found) + " FROM " + sql_name(found->table) +
                                " WHERE key > ? ORDER BY key LIMIT ?"));
    run.text(after_key).integer(std::int64_t{limit});
    std::vector<atr::Record> out;
    for (std::size_t bytes = 0; bytes < large_page_bytes && run.step(); bytes += out.back().body.size())
        out.push_back(read_record(*found, run));
    return out;
}

}  // namespace storage_sqlite
