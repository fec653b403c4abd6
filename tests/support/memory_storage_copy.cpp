#include "tests/support/memory_storage_copy.hpp"

#include <nlohmann/json.hpp>

namespace support {
namespace {

using nlohmann::json;
using treasurer::Task;

const atr::Error killed = atr::rejected(ATR_E_INTERNAL, "the process was killed");

atr::Record record_of(std::string_view collection, const std::string& key, std::uint64_t version, std::int64_t updated,
                      std::string body) {
    return {.collection = std::string(collection),
            .key = key,
            .version = version,
            .updated_unix_ms = updated,
            .body = std::move(body)};
}

}  // namespace

MemoryStorageCopy::Content MemoryStorageCopy::content() const {
    const std::lock_guard lock(storage_.mutex_);
    Content out;
    for (const auto& [name, collection] : storage_.collections_) out[name] = collection.records;
    auto& jobs = out[std::string(atr::jobs_collection)];
    for (const auto& [key, job] : storage_.jobs_) {
        const bool leased = job.token != 0;
        const json body = {{"queue", key.first},
                           {"run_at_unix_ms", job.run_at_ms},
                           {"attempt", job.attempt},
                           {"worker", leased ? json(job.worker) : json()},
                           {"lease_token", leased ? json(job.token) : json()},
                           {"lease_until_unix_ms", leased ? json(job.lease_until_ms) : json()},
                           {"body", job.body}};
        jobs[key.second] = record_of(atr::jobs_collection, key.second, job.version, job.updated_ms, body.dump());
    }
    auto& keys = out[std::string(atr::keys_collection)];
    for (const auto& [key, kept] : storage_.keys_) {
        const json body = {{"fingerprint", kept.fingerprint},
                           {"commit_seq", kept.result.commit_seq},
                           {"versions", kept.result.versions},
                           {"expires_unix_ms", kept.expires_ms}};
        keys[key] = record_of(atr::keys_collection, key, 1, kept.made_ms, body.dump());
    }
    auto& blobs = out[std::string(atr::blobs_collection)];
    for (const auto& [key, bytes] : storage_.blobs_) blobs[key] = record_of(atr::blobs_collection, key, 1, 0, bytes);
    return out;
}

Task<atr::Result<atr::OpenSnapshot>> MemoryStorageCopy::open_snapshot(CallOptions) {
    if (dead()) co_return killed;
    atr::OpenSnapshot out;
    out.id = next_++;
    Content all = content();
    for (const auto& [name, records] : all) out.collections.push_back(name);
    out.state = {.schema_version = storage_.collections_.empty() ? 0u : 1u,
                 .commit_seq = storage_.seq_,
                 .lease_token = storage_.next_token_ - 1};
    snapshots_[out.id] = std::move(all);
    co_return out;
}

Task<atr::Result<std::vector<atr::Record>>> MemoryStorageCopy::read_snapshot(std::uint64_t snapshot,
                                                                             std::string collection,
                                                                             std::string after_key, std::uint32_t limit,
                                                                             CallOptions) {
    if (dead()) co_return killed;
    const auto open = snapshots_.find(snapshot);
    if (open == snapshots_.end()) co_return atr::rejected(ATR_E_BAD_INPUT, "the snapshot is closed");
    const auto records = open->second.find(collection);
    if (records == open->second.end()) co_return atr::rejected(ATR_E_BAD_INPUT, "unknown collection " + collection);
    std::vector<atr::Record> out;
    for (auto at = records->second.upper_bound(after_key); at != records->second.end() && out.size() < limit; ++at)
        out.push_back(at->second);
    co_return out;
}

Task<atr::Result<>> MemoryStorageCopy::close_snapshot(std::uint64_t snapshot, CallOptions) {
    snapshots_.erase(snapshot);
    co_return atr::Result<>();
}

Task<atr::Result<>> MemoryStorageCopy::import_records(atr::Import import, CallOptions) {
    if (dead()) co_return killed;
    if (imports_left_) --*imports_left_;
    ++imports_;
    const std::lock_guard lock(storage_.mutex_);
    for (const auto& key : import.removals) remove(key);
    for (const auto& record : import.records) put(record);
    storage_.seq_ = std::max(storage_.seq_, import.state.commit_seq);
    storage_.next_token_ = std::max(storage_.next_token_, import.state.lease_token + 1);
    co_return atr::Result<>();
}

void MemoryStorageCopy::remove(const atr::Key& key) {
    if (key.collection == atr::keys_collection) storage_.keys_.erase(key.key);
    if (key.collection == atr::blobs_collection) storage_.blobs_.erase(key.key);
    if (key.collection == atr::jobs_collection)
        std::erase_if(storage_.jobs_, [&](const auto& job) { return job.first.second == key.key; });
    if (const auto in = storage_.collections_.find(key.collection); in != storage_.collections_.end())
        in->second.records.erase(key.key);
}

void MemoryStorageCopy::put(const atr::Record& record) {
    if (record.collection == atr::jobs_collection) return put_job(record);
    if (record.collection == atr::keys_collection) return put_key(record);
    if (record.collection == atr::blobs_collection) {
        storage_.blobs_[record.key] = record.body;
        return;
    }
    storage_.collections_.at(record.collection).records[record.key] = record;
}

void MemoryStorageCopy::put_job(const atr::Record& record) {
    const json body = json::parse(record.body);
    const bool leased = !body.at("lease_token").is_null();
    auto& job = storage_.jobs_[{body.at("queue").get<std::string>(), record.key}];
    job = {};
    job.body = body.at("body").get<std::string>();
    job.run_at_ms = body.at("run_at_unix_ms");
    job.attempt = body.at("attempt");
    job.version = record.version;
    job.updated_ms = record.updated_unix_ms;
    if (!leased) return;
    job.worker = body.at("worker").get<std::string>();
    job.token = body.at("lease_token");
    job.lease_until_ms = body.at("lease_until_unix_ms");
}

void MemoryStorageCopy::put_key(const atr::Record& record) {
    const json body = json::parse(record.body);
    auto& kept = storage_.keys_[record.key];
    kept = {};
    kept.fingerprint = body.at("fingerprint").get<std::string>();
    kept.expires_ms = body.at("expires_unix_ms");
    kept.made_ms = record.updated_unix_ms;
    kept.result.outcome = atr::Outcome::ok;
    kept.result.commit_seq = body.at("commit_seq");
    kept.result.versions = body.at("versions").get<std::vector<std::uint64_t>>();
}

}  // namespace support
