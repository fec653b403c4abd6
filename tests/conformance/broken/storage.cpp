// A sound store behind a wrapper that breaks one rule of the contract: that of fault.hpp.
#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "fault.hpp"
#include "storage_sqlite/sqlite_storage.hpp"

namespace {

using broken::breaks;

class BrokenStorage final : public atr::Storage {
public:
    using Settings = storage_sqlite::Settings;
    static atr::Config<Settings> config() { return storage_sqlite::settings_config(); }
    static atr::Result<std::unique_ptr<BrokenStorage>> create(const atr::Host& host, std::string instance,
                                                              Settings settings) {
        auto made = storage_sqlite::SqliteStorage::create(host, instance, std::move(settings));
        if (!made) return made.error();
        return std::make_unique<BrokenStorage>(std::move(*made));
    }
    explicit BrokenStorage(std::unique_ptr<storage_sqlite::SqliteStorage> sound) : sound_(std::move(sound)) {}

    atr::Result<> migrate(const atr::Call& call, const atr::Schema& given) override {
        auto schema = given;
        for (auto& collection : schema.collections) {
            if (breaks("new_index_stays_empty") && schema.version > 1 && collection.name == "claims")
                collection.indexes = {{"by_who", {{"/nowhere", ATR_T_TEXT}}}};
            if (breaks("unique_index_ignored"))
                for (auto& index : collection.indexes) index.unique = false;
        }
        return sound_->migrate(call, schema);
    }

    atr::Result<std::vector<atr::Record>> get(const atr::Call& call, const std::vector<atr::Key>& keys,
                                              std::uint32_t flags, std::uint64_t min_seq) override {
        auto found = sound_->get(call, keys, flags, breaks("ignores_min_seq") ? 0 : min_seq);
        if (breaks("counts_in_double") && found)
            for (auto& record : *found)
                if (record.collection == "balances")
                    record.body = std::to_string(std::stod(record.body)).substr(0, record.body.size());
        return found;
    }

    atr::Result<> commit(const atr::Call& call, std::span<const atr::Batch> given,
                         std::span<atr::Commit> results) override {
        std::vector<atr::Batch> batches(given.begin(), given.end());
        for (auto& batch : batches) bend(call, batch);
        if (breaks("retry_though_applied") && call.deadline_unix_ms() < call.now_unix_ms()) {
            atr_call longer = {};
            longer.struct_size = sizeof longer;
            longer.now_unix_ms = call.now_unix_ms();
            longer.deadline_unix_ms = call.now_unix_ms() + 10'000;
            if (const auto done = sound_->commit(atr::Call(&longer), batches, results); !done) return done;
            return atr::retry(ATR_E_TIMEOUT, "no time left");
        }
        if (breaks("acknowledges_first") && batches.size() == 1 && batches[0].ops.size() == 4 && ++calls_ % 8 == 0) {
            results[0].outcome = atr::Outcome::ok;
            results[0].versions.assign(4, 1);
            return {};
        }
        auto done = sound_->commit(call, batches, results);
        for (std::size_t i = 0; done && i < batches.size(); ++i) after(call, batches[i], results[i]);
        return done;
    }

    atr::Result<atr::Page> query(const atr::Call& call, const atr::Query& given) override {
        auto wanted = given;
        if (breaks("ignores_min_seq")) wanted.min_seq = 0;
        if (breaks("ignores_snapshot")) wanted.flags = 0;
        auto page = sound_->query(call, wanted);
        if (breaks("page_of_seven_skips") && page && wanted.limit == 7 && !wanted.cursor.empty() &&
            !page->records.empty())
            page->records.erase(page->records.begin());
        return page;
    }

    atr::Result<std::vector<atr::Job>> lease(const atr::Call& call, const std::string& queue, const std::string& worker,
                                             std::uint32_t max, std::int64_t lease_ms) override {
        return sound_->lease(call, queue, worker, max, lease_ms);
    }
    atr::Result<std::uint32_t> extend_leases(const atr::Call& call, const std::string& worker,
                                             std::int64_t lease_ms) override {
        auto held = sound_->extend_leases(call, worker, lease_ms);
        if (breaks("counts_ended_leases") && held && *held == 0 && worker == "other") return std::uint32_t{1};
        return held;
    }

