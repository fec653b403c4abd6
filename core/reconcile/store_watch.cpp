#include "reconcile/store_watch.hpp"

namespace treasurer::reconcile {

void StoreWatch::saw(std::uint64_t seq) {
    std::uint64_t newest = newest_;
    while (newest < seq && !newest_.compare_exchange_weak(newest, seq)) {
    }
}

Task<atr::Result<bool>> StoreWatch::look() {
    const std::uint64_t seen = newest_;  // before the question: what is acknowledged meanwhile may not be in the answer
    Task<atr::Result<atr::Changes>> asking = store_.storage().changes(0, 0, {});
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return false;
    if (!changes) co_return changes.error();
    if (!changes->records.empty()) co_return false;  // a storage that does not tell its newest commit alone
    if (changes->last_seq >= seen) {
        saw(changes->last_seq);
        co_return false;
    }
    Task<atr::Result<Quarantine>> entering = quarantine_.enter(
        "the storage went back from commit " + std::to_string(seen) + " to " + std::to_string(changes->last_seq) +
        ": a failover has lost commits, and the rails may know of payments that the books have forgotten");
    const atr::Result<Quarantine> entered = co_await entering;
    if (!entered) co_return entered.error();
    newest_ = changes->last_seq;
    co_return true;
}

Task<> StoreWatch::loop() {
    while (!stopping_) {
        Task<atr::Result<bool>> looking = look();
        static_cast<void>(co_await looking);  // what failed now is asked again after the pause
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(interval_);
        co_await waiting;
    }
}

}  // namespace treasurer::reconcile
