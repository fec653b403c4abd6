#include "simulation/memory_storage.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/mutation.hpp"
#include "simulation/memory_query.hpp"

namespace treasurer::simulation {
namespace {

atr::Error bad_input(std::string message) {
    return atr::rejected(ATR_E_BAD_INPUT, std::move(message));
}
atr::Error lost(std::string message) {
    return atr::conflict(ATR_E_UNSPEC, std::move(message));
}

/// Whether a record in this state meets the precondition. `found` is null for an absent one.
bool meets(std::uint64_t expect, const atr::Record* found) {
    if (expect == ATR_VER_ANY) return true;
    if (expect == ATR_VER_ABSENT) return found == nullptr;
    return found && found->version == expect;
}

const atr::Record* find(const std::map<std::string, atr::Record>& in, const std::string& key) {
    const auto found = in.find(key);
    return found == in.end() ? nullptr : &found->second;
}

bool changes_a_record(const atr::Op& op) {
    return op.op == ATR_OP_PUT || op.op == ATR_OP_DELETE || op.op == ATR_OP_ADD;
}

}  // namespace

Task<atr::Result<>> MemoryStorage::migrate(atr::Schema schema, CallOptions) {
    const std::lock_guard lock(mutex_);
    apply_schema(schema);
    co_return atr::Result<>();
}

void MemoryStorage::apply_schema(const atr::Schema& schema) {
    for (const auto& def : schema.collections) collections_[def.name].def = def;
}

Task<atr::Result<std::vector<atr::Record>>> MemoryStorage::get(std::vector<atr::Key> keys, CallOptions) {
    const std::lock_guard lock(mutex_);
    ++reads_;
    if (read_failure_) co_return *read_failure_;
    std::vector<atr::Record> out;
    for (const auto& key : keys) {
        if (const auto in = collections_.find(key.collection); in != collections_.end()) {
            if (const auto* record = find(in->second.records, key.key)) out.push_back(*record);
            continue;
        }
        std::vector<atr::Record> made;
        auto found = rows(key.collection, made);
        if (!found) co_return found.error();
        for (const auto* record : *found)
            if (record->key == key.key) out.push_back(*record);
    }
    co_return out;
}

Task<std::vector<atr::Commit>> MemoryStorage::commit(Batches batches, CallOptions) {
    const std::lock_guard lock(mutex_);
    ++flushes_;
    std::vector<atr::Commit> out;
    for (const auto& batch : batches) out.push_back(judge(batch));
    co_return out;
}

const MemoryStorage::Remembered* MemoryStorage::remembered(const atr::Batch& batch) const {
    if (batch.idempotency_key.empty()) return nullptr;
    const auto found = keys_.find(batch.idempotency_key);
    if (found == keys_.end()) return nullptr;
    const bool expired = found->second.expires_ms > 0 && found->second.expires_ms <= clock_.unix_ms();
    return expired ? nullptr : &found->second;
}

atr::Commit MemoryStorage::judge(const atr::Batch& batch) {
    atr::Commit out;
    if (const auto* first = remembered(batch)) {
        if (first->fingerprint != batch.fingerprint) {
            out.error = atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH, "this idempotency key was used for something else");
            out.outcome = out.error.outcome;
            return out;
        }
        out = first->result;
        out.replayed = true;
        return out;
    }
    Undo undo;
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const Judged judged = apply(batch.ops[i], undo);
        if (judged) {
            out.versions.push_back(*judged);
            continue;
        }
        std::for_each(undo.rbegin(), undo.rend(), [](const auto& step) { step(); });
        out.versions.clear();
        out.outcome = judged.outcome();
        out.conflict_op = static_cast<std::uint32_t>(i);
        out.error = judged.error();
        return out;
    }
    out.outcome = atr::Outcome::ok;
    out.commit_seq = ++seq_;
    std::set<std::pair<std::string, std::string>> touched;
    for (const auto& op : batch.ops)
        if (changes_a_record(op)) touched.insert({op.record.collection, op.record.key});
    if (mutated(Mutation::commit_seq_out_of_order)) {  // the feed learns of a commit when the next has ended
        changes_.merge(in_flight_);
        in_flight_.clear();
    }
    auto& feed = mutated(Mutation::commit_seq_out_of_order) ? in_flight_ : changes_;
    for (const auto& [collection, key] : touched) feed[seq_].push_back({collection, key});
    committed_ms_[seq_] = clock_.unix_ms();
    if (!batch.idempotency_key.empty())
        keys_[batch.idempotency_key] = {batch.fingerprint, batch.key_expires_unix_ms, clock_.unix_ms(), out};
    return out;
}

