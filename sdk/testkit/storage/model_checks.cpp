// Random operations against the model; what fails is made as short as it can be.
#include <algorithm>
#include <optional>

#include "storage/model.hpp"
#include "storage/model_steps.hpp"
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

class Player {
public:
    explicit Player(Context& context) : store_(context) {}

    void play(const Step& step) {
        switch (step.what) {
            case Step::What::commit:
                return commit(step);
            case Step::What::lease:
                return lease(step);
            case Step::What::compare:
                return compare(step);
        }
    }

private:
    void commit(const Step& step);
    void lease(const Step& step);
    void compare(const Step& step);

    Store store_;
    Model model_;
    std::uint64_t last_seq_ = 0;
};

void Player::commit(const Step& step) {
    std::vector<atr::Batch> batches;
    for (const auto& from : step.batches) {
        auto& made = batches.emplace_back(batch({}, from.key, from.fingerprint));
        for (const auto& one : from.ops) {
            made.ops.push_back(one.op);
            if (const auto job = model_.jobs.find(one.op.record.key); one.holds_lease && job != model_.jobs.end())
                made.ops.back().lease_token = job->second.token;
        }
    }
    const auto results = store_.commit(batches);
    for (std::size_t b = 0; b < batches.size(); ++b) {
        const std::string what = "batch " + std::to_string(b);
        const auto wanted = model_.judge(batches[b]);
        need_commit(results[b], wanted.outcome, what);
        expect_equal(results[b].replayed, wanted.replayed, what + ": replayed");
        if (wanted.outcome == atr::Outcome::conflict)
            expect_equal(results[b].conflict_op, wanted.losing_op, what + ": conflict_op");
        if (wanted.outcome != atr::Outcome::ok) continue;
        if (wanted.replayed) {
            const auto& first = model_.keys.at(batches[b].idempotency_key).result;
            expect_equal(results[b].commit_seq, first.commit_seq, what + ": the first commit_seq");
            auto versions = first.versions;  // a repeat with fewer ops has room for fewer
            versions.resize(std::min(versions.size(), batches[b].ops.size()));
            expect(results[b].versions == versions, what + ": the first versions", "others");
            continue;
        }
        expect(results[b].commit_seq > last_seq_, what + ": a commit_seq above " + std::to_string(last_seq_),
               std::to_string(results[b].commit_seq));
        last_seq_ = results[b].commit_seq;
        model_.keep(batches[b], results[b]);
    }
}

void Player::lease(const Step& step) {
    const auto jobs = need(store_.lease("kit", "w", step.max, 3'600'000), "lease");
    std::size_t free = 0;
    for (const auto& [id, job] : model_.jobs) free += job.due && job.token == 0 ? 1 : 0;
    expect_equal(jobs.size(), std::min<std::size_t>(free, step.max), "jobs leased");
    for (const auto& job : jobs) {
        const auto mine = model_.jobs.find(job.id);
        expect(mine != model_.jobs.end() && mine->second.due && mine->second.token == 0, "a job that is due and free",
               job.id);
        expect_equal(job.body, mine->second.body, "the job's body");
        expect_equal(job.attempt, ++mine->second.attempt, "the job's attempt");
        mine->second.token = job.lease_token;
    }
}

void Player::compare(const Step& step) {
    for (const std::string index : {"", "by_state"}) {
        const auto found =
            store_.all({.collection = "invoices", .index = index, .descending = step.descending, .limit = step.max});
        expect_equal(found.size(), model_.records.size(), "records" + (index.empty() ? "" : " by " + index));
        for (const auto& record : found) {
            const auto mine = model_.records.find(record.key);
            expect(mine != model_.records.end(), "no record " + record.key, "it is there");
            expect_equal(record.version, mine->second.version, "the version of " + record.key);
            expect_equal(record.body, mine->second.body, "the body of " + record.key);
        }
    }
    for (const auto& [key, value] : model_.counters)
        expect_equal(store_.balance(key), std::to_string(value), "counter " + key);
    for (const char* id : {"a", "b", "c", "d", "e", "f"})
        expect_equal(store_.record("atr.jobs", id).version != 0, model_.jobs.contains(id),
                     std::string("job ") + id + " is there");
    expect_equal(store_.newest() >= last_seq_, true, "the feed reaches the last commit");
}

/// What goes wrong when these steps are taken in a store of their own, and at which.
struct Wrong {
    std::string expected, seen, code;
    std::size_t step;
};

std::optional<Wrong> play_all(Context& t, const std::vector<Step>& steps, int run) {
    std::size_t at = 0;
    const auto folder = t.data / ("run" + std::to_string(run));
    std::filesystem::create_directories(folder);
    try {
        const std::string end = t.in_process([&] {
            std::filesystem::current_path(folder);
            Context own(t.options, t.component, folder, t.unique + "x" + std::to_string(run), t.note);
            std::size_t i = 0;
            try {
                Player player(own);
                for (; i < steps.size(); ++i) player.play(steps[i]);
                player.play({.what = Step::What::compare, .max = 2});
            } catch (const Failure& failure) {
                throw Failure{failure.expected, std::to_string(i) + "|" + failure.seen, failure.code};
            }
            return std::string();
        });
        return std::nullopt;
    } catch (const Failure& failure) {
        const auto bar = failure.seen.find('|');
        if (bar != std::string::npos) at = static_cast<std::size_t>(std::stoul(failure.seen.substr(0, bar)));
        return Wrong{failure.expected, bar == std::string::npos ? failure.seen : failure.seen.substr(bar + 1),
                     failure.code, at};
    }
}

void against_model(Context& t) {
    auto steps = random_steps(t.random, t.scale(400, 2000, 10'000));
    int run = 0;
    auto wrong = play_all(t, steps, run++);
    if (!wrong) return;
    steps.resize(std::min(steps.size(), wrong->step + 1));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    for (std::size_t chunk = std::max<std::size_t>(1, steps.size() / 2); chunk > 0; chunk /= 2)
        for (std::size_t from = 0; from + 1 < steps.size() && std::chrono::steady_clock::now() < until;) {
            auto fewer = steps;
            const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(from);
            fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(chunk, fewer.size() - from)));
            if (const auto still = play_all(t, fewer, run++)) {
                wrong = still;
                steps = std::move(fewer);
            } else {
                from += chunk;
            }
        }
    std::string log = wrong->seen + "\nafter these steps (--seed " + std::to_string(t.seed) + "), the last of them:";
    const std::size_t shown = std::min<std::size_t>(steps.size(), 20);
    for (std::size_t i = steps.size() - shown; i < steps.size(); ++i)
        log += "\n  " + std::to_string(i + 1) + ". " + to_text(steps[i]);
    throw Failure{wrong->expected, log, wrong->code};
}

}  // namespace

Checks storage_model_checks() {
    return {{.code = "ATR-STORAGE-095",
             .rule = "Whatever is done in whatever order, the store holds what a simple model holds.",
             .why = "Rules that hold one by one may still not hold together.",
             .pitfall = "An index, a counter or a key that one rare order of steps leaves behind.",
             .advice = "Replay with the seed shown; the steps have been made as few as they can be.",
             .run = against_model,
             .when = When::after_rules,
             .limit = std::chrono::seconds(120)}};
}

}  // namespace atr::testkit
