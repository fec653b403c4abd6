#include "reconcile/ledger_verify.hpp"

#include <set>

#include "ledger/balances.hpp"
#include "reconcile/books.hpp"
#include "reconcile/history.hpp"
#include "reconcile/payment_proof.hpp"

namespace treasurer::reconcile {
namespace {

constexpr int attempts = 100;
constexpr std::uint32_t page_size = 1000;
constexpr std::uint32_t most_days = 60;

struct Moment {
    ledger::Balances balances;
    std::uint64_t seq = 0;
};

/// Where the feed stands now. A store without one is taken to stand still.
Task<atr::Result<std::uint64_t>> feed_end(Store& store) {
    Task<atr::Result<atr::Changes>> asking = store.storage().changes(0, 0, {});
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return std::uint64_t{0};
    if (!changes) co_return changes.error();
    co_return changes->last_seq;
}

/// Whether a commit after `from`, up to `to` or a little later, books a transfer.
Task<atr::Result<bool>> was_booked(Store& store, std::uint64_t from, std::uint64_t to) {
    if (to < from) co_return true;  // commits were lost meanwhile
    while (from < to) {
        Task<atr::Result<atr::Changes>> asking = store.storage().changes(from, page_size, {});
        const atr::Result<atr::Changes> changes = co_await asking;
        if (!changes) co_return changes.error();
        for (const auto& record : changes->records)
            if (record.collection == ledger::Transfer::collection) co_return true;
        if (changes->last_seq <= from) co_return true;
        from = changes->last_seq;
    }
    co_return false;
}

/// Balances of a commit: nothing was booked while they were read. Commits that book nothing (leases, what a rail was
/// asked) never stop coming where payments wait, and change no balance.
Task<atr::Result<Moment>> read_moment(Store& store) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
        Task<atr::Result<std::uint64_t>> asking = feed_end(store);
        const atr::Result<std::uint64_t> before = co_await asking;
        if (!before) co_return before.error();
        Task<atr::Result<ledger::Balances>> reading = read_balances(store);
        atr::Result<ledger::Balances> balances = co_await reading;
        if (!balances) co_return balances.error();
        Task<atr::Result<std::uint64_t>> asking_again = feed_end(store);
        const atr::Result<std::uint64_t> after = co_await asking_again;
        if (!after) co_return after.error();
        Task<atr::Result<bool>> following = was_booked(store, *before, *after);
        const atr::Result<bool> booked = co_await following;
        if (!booked) co_return booked.error();
        if (!*booked) co_return Moment{std::move(*balances), *before};
    }
    co_return atr::retry(ATR_E_OVERLOADED,
                         "transfers are booked faster than the balances can be read: try again, or stop the host");
}

/// What was committed after a moment, as far as the feed was followed.
struct Later {
    std::uint64_t seq = 0;
    std::set<std::string> transfers, payments, invoices;

    bool has(const ledger::Transfer& transfer) const { return transfers.contains(transfer.id); }
    bool has(const Payment& payment) const { return payments.contains(payment.id); }
    bool has(const Invoice& invoice) const { return invoices.contains(invoice.id); }
};

Task<atr::Result<atr::Unit>> follow(Store& store, Later& later) {
    for (;;) {
        Task<atr::Result<atr::Changes>> asking = store.storage().changes(later.seq, page_size, {});
        const atr::Result<atr::Changes> changes = co_await asking;
        if (!changes && changes.outcome() == atr::Outcome::unsupported) co_return atr::Unit{};
        if (!changes) co_return changes.error();
        for (const auto& record : changes->records) {
            if (record.collection == ledger::Transfer::collection) later.transfers.insert(record.key);
            if (record.collection == Payment::collection) later.payments.insert(record.key);
            if (record.collection == Invoice::collection) later.invoices.insert(record.key);
        }
        if (changes->last_seq <= later.seq || changes->records.empty()) co_return atr::Unit{};
        later.seq = changes->last_seq;
    }
}

