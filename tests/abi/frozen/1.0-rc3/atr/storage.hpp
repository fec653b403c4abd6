/// Storage plugins: generic records, counters, jobs and a change feed. atr.h holds the contract word by word; this
/// header holds the same things as owning C++ types, shared by plugins and host, and the base class a plugin derives
/// from.
#pragma once

#include <atr/plugin.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace atr {
inline namespace v1 {

struct Value {
    std::int32_t type = ATR_T_NULL;
    std::int64_t integer = 0;  ///< ATR_T_INT, ATR_T_BOOL
    std::string text = {};     ///< ATR_T_TEXT, ATR_T_DEC

    static Value of(std::int64_t number) { return {.type = ATR_T_INT, .integer = number}; }
    static Value of(std::string text) { return {.type = ATR_T_TEXT, .text = std::move(text)}; }
    friend bool operator==(const Value&, const Value&) = default;
};

struct IndexEntry {
    std::string index;
    std::vector<Value> values;
};

struct Record {
    std::string collection;
    std::string key;
    std::uint64_t version = 0;
    std::int64_t updated_unix_ms = 0;
    std::string body = {};
    std::vector<IndexEntry> index = {};
};

struct IndexColumn {
    std::string json_pointer;
    std::int32_t type = ATR_T_TEXT;
};
struct IndexDef {
    std::string name;
    std::vector<IndexColumn> columns;
    bool unique = false;
};
struct CollectionDef {
    std::string name;
    std::vector<IndexDef> indexes = {};
    bool counter = false;
    bool blob = false;
};
struct Schema {
    std::uint64_t version = 1;
    std::vector<CollectionDef> collections;
};

struct Op {
    std::int32_t op = ATR_OP_PUT;
    std::uint64_t expect_version = ATR_VER_ANY;
    Record record;
    std::string delta = {}, min = {}, max = {};  ///< ATR_OP_ADD: integers of up to 38 digits; empty min or max is open
    std::string queue = {}, worker = {};
    std::int64_t run_at_unix_ms = 0;
    std::int64_t lease_ms = 0;
    std::uint64_t lease_token = 0;
};

struct Batch {
    std::vector<Op> ops;
    std::string idempotency_key = {};
    std::string fingerprint = {};
    std::int64_t key_expires_unix_ms = 0;
};

struct Commit {
    Outcome outcome = Outcome::unknown;
    bool replayed = false;
    std::uint32_t conflict_op = 0;
    std::uint64_t commit_seq = 0;
    /// One entry an op: the record's new version; for ATR_OP_JOB_ENQUEUE with a lease, its lease token.
    std::vector<std::uint64_t> versions = {};
    Error error = {};
};

struct Key {
    std::string collection;
    std::string key;
};

struct Query {
    std::string collection;
    std::string index = {};      ///< empty: by key
    std::vector<Value> eq = {};  ///< equal values for the first columns of the index
    Value lo = {}, hi = {};      ///< half-open range [lo, hi) on the next column; ATR_T_NULL is open
    bool descending = false;
    std::uint32_t limit = 50;
    std::uint32_t flags = 0;  ///< ATR_Q_*
    std::uint64_t min_seq = 0;
    std::string cursor = {};
};

struct Page {
    std::vector<Record> records;
    std::string next_cursor;  ///< empty: no more
};

struct Job {
    std::uint32_t attempt = 1;
    std::string queue;
    std::string id;
    std::string body;
    std::uint64_t lease_token = 0;
    std::int64_t lease_until_unix_ms = 0;
};

/// What a commit changed, as the change feed reports it. `record` has collection and key; its version is the commit's
/// sequence, and it has no body.
struct Changes {
    std::vector<Record> records;
    std::uint64_t last_seq = 0;
};

struct Blob {
    std::string bytes;
    std::uint64_t total = 0;
};

/// Base of storage plugins; see storage_copy.hpp for whole copies. Threads: every method may be called concurrently.
/// Errors: returned; what is thrown becomes `unknown` from calls with an effect, `retry` from the others.
class Storage {
public:
    static constexpr std::string_view kind = "storage";
    virtual ~Storage() = default;

    virtual Result<> migrate(const Call&, const Schema&) = 0;
    /// Absent keys are skipped. The body of a COUNTER record is its integer as text.
    virtual Result<std::vector<Record>> get(const Call&, const std::vector<Key>&, std::uint32_t flags,
                                            std::uint64_t min_seq) = 0;
    /// Judges the batches in order, each atomic with its own outcome in `results` (pre-filled unknown), with one
    /// durable flush for all. An error returned here means that nothing is known of any of them unless it is `retry`.
    virtual Result<> commit(const Call&, std::span<const Batch>, std::span<Commit> results) = 0;
    virtual Result<Page> query(const Call&, const Query&) = 0;
    virtual Result<std::vector<Job>> lease(const Call&, const std::string& queue, const std::string& worker,
                                           std::uint32_t max, std::int64_t lease_ms) = 0;
    /// Renews every lease of `worker` in all queues; returns how many it holds.
    virtual Result<std::uint32_t> extend_leases(const Call&, const std::string& worker, std::int64_t lease_ms) = 0;
    virtual Result<Changes> changes(const Call&, std::uint64_t after_seq, std::uint32_t limit) = 0;
    virtual Result<> blob_put(const Call&, const std::string& key, std::string_view bytes) = 0;
    virtual Result<Blob> blob_get(const Call&, const std::string& key, std::uint64_t offset, std::uint64_t length) = 0;
    /// Retention: removes up to `max` records not updated since then, and says how many. The host asks for "atr.keys",
    /// of which those that have not expired stay, and "atr.changes": a follower behind what is gone hears not_found.
    virtual Result<std::uint32_t> purge(const Call&, const std::string& collection, std::int64_t older_than_unix_ms,
                                        std::uint32_t max) = 0;
    /// A JSON object with details for operators; an error when it cannot serve.
    virtual Result<std::string> health(const Call&) { return unsupported(); }

    template <class Impl>
    static const void* find_interface(Impl&, std::string_view id);
};

namespace detail {

inline Value read(const atr_value& from) {
    return {.type = from.type, .integer = from.i, .text = copy(from.s)};
}

inline Record read(const atr_record& from) {
    Record out{.collection = copy(from.collection),
               .key = copy(from.key),
               .version = from.version,
               .updated_unix_ms = from.updated_unix_ms,
               .body = copy(from.body)};
    for (std::uint32_t i = 0; i < from.n_index; ++i) {
        IndexEntry entry{.index = copy(from.index[i].index), .values = {}};
        for (std::uint32_t v = 0; v < from.index[i].n_values; ++v)
            entry.values.push_back(read(from.index[i].values[v]));
        out.index.push_back(std::move(entry));
    }
    return out;
}

inline Schema read(const atr_schema& from) {
    Schema out{.version = from.schema_version, .collections = {}};
    for (std::uint32_t c = 0; c < from.n; ++c) {
        const auto& raw = from.collections[c];
        CollectionDef collection{.name = copy(raw.name),
                                 .indexes = {},
                                 .counter = (raw.flags & ATR_CF_COUNTER) != 0,
                                 .blob = (raw.flags & ATR_CF_BLOB) != 0};
        for (std::uint32_t i = 0; i < raw.n_indexes; ++i) {
            IndexDef index{
                .name = copy(raw.indexes[i].name), .columns = {}, .unique = (raw.indexes[i].flags & 1u) != 0};
            for (std::uint32_t k = 0; k < raw.indexes[i].n_cols; ++k)
                index.columns.push_back({copy(raw.indexes[i].cols[k].json_pointer), raw.indexes[i].cols[k].type});
            collection.indexes.push_back(std::move(index));
        }
        out.collections.push_back(std::move(collection));
    }
    return out;
}

inline Op read(const atr_op& from) {
    Op out;
    out.op = from.op;
    out.expect_version = from.expect_version;
    if (from.rec) out.record = read(*from.rec);
    out.delta = copy(from.delta);
    out.min = copy(from.min);
    out.max = copy(from.max);
    out.queue = copy(from.queue);
    out.worker = copy(from.worker);
    out.run_at_unix_ms = from.run_at_unix_ms;
    out.lease_ms = from.lease_ms;
    out.lease_token = from.lease_token;
    return out;
}

inline Batch read(const atr_batch& from) {
    Batch out{.ops = {},
              .idempotency_key = copy(from.idempotency_key),
              .fingerprint = copy(from.fingerprint),
              .key_expires_unix_ms = from.key_expires_unix_ms};
    out.ops.reserve(from.n_ops);
    for (std::uint32_t i = 0; i < from.n_ops; ++i) out.ops.push_back(read(*at(from.ops, i, from.op_stride)));
    return out;
}

inline void write(const Commit& from, atr_commit& to, std::uint32_t capacity) {
    to.outcome = static_cast<atr_outcome>(from.outcome);
    to.replayed = from.replayed ? 1 : 0;
    to.conflict_op = from.conflict_op;
    to.commit_seq = from.commit_seq;
    to.n_versions = 0;
    for (std::uint64_t version : from.versions)
        if (to.versions && to.n_versions < capacity) to.versions[to.n_versions++] = version;
    if (from.outcome != Outcome::ok) report(from.error, to.error);
}

inline Query read(const atr_query& from) {
    Query out{.collection = copy(from.collection),
              .index = copy(from.index),
              .eq = {},
              .lo = read(from.lo),
              .hi = read(from.hi),
              .descending = from.descending != 0,
              .limit = from.limit,
              .flags = from.flags,
              .min_seq = from.min_seq,
              .cursor = copy(from.cursor)};
    for (std::uint32_t i = 0; i < from.n_eq; ++i) out.eq.push_back(read(from.eq[i]));
    return out;
}

/// C view of a Record; valid while the record lives and is unchanged.
class RecordView {
public:
    explicit RecordView(const Record& from) {
        entries_.reserve(from.index.size());
        values_.reserve(from.index.size());
        for (const auto& entry : from.index) {
            auto& values = values_.emplace_back();
            for (const auto& value : entry.values) values.push_back({value.type, 0, value.integer, borrow(value.text)});
            entries_.push_back({borrow(entry.index), static_cast<std::uint32_t>(values.size()), 0, values.data()});
        }
        raw_ = {sizeof(atr_record),
                static_cast<std::uint32_t>(entries_.size()),
                borrow(from.collection),
                borrow(from.key),
                from.version,
                from.updated_unix_ms,
                borrow(from.body),
                entries_.data()};
    }
    const atr_record* get() const { return &raw_; }

private:
    std::vector<std::vector<atr_value>> values_;
    std::vector<atr_index_entry> entries_;
    atr_record raw_{};
};

inline bool deliver(const atr_record_sink* sink, const std::vector<Record>& records) {
    for (const auto& record : records)
        if (sink->on_record(sink->ctx, RecordView(record).get()) != 0) return false;
    return true;
}

template <class Impl>
struct StorageTable {
    static atr_outcome migrate(void* self, const atr_call* call, const atr_schema* schema, atr_error* error) {
        return guarded(Outcome::unknown, error,
                       [&] { return finish(self_of<Impl>(self).migrate(Call(call), read(*schema)), error); });
    }
    static atr_outcome get(void* self, const atr_call* call, const atr_key* keys, std::uint32_t n, std::uint32_t flags,
                           std::uint64_t min_seq, const atr_record_sink* sink, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            std::vector<Key> wanted;
            wanted.reserve(n);
            for (std::uint32_t i = 0; i < n; ++i) wanted.push_back({copy(keys[i].collection), copy(keys[i].key)});
            const auto found = self_of<Impl>(self).get(Call(call), wanted, flags, min_seq);
            if (!found) return report(found.error(), error);
            return deliver(sink, *found) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome commit(void* self, const atr_call* call, const atr_commit_group* group, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            std::vector<Batch> batches;
            batches.reserve(group->n_batches);
            for (std::uint32_t i = 0; i < group->n_batches; ++i)
                batches.push_back(read(*at(group->batches, i, group->batch_stride)));
            std::vector<Commit> results(batches.size());
            const auto done = self_of<Impl>(self).commit(Call(call), batches, results);
            if (!done) return report(done.error(), error);
            for (std::uint32_t i = 0; i < group->n_batches; ++i)
                write(results[i], *at(group->results, i, group->commit_stride),
                      static_cast<std::uint32_t>(batches[i].ops.size()));
            return ATR_OK;
        });
    }
    static atr_outcome query(void* self, const atr_call* call, const atr_query* query, const atr_record_sink* sink,
                             atr_buf* next, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto page = self_of<Impl>(self).query(Call(call), read(*query));
            if (!page) return report(page.error(), error);
            return deliver(sink, page->records) && append(next, page->next_cursor) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome lease(void* self, const atr_call* call, atr_str queue, atr_str worker, std::uint32_t max,
                             std::int64_t lease_ms, const atr_job_sink* sink, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto jobs = self_of<Impl>(self).lease(Call(call), copy(queue), copy(worker), max, lease_ms);
            if (!jobs) return report(jobs.error(), error);
            for (const auto& job : *jobs) {
                const atr_job raw = {sizeof(atr_job),  job.attempt,     borrow(job.queue),      borrow(job.id),
                                     borrow(job.body), job.lease_token, job.lease_until_unix_ms};
                if (sink->on_job(sink->ctx, &raw) != 0) return limit_reached(error);
            }
            return ATR_OK;
        });
    }
    static atr_outcome extend_leases(void* self, const atr_call* call, atr_str worker, std::int64_t lease_ms,
                                     std::uint32_t* held, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto count = self_of<Impl>(self).extend_leases(Call(call), copy(worker), lease_ms);
            if (!count) return report(count.error(), error);
            *held = *count;
            return ATR_OK;
        });
    }
    static atr_outcome changes(void* self, const atr_call* call, std::uint64_t after, std::uint32_t limit,
                               const atr_record_sink* sink, std::uint64_t* last, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto found = self_of<Impl>(self).changes(Call(call), after, limit);
            if (!found) return report(found.error(), error);
            *last = found->last_seq;
            return deliver(sink, found->records) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome blob_put(void* self, const atr_call* call, atr_str key, atr_str bytes, atr_error* error) {
        return guarded(Outcome::unknown, error,
                       [&] { return finish(self_of<Impl>(self).blob_put(Call(call), copy(key), view(bytes)), error); });
    }
    static atr_outcome blob_get(void* self, const atr_call* call, atr_str key, std::uint64_t offset,
                                std::uint64_t length, atr_buf* out, std::uint64_t* total, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto blob = self_of<Impl>(self).blob_get(Call(call), copy(key), offset, length);
            if (!blob) return report(blob.error(), error);
            *total = blob->total;
            return append(out, blob->bytes) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome purge(void* self, const atr_call* call, atr_str collection, std::int64_t older,
                             std::uint32_t max, std::uint32_t* purged, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto count = self_of<Impl>(self).purge(Call(call), copy(collection), older, max);
            if (!count) return report(count.error(), error);
            *purged = *count;
            return ATR_OK;
        });
    }
    static constexpr atr_storage table = {sizeof(atr_storage), 0,       migrate,  get,      commit, query, lease,
                                          extend_leases,       changes, blob_put, blob_get, purge};
};

}  // namespace detail

template <class Impl>
const void* Storage::find_interface(Impl&, std::string_view id) {
    if (id == ATR_IF_STORAGE) return &detail::StorageTable<Impl>::table;
    if constexpr (requires { Impl::template find_optional<Impl>(id); }) return Impl::template find_optional<Impl>(id);
    return nullptr;
}

}  // namespace v1
}  // namespace atr
