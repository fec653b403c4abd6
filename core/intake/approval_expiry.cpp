#include "intake/approval_expiry.hpp"

#include "runtime/mutation.hpp"

namespace treasurer::intake {
namespace {

constexpr std::uint32_t at_once = 100;

}  // namespace

Task<atr::Result<std::size_t>> ApprovalExpiry::run() {
    std::size_t closed = 0;
    std::string cursor;  // what cannot be closed does not keep it from what is behind
    const UnixMillis now = clock_.unix_ms();
    for (;;) {
        atr::Query query;
        query.index = "by_expiry";
        // The seeded bug also takes approvals that were given, whose payments are prepared.
        const bool is_seeded_bug = mutated(Mutation::expire_a_hold_with_a_blob);
        query.eq = {atr::Value::of(std::string(is_seeded_bug ? "approved" : "pending"))};
        query.hi = atr::Value::of(now);
        query.limit = at_once;
        query.cursor = cursor;
        Task<atr::Result<Listing<Approval>>> listing = store_.list<Approval>(std::move(query));
        atr::Result<Listing<Approval>> due = co_await listing;
        if (!due) co_return due.error();
        for (auto& approval : due->items) {
            Task<bool> expiring = desk_.expire(std::move(approval));
            const bool expired = co_await expiring;
            if (expired) ++closed;
        }
        cursor = due->next_cursor;
        if (cursor.empty() || stopping_) co_return closed;
    }
}

Task<> ApprovalExpiry::loop() {
    while (!stopping_) {
        Task<atr::Result<std::size_t>> running = run();
        static_cast<void>(co_await running);  // what failed now is due again in a minute
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(interval_);
        co_await waiting;
    }
}

}  // namespace treasurer::intake
