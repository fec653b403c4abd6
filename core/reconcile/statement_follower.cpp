#include "reconcile/statement_follower.hpp"

#include <algorithm>

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "payments/ending.hpp"
#include "reconcile/break_book.hpp"
#include "reconcile/movement.hpp"
#include "records/journal.hpp"
#include "records/schema.hpp"
#include "records/store_records.hpp"
#include "records/vendor.hpp"
#include "runtime/mutation.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::reconcile {
namespace {

constexpr const char* cursor_label = "cursor";
constexpr std::size_t most_skipped = 64;
constexpr std::size_t most_overpaid = 256;  ///< kept with the position, until reconciliation has named them
constexpr int most_tries = 8;               ///< of one page, while others change what it is about

/// As much as the payment came back, by the rail's word as its return.
bool looks_like_a_return(const atr::RailEvent& event, const Payment& payment) {
    return event.state == atr::RailState::returned && event.money == payment.amount;
}

/// More, or other, went out for the payment than the payment itself: what comes back may be that, and not the payment.
bool tells_of_more(const Break& what) {
    const bool is_fee = what.kind == kind::fee_not_booked;
    return what.kind == kind::paid_twice || what.kind == kind::amount_differs ||
           (what.correction.is_possible() && !is_fee);
}

/// Its record does not rule out that the rail has it.
bool may_have_been_sent(const Payment& payment) {
    if (is_final(payment.state) || payment.state == PaymentState::waiting_approval) return false;
    return payment.maybe_sent || (payment.state != PaymentState::scheduled && payment.state != PaymentState::reserved);
}

/// The rail's final word that this very payment was made: to its payee, of its amount.
bool settles(const atr::RailEvent& event, const Payment& payment) {
    if (movement_of(event) != Movement::out || payment.amount != event.money) return false;
    const std::string paid = address_paid(event);
    return paid.empty() || address_form(paid) == address_form(payment.creditor.address);
}

std::string cursor_key(const std::string& rail) {
    return "statement|" + rail;
}

}  // namespace

Task<atr::Result<Followed>> StatementFollower::follow(RailPort& rail) {
    const std::string name = rail.name();
    Followed out;
    Task<atr::Result<Place>> reading = read_place(name);
    atr::Result<Place> place = co_await reading;
    if (!place) co_return place.error();
    std::string from = place->position;
    bool waits = false;  // behind a receipt that is not final the position stays, reading goes on
    for (;;) {
        CallOptions options;
        options.timeout = settings_.timeout;
        Task<atr::Result<atr::StatementPage>> asking = rail.statement(from, settings_.page, options);
        const atr::Result<atr::StatementPage> page = co_await asking;
        if (!page) co_return page.error();
        const bool more = !page->next_position.empty() && page->next_position != from;
        waits = waits || std::any_of(page->events.begin(), page->events.end(), [](const auto& event) {
                    return event.direction == ATR_DIR_IN && movement_of(event) == Movement::undecided;
                });
        Task<atr::Result<Written>> writing =
            write_page(name, *page, *place, waits, more ? page->next_position : std::string(), out);
        const atr::Result<Written> written = co_await writing;
        if (!written) co_return written.error();
        if (*written == Written::elsewhere) {  // another host moved the position: go on from there
            Task<atr::Result<Place>> again = read_place(name);
            place = co_await again;
            if (!place) co_return place.error();
            from = place->position;
            waits = false;
            continue;
        }
        if (!more) break;
        from = page->next_position;
    }
    out.position = place->position;
    co_return out;
}

