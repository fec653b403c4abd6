#include "reconcile/history.hpp"

#include <algorithm>

namespace treasurer::reconcile {

using ledger::Balances;
using ledger::LedgerDay;
using ledger::LedgerDayPart;
using ledger::Transfer;

Task<atr::Result<Balances>> read_day(Store& store, LedgerDay day) {
    Balances out;
    for (std::uint32_t i = 0; i < day.parts; ++i) {
        Task<atr::Result<std::optional<LedgerDayPart>>> finding = store.find<LedgerDayPart>(LedgerDayPart::key(day, i));
        const atr::Result<std::optional<LedgerDayPart>> part = co_await finding;
        if (!part) co_return part.error();
        const bool is_sound = *part && (*part)->balances.is_object();
        if (!is_sound) co_return atr::rejected(ATR_E_CORRUPT, "the sums of " + day.id + " are not complete");
        for (const auto& [key, text] : (*part)->balances.items()) {
            const auto units = text.is_string() ? atr::units_from_string(text.get<std::string>()) : std::nullopt;
            if (!units) co_return atr::rejected(ATR_E_CORRUPT, "the sums of " + day.id + " cannot be read");
            out[key] = *units;
        }
    }
    co_return out;
}

Task<atr::Result<Balances>> LedgerHistory::before(UnixMillis at_ms) {
    Task<atr::Result<MaybeDay>> looking = last_day(at_ms - ledger::day_ms + 1, true);
    const atr::Result<MaybeDay> day = co_await looking;
    if (!day) co_return day.error();
    Balances kept;
    if (*day) {
        Task<atr::Result<Balances>> reading = read_day(store_, **day);
        atr::Result<Balances> read = co_await reading;
        if (!read) co_return read.error();
        kept = std::move(*read);
    }
    Task<atr::Result<Sums>> adding = add_up(std::move(kept), *day ? (*day)->end_ms() : 0, at_ms);
    atr::Result<Sums> sums = co_await adding;
    if (!sums) co_return sums.error();
    co_return std::move(sums->balances);
}

Task<atr::Result<std::size_t>> LedgerHistory::close_days() {
    std::size_t closed = 0;
    while (!stopping_) {
        Task<atr::Result<MaybeDay>> looking = day_to_close();
        const atr::Result<MaybeDay> due = co_await looking;
        if (!due) co_return due.error();
        if (!*due) break;
        LedgerDay day = **due;
        if (day.version == 0) {
            UnitOfWork unit = store_.begin();
            unit.create(day);
            Task<Committed> committing = store_.commit(std::move(unit));
            const Committed committed = co_await committing;
            if (committed.outcome == atr::Outcome::conflict) continue;  // another host was first
            if (!committed.ok()) co_return committed.failure();
            day.version = committed.versions.front();
        }
        Task<atr::Result<atr::Unit>> summing = sum_up(std::move(day));
        const atr::Result<atr::Unit> summed = co_await summing;
        if (!summed) co_return summed.error();
        ++closed;
    }
    co_return closed;
}

/// The newest day that began before a moment; `summed`: of those whose sums are kept.
Task<atr::Result<LedgerHistory::MaybeDay>> LedgerHistory::last_day(UnixMillis started_before_ms, bool summed) {
    atr::Query query;
    query.index = "by_start";
    query.hi = atr::Value::of(started_before_ms);
    query.descending = true;
    query.limit = 2;  // only the newest may not be summed up yet
    Task<atr::Result<Listing<LedgerDay>>> listing = store_.list<LedgerDay>(std::move(query));
    const atr::Result<Listing<LedgerDay>> found = co_await listing;
    if (!found) co_return found.error();
    for (const auto& day : found->items)
        if (day.summed || !summed) co_return MaybeDay(day);
    co_return MaybeDay();
}

/// One that was closed and not summed up, or the next whose time has come; its version says which.
Task<atr::Result<LedgerHistory::MaybeDay>> LedgerHistory::day_to_close() {
    const UnixMillis due_ms = clock_.unix_ms() - settings_.after.count();
    Task<atr::Result<MaybeDay>> looking = last_day(due_ms, false);
    const atr::Result<MaybeDay> last = co_await looking;
    if (!last) co_return last.error();
    if (*last && !(*last)->summed) co_return last;
    LedgerDay next;
    if (*last) {
        next = LedgerDay::of((*last)->end_ms());
    } else {
        atr::Query query;
        query.index = "by_time";
        query.limit = 1;
        Task<atr::Result<Listing<Transfer>>> listing = store_.list<Transfer>(std::move(query));
        const atr::Result<Listing<Transfer>> first = co_await listing;
        if (!first) co_return first.error();
        if (first->items.empty()) co_return MaybeDay();
        next = LedgerDay::of(first->items.front().at_ms);
    }
    if (next.end_ms() > due_ms) co_return MaybeDay();
    Task<atr::Result<UnixMillis>> asking = shown_ms();
    const atr::Result<UnixMillis> shown = co_await asking;
    if (!shown) co_return shown.error();
    if (next.end_ms() > *shown - settings_.after.count()) co_return MaybeDay();
    co_return MaybeDay(std::move(next));
}

/// The moment that the books themselves show to have come: when the newest transfer was booked, by the clock of its
/// host or by the store's, whichever says less; 0: there is none. This host's clock alone may be days ahead, and a day
/// that is closed too early is closed for every host.
Task<atr::Result<UnixMillis>> LedgerHistory::shown_ms() {
    atr::Query query;
    query.collection = Transfer::collection;
    query.index = "by_time";
    query.hi = atr::Value::of(clock_.unix_ms() + 1);  // one of a host that is ahead must not hide the others
    query.descending = true;
    query.limit = 1;
    Task<atr::Result<atr::Page>> asking = store_.query(std::move(query));
    const atr::Result<atr::Page> page = co_await asking;
    if (!page) co_return page.error();
    if (page->records.empty()) co_return UnixMillis{0};
    const atr::Record& record = page->records.front();
    const atr::Result<Transfer> newest = decode<Transfer>(record);
    if (!newest) co_return newest.error();
    co_return std::min(newest->at_ms, static_cast<UnixMillis>(record.updated_unix_ms));
}

Task<atr::Result<atr::Unit>> LedgerHistory::sum_up(LedgerDay day) {
    Task<atr::Result<MaybeDay>> looking = last_day(day.start_ms, true);
    const atr::Result<MaybeDay> earlier = co_await looking;
    if (!earlier) co_return earlier.error();
    Balances kept;
    if (*earlier) {
        Task<atr::Result<Balances>> reading = read_day(store_, **earlier);
        atr::Result<Balances> read = co_await reading;
        if (!read) co_return read.error();
        kept = std::move(*read);
    }
    Task<atr::Result<Sums>> adding = add_up(std::move(kept), day.start_ms, day.end_ms());
    const atr::Result<Sums> sums = co_await adding;
    if (!sums) co_return sums.error();
    UnitOfWork unit = store_.begin();
    std::vector<LedgerDayPart> parts;
    for (const auto& [key, units] : sums->balances) {
        if (parts.empty() || parts.back().balances.size() >= settings_.part)
            parts.push_back({LedgerDayPart::key(day, static_cast<std::uint32_t>(parts.size())), Json::object()});
        parts.back().balances[key] = atr::units_to_string(units);
    }
    for (const auto& part : parts) unit.create(part);
    day.summed = true;
    day.parts = static_cast<std::uint32_t>(parts.size());
    day.transfers = sums->transfers;
    unit.update(day);
    Task<Committed> committing = store_.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (!committed.ok() && committed.outcome != atr::Outcome::conflict) co_return committed.failure();
    co_return atr::Unit{};  // on a conflict another host has summed it up, to the same
}

Task<atr::Result<LedgerHistory::Sums>> LedgerHistory::add_up(Balances from, UnixMillis lo_ms, UnixMillis hi_ms) {
    Sums out;
    out.balances = std::move(from);
    atr::Query query;
    query.index = "by_time";
    if (lo_ms > 0) query.lo = atr::Value::of(lo_ms);
    query.hi = atr::Value::of(hi_ms);
    query.limit = settings_.page;
    do {
        Task<atr::Result<Listing<Transfer>>> listing = store_.list<Transfer>(query);
        atr::Result<Listing<Transfer>> page = co_await listing;
        if (!page) co_return page.error();
        for (const auto& transfer : page->items) {
            for (const auto& change : ledger::effects(transfer)) out.balances[change.key] += change.units;
            ++out.transfers;
        }
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return out;
}

Task<> LedgerHistory::loop() {
    while (!stopping_) {
        Task<atr::Result<std::size_t>> closing = close_days();
        static_cast<void>(co_await closing);  // what failed now is due again after the pause
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(settings_.interval);
        co_await waiting;
    }
}

}  // namespace treasurer::reconcile