MemoryStorage::Judged MemoryStorage::apply(const atr::Op& op, Undo& undo) {
    if (op.op == ATR_OP_JOB_ENQUEUE) return enqueue(op, undo);
    if (op.op == ATR_OP_JOB_DONE || op.op == ATR_OP_JOB_RESCHEDULE) return finish_job(op, undo);
    const auto found = collections_.find(op.record.collection);
    if (found == collections_.end()) return bad_input("unknown collection " + op.record.collection);
    auto& in = found->second;
    if (op.record.key.empty()) return bad_input("a record without a key");
    if (in.def.counter != (op.op == ATR_OP_ADD)) return bad_input("this operation does not fit " + in.def.name);
    switch (op.op) {
        case ATR_OP_CHECK:
            return check(in, op);
        case ATR_OP_PUT:
            return put(in, op, undo);
        case ATR_OP_DELETE:
            return erase(in, op, undo);
        case ATR_OP_ADD:
            return add(in, op, undo);
        default:
            return bad_input("unknown operation");
    }
}

MemoryStorage::Judged MemoryStorage::check(Collection& in, const atr::Op& op) const {
    const auto* found = find(in.records, op.record.key);
    if (!meets(op.expect_version, found)) return lost(in.def.name + "/" + op.record.key + " has another version");
    return found ? found->version : std::uint64_t{0};
}

MemoryStorage::Judged MemoryStorage::put(Collection& in, const atr::Op& op, Undo& undo) {
    const auto* found = find(in.records, op.record.key);
    if (!meets(op.expect_version, found)) return lost(in.def.name + "/" + op.record.key + " has another version");
    for (const auto& index : in.def.indexes) {
        const auto values = index.unique ? index_values(op.record, index) : std::nullopt;
        if (!values) continue;
        for (const auto& [key, other] : in.records) {
            const auto others = index_values(other, index);
            if (key != op.record.key && others == values) return lost("index " + index.name + " is unique");
        }
    }
    atr::Record record = op.record;
    record.version = found ? found->version + 1 : 1;
    record.updated_unix_ms = clock_.unix_ms();
    keep(in, record.key, undo);
    const std::string key = record.key;
    return (in.records[key] = std::move(record)).version;
}

MemoryStorage::Judged MemoryStorage::erase(Collection& in, const atr::Op& op, Undo& undo) {
    if (!meets(op.expect_version, find(in.records, op.record.key)))
        return lost(in.def.name + "/" + op.record.key + " has another version");
    keep(in, op.record.key, undo);
    in.records.erase(op.record.key);
    return std::uint64_t{0};
}

MemoryStorage::Judged MemoryStorage::add(Collection& in, const atr::Op& op, Undo& undo) {
    const auto* found = find(in.records, op.record.key);
    const auto before = atr::units_from_string(found ? found->body : "0"), delta = atr::units_from_string(op.delta);
    const auto min = atr::units_from_string(op.min), max = atr::units_from_string(op.max);
    if (!before || !delta || (!min && !op.min.empty()) || (!max && !op.max.empty()))
        return bad_input("an ADD needs whole numbers of up to 38 digits");
    const auto after = atr::Decimal::from_units(*before + *delta, 0);
    const auto units = after ? after->to_units(0) : std::nullopt;
    if (!units || (min && *units < *min) || (max && *units > *max))
        return atr::conflict(ATR_E_LIMIT_BREACHED, in.def.name + "/" + op.record.key + " would leave its bounds");
    keep(in, op.record.key, undo);
    auto& record = in.records[op.record.key];
    record.collection = in.def.name;
    record.key = op.record.key;
    record.version = 1;
    record.updated_unix_ms = clock_.unix_ms();
    record.body = atr::units_to_string(*units);
    return std::uint64_t{0};
}