/// Money that came in: from somewhere, from a vendor that gives back, or as a whole payment that is returned.
std::optional<ledger::Transfer> StatementFollower::receipt_of(const std::string& rail, const atr::RailEvent& event,
                                                              const Payment* payment, bool is_surplus, Place& place,
                                                              Followed& into) const {
    const auto units = assets_.units(event.money);
    if (!units || *units <= 0) {
        ++into.unbookable;
        if (!assets_.decimals(event.money.asset) && place.skipped.size() < most_skipped)
            place.skipped.insert(event.money.asset);
        return std::nullopt;
    }
    ledger::Transfer out;
    out.id = receipt_id(rail, event.event_id);
    out.kind = ledger::TransferKind::direct;
    out.purpose = ledger::purpose::receipt;
    out.debit_account = ledger::treasury_account(rail);
    out.credit_account = ledger::receipts_account(rail);
    if (payment) {
        const bool is_return = looks_like_a_return(event, *payment) && !is_surplus;
        out.purpose = is_return ? ledger::purpose::returned : ledger::purpose::refund;
        out.credit_account = ledger::vendor_account(payment->creditor.vendor_id);
    }
    out.amount = event.money;
    out.units = *units;
    out.at_ms = clock_.unix_ms();
    out.rail_event_id = event.event_id;
    if (!event.payment_id.empty()) out.payment_id = id_from_digits(event.payment_id);
    return out;
}

/// Of a payment of ours; what another's money cost is for reconciliation to name.
std::optional<ledger::Transfer> StatementFollower::fee_of(const std::string& rail, const atr::RailEvent& event,
                                                          const Payment* payment) const {
    if (!payment || !has_fee(event)) return std::nullopt;
    const atr::Int128 units = assets_.units(event.fee).value_or(0);
    if (units <= 0) return std::nullopt;
    ledger::Transfer out =
        ledger::rail_fee(rail, payment->id, event.rail_reference, event.fee, units, clock_.unix_ms());
    out.rail_event_id = event.event_id;
    return out;
}

Task<atr::Result<StatementFollower::Place>> StatementFollower::read_place(std::string rail) {
    std::vector<atr::Key> keys;
    keys.push_back({cursors_collection, cursor_key(rail)});
    keys.push_back({Quarantine::collection, Quarantine::key});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    Place out;
    const atr::Record* cursor = nullptr;
    for (const auto& record : *found) {
        if (record.collection != Quarantine::collection) {
            cursor = &record;
            continue;
        }
        const atr::Result<Quarantine> store = decode<Quarantine>(record);
        if (!store) co_return store.error();
        out.life = store->life;
    }
    if (!cursor) co_return out;
    out.version = cursor->version;
    const Json body = Json::parse(cursor->body, nullptr, false);
    const bool sound = body.is_object() && body.contains("position") && body["position"].is_string();
    if (!sound) co_return out;  // from the beginning: what is booked already is not booked again
    out.position = body["position"].get<std::string>();
    const auto skipped = body.find("skipped");
    if (skipped != body.end() && skipped->is_array())
        for (const auto& asset : *skipped)
            if (asset.is_string()) out.skipped.insert(asset.get<std::string>());
    const auto overpaid = body.find("overpaid");
    if (overpaid != body.end() && overpaid->is_array())
        for (const auto& payment : *overpaid)
            if (payment.is_string()) out.overpaid.insert(payment.get<std::string>());
    const bool counted_now = std::any_of(out.skipped.begin(), out.skipped.end(),
                                         [&](const auto& asset) { return assets_.decimals(asset).has_value(); });
    // Of another life, the position may stand behind bookings that were seen in the time that the store has lost.
    if (counted_now || text_or(body, "life") != out.life) {
        out.position.clear();
        out.skipped.clear();
    }
    co_return out;
}

