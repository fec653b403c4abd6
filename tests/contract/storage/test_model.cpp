/// Random operations against a model in memory. STORAGE_SEED=n replays a run; STORAGE_ROUNDS lengthens
/// it.
#include <cstdlib>
#include <map>
#include <random>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

namespace {

/// What the store must hold: the rules of atr.h in their simplest form, copied whole for every batch.
struct Model {
    struct Record {
        std::uint64_t version;
        std::string body;
    };
    struct Job {
        std::string body;
        std::int64_t run_at, until = 0;
        std::uint64_t token = 0;
        std::uint32_t attempt = 0;
    };
    std::map<std::string, Record> records;
    std::map<std::string, std::int64_t> counters;
    std::map<std::string, Job> jobs;
    std::map<std::string, std::pair<std::string, atr::Commit>> keys;
    std::uint64_t seq = 0;

    bool apply(const atr::Op& op, std::int64_t now) {
        const auto& key = op.record.key;
        const std::uint64_t version = records.contains(key) ? records[key].version : 0;
        const bool any = op.expect_version == ATR_VER_ANY;
        switch (op.op) {
            case ATR_OP_CHECK:
                return any ? version != 0 : version == op.expect_version;
            case ATR_OP_PUT:
                if (!any && version != op.expect_version) return false;
                records[key] = {version + 1, op.record.body};
                return true;
            case ATR_OP_DELETE:
                if (!any && version != op.expect_version) return false;
                records.erase(key);
                return true;
            case ATR_OP_ADD: {
                const auto sum = (counters.contains(key) ? counters[key] : 0) + std::stoll(op.delta);
                if (!op.min.empty() && sum < std::stoll(op.min)) return false;
                if (!op.max.empty() && sum > std::stoll(op.max)) return false;
                counters[key] = sum;
                return true;
            }
            case ATR_OP_JOB_ENQUEUE:
                if (jobs.contains(key)) return false;
                jobs[key] = {op.record.body, op.run_at_unix_ms};
                return true;
            default:
                if (!jobs.contains(key) || jobs[key].token == 0 || jobs[key].token != op.lease_token) return false;
                if (op.op == ATR_OP_JOB_DONE) {
                    jobs.erase(key);
                } else {
                    jobs[key] = {op.record.body.empty() ? jobs[key].body : op.record.body, op.run_at_unix_ms, 0, 0,
                                 jobs[key].attempt};
                }
                return true;
        }
        (void)now;
    }

    /// Outcome and losing op, as the store must give them.
    std::pair<Outcome, std::uint32_t> judge(const atr::Batch& batch, std::int64_t now) {
        if (const auto found = keys.find(batch.idempotency_key); found != keys.end())
            return {found->second.first == batch.fingerprint ? Outcome::ok : Outcome::rejected, 0};
        const Model before = *this;
        for (std::uint32_t i = 0; i < batch.ops.size(); ++i) {
            if (apply(batch.ops[i], now)) continue;
            *this = before;
            return {Outcome::conflict, i};
        }
        ++seq;
        return {Outcome::ok, 0};
    }
};

class Player {
public:
    Player(Site& site, std::uint32_t seed) : store_(site), random_(seed) {}

    void round() {
        const int what = below(10);
        if (what < 7) {
            commit();
        } else if (what == 7) {
            lease();
        } else if (what == 8) {
            store_.now_ms += below(2000);
        } else {
            compare();
        }
    }
    void compare();

private:
    int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
    std::string key() { return std::string(1, static_cast<char>('a' + below(6))); }
    atr::Op op();
    void commit();
    void lease();