MemoryStorage::Judged MemoryStorage::enqueue(const atr::Op& op, Undo& undo) {
    const JobKey key{op.queue, op.record.key};
    if (op.queue.empty() || op.record.key.empty()) return bad_input("a job needs a queue and an id");
    if (op.lease_ms > 0 && op.worker.empty()) return bad_input("a job born leased needs a worker");
    if (jobs_.contains(key)) {
        if (op.expect_version != ATR_VER_ANY) return lost("job " + op.record.key + " exists");
        return std::uint64_t{0};  // a repeat leaves the job as it is
    }
    keep_job(key, undo);
    auto& job = jobs_[key];
    job.updated_ms = clock_.unix_ms();
    job.body = op.record.body;
    job.run_at_ms = op.run_at_unix_ms;
    if (op.lease_ms <= 0) return std::uint64_t{0};
    job.worker = op.worker;
    job.lease_until_ms = clock_.unix_ms() + op.lease_ms;
    job.attempt = 1;
    job.token = next_token_++;
    return job.token;
}

MemoryStorage::Judged MemoryStorage::finish_job(const atr::Op& op, Undo& undo) {
    const JobKey key{op.queue, op.record.key};
    const auto found = jobs_.find(key);
    if (found == jobs_.end() || found->second.token == 0 || found->second.token != op.lease_token)
        return atr::conflict(ATR_E_LEASE_LOST, "the lease of job " + op.record.key + " is another's");
    keep_job(key, undo);
    if (op.op == ATR_OP_JOB_DONE) {
        jobs_.erase(found);
        return std::uint64_t{0};
    }
    auto& job = found->second;
    ++job.version;
    job.updated_ms = clock_.unix_ms();
    job.run_at_ms = op.run_at_unix_ms;
    if (!op.record.body.empty()) job.body = op.record.body;
    job.worker.clear();
    job.token = 0;
    job.lease_until_ms = 0;
    return std::uint64_t{0};
}

void MemoryStorage::keep(Collection& in, const std::string& key, Undo& undo) {
    const auto* found = find(in.records, key);
    if (!found)
        undo.emplace_back([&in, key] { in.records.erase(key); });
    else
        undo.emplace_back([&in, key, before = *found] { in.records[key] = before; });
}

void MemoryStorage::keep_job(const JobKey& key, Undo& undo) {
    const auto found = jobs_.find(key);
    if (found == jobs_.end())
        undo.emplace_back([this, key] { jobs_.erase(key); });
    else
        undo.emplace_back([this, key, before = found->second] { jobs_[key] = before; });
}

atr::Record MemoryStorage::job_record(const JobKey& key, const Job& job) const {
    return {.collection = "atr.jobs", .key = key.second, .version = job.attempt + 1, .body = job.body};
}

Task<atr::Result<std::vector<atr::Job>>> MemoryStorage::lease(std::string queue, std::string worker, std::uint32_t max,
                                                              Millis lease, CallOptions) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.unix_ms();
    std::vector<std::pair<std::int64_t, JobKey>> due;
    for (const auto& [key, job] : jobs_)
        if (key.first == queue && job.run_at_ms <= now && (job.token == 0 || job.lease_until_ms <= now))
            due.emplace_back(job.run_at_ms, key);
    std::sort(due.begin(), due.end());
    if (due.size() > max) due.resize(max);
    std::vector<atr::Job> out;
    for (const auto& [run_at, key] : due) {
        auto& job = jobs_[key];
        job.worker = worker;
        job.token = next_token_++;
        job.lease_until_ms = now + lease.count();
        ++job.attempt;
        ++job.version;
        job.updated_ms = now;
        out.push_back({job.attempt, key.first, key.second, job.body, job.token, job.lease_until_ms});
    }
    co_return out;
}

Task<atr::Result<std::uint32_t>> MemoryStorage::extend_leases(std::string worker, Millis lease, CallOptions) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.unix_ms();
    std::uint32_t held = 0;
    for (auto& [key, job] : jobs_) {
        if (job.token == 0 || job.worker != worker || job.lease_until_ms <= now) continue;
        job.lease_until_ms = now + lease.count();
        ++held;
    }
    co_return held;
}

