/// A storage that breaks the contract in the way the first key, queue or idempotency key asks for.
#include <stdexcept>
#include <string>

#include <atr/storage.hpp>
#include "by_hand.hpp"

namespace {

using atr::borrow;

atr_record honest(std::string_view key) {
    atr_record out{};
    out.struct_size = sizeof out;
    out.collection = borrow("c");
    out.key = borrow(key);
    out.version = 1;
    out.body = borrow("{}");
    return out;
}

void send(std::string_view what, const atr_record_sink* sink) {
    atr_record record = honest("k");
    static const std::string huge(20u << 20, 'x');
    if (what == "null record") sink->on_record(sink->ctx, nullptr);
    if (what == "short record") record.struct_size = 4;
    if (what == "null body") record.body = {nullptr, 5};
    if (what == "huge body") record.body = borrow(huge);
    if (what == "null index") record.n_index = 3;
    if (what == "many index") record.n_index = 0xFFFFFFFFu;
    const atr_index_entry entry{borrow("i"), 0xFFFFFFFFu, 0, nullptr};
    if (what == "null values") {
        record.n_index = 1;
        record.index = &entry;
    }
    const int times = what == "too many" ? 1000 : 1;
    for (int i = 0; i < times; ++i) sink->on_record(sink->ctx, &record);
}

atr_outcome migrate(void*, const atr_call*, const atr_schema*, atr_error*) {
    throw std::runtime_error("boom");
}
atr_outcome get(void*, const atr_call*, const atr_key* keys, std::uint32_t, std::uint32_t, std::uint64_t,
                const atr_record_sink* sink, atr_error*) {
    if (atr::view(keys[0].key) == "throw") throw 7;
    send(atr::view(keys[0].key), sink);
    return ATR_OK;
}
atr_outcome commit(void*, const atr_call*, const atr_commit_group* group, atr_error*) {
    const auto what = atr::view(group->batches[0].idempotency_key);
    atr_outcome out = ATR_OK;
    for (std::uint32_t i = 0; i < group->n_batches; ++i) {
        atr_commit& result = *atr::at(group->results, i, group->commit_stride);
        if (what == "nothing said") continue;
        result.outcome = ATR_OK;
        result.n_versions = group->batches[i].n_ops;
        for (std::uint32_t v = 0; v < result.n_versions; ++v) result.versions[v] = 10 + v;
        if (what == "too many versions") result.n_versions = 1'000'000;
        if (what == "too few versions") result.n_versions = 0;
        if (what == "outcome 99") result.outcome = 99;
        if (what == "conflict far away") {
            result.outcome = ATR_CONFLICT;
            result.conflict_op = 4711;
        }
        if (what == "retry but ok") out = ATR_RETRY;
        if (what == "all retry") {
            result.outcome = ATR_UNKNOWN;
            out = ATR_RETRY;
        }
    }
    if (what == "throw") throw std::runtime_error("boom");
    return out;
}
atr_outcome query(void*, const atr_call*, const atr_query* query, const atr_record_sink* sink, atr_buf* next,
                  atr_error*) {
    send(atr::view(query->index), sink);
    const std::string cursor(atr::view(query->index) == "huge cursor" ? 1'000'000 : 3, 'c');
    atr::append(next, cursor);
    return ATR_OK;
}
atr_outcome lease(void*, const atr_call*, atr_str queue, atr_str, std::uint32_t, std::int64_t, const atr_job_sink* sink,
                  atr_error*) {
    atr_job job{};
    job.struct_size = atr::view(queue) == "short job" ? 8 : sizeof job;
    if (atr::view(queue) == "null id") job.id = {nullptr, 9};
    for (int i = 0; i < (atr::view(queue) == "too many" ? 1000 : 1); ++i) sink->on_job(sink->ctx, &job);
    return ATR_OK;
}
atr_outcome extend_leases(void*, const atr_call*, atr_str, std::int64_t, std::uint32_t*, atr_error*) {
    return ATR_UNSUPPORTED;
}
atr_outcome changes(void*, const atr_call*, std::uint64_t after, std::uint32_t, const atr_record_sink* sink,
                    std::uint64_t* last, atr_error*) {
    if (after == 7) {  // what comes after it, and ends before it
        const atr_record record = honest("k");
        sink->on_record(sink->ctx, &record);
    }
    *last = after - 1;
    return ATR_OK;
}

constexpr char kind[] = "storage";
constexpr atr_storage table = {sizeof(atr_storage), 0,       migrate, get,     commit, query, lease,
                               extend_leases,       changes, nullptr, nullptr, nullptr};

}  // namespace

ATR_PLUGIN(by_hand::Plugin<kind, table>::component());
