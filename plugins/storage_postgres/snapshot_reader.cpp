#include "snapshot_reader.hpp"

#include "names.hpp"
#include "query.hpp"
#include "record_reader.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {

/// A page ends behind the record that passes this.
constexpr std::int64_t large_page_bytes = std::int64_t{4} << 20;

/// The document that blob_put wrote as a record.
atr::Record read_blob(const Rows& rows, int row) {
    return {.collection = std::string(atr::blobs_collection),
            .key = from_stored(rows.text(row, 0)),
            .version = 1,
            .updated_unix_ms = rows.integer(row, 1),
            .body = rows.bytes(row, 2)};
}

/// The size of what a row holds of any length, known without fetching it. Of json only the size as it is kept is: over
/// 2 kB it may be compressed.
std::string known_bytes(const Collection* collection) {
    if (!collection) return "octet_length(bytes)";
    if (collection->kind == CollectionKind::records) return "coalesce(octet_length(raw), pg_column_size(body))";
    return collection->kind == CollectionKind::jobs ? "octet_length(body)" : "0";
}

std::string page_sql(const Collection* collection) {
    const std::string table = collection ? sql_name(collection->table) : "atr_blobs";
    const std::string columns = collection ? record_columns(*collection) : "key, updated_ms, bytes";
    return "SELECT " + columns + " FROM (SELECT *, sum(" + known_bytes(collection) +
           ") OVER (ORDER BY key ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (SELECT * FROM " +
           table +
           " WHERE key > $1::text ORDER BY key LIMIT $2::bigint) next) page WHERE coalesce(before, 0) < $3::bigint "
           "ORDER BY key";
}

}  // namespace

StoreMoment describe_store(Session& session, const std::string& schema, Deadline deadline) {
    StoreMoment out;
    out.catalog = Catalog::load_in_transaction(session, schema, deadline);
    atr::OpenSnapshot& description = out.description;
    description.state.schema_version = out.catalog->schema_version;
    if (out.catalog->generation == 0) return out;
    // Tokens are given outside of transactions: asked for behind the moment, they are above all that it shows.
    const auto rows = session.run({{"SELECT commit_seq FROM atr_state"},
                                   {"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM atr_lease_token"}},
                                  deadline);
    description.state.commit_seq = rows[0].number(0, 0);
    description.state.lease_token = rows[1].number(0, 0);
    for (const auto& collection : out.catalog->collections()) description.collections.push_back(collection.name);
    description.collections.emplace_back(atr::blobs_collection);
    return out;
}

atr::Result<std::vector<atr::Record>> read_records_after(Session& session, const Catalog& catalog,
                                                         const std::string& collection, const std::string& after_key,
                                                         std::uint32_t limit, Deadline deadline) {
    if (limit < 1 || limit > most_records_a_page)
        return atr::rejected(ATR_E_BAD_INPUT, "a page has 1 to " + std::to_string(most_records_a_page) + " records");
    const bool blobs = collection == atr::blobs_collection && catalog.generation != 0;
    const Collection* found = catalog.find(collection);
    if (!found && !blobs) return unknown_collection(collection);
    if (!is_utf8(after_key)) return atr::rejected(ATR_E_BAD_INPUT, "no record has the key to read on from");
    Parameters page;
    page.text(to_stored(after_key)).integer(limit).integer(large_page_bytes);
    const Rows rows = session.run({page_sql(found), page}, deadline);
    std::vector<atr::Record> out;
    for (int i = 0; i < rows.count(); ++i) out.push_back(found ? read_record(*found, rows, i) : read_blob(rows, i));
    return out;
}

}  // namespace storage_postgres