Task<atr::Result<atr::Changes>> MemoryStorage::changes(std::uint64_t after_seq, std::uint32_t limit, CallOptions) {
    const std::lock_guard lock(mutex_);
    if (limit != 0 && after_seq < feed_floor_)
        co_return atr::not_found("changes up to " + std::to_string(feed_floor_) + " are no longer kept");
    atr::Changes out;
    out.last_seq = seq_;
    if (limit == 0) co_return out;
    for (auto at = changes_.upper_bound(after_seq); at != changes_.end(); ++at) {
        if (!out.records.empty() && out.records.size() + at->second.size() > limit) {
            out.last_seq = at->first - 1;  // a commit is never cut in two
            break;
        }
        for (const auto& key : at->second)
            out.records.push_back({.collection = key.collection, .key = key.key, .version = at->first});
    }
    co_return out;
}

Task<atr::Result<std::uint32_t>> MemoryStorage::purge(std::string collection, std::int64_t older_than_ms,
                                                      std::uint32_t max, CallOptions) {
    const std::lock_guard lock(mutex_);
    if (collection == "atr.keys") co_return forget_keys(older_than_ms, max);
    if (collection == "atr.changes") co_return forget_changes(older_than_ms, max);
    co_return bad_input("only keys and changes are purged here");
}

std::uint32_t MemoryStorage::forget_keys(std::int64_t older_than_ms, std::uint32_t max) {
    std::uint32_t gone = 0;
    for (auto at = keys_.begin(); at != keys_.end() && gone < max;) {
        const Remembered& key = at->second;
        const bool counts = key.expires_ms != 0 && key.expires_ms > clock_.unix_ms();
        if (counts || key.made_ms >= older_than_ms) {
            ++at;
            continue;
        }
        at = keys_.erase(at);
        ++gone;
    }
    return gone;
}

std::uint32_t MemoryStorage::forget_changes(std::int64_t older_than_ms, std::uint32_t max) {
    std::uint32_t gone = 0;
    while (gone < max && !committed_ms_.empty() && committed_ms_.begin()->second < older_than_ms) {
        feed_floor_ = committed_ms_.begin()->first;
        changes_.erase(feed_floor_);
        committed_ms_.erase(committed_ms_.begin());
        ++gone;
    }
    return gone;
}

Task<atr::Result<>> MemoryStorage::blob_put(std::string key, std::string bytes, CallOptions) {
    const std::lock_guard lock(mutex_);
    const auto [at, added] = blobs_.try_emplace(key, bytes);
    if (!added && at->second != bytes) co_return lost("blob " + key + " exists with other bytes");
    co_return atr::Result<>();
}

Task<atr::Result<atr::Blob>> MemoryStorage::blob_get(std::string key, CallOptions) {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(key);
    if (found == blobs_.end()) co_return atr::not_found("no blob " + key);
    co_return atr::Blob{found->second, found->second.size()};
}

Task<atr::Result<std::string>> MemoryStorage::health(CallOptions) {
    co_return std::string(R"({"type":"memory"})");
}

std::uint64_t MemoryStorage::last_seq() const {
    const std::lock_guard lock(mutex_);
    return seq_;
}

void MemoryStorage::remember() {
    const std::lock_guard lock(mutex_);
    replica_ = Content{collections_, jobs_, keys_, blobs_, changes_, seq_, feed_floor_, next_token_};
}

std::uint64_t MemoryStorage::forget() {
    const std::lock_guard lock(mutex_);
    if (!replica_) return 0;
    Content then = std::move(*std::exchange(replica_, std::nullopt));
    const std::uint64_t lost = seq_ - then.seq;
    collections_ = std::move(then.collections);
    jobs_ = std::move(then.jobs);
    keys_ = std::move(then.keys);
    blobs_ = std::move(then.blobs);
    changes_ = std::move(then.changes);
    seq_ = then.seq;
    feed_floor_ = then.feed_floor;
    next_token_ = then.next_token;
    in_flight_.clear();
    snapshots_.clear();
    ++lineage_;
    return lost;
}

std::uint64_t MemoryStorage::lineage() const {
    const std::lock_guard lock(mutex_);
    return lineage_;
}

std::size_t MemoryStorage::flushes() const {
    const std::lock_guard lock(mutex_);
    return flushes_;
}

std::size_t MemoryStorage::reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
}

void MemoryStorage::fail_reads(std::optional<atr::Error> error) {
    const std::lock_guard lock(mutex_);
    read_failure_ = std::move(error);
}

}  // namespace treasurer::simulation
