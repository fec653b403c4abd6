#include "reconcile/store_watch.hpp"

#include <atr/storage_copy.hpp>

namespace treasurer::reconcile {
namespace {

constexpr Millis pause_between_tries{200};

std::string why(const Rewind& what) {
    return "the storage went back from commit " + std::to_string(what.from) + " to " + std::to_string(what.to) +
           ": a failover has lost commits, and the rails may know of payments that the books have forgotten";
}

}  // namespace

Task<bool> StoreWatch::rewound(Rewind what) {
    if (listener_) listener_(what);
    while (!stopping_) {
        Task<atr::Result<Quarantine>> entering = quarantine_.enter(why(what));
        const atr::Result<Quarantine> entered = co_await entering;
        if (entered) co_return true;
        if (stopping_) break;
        co_await delay(executor_, pause_between_tries);
    }
    co_return false;
}

Task<atr::Result<bool>> StoreWatch::look() {
    // Before the question: what is acknowledged meanwhile may not be in the answer.
    NewestCommit& newest = store_.pipeline().newest();
    const NewestCommit::Known seen = newest.known();
    std::vector<std::string> own = newest.own_keys();
    Task<atr::Result<atr::Changes>> asking = store_.storage().changes(0, 0, {});
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return false;
    if (!changes) co_return changes.error();
    if (!changes->records.empty()) co_return false;  // a storage that does not tell its newest commit alone
    bool lost = changes->last_seq < seen.seq;
    if (!lost && !own.empty()) {
        const std::size_t count = own.size();
        Task<atr::Result<bool>> looking = has_lost(std::move(own));
        const atr::Result<bool> own_are_lost = co_await looking;
        if (!own_are_lost) co_return own_are_lost.error();
        lost = *own_are_lost;
        if (!lost) newest.seen(count, seen.lineage);
    }
    if (!lost) {
        newest.heard(changes->last_seq, seen.lineage);
        co_return false;
    }
    Task<bool> settling = store_.pipeline().went_back({seen.seq, changes->last_seq}, seen.lineage);
    co_return co_await settling;
}

/// Storage keeps the key of every commit: of one that is gone, the key is gone too, whatever number it had.
Task<atr::Result<bool>> StoreWatch::has_lost(std::vector<std::string> own) {
    std::vector<atr::Key> keys;
    for (auto& key : own) keys.push_back({std::string(atr::keys_collection), std::move(key)});
    const std::size_t wanted = keys.size();
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    const bool shows_no_keys =
        found.outcome() == atr::Outcome::rejected || found.outcome() == atr::Outcome::unsupported;
    if (!found && !shows_no_keys) co_return found.error();
    co_return found && found->size() < wanted;
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
