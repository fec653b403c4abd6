#include "storage/model_steps.hpp"

#include "storage/store.hpp"

namespace atr::testkit {

namespace {

constexpr std::int64_t never_ms = 4'100'000'000'000, model_lease_ms = 3'600'000;

int below(std::mt19937_64& random, int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
}

StepOp random_op(std::mt19937_64& random) {
    const std::uint64_t expects[] = {ATR_VER_ANY, ATR_VER_ABSENT, 1, 2, 3};
    const std::uint64_t expect = expects[below(random, 5)];
    const std::string key(1, static_cast<char>('a' + below(random, 6)));
    const std::int64_t run_at = below(random, 4) == 0 ? never_ms : 0;
    switch (below(random, 9)) {
        case 0:
            return {check(key, expect == ATR_VER_ANY ? 1 : expect)};
        case 1:
        case 2:
            return {invoice(key, "s" + std::to_string(below(random, 3)), below(random, 1000), expect)};
        case 3:
            return {remove(key, expect == ATR_VER_ABSENT ? ATR_VER_ANY : expect)};
        case 4:
        case 5:
            return {add(key, std::to_string(below(random, 21) - 10), below(random, 2) ? "-5" : "",
                        below(random, 2) ? "20" : "")};
        case 6:
            return {enqueue(key, below(random, 2) ? model_lease_ms : 0, "w", run_at)};
        case 7:
            return {job_done(key, 1'000'000'007), below(random, 4) != 0};
        default:
            return {reschedule(key, 1'000'000'007, run_at), below(random, 4) != 0};
    }
}

Step random_step(std::mt19937_64& random) {
    const int what = below(random, 10);
    if (what >= 7)
        return {.what = what == 9 ? Step::What::compare : Step::What::lease,
                .max = static_cast<std::uint32_t>(1 + below(random, 3)),
                .descending = below(random, 2) == 1};
    Step out{.what = Step::What::commit};
    for (int b = 1 + below(random, 4); b > 0; --b) {
        StepBatch& made = out.batches.emplace_back();
        for (int o = 1 + below(random, 5); o > 0; --o) made.ops.push_back(random_op(random));
        if (below(random, 3) != 0) continue;
        made.key = "k" + std::to_string(below(random, 20));
        made.fingerprint = std::to_string(below(random, 2));
    }
    return out;
}

std::string version_text(std::uint64_t version) {
    if (version == ATR_VER_ANY) return "any";
    return version == ATR_VER_ABSENT ? "absent" : std::to_string(version);
}

std::string to_text(const StepOp& step) {
    const auto& op = step.op;
    const auto& key = op.record.key;
    switch (op.op) {
        case ATR_OP_CHECK:
            return "check " + key + " is " + version_text(op.expect_version);
        case ATR_OP_PUT:
            return "put " + key + " if " + version_text(op.expect_version) + " " + op.record.body;
        case ATR_OP_DELETE:
            return "delete " + key + " if " + version_text(op.expect_version);
        case ATR_OP_ADD:
            return "add " + op.delta + " to " + key + " within [" + op.min + "," + op.max + "]";
        case ATR_OP_JOB_ENQUEUE:
            return "enqueue " + key + (op.lease_ms > 0 ? " born leased" : "") +
                   (op.run_at_unix_ms > 0 ? " for later" : "");
        default:
            return (op.op == ATR_OP_JOB_DONE ? "done " : "reschedule ") + key +
                   (step.holds_lease ? "" : " with a wrong token") + (op.run_at_unix_ms > 0 ? " for later" : "");
    }
}

}  // namespace

std::vector<Step> random_steps(std::mt19937_64& random, int count) {
    std::vector<Step> out;
    for (int i = 0; i < count; ++i) out.push_back(random_step(random));
    return out;
}

std::string to_text(const Step& step) {
    if (step.what == Step::What::lease) return "lease " + std::to_string(step.max);
    if (step.what == Step::What::compare) return "compare all";
    std::string out = "commit";
    for (const auto& batch : step.batches) {
        out += batch.key.empty() ? " {" : " {[" + batch.key + " meaning " + batch.fingerprint + "] ";
        for (const auto& op : batch.ops) out += (out.ends_with('{') || out.ends_with("] ") ? "" : "; ") + to_text(op);
        out += "}";
    }
    return out;
}

}  // namespace atr::testkit