    Store store_;
    std::mt19937 random_;
    Model model_;
};

atr::Op Player::op() {
    const std::uint64_t expects[] = {ATR_VER_ANY, ATR_VER_ABSENT, 1, 2, 3};
    const std::uint64_t expect = expects[below(5)];
    const std::string k = key(), text = std::to_string(below(1000));
    const std::int64_t at = store_.now_ms + below(1000);
    const auto job = model_.jobs.find(k);
    const std::uint64_t token = job == model_.jobs.end() || below(4) == 0 ? 1u : job->second.token;
    switch (below(8)) {
        case 0:
            return check("invoices", k, expect);
        case 1:
        case 2:
            return put("invoices", k, R"({"state":"s)" + std::to_string(below(3)) + R"(","at":)" + text + "}", expect);
        case 3:
            return remove("invoices", k, expect == ATR_VER_ABSENT ? ATR_VER_ANY : expect);
        case 4:
            return add(k, std::to_string(below(21) - 10), below(2) ? "-5" : "", below(2) ? "20" : "");
        case 5:
            return enqueue("q", k, text, at);
        case 6:
            return job_done(k, token);
        default:
            return reschedule(k, token, at, below(2) ? text : "");
    }
}

void Player::commit() {
    std::vector<atr::Batch> batches;
    for (int b = 1 + below(4); b > 0; --b) {
        atr::Batch made;
        for (int o = below(5); o >= 0; --o) made.ops.push_back(op());
        if (below(3) == 0) {
            made.idempotency_key = "k" + std::to_string(below(20));
            made.fingerprint = std::to_string(below(2));
        }
        batches.push_back(std::move(made));
    }
    const auto results = store_.commit(batches);
    for (std::size_t b = 0; b < batches.size(); ++b) {
        INFO("batch " << b << ": " << results[b].error.message);
        const auto known = model_.keys.find(batches[b].idempotency_key);
        const bool replay = known != model_.keys.end() && known->second.first == batches[b].fingerprint;
        const auto [outcome, lost] = model_.judge(batches[b], store_.now_ms);
        REQUIRE(results[b].outcome == outcome);
        REQUIRE(results[b].replayed == replay);
        if (outcome == Outcome::conflict) REQUIRE(results[b].conflict_op == lost);
        if (outcome != Outcome::ok) continue;
        if (replay) {
            REQUIRE(results[b].commit_seq == known->second.second.commit_seq);
            REQUIRE(results[b].versions == known->second.second.versions);
            continue;
        }
        REQUIRE(results[b].commit_seq == model_.seq);
        REQUIRE(results[b].versions.size() == batches[b].ops.size());
        if (!batches[b].idempotency_key.empty())
            model_.keys[batches[b].idempotency_key] = {batches[b].fingerprint, results[b]};
    }
}

void Player::lease() {
    const std::int64_t now = store_.now_ms;
    const auto jobs = store_.storage->lease(store_.call(), "q", "w", static_cast<std::uint32_t>(1 + below(3)), 1000);
    REQUIRE(jobs);
    for (const auto& job : *jobs) {
        REQUIRE(model_.jobs.contains(job.id));
        Model::Job& mine = model_.jobs[job.id];
        REQUIRE(std::max(mine.run_at, mine.until) <= now);
        REQUIRE(job.body == mine.body);
        REQUIRE(job.attempt == ++mine.attempt);
        REQUIRE(job.lease_token > mine.token);
        mine.token = job.lease_token;
        mine.until = now + 1000;
    }
}

void Player::compare() {
    std::map<std::string, Model::Record> found;
    std::vector<std::string> by_index;
    for (const std::string index : {"", "by_state"}) {
        atr::Query query{.collection = "invoices",
                         .index = index,
                         .descending = below(2) == 1,
                         .limit = static_cast<std::uint32_t>(1 + below(3))};
        do {
            const auto page = store_.storage->query(store_.call(), query);
            REQUIRE(page);
            for (const auto& record : page->records) {
                if (!index.empty()) by_index.push_back(record.key);
                found[record.key] = {record.version, record.body};
            }
            query.cursor = page->next_cursor;
        } while (!query.cursor.empty());
    }
    REQUIRE(by_index.size() == model_.records.size());
    REQUIRE(found.size() == model_.records.size());
    for (const auto& [k, record] : model_.records) {
        REQUIRE(found[k].version == record.version);
        REQUIRE(found[k].body == record.body);
    }
    for (const auto& [k, value] : model_.counters) REQUIRE(store_.body("balances", k) == std::to_string(value));
    for (const char* k : {"a", "b", "c", "d", "e", "f"})
        REQUIRE((store_.record("atr.jobs", k).version != 0) == model_.jobs.contains(k));
    REQUIRE(store_.storage->changes(store_.call(), 0, 0)->last_seq == model_.seq);
}

}  // namespace

TEST_CASE("whatever is done in whatever order, the store holds what the model holds", "[storage]") {
    const char* given = std::getenv("STORAGE_SEED");
    const char* rounds = std::getenv("STORAGE_ROUNDS");
    const auto seed = given ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
    INFO("replay with STORAGE_SEED=" << seed << " <this program> 'whatever is done*'");
    Site site;
    Player player(site, seed);
    for (int i = rounds ? std::atoi(rounds) : 600; i > 0; --i) player.round();
    player.compare();
}

}  // namespace storage_contract
