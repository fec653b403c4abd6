#include "reconcile/break_book.hpp"

#include <algorithm>

#include "records/store_records.hpp"

namespace treasurer::reconcile {
namespace {

constexpr std::uint32_t breaks_at_once = 500;
constexpr std::size_t written_at_once = 200;  ///< written in one unit of work

/// Its amount is what the rail says; what the books say stands in the detail alone.
bool has_books_side_in_detail(const Break& found) {
    return found.kind == kind::amount_differs || found.kind == kind::receipt_differs ||
           found.kind == kind::fee_differs || found.kind == kind::payee_differs;
}

/// Of the same amounts on both sides, and with the same to book.
bool is_same(const Break& kept, const Break& found) {
    const Correction &was = kept.correction, &now = found.correction;
    return kept.amount == found.amount && was.account == now.account && was.amount == now.amount &&
           was.came_back == now.came_back && (!has_books_side_in_detail(found) || kept.detail == found.detail);
}

/// Whether a report that does not name it says that it is gone.
bool would_name(const ReconciliationReport& report, const Break& kept) {
    if (report.extent != Extent::full || report.breaks_total > report.breaks.size()) return false;
    if (kept.kind == kind::ledger_not_proven) return report.ledger_proven;
    return kept.rail.empty() || std::find(report.rails.begin(), report.rails.end(), kept.rail) != report.rails.end();
}

}  // namespace

void KnownBreaks::add(BreakRecord record) {
    const Break& what = record.what;
    if (record.state == break_state::booked) booked_[correction_id(what)] = record.id;
    const bool left = what.correction.is_possible() && !what.correction.came_back && !what.payment_id.empty();
    if (record.state == break_state::explained && left) explained_out_[what.payment_id] = record.id;
    by_id_.insert_or_assign(record.id, std::move(record));
}

const BreakRecord* KnownBreaks::find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
}

bool KnownBreaks::explains(const Break& found) const {
    const BreakRecord* known = find(break_id(found));
    return known && known->state == break_state::explained && is_same(known->what, found);
}

bool KnownBreaks::add_unless_explained(Break found, ReconciliationReport& report) const {
    const bool is_explained = explains(found);
    if (is_explained)
        report.note_explained(found);
    else
        report.add(std::move(found));
    return is_explained;
}

const Break* KnownBreaks::correction(const std::string& rail, const std::string& event_id) const {
    Break of;
    of.rail = rail;
    of.event_id = event_id;
    const auto found = booked_.find(correction_id(of));
    return found == booked_.end() ? nullptr : &by_id_.at(found->second).what;
}

const Break* KnownBreaks::fee_correction(const std::string& rail, const std::string& event_id) const {
    Break of;
    of.rail = rail;
    of.event_id = event_id;
    of.kind = kind::fee_not_booked;
    const auto found = booked_.find(correction_id(of));
    return found == booked_.end() ? nullptr : &by_id_.at(found->second).what;
}

const Break* KnownBreaks::explained_out(const std::string& payment_id) const {
    const auto of_payment = explained_out_.find(payment_id);
    const BreakRecord* const record = of_payment == explained_out_.end() ? nullptr : find(of_payment->second);
    return record && record->state == break_state::explained ? &record->what : nullptr;
}

void KnownBreaks::tell(ReconciliationReport& report) const {
    for (auto& found : report.breaks) {
        found.first_seen_ms = report.as_of_ms;
        found.seen_after = release_;
        const BreakRecord* known = find(break_id(found));
        if (!known || !is_same(known->what, found)) continue;
        found.first_seen_ms = known->what.first_seen_ms;
        found.seen_after = known->what.seen_after;
        found.votes = known->what.votes;
    }
    report.explained.clear();
    for (const auto& [id, record] : by_id_)
        if (record.state == break_state::explained) report.explained.push_back(record.what);
}