/// Gives every record of a collection to `each`, and whether it was committed later.
template <class R, class Each>
Task<atr::Result<atr::Unit>> read_all(Store& store, std::string index, Later& later, Each each) {
    atr::Query query;
    query.index = std::move(index);
    query.limit = page_size;
    do {
        Task<atr::Result<Listing<R>>> listing = store.list<R>(query);
        atr::Result<Listing<R>> page = co_await listing;
        if (!page) co_return page.error();
        // Asked after the page was read: what is in the page and came later is in the feed by now.
        Task<atr::Result<atr::Unit>> following = follow(store, later);
        const atr::Result<atr::Unit> followed = co_await following;
        if (!followed) co_return followed.error();
        for (const auto& record : page->items) each(record, later.has(record));
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return atr::Unit{};
}

/// Compares the sums that were kept at the ends of days with those of the transfers, given in order of time.
class DayProof {
public:
    struct Kept {
        ledger::LedgerDay day;
        ledger::Balances balances;
    };
    void expect(Kept kept) { days_.push_back(std::move(kept)); }
    void add(const ledger::Transfer& transfer) {
        while (at_ < days_.size() && days_[at_].day.end_ms() <= transfer.at_ms) compare();
        for (const auto& change : ledger::effects(transfer)) sums_[change.key] += change.units;
    }
    std::vector<std::string> finish() {
        while (at_ < days_.size()) compare();
        return std::move(findings_);
    }

private:
    void compare() {
        const Kept& kept = days_[at_++];
        if (kept.balances != sums_)
            findings_.push_back("the balances kept at the end of " + kept.day.id + " are not what the transfers say");
    }

    std::vector<Kept> days_;
    std::size_t at_ = 0;
    ledger::Balances sums_;
    std::vector<std::string> findings_;
};

/// Of the last days that were summed up: each follows from the one before.
Task<atr::Result<atr::Unit>> read_days(Store& store, DayProof& proof) {
    atr::Query query;
    query.index = "by_start";
    query.descending = true;
    query.limit = most_days;
    Task<atr::Result<Listing<ledger::LedgerDay>>> listing = store.list<ledger::LedgerDay>(std::move(query));
    const atr::Result<Listing<ledger::LedgerDay>> days = co_await listing;
    if (!days) co_return days.error();
    for (auto day = days->items.rbegin(); day != days->items.rend(); ++day) {
        if (!day->summed) continue;
        Task<atr::Result<ledger::Balances>> reading = read_day(store, *day);
        atr::Result<ledger::Balances> balances = co_await reading;
        if (!balances) co_return balances.error();
        proof.expect({*day, std::move(*balances)});
    }
    co_return atr::Unit{};
}

}  // namespace

Task<atr::Result<LedgerProof>> verify_ledger(Store& store) {
    Task<atr::Result<Moment>> reading = read_moment(store);
    const atr::Result<Moment> moment = co_await reading;
    if (!moment) co_return moment.error();
    LedgerProof out;
    out.as_of_seq = moment->seq;
    ledger::Verification proof;
    PaymentProof payments;
    Later later;
    later.seq = moment->seq;
    DayProof days;
    Task<atr::Result<atr::Unit>> reading_days = read_days(store, days);
    const atr::Result<atr::Unit> read = co_await reading_days;
    if (!read) co_return read.error();
    const auto take_transfer = [&](const ledger::Transfer& transfer, bool is_later) {
        if (is_later) {
            ++out.later;
            return;
        }
        proof.add(transfer);
        days.add(transfer);
        payments.add(transfer);
    };
    const auto take_payment = [&](const Payment& payment, bool is_later) {
        if (is_later) return;
        payments.add(payment);
        ++out.payments;
    };
    const auto take_invoice = [&](const Invoice& invoice, bool is_later) {
        if (is_later)
            payments.skip_payment(invoice.payment_id);
        else
            payments.add(invoice);
    };
    Task<atr::Result<atr::Unit>> booking = read_all<ledger::Transfer>(store, "by_time", later, take_transfer);
    const atr::Result<atr::Unit> booked = co_await booking;
    if (!booked) co_return booked.error();
    Task<atr::Result<atr::Unit>> paying = read_all<Payment>(store, "by_created", later, take_payment);
    const atr::Result<atr::Unit> paid = co_await paying;
    if (!paid) co_return paid.error();
    Task<atr::Result<atr::Unit>> invoicing = read_all<Invoice>(store, "by_created", later, take_invoice);
    const atr::Result<atr::Unit> invoiced = co_await invoicing;
    if (!invoiced) co_return invoiced.error();
    for (const auto& id : later.payments) payments.skip_payment(id);
    out.transfers = proof.transfers();
    out.findings = proof.findings(moment->balances);
    for (auto& found : days.finish()) out.findings.push_back(std::move(found));
    for (auto& found : payments.findings()) out.findings.push_back(std::move(found));
    co_return out;
}

}  // namespace treasurer::reconcile
