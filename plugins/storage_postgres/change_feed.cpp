#include "change_feed.hpp"

#include "array_values.hpp"
#include "fresh_read.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {

constexpr const char* renew_expired =
    " ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, commit_seq = excluded.commit_seq, versions = "
    "excluded.versions, expires_ms = excluded.expires_ms, updated_ms = excluded.updated_ms WHERE atr_keys.expires_ms "
    "<> 0 AND atr_keys.expires_ms <= excluded.updated_ms RETURNING 1";

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
                               const KeyList& keys, Keys how, const Clock& clock) {
    const bool may_be_there = how == Keys::perhaps_used_before;
    Parameters parameters = keys.rows_.parameters();  // $1 to $5
    parameters.integer(static_cast<std::int64_t>(commits)).integer(generation);
    parameters.array(changes.places_).array(changes.collections_).array(changes.keys_);
    if (may_be_there) parameters.integer(static_cast<std::int64_t>(keys.rows_.rows()));
    return {
        "WITH s AS (UPDATE atr_state SET commit_seq = commit_seq + $6::bigint WHERE generation = $7::bigint "
        "RETURNING commit_seq AS last, commit_seq - $6::bigint + 1 AS first), "
        "k AS (INSERT INTO atr_keys(key, fingerprint, commit_seq, versions, expires_ms, updated_ms) SELECT u.key, "
        "u.fingerprint, s.first + u.place, u.versions::bigint[], u.expires, " +
            clock + " FROM s, " + keys.rows_.source() + (may_be_there ? renew_expired : "") +
            "), c AS (INSERT INTO atr_changes(seq, first_seq, updated_ms, places, collections, keys) SELECT "
            "s.last, s.first, " +
            clock +
            ", $8::bigint[], $9::bigint[], $10::text[] FROM s WHERE cardinality($10::text[]) > 0) "
            "SELECT (SELECT last FROM s), atr_require((SELECT count(*) FROM s), 1, '" +
            sqlstate::schema_moved + "')" +
            (may_be_there ? std::string(", atr_require((SELECT count(*) FROM k), $11::bigint, '") +
                                sqlstate::records_moved + "')"
                          : ""),
        std::move(parameters)};
}

namespace {

/// The newest sequence and the floor, and the transactions behind `after`: the first of them may have been told in
/// part, and those that follow it suffice for `limit`. Arrays come whole; taking them apart costs the server much more.
Statement transactions_after(std::int64_t after, std::uint32_t limit) {
    Statement out{
        "SELECT s.commit_seq, s.feed_floor, c.first_seq, c.updated_ms, c.places, c.collections, c.keys FROM atr_state "
        "s "
        "LEFT JOIN LATERAL (SELECT *, sum(many) OVER w - many - first_value(many) OVER w AS before FROM (SELECT *, "
        "cardinality(places) AS many FROM atr_changes WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint + 1) oldest "
        "WINDOW w AS (ORDER BY seq)) c ON c.before < $2::bigint ORDER BY c.seq"};
    out.parameters.integer(after).integer(limit);
    out.answers_binary = true;
    return out;
}

/// Reads transactions into records, whole commits, until there are enough.
class FeedPage {
public:
    FeedPage(const Catalog& catalog, std::uint64_t after, std::uint32_t limit)
        : catalog_(catalog), limit_(limit), last_(after) {}

    /// False: enough.
    bool add(std::uint64_t first_seq, std::int64_t at_ms, ArrayValues places, ArrayValues collections,
             ArrayValues keys) {
        const std::uint64_t after = last_;
        while (places.left() > 0) {
            const std::uint64_t seq = first_seq + static_cast<std::uint64_t>(places.number());
            const std::int64_t collection = collections.number();
            const std::string_view key = keys.text();
            if (seq <= after) continue;
            if (told_ >= limit_ && seq != last_) return false;
            last_ = seq;
            ++told_;
            if (const Collection* known = catalog_.find(collection))  // one that a newer host made is unknown here
                records.push_back(
                    {.collection = known->name, .key = from_stored(key), .version = seq, .updated_unix_ms = at_ms});
        }
        return true;
    }
    bool is_full() const { return told_ >= limit_; }
    std::uint64_t last() const { return last_; }

    std::vector<atr::Record> records;

private:
    const Catalog& catalog_;
    const std::uint32_t limit_;
    std::uint64_t last_;
    std::uint32_t told_ = 0;
};

}  // namespace

atr::Result<atr::Changes> read_changes(Session& session, const Catalog& catalog, std::uint64_t after_seq,
                                       std::uint32_t limit, Deadline deadline) {
    atr::Changes out;
    if (limit == 0) {
        out.last_seq = session.read({newest_commit()}, deadline).front().number(0, 0);
        return out;
    }
    const auto after = std::min<std::uint64_t>(after_seq, INT64_MAX);
    const auto answered = session.read({transactions_after(static_cast<std::int64_t>(after), limit)}, deadline);
    const Rows& rows = answered.front();
    if (rows.count() == 0) throw SqlError("02000", "atr_state has no row");
    const auto number = [&rows](int row, int column) { return binary_number(rows.text(row, column)); };
    const auto newest = static_cast<std::uint64_t>(number(0, 0)), floor = static_cast<std::uint64_t>(number(0, 1));
    if (after_seq < floor)
        return atr::not_found("changes up to " + std::to_string(floor) +
                              " are no longer kept: read the collections anew, then follow from there");
    out.last_seq = newest;
    if (after_seq >= newest) return out;
    FeedPage page(catalog, after_seq, limit);
    for (int i = 0; i < rows.count() && !rows.is_null(i, 2); ++i)
        if (!page.add(static_cast<std::uint64_t>(number(i, 2)), number(i, 3), ArrayValues(rows.text(i, 4)),
                      ArrayValues(rows.text(i, 5)), ArrayValues(rows.text(i, 6))))
            break;
    if (page.is_full()) out.last_seq = page.last();
    out.records = std::move(page.records);
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
