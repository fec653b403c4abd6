#include "change_feed.hpp"

#include "stored_text.hpp"

namespace storage_postgres {
namespace {

std::string array_text(const std::vector<std::uint64_t>& numbers) {
    std::string out = "{";
    for (std::uint64_t number : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(number);
    return out + "}";
}

}  // namespace

void ChangeList::add(std::size_t place, std::int64_t collection, std::string_view stored_key) {
    places_.integer(static_cast<std::int64_t>(place));
    collections_.integer(collection);
    keys_.text(stored_key);
}

KeyList::KeyList() {
    rows_.column("key", ArrayColumn::Type::text).column("fingerprint", ArrayColumn::Type::bytes);
    rows_.column("place", ArrayColumn::Type::bigint).column("versions", ArrayColumn::Type::text);
    rows_.column("expires", ArrayColumn::Type::bigint);
}

void KeyList::add(std::size_t place, std::string_view stored_key, std::string_view fingerprint,
                  const std::vector<std::uint64_t>& versions, std::int64_t expires_ms) {
    rows_[0].text(stored_key);
    rows_[1].text(fingerprint);
    rows_[2].integer(static_cast<std::int64_t>(place));
    rows_[3].text(array_text(versions));
    rows_[4].integer(expires_ms);
}

Statement FeedEntry::statement(std::size_t commits, std::int64_t generation, const ChangeList& changes,
                               const KeyList& keys, const Clock& clock) {
    Parameters parameters = keys.rows_.parameters();  // $1 to $5
    parameters.integer(static_cast<std::int64_t>(commits)).integer(generation);
    parameters.integer(static_cast<std::int64_t>(keys.rows_.rows()));
    parameters.array(changes.places_).array(changes.collections_).array(changes.keys_);
    return {
        "WITH s AS (UPDATE atr_state SET commit_seq = commit_seq + $6::bigint WHERE generation = $7::bigint "
        "RETURNING commit_seq AS last, commit_seq - $6::bigint + 1 AS first), "
        "k AS (INSERT INTO atr_keys(key, fingerprint, commit_seq, versions, expires_ms, updated_ms) SELECT u.key, "
        "u.fingerprint, s.first + u.place, u.versions::bigint[], u.expires, " +
            clock + " FROM s, " + keys.rows_.source() +
            " ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, commit_seq = "
            "excluded.commit_seq, versions = excluded.versions, expires_ms = excluded.expires_ms, updated_ms = "
            "excluded.updated_ms WHERE atr_keys.expires_ms <> 0 AND atr_keys.expires_ms <= excluded.updated_ms "
            "RETURNING 1), "
            "c AS (INSERT INTO atr_changes(seq, first_seq, updated_ms, places, collections, keys) SELECT s.last, "
            "s.first, " +
            clock +
            ", $9::bigint[], $10::bigint[], $11::text[] FROM s WHERE cardinality($11::text[]) > 0) "
            "SELECT (SELECT last FROM s), atr_require((SELECT count(*) FROM s), 1, '" +
            sqlstate::schema_moved + "'), atr_require((SELECT count(*) FROM k), $8::bigint, '" +
            sqlstate::records_moved + "')",
        std::move(parameters)};
}

atr::Result<atr::Changes> read_changes(Session& session, const Catalog& catalog, std::uint64_t after_seq,
                                       std::uint32_t limit, Deadline deadline) {
    const auto after = static_cast<std::int64_t>(std::min<std::uint64_t>(after_seq, INT64_MAX));
    // A row is a transaction, of which the first may have been told in part. Those behind it suffice for the limit.
    Parameters parameters;
    parameters.integer(after).integer(limit);
    const auto rows = session.read(
        {{"SELECT commit_seq, feed_floor FROM atr_state"},
         {"SELECT c.first_seq + u.place, u.collection, u.key, c.updated_ms FROM (SELECT first_seq, updated_ms, places, "
          "collections, keys, seq, sum(cardinality(keys)) OVER w - cardinality(keys) - first_value(cardinality(keys)) "
          "OVER w AS before FROM (SELECT * FROM atr_changes WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint + 1) "
          "oldest WINDOW w AS (ORDER BY seq)) c, unnest(c.places, c.collections, c.keys) WITH ORDINALITY AS u(place, "
          "collection, key, nth) WHERE c.first_seq + u.place > $1::bigint AND c.before < $2::bigint ORDER BY c.seq, "
          "u.nth",
          parameters}},
        deadline);
    atr::Changes out;
    const std::uint64_t newest = rows[0].number(0, 0), floor = rows[0].number(0, 1);
    if (limit != 0 && after_seq < floor)
        return atr::not_found("changes up to " + std::to_string(floor) +
                              " are no longer kept: read the collections anew, then follow from there");
    out.last_seq = newest;
    if (limit == 0 || after_seq >= newest) return out;
    const auto most = static_cast<std::int64_t>(limit);
    for (int i = 0; i < rows[1].count(); ++i) {
        const std::uint64_t seq = rows[1].number(i, 0);
        if (i >= most && seq != out.last_seq) return out;
        out.last_seq = seq;
        const Collection* collection = catalog.find(rows[1].integer(i, 1));
        if (collection)  // one that a newer host made is unknown here
            out.records.push_back({.collection = collection->name,
                                   .key = from_stored(rows[1].text(i, 2)),
                                   .version = seq,
                                   .updated_unix_ms = rows[1].integer(i, 3)});
    }
    if (rows[1].count() < most) out.last_seq = newest;
    return out;
}

std::uint32_t purge_changes(Session& session, std::int64_t older_than_ms, std::uint32_t max, Deadline deadline) {
    Parameters parameters;
    parameters.integer(older_than_ms).integer(max);
    const Rows purged = session.alone(
        {"WITH oldest AS (SELECT seq, updated_ms, max(updated_ms) OVER (ORDER BY seq) AS newest FROM (SELECT seq, "
         "updated_ms FROM atr_changes ORDER BY seq LIMIT $2::bigint) o), gone AS (DELETE FROM atr_changes WHERE seq = "
         "ANY(ARRAY(SELECT seq FROM oldest WHERE newest < $1::bigint)) RETURNING seq), floor AS (UPDATE atr_state SET "
         "feed_floor = greatest(feed_floor, (SELECT max(seq) FROM gone)) WHERE EXISTS (SELECT 1 FROM gone)) SELECT "
         "count(*) FROM gone",
         parameters},
        deadline);
    return static_cast<std::uint32_t>(purged.integer(0, 0));
}

}  // namespace storage_postgres
