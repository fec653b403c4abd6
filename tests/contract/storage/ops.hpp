/// Short words for the operations of a batch, and the collections that the tests use.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

namespace storage_contract {

inline constexpr std::int64_t start_ms = 1'700'000'000'000;

inline atr::Schema test_schema() {
    return {.version = 1,
            .collections = {{.name = "invoices",
                             .indexes = {{"by_state", {{"/state", ATR_T_TEXT}, {"/at", ATR_T_INT}}},
                                         {"by_amount", {{"/amount", ATR_T_DEC}}},
                                         {"by_number", {{"/number", ATR_T_TEXT}}, true}}},
                            {.name = "claims"},
                            {.name = "balances", .counter = true}}};
}

inline atr::Op put(std::string collection, std::string key, std::string body, std::uint64_t expect = ATR_VER_ANY) {
    atr::Op op;
    op.op = ATR_OP_PUT;
    op.expect_version = expect;
    op.record = {.collection = std::move(collection), .key = std::move(key), .body = std::move(body)};
    return op;
}
inline atr::Op claim(std::string key, std::string body = "mine") {
    return put("claims", std::move(key), std::move(body), ATR_VER_ABSENT);
}
inline atr::Op check(std::string collection, std::string key, std::uint64_t expect) {
    atr::Op op = put(std::move(collection), std::move(key), "", expect);
    op.op = ATR_OP_CHECK;
    return op;
}
inline atr::Op remove(std::string collection, std::string key, std::uint64_t expect = ATR_VER_ANY) {
    atr::Op op = put(std::move(collection), std::move(key), "", expect);
    op.op = ATR_OP_DELETE;
    return op;
}
inline atr::Op add(std::string key, std::string delta, std::string min = "", std::string max = "") {
    atr::Op op;
    op.op = ATR_OP_ADD;
    op.record = {.collection = "balances", .key = std::move(key)};
    op.delta = std::move(delta);
    op.min = std::move(min);
    op.max = std::move(max);
    return op;
}
inline atr::Op enqueue(std::string queue, std::string id, std::string body = "", std::int64_t run_at_ms = 0) {
    atr::Op op;
    op.op = ATR_OP_JOB_ENQUEUE;
    op.expect_version = ATR_VER_ABSENT;
    op.record = {.collection = "atr.jobs", .key = std::move(id), .body = std::move(body)};
    op.queue = std::move(queue);
    op.run_at_unix_ms = run_at_ms;
    return op;
}
inline atr::Op enqueue_leased(std::string queue, std::string id, std::string worker, std::int64_t lease_ms) {
    atr::Op op = enqueue(std::move(queue), std::move(id));
    op.worker = std::move(worker);
    op.lease_ms = lease_ms;
    return op;
}
inline atr::Op job_done(std::string id, std::uint64_t token) {
    atr::Op op;
    op.op = ATR_OP_JOB_DONE;
    op.record = {.collection = "atr.jobs", .key = std::move(id)};
    op.lease_token = token;
    return op;
}
inline atr::Op reschedule(std::string id, std::uint64_t token, std::int64_t run_at_ms, std::string body = "") {
    atr::Op op = job_done(std::move(id), token);
    op.op = ATR_OP_JOB_RESCHEDULE;
    op.record.body = std::move(body);
    op.run_at_unix_ms = run_at_ms;
    return op;
}
inline atr::Batch batch(std::vector<atr::Op> ops, std::string key = "", std::string fingerprint = "") {
    return {.ops = std::move(ops), .idempotency_key = std::move(key), .fingerprint = std::move(fingerprint)};
}

/// An invoice as an index sees it. `amount` is decimal text.
inline atr::Op invoice(std::string key, const std::string& state, std::int64_t at, const std::string& amount = "1",
                       std::uint64_t expect = ATR_VER_ANY) {
    return put("invoices", std::move(key),
               R"({"state":")" + state + R"(","at":)" + std::to_string(at) + R"(,"amount":")" + amount + R"("})",
               expect);
}

}  // namespace storage_contract
