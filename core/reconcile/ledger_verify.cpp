#include "reconcile/ledger_verify.hpp"

#include <set>

#include "ledger/balances.hpp"
#include "reconcile/books.hpp"

namespace treasurer::reconcile {
namespace {

constexpr int attempts = 100;
constexpr std::uint32_t page_size = 1000;

struct Moment {
    ledger::Balances balances;
    std::uint64_t seq = 0;
};

/// The newest commit that the feed may show. A store without a feed is taken to stand still.
Task<atr::Result<std::uint64_t>> newest_seq(Store& store, std::uint64_t from) {
    std::uint64_t seq = from;
    for (;;) {
        Task<atr::Result<atr::Changes>> asking = store.storage().changes(seq, page_size, {});
        const atr::Result<atr::Changes> changes = co_await asking;
        if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return std::uint64_t{0};
        if (!changes) co_return changes.error();
        if (changes->last_seq <= seq || changes->records.empty()) co_return std::max(seq, changes->last_seq);
        seq = changes->last_seq;
    }
}

/// Where the feed stands now, without reading all of it where the store can tell.
Task<atr::Result<std::uint64_t>> feed_start(Store& store) {
    Task<atr::Result<atr::Changes>> asking = store.storage().changes(0, 0, {});
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return std::uint64_t{0};
    if (!changes) co_return changes.error();
    co_return changes->last_seq;
}

/// Balances of exactly one commit: no other came while they were read.
Task<atr::Result<Moment>> read_moment(Store& store) {
    Moment out;
    Task<atr::Result<std::uint64_t>> starting = feed_start(store);
    atr::Result<std::uint64_t> before = co_await starting;
    if (!before) co_return before.error();
    for (int attempt = 0; attempt < attempts; ++attempt) {
        Task<atr::Result<std::uint64_t>> asking = newest_seq(store, *before);
        before = co_await asking;
        if (!before) co_return before.error();
        Task<atr::Result<ledger::Balances>> reading = read_balances(store);
        atr::Result<ledger::Balances> balances = co_await reading;
        if (!balances) co_return balances.error();
        Task<atr::Result<std::uint64_t>> asking_again = newest_seq(store, *before);
        const atr::Result<std::uint64_t> after = co_await asking_again;
        if (!after) co_return after.error();
        if (*after == *before) {
            out.balances = std::move(*balances);
            out.seq = *after;
            co_return out;
        }
        before = after;
    }
    co_return atr::retry(ATR_E_OVERLOADED,
                         "commits come faster than the balances can be read: try again, or stop the host");
}

/// The keys of transfers committed after a moment, as far as the feed was followed.
struct Later {
    std::uint64_t seq = 0;
    std::set<std::string> transfers;
};

Task<atr::Result<atr::Unit>> follow(Store& store, Later& later) {
    for (;;) {
        Task<atr::Result<atr::Changes>> asking = store.storage().changes(later.seq, page_size, {});
        const atr::Result<atr::Changes> changes = co_await asking;
        if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return atr::Unit{};
        if (!changes) co_return changes.error();
        for (const auto& record : changes->records)
            if (record.collection == ledger::Transfer::collection) later.transfers.insert(record.key);
        if (changes->last_seq <= later.seq || changes->records.empty()) co_return atr::Unit{};
        later.seq = changes->last_seq;
    }
}

}  // namespace

Task<atr::Result<LedgerProof>> verify_ledger(Store& store) {
    Task<atr::Result<Moment>> reading = read_moment(store);
    const atr::Result<Moment> moment = co_await reading;
    if (!moment) co_return moment.error();
    LedgerProof out;
    out.as_of_seq = moment->seq;
    ledger::Verification proof;
    Later later{moment->seq, {}};
    atr::Query query;
    query.index = "by_time";
    query.limit = page_size;
    do {
        Task<atr::Result<Listing<ledger::Transfer>>> listing = store.list<ledger::Transfer>(query);
        atr::Result<Listing<ledger::Transfer>> page = co_await listing;
        if (!page) co_return page.error();
        // Asked after the page was read: what is in the page and came later is in the feed by now.
        Task<atr::Result<atr::Unit>> following = follow(store, later);
        const atr::Result<atr::Unit> followed = co_await following;
        if (!followed) co_return followed.error();
        for (const auto& transfer : page->items) {
            if (later.transfers.contains(transfer.id))
                ++out.later;
            else
                proof.add(transfer);
        }
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    out.transfers = proof.transfers();
    out.findings = proof.findings(moment->balances);
    co_return out;
}

}  // namespace treasurer::reconcile
