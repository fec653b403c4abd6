#include "journal_storage.hpp"

#include <algorithm>

#include "judge.hpp"
#include "pages.hpp"

namespace journal_storage {

using atr::Call;
using atr::Result;

namespace {

constexpr std::size_t most_snapshots = 8;

atr::Error behind(std::uint64_t wanted, std::uint64_t seq) {
    return atr::retry(ATR_E_UNSPEC,
                      "the store is at commit " + std::to_string(seq) + ", not yet at " + std::to_string(wanted));
}

/// Of a key, that it still says what became of its batch.
bool counts(const Row& row, std::int64_t now_ms) {
    return row.extra.is_object() && row.extra.value("expires", std::int64_t{0}) > now_ms;
}

}  // namespace

Result<std::unique_ptr<JournalStorage>> JournalStorage::create(const atr::Host&, std::string, Settings settings) {
    try {
        return std::make_unique<JournalStorage>(settings.path);
    } catch (const std::exception& error) {
        return atr::rejected(ATR_E_CONFIG, std::string("setting 'path': ") + error.what());
    }
}

void JournalStorage::catch_up() {
    for (const auto& entry : journal_.read_new()) rows_.apply(entry);
}

/// Within a turn. What is on the disk is applied to the rows.
void JournalStorage::write(const std::vector<Json>& entries) {
    if (entries.empty()) return;
    journal_.append(entries);
    for (const auto& entry : entries) rows_.apply(entry);
}

Result<> JournalStorage::migrate(const Call&, const atr::Schema& schema) {
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    const Json entry = schema_entry(schema);
    if (schema.version < rows_.schema_version() || entry == schema_entry(rows_.schema())) return {};
    write({entry});
    return {};
}

Result<std::vector<atr::Record>> JournalStorage::get(const Call&, const std::vector<atr::Key>& keys, std::uint32_t,
                                                     std::uint64_t min_seq) {
    const std::lock_guard lock(mutex_);
    catch_up();
    if (min_seq > rows_.seq()) return behind(min_seq, rows_.seq());
    std::vector<atr::Record> out;
    for (const auto& [collection, key] : keys)
        if (const Row* row = rows_.find({collection, key})) out.push_back(to_record(collection, key, *row));
    return out;
}

/// Each batch is judged against rows that have the batches before it, and one flush then serves them all. Where that
/// fails, the rows are read anew: what is on the disk is what counts.
Result<> JournalStorage::commit(const Call& call, std::span<const atr::Batch> batches, std::span<atr::Commit> results) {
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    std::vector<Json> entries;
    std::vector<atr::Commit> judged;
    for (const auto& batch : batches) {
        auto verdict = judge(rows_, batch, call.now_unix_ms());
        if (verdict.commit.outcome == atr::Outcome::ok && !verdict.commit.replayed) {
            entries.push_back(commit_entry(verdict.commit.commit_seq, call.now_unix_ms(), verdict.changes, true));
            rows_.apply(entries.back());
        }
        judged.push_back(std::move(verdict.commit));
    }
    try {
        if (!entries.empty()) journal_.append(entries);
    } catch (...) {
        rows_ = Rows();
        journal_.start_over();
        throw;
    }
    std::move(judged.begin(), judged.end(), results.begin());
    return {};
}

Result<atr::Page> JournalStorage::query(const Call&, const atr::Query& query) {
    const std::lock_guard lock(mutex_);
    catch_up();
    if (query.min_seq > rows_.seq()) return behind(query.min_seq, rows_.seq());
    const bool snapshot = (query.flags & ATR_Q_SNAPSHOT) != 0;
    std::vector<atr::Record> found;
    if (snapshot && !query.cursor.empty()) {
        const auto kept = snapshots_.find(query.cursor);
        if (kept == snapshots_.end()) return atr::rejected(ATR_E_BAD_INPUT, "this snapshot is closed: begin again");
        found = std::move(kept->second);
        snapshots_.erase(kept);
    } else {
        auto selected = select(rows_, query);
        if (!selected) return selected.error();
        found = std::move(*selected);
    }
    atr::Page out;
    if (found.size() > query.limit) {
        const auto rest = found.begin() + query.limit;
        if (snapshot) {
            if (snapshots_.size() >= most_snapshots) snapshots_.erase(snapshots_.begin());
            out.next_cursor = "snapshot" + std::to_string(next_snapshot_++);
            snapshots_[out.next_cursor].assign(rest, found.end());
        } else if (query.limit > 0) {
            out.next_cursor = cursor_behind(rows_, query, *(rest - 1));
        }
        found.erase(rest, found.end());
    }
    out.records = std::move(found);
    return out;
}

Result<std::vector<atr::Job>> JournalStorage::lease(const Call& call, const std::string& queue,
                                                    const std::string& worker, std::uint32_t max,
                                                    std::int64_t lease_ms) {
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    const std::int64_t now = call.now_unix_ms();
    std::vector<atr::Job> out;
    Changes changes;
    const auto* jobs = rows_.collection("atr.jobs");
    if (!jobs) return out;
    for (const auto& [id, job] : *jobs) {
        if (out.size() >= max) break;
        if (job.extra["queue"] != queue || !is_due(job, now)) continue;
        Row mine = leased(rows_, changes, job, worker, now + lease_ms, changes);
        out.push_back({mine.extra["attempt"], queue, id, mine.body, mine.extra["token"], now + lease_ms});
        changes[{"atr.jobs", id}] = std::move(mine);
    }
    if (!out.empty()) write({commit_entry(0, now, changes, false)});
    return out;
}

Result<std::uint32_t> JournalStorage::extend_leases(const Call& call, const std::string& worker,
                                                    std::int64_t lease_ms) {
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    const std::int64_t now = call.now_unix_ms();
    Changes changes;
    if (const auto* jobs = rows_.collection("atr.jobs"))
        for (const auto& [id, job] : *jobs) {
            if (job.extra["worker"] != worker || job.extra["until"] <= now) continue;
            Row longer = job;
            longer.extra["until"] = now + lease_ms;
            changes[{"atr.jobs", id}] = std::move(longer);
        }
    if (!changes.empty()) write({commit_entry(0, now, changes, false)});
    return static_cast<std::uint32_t>(changes.size());
}

Result<atr::Changes> JournalStorage::changes(const Call&, std::uint64_t after_seq, std::uint32_t limit) {
    const std::lock_guard lock(mutex_);
    catch_up();
    atr::Changes out;
    out.last_seq = std::max(after_seq, rows_.seq());
    if (limit == 0) return out;
    const auto& feed = rows_.feed();
    auto at = std::upper_bound(feed.begin(), feed.end(), after_seq,
                               [](std::uint64_t seq, const Touched& touched) { return seq < touched.seq; });
    for (; at != feed.end(); ++at) {
        // A commit is never cut in two: the next page begins with a whole one.
        if (out.records.size() >= limit && at->seq != out.records.back().version) {
            out.last_seq = out.records.back().version;
            return out;
        }
        out.records.push_back(
            {.collection = at->place.first, .key = at->place.second, .version = at->seq, .updated_unix_ms = at->at_ms});
    }
    return out;
}

Result<> JournalStorage::blob_put(const Call& call, const std::string& key, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    const Place place{"atr.blobs", key};
    if (const Row* row = rows_.find(place)) {
        if (row->body == bytes) return {};
        return atr::conflict(ATR_E_UNSPEC, "blob " + key + " is there with other bytes");
    }
    write({commit_entry(0, call.now_unix_ms(),
                        {{place, Row{.version = 1, .updated_ms = call.now_unix_ms(), .body = std::string(bytes)}}},
                        false)});
    return {};
}

Result<atr::Blob> JournalStorage::blob_get(const Call&, const std::string& key, std::uint64_t offset,
                                           std::uint64_t length) {
    const std::lock_guard lock(mutex_);
    catch_up();
    const Row* row = rows_.find({"atr.blobs", key});
    if (!row) return atr::not_found("no blob " + key);
    const auto from = std::min<std::uint64_t>(offset, row->body.size());
    return atr::Blob{row->body.substr(from, length), row->body.size()};
}

Result<std::uint32_t> JournalStorage::purge(const Call& call, const std::string& collection,
                                            std::int64_t older_than_unix_ms, std::uint32_t max) {
    if (collection == "atr.changes") return atr::unsupported();  // the journal is the feed
    const std::lock_guard lock(mutex_);
    const Journal::Turn turn(journal_);
    catch_up();
    const auto* rows = rows_.collection(collection);
    if (!rows || collection == "atr.jobs") return atr::rejected(ATR_E_BAD_INPUT, collection + " is not purged");
    Changes changes;
    for (const auto& [key, row] : *rows)
        if (changes.size() < max && row.updated_ms < older_than_unix_ms && !counts(row, call.now_unix_ms()))
            changes[{collection, key}] = std::nullopt;
    if (!changes.empty()) write({commit_entry(rows_.seq() + 1, call.now_unix_ms(), changes, true)});
    return static_cast<std::uint32_t>(changes.size());
}

}  // namespace journal_storage