Task<atr::Result<StatementFollower::Known>> StatementFollower::look_up(std::string rail,
                                                                       const atr::StatementPage& page) {
    std::set<std::pair<std::string, std::string>> wanted;
    std::set<std::string> came_back;
    for (const auto& event : page.events) {
        const Movement movement = movement_of(event);
        if (movement == Movement::in) wanted.emplace(ledger::Transfer::collection, receipt_id(rail, event.event_id));
        if (movement == Movement::out && has_fee(event))
            wanted.emplace(ledger::Transfer::collection, fee_id(rail, event));
        if (movement == Movement::none || event.payment_id.empty()) continue;
        const std::string payment_id = id_from_digits(event.payment_id);
        wanted.emplace(Payment::collection, payment_id);
        if (movement == Movement::in) came_back.insert(payment_id);
    }
    Known out;
    for (int round = 0; round < 2 && !wanted.empty(); ++round) {
        std::vector<atr::Key> keys;
        for (const auto& [collection, key] : wanted) keys.push_back({collection, key});
        wanted.clear();
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
        const atr::Result<std::vector<atr::Record>> found = co_await reading;
        if (!found) co_return found.error();
        for (const auto& record : *found) {
            if (record.collection == ledger::Transfer::collection) {
                out.booked.insert(record.key);
                out.versions.emplace(record.key, record.version);
                atr::Result<ledger::Transfer> transfer = decode<ledger::Transfer>(record);
                if (!transfer) co_return transfer.error();
                if (transfer->kind == ledger::TransferKind::pending && transfer->purpose == ledger::purpose::fee)
                    out.fee_holds.emplace(transfer->payment_id, std::move(*transfer));
            } else if (record.collection == Payment::collection) {
                atr::Result<Payment> payment = decode<Payment>(record);
                if (!payment) co_return payment.error();
                if (payment->rail != rail) continue;  // reconciliation names it
                const bool is_returned = payment->state == PaymentState::settled && came_back.contains(payment->id);
                if (is_returned || may_have_been_sent(*payment))
                    wanted.emplace(Invoice::collection, payment->invoice_id);
                if (is_returned) wanted.emplace(ledger::Transfer::collection, ledger::ending_id(payment->transfer_id));
                if (may_have_been_sent(*payment)) wanted.emplace(ledger::Transfer::collection, payment->transfer_id);
                if (may_cost_more(*payment)) {  // read after the payment: its end and this are one unit
                    const std::string kept = ledger::fee_hold_id(payment->transfer_id);
                    wanted.emplace(ledger::Transfer::collection, kept);
                    wanted.emplace(ledger::Transfer::collection, ledger::ending_id(kept));
                }
                out.payments.emplace(record.key, std::move(*payment));
            } else {
                atr::Result<Invoice> invoice = decode<Invoice>(record);
                if (!invoice) co_return invoice.error();
                out.invoices.emplace(record.key, std::move(*invoice));
            }
        }
    }
    const bool has_a_return = std::any_of(page.events.begin(), page.events.end(), [&](const auto& event) {
        const auto paid = out.payments.find(id_from_digits(event.payment_id));
        return movement_of(event) == Movement::in && paid != out.payments.end() &&
               looks_like_a_return(event, paid->second);
    });
    if (has_a_return) {
        BreakBook breaks(store_);
        Task<atr::Result<KnownBreaks>> reading = breaks.read();
        const atr::Result<KnownBreaks> found = co_await reading;
        if (!found) co_return found.error();
        for (const auto& [id, record] : found->all())
            if (tells_of_more(record.what)) out.overpaid.insert(record.what.payment_id);
    }
    std::erase_if(out.fee_holds,
                  [&](const auto& kept) { return out.booked.contains(ledger::ending_id(kept.second.id)); });
    co_return out;
}