Task<atr::Result<atr::Unit>> BreakBook::read_state(std::string state, KnownBreaks& into) {
    atr::Query query;
    query.index = "by_state";
    query.eq = {atr::Value::of(std::move(state))};
    query.limit = breaks_at_once;
    do {
        Task<atr::Result<Listing<BreakRecord>>> listing = store_.list<BreakRecord>(query);
        atr::Result<Listing<BreakRecord>> page = co_await listing;
        if (!page) co_return page.error();
        for (auto& record : page->items) into.add(std::move(record));
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return atr::Unit{};
}

Task<atr::Result<KnownBreaks>> BreakBook::read() {
    KnownBreaks out;
    Task<atr::Result<std::optional<Quarantine>>> finding = store_.find<Quarantine>(Quarantine::key);
    const atr::Result<std::optional<Quarantine>> quarantine = co_await finding;
    if (!quarantine) co_return quarantine.error();
    out.after(quarantine->value_or(Quarantine{}).release_id);
    // In the order in which a break moves on: one that does so meanwhile is seen in the later state.
    for (const char* state : {break_state::open, break_state::explained, break_state::booked}) {
        Task<atr::Result<atr::Unit>> reading = read_state(state, out);
        const atr::Result<atr::Unit> done = co_await reading;
        if (!done) co_return done.error();
    }
    co_return out;
}

Task<atr::Result<atr::Unit>> BreakBook::keep(ReconciliationReport& report) {
    Task<atr::Result<KnownBreaks>> reading = read();
    atr::Result<KnownBreaks> known = co_await reading;
    if (!known) co_return known.error();
    // What persons have explained since the run began is no break any more.
    report.breaks_total -= std::erase_if(report.breaks, [&](const Break& one) {
        const bool is_explained = known->explains(one);
        if (is_explained) report.note_explained(one);
        return is_explained;
    });
    std::map<std::string, const Break*> found;
    for (const auto& one : report.breaks) found.emplace(break_id(one), &one);

    std::map<std::string, std::uint64_t> versions;  // of those that were seen before, and are gone
    std::vector<atr::Key> keys;
    for (const auto& [id, one] : found)
        if (!known->find(id)) keys.push_back({BreakRecord::collection, id});
    if (!keys.empty()) {
        Task<atr::Result<std::vector<atr::Record>>> looking = store_.get(std::move(keys));
        const atr::Result<std::vector<atr::Record>> before = co_await looking;
        if (!before) co_return before.error();
        for (const auto& record : *before) versions[record.key] = record.version;
    }

    std::vector<BreakRecord> changed;
    for (const auto& [id, one] : found) {
        BreakRecord record;
        if (const BreakRecord* kept = known->find(id)) {
            const bool goes_on = kept->state == break_state::open && is_same(kept->what, *one);
            if (goes_on || kept->state == break_state::booked) continue;
            record.version = kept->version;
            record.what.first_seen_ms = kept->what.first_seen_ms;
            record.what.seen_after = kept->what.seen_after;
        } else if (const auto before = versions.find(id); before != versions.end()) {
            record.version = before->second;
        }
        const UnixMillis since = record.what.first_seen_ms == 0 ? report.as_of_ms : record.what.first_seen_ms;
        const std::string after = record.what.first_seen_ms == 0 ? known->release() : record.what.seen_after;
        record.id = id;
        record.what = *one;
        record.what.first_seen_ms = since;
        record.what.seen_after = after;
        changed.push_back(std::move(record));
    }
    for (const auto& [id, kept] : known->all()) {
        const bool stays = kept.state == break_state::booked || found.contains(id) || report.was_explained(id);
        if (stays || !would_name(report, kept.what)) continue;
        BreakRecord record = kept;
        record.state = break_state::gone;
        record.ended_ms = report.as_of_ms;
        changed.push_back(std::move(record));
    }

    for (std::size_t i = 0; i < changed.size(); i += written_at_once) {
        UnitOfWork unit = store_.begin();
        for (std::size_t j = i; j < std::min(changed.size(), i + written_at_once); ++j)
            if (changed[j].version == 0)
                unit.create(changed[j]);
            else
                unit.update(changed[j]);
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (!committed.ok() && committed.outcome != atr::Outcome::conflict) co_return committed.failure();
    }
    for (auto& record : changed)
        if (record.state == break_state::gone)
            known->remove(record.id);
        else
            known->add(std::move(record));
    known->tell(report);
    co_return atr::Unit{};
}

}  // namespace treasurer::reconcile