    atr::Result<atr::Changes> changes(const atr::Call& call, std::uint64_t after, std::uint32_t limit) override {
        auto some = sound_->changes(call, after, limit);
        if (breaks("feed_passes_a_gap") && some && limit == 50 && !some->records.empty()) ++some->last_seq;
        return some;
    }

    atr::Result<> blob_put(const atr::Call& call, const std::string& key, std::string_view bytes) override {
        return sound_->blob_put(call, key, bytes);
    }
    atr::Result<atr::Blob> blob_get(const atr::Call& call, const std::string& key, std::uint64_t offset,
                                    std::uint64_t length) override {
        return sound_->blob_get(call, key, offset, length);
    }
    atr::Result<std::uint32_t> purge(const atr::Call& call, const std::string& collection, std::int64_t older,
                                     std::uint32_t max) override {
        return sound_->purge(call, collection, older, breaks("purges_more_than_max") ? 1000 : max);
    }

private:
    atr::Record read(const atr::Call& call, const std::string& collection, const std::string& key) {
        const auto found = sound_->get(call, {{collection, key}}, 0, 0);
        return found && !found->empty() ? found->front() : atr::Record{};
    }

    /// What goes into the sound store instead of what was asked.
    void bend(const atr::Call& call, atr::Batch& batch) {
        if (breaks("forgets_large_keys") && batch.ops.size() == 3) batch.idempotency_key.clear();
        for (auto& op : batch.ops) {
            auto& record = op.record;
            const bool is_job_end = op.op == ATR_OP_JOB_DONE || op.op == ATR_OP_JOB_RESCHEDULE;
            if (breaks("believes_checks") && op.op == ATR_OP_CHECK) {
                record.key = "never there";
                op.expect_version = ATR_VER_ABSENT;
            }
            if (breaks("lease_without_fencing") && is_job_end)
                op.lease_token = newest_token(call, record.key, op.lease_token);
            if (breaks("absent_counter_unbounded") && op.op == ATR_OP_ADD && !op.min.empty() &&
                read(call, record.collection, record.key).body.empty())
                op.min.clear();
            if (breaks("tidies_bodies") && op.op == ATR_OP_PUT)
                if (const auto json = nlohmann::json::parse(record.body, nullptr, false); !json.is_discarded())
                    record.body = json.dump();
            if (breaks("claims_by_reading_first") && op.op == ATR_OP_PUT && op.expect_version == ATR_VER_ABSENT &&
                record.collection == "claims" && read(call, record.collection, record.key).version == 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                op.expect_version = ATR_VER_ANY;
            }
        }
    }

    void after(const atr::Call& call, const atr::Batch& batch, atr::Commit& result) {
        if (breaks("half_of_a_lost_batch") && result.outcome == atr::Outcome::conflict && batch.ops.size() == 6) {
            std::vector<atr::Commit> ignored(1);
            const atr::Batch half{.ops = {batch.ops[0]}};
            if (const auto done = sound_->commit(call, std::span(&half, 1), ignored); !done) return;
        }
        if (breaks("repeat_answers_anew") && result.replayed) result.commit_seq += 1;
    }

    /// The token that holds the job now, whoever asks.
    std::uint64_t newest_token(const atr::Call& call, const std::string& job, std::uint64_t given) {
        for (std::uint64_t token = given + 20; token > given; --token) {
            const atr::Batch probe{
                .ops = {{.op = ATR_OP_JOB_DONE, .record = {.collection = "atr.jobs", .key = job}, .lease_token = token},
                        {.op = ATR_OP_CHECK,
                         .expect_version = 1,
                         .record = {.collection = "claims", .key = "never there"}}}};
            std::vector<atr::Commit> result(1);
            if (const auto done = sound_->commit(call, std::span(&probe, 1), result);
                done && result[0].conflict_op == 1)
                return token;
        }
        return given;
    }

    const std::unique_ptr<storage_sqlite::SqliteStorage> sound_;
    std::atomic<int> calls_{0};
};

}  // namespace

ATR_PLUGIN(atr::component<BrokenStorage>({.id = "test.broken_storage", .title = "Breaks one rule", .version = "1"}));