/// `next`: where the position goes unless something `waits`; empty: nowhere.
Task<atr::Result<StatementFollower::Written>> StatementFollower::write_page(std::string rail,
                                                                            const atr::StatementPage& page,
                                                                            Place& place, bool& waits, std::string next,
                                                                            Followed& into) {
    std::string lost;
    for (int tries = 0; tries < most_tries; ++tries) {
        Task<atr::Result<Known>> looking = look_up(rail, page);
        atr::Result<Known> known = co_await looking;
        if (!known) co_return known.error();
        UnitOfWork unit = store_.begin();
        Followed here;
        std::set<std::string> ended_here;  // payments
        std::set<std::string> seen;        // transfers that others have booked
        for (const auto& event : page.events) {
            const Movement movement = movement_of(event);
            if (movement == Movement::none) continue;
            const auto paid = known->payments.find(id_from_digits(event.payment_id));
            Payment* const payment = paid == known->payments.end() ? nullptr : &paid->second;
            const bool is_sent = payment && payment->state != PaymentState::waiting_approval;
            const bool goes_out = event.direction == ATR_DIR_OUT;
            if (goes_out && !is_sent && is_id(id_from_digits(event.payment_id))) ++here.not_ours;
            if (movement == Movement::undecided) {
                // Of a payment of ours it may yet become final in place, and tell of a settlement or a fee.
                waits = waits || (payment && goes_out);
                continue;
            }
            if (payment && movement == Movement::in && ended_here.contains(payment->id)) {
                waits = true;  // its return comes after its end
                continue;
            }
            if (payment && may_have_been_sent(*payment) && settles(event, *payment)) {
                const auto invoice = known->invoices.find(payment->invoice_id);
                const auto hold = known->versions.find(payment->transfer_id);
                if (is_late(event) && invoice != known->invoices.end() && hold != known->versions.end()) {
                    // The payment's version alone does not tell: after a loss another record of it can have the same.
                    unit.check(ledger::Transfer::collection, hold->first, hold->second, "payment's hold");
                    *payment = end_late(unit, *payment, invoice->second, event);
                    ended_here.insert(payment->id);
                    ++here.settled;
                } else {
                    waits = true;
                }
            }
            const bool is_read_again = payment && may_have_been_sent(*payment) && settles(event, *payment);
            if (payment && movement == Movement::out && !is_read_again) note_if_overpaid(event, *payment, place);
            if (movement == Movement::out && payment && may_cost_more(*payment)) {
                if (!is_final(payment->state)) {
                    waits = true;  // its hold covers the fee, which its end may book or keep on holding
                    continue;
                }
                if (auto kept = known->fee_holds.extract(payment->id)) {
                    // A store that has lost it meanwhile, without anybody's notice, must not have it ended.
                    const std::string& id = kept.mapped().id;
                    unit.check(ledger::Transfer::collection, id, known->versions.at(id), "fee hold");
                    ledger::book(unit, kept.mapped().voiding(clock_.unix_ms()));
                }
            }
            const bool is_surplus =
                payment && (known->overpaid.contains(payment->id) || place.overpaid.contains(payment->id));
            std::optional<ledger::Transfer> transfer = movement == Movement::in
                                                           ? receipt_of(rail, event, payment, is_surplus, place, here)
                                                           : fee_of(rail, event, payment);
            if (!transfer) continue;
            if (transfer->purpose == ledger::purpose::fee && !is_final(payment->state)) {
                waits = true;  // its hold covers the fee; the payment's end books both
                continue;
            }
            if (payment && transfer->purpose == ledger::purpose::returned) {
                const auto invoice = known->invoices.find(payment->invoice_id);
                const auto end = known->versions.find(ledger::ending_id(payment->transfer_id));
                const bool is_settled = payment->state == PaymentState::settled;
                const bool has_end = is_settled ? end != known->versions.end() : is_final(payment->state);
                waits = waits || !has_end;  // its end has to be in the books first
                if (is_settled && has_end && invoice != known->invoices.end() && !mutated(Mutation::forget_a_return)) {
                    // As with a hold: its version alone does not tell that this end is in the books.
                    unit.check(ledger::Transfer::collection, end->first, end->second, "payment's end");
                    mark_returned(unit, *payment, invoice->second, event);
                    payment->state = PaymentState::returned;
                    ++here.returned;
                }
            }
            if (!known->booked.insert(transfer->id).second) {
                if (known->versions.contains(transfer->id)) seen.insert(transfer->id);
                continue;
            }
            if (mutated(Mutation::book_receipts_twice)) transfer->id = store_.ids().next();
            ledger::book(unit, *transfer);
            if (transfer->purpose == ledger::purpose::fee)
                treasury::note_fee(unit, transfer->amount, transfer->units, transfer->at_ms);
            else if (payment)
                treasury::note_given_back(unit, transfer->amount, transfer->units, transfer->at_ms);
            ++here.booked;
        }
        const bool moves = !next.empty() && !waits;
        if (moves) place.position = next;
        std::size_t cursor_at = 0;
        if (moves) {
            // A store that has lost them meanwhile, without anybody's notice, must not have the position pass them by.
            for (const auto& id : seen) unit.check(ledger::Transfer::collection, id, known->versions.at(id), "booked");
            while (place.overpaid.size() > most_overpaid) place.overpaid.erase(place.overpaid.begin());  // the oldest
            Json body = {{"position", place.position}, {"skipped", place.skipped}, {"overpaid", place.overpaid}};
            set_if(body, "life", place.life);
            cursor_at = unit.size();
            unit.put(cursors_collection, cursor_key(rail), dump(body), {},
                     mutated(Mutation::book_receipts_twice) ? ATR_VER_ANY : place.version, cursor_label);
        }
        into.unbookable += here.unbookable;
        into.not_ours += here.not_ours;
        if (unit.size() == 0) co_return Written::done;
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.ok()) {
            into.booked += here.booked;
            into.returned += here.returned;
            into.settled += here.settled;
            if (moves && cursor_at < committed.versions.size()) place.version = committed.versions[cursor_at];
            co_return Written::done;
        }
        if (committed.outcome != atr::Outcome::conflict) co_return committed.failure();
        if (committed.lost == cursor_label) co_return Written::elsewhere;
        into.unbookable -= here.unbookable;
        into.not_ours -= here.not_ours;
        lost = committed.lost;
    }
    co_return atr::retry(ATR_E_OVERLOADED, lost == ledger::day_label
                                               ? "the books of this day are closed: the clock of this host is behind"
                                               : "what the statement is about keeps changing: " + lost);
}

