// Short words for the operations of a batch, and for what came of it.
#include <nlohmann/json.hpp>

#include "storage/store.hpp"

namespace atr::testkit {

namespace {

/// The declared index values, as the host sends them: those of the indexes whose every column stands in the body.
std::vector<atr::IndexEntry> index_of(const std::string& body) {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    std::vector<atr::IndexEntry> out;
    if (!json.is_object()) return out;
    if (json.contains("state") && json.contains("at"))
        out.push_back(
            {"by_state",
             {atr::Value::of(json["state"].get<std::string>()), atr::Value::of(json["at"].get<std::int64_t>())}});
    if (json.contains("amount"))
        out.push_back({"by_amount", {atr::Value{.type = ATR_T_DEC, .text = json["amount"].get<std::string>()}}});
    if (json.contains("number")) out.push_back({"by_number", {atr::Value::of(json["number"].get<std::string>())}});
    return out;
}

}  // namespace

atr::Op put(const std::string& collection, const std::string& key, const std::string& body, std::uint64_t expect) {
    return {.op = ATR_OP_PUT,
            .expect_version = expect,
            .record = {.collection = collection,
                       .key = key,
                       .body = body,
                       .index = collection == "invoices" ? index_of(body) : std::vector<atr::IndexEntry>{}}};
}

atr::Op invoice(const std::string& key, const std::string& state, std::int64_t at, std::uint64_t expect) {
    return put("invoices", key, R"({"at":)" + std::to_string(at) + R"(,"state":")" + state + "\"}", expect);
}

atr::Op check(const std::string& key, std::uint64_t expect, const std::string& collection) {
    return {.op = ATR_OP_CHECK, .expect_version = expect, .record = {.collection = collection, .key = key}};
}

atr::Op remove(const std::string& key, std::uint64_t expect) {
    return {.op = ATR_OP_DELETE, .expect_version = expect, .record = {.collection = "invoices", .key = key}};
}

atr::Op add(const std::string& key, const std::string& delta, const std::string& min, const std::string& max) {
    return {.op = ATR_OP_ADD, .record = {.collection = "balances", .key = key}, .delta = delta, .min = min, .max = max};
}

atr::Op enqueue(const std::string& key, std::int64_t lease_ms, const std::string& worker, std::int64_t run_at_ms) {
    return {.op = ATR_OP_JOB_ENQUEUE,
            .expect_version = ATR_VER_ABSENT,
            .record = {.collection = "atr.jobs", .key = key, .body = R"({"of":")" + key + "\"}"},
            .queue = "kit",
            .worker = worker,
            .run_at_unix_ms = run_at_ms,
            .lease_ms = lease_ms};
}

atr::Op job_done(const std::string& key, std::uint64_t token) {
    return {
        .op = ATR_OP_JOB_DONE, .record = {.collection = "atr.jobs", .key = key}, .queue = "kit", .lease_token = token};
}

atr::Op reschedule(const std::string& key, std::uint64_t token, std::int64_t run_at_ms) {
    return {.op = ATR_OP_JOB_RESCHEDULE,
            .record = {.collection = "atr.jobs", .key = key},
            .queue = "kit",
            .run_at_unix_ms = run_at_ms,
            .lease_token = token};
}

atr::Batch batch(std::vector<atr::Op> ops, const std::string& key, const std::string& fingerprint) {
    return {.ops = std::move(ops), .idempotency_key = key, .fingerprint = fingerprint};
}

std::string to_text(const atr::Commit& commit) {
    Answer answer = commit.error;
    answer.outcome = commit.outcome;
    const bool placed = commit.outcome == atr::Outcome::conflict || commit.outcome == atr::Outcome::rejected;
    return to_text(answer) + (placed ? " (at op " + std::to_string(commit.conflict_op) + ")" : "");
}

void need_commit(const atr::Commit& commit, atr::Outcome outcome, const std::string& what, std::int32_t code) {
    std::string wanted(atr::to_string(outcome));
    if (code != ATR_E_UNSPEC) wanted += ", code " + std::to_string(code);
    expect(commit.outcome == outcome && (code == ATR_E_UNSPEC || commit.error.code == code), what + ": " + wanted,
           to_text(commit));
}

}  // namespace atr::testkit
