#include "copy/store_copier.hpp"

#include "records/schema.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"

#include <algorithm>

namespace treasurer::copy {
namespace {

constexpr std::size_t write_bytes = std::size_t{4} << 20;

template <class R>
atr::Record record_of(const R& of, UnixMillis now_ms) {
    return {.collection = R::collection,
            .key = R::key,
            .version = 1,
            .updated_unix_ms = now_ms,
            .body = dump(of.to_json())};
}

bool same(const atr::Record& a, const atr::Record& b) {
    return a.version == b.version && a.updated_unix_ms == b.updated_unix_ms && canonical_body(a) == canonical_body(b);
}

}  // namespace

Task<atr::Result<CopyResult>> StoreCopier::fill() {
    const SourceInfo& info = source_.info();
    const atr::Schema schema = record_schema();
    if (info.state.schema_version > schema.version)
        co_return atr::rejected(ATR_E_CONFIG, "the books are of schema " + std::to_string(info.state.schema_version) +
                                                  ", this program knows up to " + std::to_string(schema.version) +
                                                  ": use the newer program");
    Task<atr::Result<bool>> looking = look_at_target();
    const atr::Result<bool> unfinished = co_await looking;
    if (!unfinished) co_return unfinished.error();
    result_.resumed = *unfinished;
    CallOptions patient;
    patient.timeout = Millis{60'000};
    Task<atr::Result<>> migrating = target_.migrate(schema, patient);
    const atr::Result<> migrated = co_await migrating;
    if (!migrated) co_return migrated.error();
    Task<atr::Result<>> marking = mark();
    const atr::Result<> marked = co_await marking;
    if (!marked) co_return marked.error();

    std::vector<std::string> collections = info.collections;
    for (const auto& own : schema.collections) collections.push_back(own.name);
    std::sort(collections.begin(), collections.end());
    collections.erase(std::unique(collections.begin(), collections.end()), collections.end());
    DigestBuilder digest;
    for (const auto& collection : collections) {
        Task<atr::Result<>> copying = copy_collection(collection, !result_.resumed, digest);
        const atr::Result<> copied = co_await copying;
        if (!copied) co_return copied.error();
    }
    result_.source = digest.finish();
    co_return result_;
}

/// Whether an unfinished copy of the same books is there; false: nothing is.
Task<atr::Result<bool>> StoreCopier::look_at_target() {
    Task<atr::Result<atr::OpenSnapshot>> opening = copy_.open_snapshot();
    const atr::Result<atr::OpenSnapshot> opened = co_await opening;
    if (!opened) co_return opened.error();
    std::optional<CopyMarker> marker;
    std::string not_empty, store_id;
    for (const auto& collection : opened->collections) {
        Task<atr::Result<std::vector<atr::Record>>> reading =
            copy_.read_snapshot(opened->id, collection, {}, collection == store_collection ? page_size : 1);
        const atr::Result<std::vector<atr::Record>> records = co_await reading;
        if (!records) co_return records.error();
        if (!records->empty()) not_empty = collection;
        for (const auto& record : *records) {
            if (collection != store_collection) continue;
            if (record.key == StoreIdentity::key) {
                const atr::Result<StoreIdentity> identity = decode<StoreIdentity>(record);
                if (identity) store_id = identity->store_id;
            }
            if (record.key != CopyMarker::key) continue;
            const atr::Result<CopyMarker> found = decode<CopyMarker>(record);
            if (!found) co_return found.error();
            marker = *found;
        }
    }
    Task<> closing = copy_.close_snapshot(opened->id);
    co_await closing;
    if (not_empty.empty()) co_return false;
    if (!marker && !store_id.empty() && store_id == source_.info().store_id)
        co_return atr::rejected(
            ATR_E_BAD_INPUT,
            "the target is not empty: it holds these books, as a finished copy or the same storage. "
            "To compare the two, make a `treasurer backup` of each: equal books have equal hashes");
    if (!marker)
        co_return atr::rejected(ATR_E_BAD_INPUT,
                                "the target is not empty: there are records in " + not_empty + "; choose an empty one");
    if (marker->store_id != source_.info().store_id || marker->store_id.empty())
        co_return atr::rejected(ATR_E_BAD_INPUT, "the target holds an unfinished copy of other books, from " +
                                                     marker->origin + ": choose an empty target");
    co_return true;
}

Task<atr::Result<>> StoreCopier::mark() {
    CopyMarker marker;
    marker.store_id = source_.info().store_id;
    marker.origin = plan_.origin;
    marker.life = plan_.life;
    atr::Import import;
    import.records.push_back(record_of(marker, plan_.now_ms));
    Task<atr::Result<>> writing = copy_.import_records(std::move(import));
    co_return co_await writing;
}

Task<atr::Result<>> StoreCopier::import_as_ours(atr::Import import) {
    std::vector<atr::Key> keys;
    keys.push_back({CopyMarker::collection, CopyMarker::key});
    Task<atr::Result<std::vector<atr::Record>>> looking = copy_.get(target_, std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await looking;
    if (!found) co_return found.error();
    if (found->empty())
        co_return atr::rejected(ATR_E_BAD_INPUT,
                                "another copy into this target has ended meanwhile: this one is refused, use that one");
    const atr::Result<CopyMarker> marker = decode<CopyMarker>(found->front());
    if (!marker) co_return marker.error();
    if (marker->life != plan_.life)
        co_return atr::rejected(ATR_E_BAD_INPUT, "another copy into this target, from " + marker->origin +
                                                     ", began after this one: this one is refused, let that one end");
    Task<atr::Result<>> writing = copy_.import_records(std::move(import));
    co_return co_await writing;
}

Task<atr::Result<>> StoreCopier::copy_collection(std::string collection, bool fresh, DigestBuilder& digest) {
    const auto& known = source_.info().collections;
    bool more = std::find(known.begin(), known.end(), collection) != known.end();
    TargetCursor there(copy_, collection, fresh);
    Pending pending;
    std::string after;
    digest.begin(collection);
    while (more) {
        Task<atr::Result<std::vector<atr::Record>>> reading = source_.page(collection, after);
        const atr::Result<std::vector<atr::Record>> page = co_await reading;
        if (!page) co_return page.error();
        for (const auto& record : *page) {
            if (is_of_this_store_alone(collection, record.key)) continue;
            digest.add(record);
            Task<atr::Result<>> merging = merge(record, there, pending);
            const atr::Result<> merged = co_await merging;
            if (!merged) co_return merged.error();
        }
        more = !page->empty();
        if (more) after = page->back().key;
        read_ += page->size();
        if (plan_.tell) plan_.tell({collection, read_, result_.written});
    }
    for (;;) {  // what the source no longer has
        Task<atr::Result<bool>> looking = there.has_next();
        const atr::Result<bool> left = co_await looking;
        if (!left) co_return left.error();
        if (!*left) break;
        pending.import.removals.push_back({collection, there.front().key});
        there.pop();
        if (pending.import.removals.size() < page_size) continue;
        Task<atr::Result<>> writing = write(pending);
        const atr::Result<> written = co_await writing;
        if (!written) co_return written.error();
    }
    digest.end();
    Task<atr::Result<>> writing = write(pending);
    co_return co_await writing;
}

Task<atr::Result<>> StoreCopier::merge(const atr::Record& record, TargetCursor& there, Pending& pending) {
    bool present = false;
    for (;;) {
        Task<atr::Result<bool>> looking = there.has_next();
        const atr::Result<bool> left = co_await looking;
        if (!left) co_return left.error();
        if (!*left || there.front().key > record.key) break;
        if (there.front().key < record.key)
            pending.import.removals.push_back({record.collection, there.front().key});
        else
            present = same(there.front(), record);
        there.pop();
    }
    if (!present) {
        pending.bytes += record.body.size() + record.key.size();
        pending.import.records.push_back(record);
    }
    const bool full = pending.import.records.size() >= page_size || pending.import.removals.size() >= page_size ||
                      pending.bytes >= write_bytes;
    if (!full) co_return atr::Unit{};
    Task<atr::Result<>> writing = write(pending);
    co_return co_await writing;
}

Task<atr::Result<>> StoreCopier::write(Pending& pending) {
    Pending now = std::exchange(pending, Pending{});
    if (now.import.records.empty() && now.import.removals.empty()) co_return atr::Unit{};
    result_.written += now.import.records.size();
    result_.removed += now.import.removals.size();
    Task<atr::Result<>> writing = import_as_ours(std::move(now.import));
    co_return co_await writing;
}

Task<atr::Result<>> StoreCopier::finish() {
    Quarantine quarantine;
    quarantine.active = true;
    quarantine.life = plan_.life;
    quarantine.since_ms = plan_.now_ms;
    quarantine.reason = plan_.reason;
    atr::Import import;
    import.records.push_back(record_of(quarantine, plan_.now_ms));
    import.removals.push_back({CopyMarker::collection, CopyMarker::key});
    import.state = source_.info().state;
    Task<atr::Result<>> writing = import_as_ours(std::move(import));
    co_return co_await writing;
}

Task<atr::Result<StoreDigest>> digest_of(RecordSource& source) {
    DigestBuilder digest;
    for (const auto& collection : source.info().collections) {
        digest.begin(collection);
        std::string after;
        for (;;) {
            Task<atr::Result<std::vector<atr::Record>>> reading = source.page(collection, after);
            const atr::Result<std::vector<atr::Record>> page = co_await reading;
            if (!page) co_return page.error();
            if (page->empty()) break;
            for (const auto& record : *page) digest.add(record);
            after = page->back().key;
        }
        digest.end();
    }
    co_return digest.finish();
}

}  // namespace treasurer::copy