/// Reconciliation names it too, but only after what was read with it is booked.
void StatementFollower::note_if_overpaid(const atr::RailEvent& event, const Payment& payment, Place& place) {
    const bool is_another = !payment.rail_reference.empty() && !event.rail_reference.empty() &&
                            payment.rail_reference != event.rail_reference;
    bool is_second = false;
    if (payment.rail_reference.empty() || event.rail_reference.empty()) {
        const auto [first, is_first] = place.paid.try_emplace(payment.id, PaidBy{event.event_id, event.rail_reference});
        const bool is_repeated = event.event_id == first->second.event_id ||
                                 (!event.rail_reference.empty() && event.rail_reference == first->second.reference);
        is_second = !is_first && !is_repeated;
    }
    if (is_another || is_second || event.money != payment.amount) place.overpaid.insert(payment.id);
}

bool StatementFollower::is_late(const atr::RailEvent& event) const {
    return clock_.unix_ms() - event.at_unix_ms >= settings_.late_after.count();
}

/// Its job is left to whoever holds it: a saga that finds the payment ended does no more than end the job.
Payment StatementFollower::end_late(UnitOfWork& unit, Payment payment, Invoice invoice, const atr::RailEvent& event) {
    payments::Ending ending;
    ending.payment = std::move(payment);
    ending.invoice = std::move(invoice);
    ending.move = {payments::Step::post, PaymentState::settled, {}};
    ending.rail_reference = event.rail_reference;
    ending.invoice_status = payments::invoice_status_after(PaymentState::settled);
    ending.fee_is_known = true;  // it stands in the same event, and is booked with it
    ending.actor = "host:statement";
    ending.action = "payment.settled";
    ending.detail = "statement event " + event.event_id;
    return payments::put_ending(unit, std::move(ending), assets_, store_.ids(), clock_.unix_ms());
}

/// The transfer that gives the money back is booked with it. Its invoice may be submitted again.
void StatementFollower::mark_returned(UnitOfWork& unit, Payment payment, Invoice invoice, const atr::RailEvent& event) {
    const UnixMillis now = clock_.unix_ms();
    payment.enter(PaymentState::returned, now);
    payment.reason = "the rail returned it after settling";
    invoice.status = InvoiceStatus::failed;
    invoice.updated_ms = now;
    Activity line;
    line.id = store_.ids().next();
    line.at_ms = now;
    line.event = "PAYMENT";
    line.status = "RETURNED";
    line.vendor = payment.creditor.name;
    line.amount = payment.amount;
    line.tx_hash = event.rail_reference;
    line.reason = payment.reason;
    line.approval_id = payment.approval_id;
    line.invoice_id = payment.invoice_id;
    line.payment_id = payment.id;
    AuditEntry entry;
    entry.id = store_.ids().next();
    entry.at_ms = now;
    entry.actor = "host:statement";
    entry.action = "payment.returned";
    entry.subject = payment.id;
    entry.detail = "statement event " + event.event_id;
    unit.update(payment, "payment");
    unit.update(invoice, "invoice");
    unit.create(line);
    unit.create(entry);
}

}  // namespace treasurer::reconcile
