#include "records/expired.hpp"

namespace treasurer {
namespace {

constexpr std::uint32_t at_once = 200;

}  // namespace

Task<atr::Result<std::size_t>> remove_expired(Store& store, std::string collection, UnixMillis now_ms) {
    atr::Query query;
    query.collection = std::move(collection);
    query.index = "by_expiry";
    query.hi = atr::Value::of(now_ms);
    query.limit = at_once;
    Task<atr::Result<atr::Page>> asking = store.query(std::move(query));
    const atr::Result<atr::Page> expired = co_await asking;
    if (!expired) co_return expired.error();
    std::vector<atr::Batch> batches;  // one each, so that one that was renewed keeps none of the others
    for (const auto& record : expired->records) {
        atr::Op op;
        op.op = ATR_OP_DELETE;
        op.record.collection = record.collection;
        op.record.key = record.key;
        op.expect_version = record.version;
        batches.emplace_back().ops.push_back(std::move(op));
    }
    if (batches.empty()) co_return std::size_t{0};
    Task<std::vector<atr::Commit>> removing = store.storage().commit(std::move(batches), CallOptions{});
    const std::vector<atr::Commit> removed = co_await removing;
    std::size_t count = 0;
    for (const auto& one : removed) {
        if (one.outcome == atr::Outcome::ok) ++count;
        if (one.outcome == atr::Outcome::retry || one.outcome == atr::Outcome::unknown) co_return one.error;
    }
    co_return count;
}

Task<> ExpirySweep::loop() {
    while (!stopping_) {
        for (const auto& collection : collections_) {
            bool more = true;
            while (more && !stopping_) {
                Task<atr::Result<std::size_t>> removing = remove_expired(store_, collection, clock_.unix_ms());
                const atr::Result<std::size_t> removed = co_await removing;
                more = removed && *removed > 0;  // what failed now is due again after the pause
            }
        }
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(interval_);
        co_await waiting;
    }
}

}  // namespace treasurer
