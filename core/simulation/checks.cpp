#include "simulation/checks.hpp"

#include "cache/cache_service.hpp"
#include "ledger/accounts.hpp"
#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/policy.hpp"
#include "records/schema.hpp"
#include "records/store.hpp"
#include "runtime/ids.hpp"
#include "simulation/wire.hpp"

namespace treasurer::simulation {
namespace {

constexpr UnixMillis longest_stale_ms = 8000;      ///< once every wire works
constexpr UnixMillis longest_overdue_ms = 10'000;  ///< hosts look for what has expired every second

}  // namespace

using ledger::Figure;
using ledger::Transfer;
using ledger::TransferKind;

template <class R>
std::optional<R> Checks::find(const std::string& key) {
    const auto found = at_once(storage_.get({{R::collection, key}}, {}));
    if (!found || found->empty()) return std::nullopt;
    auto out = decode<R>(found->front());
    if (!out) {
        broken("a record cannot be read", out.error().message);
        return std::nullopt;
    }
    return std::move(*out);
}

template <class R>
std::vector<R> Checks::all() {
    std::vector<R> out;
    atr::Query query;
    query.collection = R::collection;
    query.limit = 1000;
    do {
        const auto page = at_once(storage_.query(query, {}));
        if (!page) break;
        for (const auto& record : page->records)
            if (auto one = decode<R>(record)) out.push_back(std::move(*one));
        query.cursor = page->next_cursor;
    } while (!query.cursor.empty());
    return out;
}

template std::optional<Payment> Checks::find<Payment>(const std::string&);
template std::optional<Invoice> Checks::find<Invoice>(const std::string&);
template std::optional<Policy> Checks::find<Policy>(const std::string&);
template std::vector<Payment> Checks::all<Payment>();
template std::vector<Invoice> Checks::all<Invoice>();

void Checks::broken(std::string rule, std::string detail) {
    if (!violation_) violation_ = Violation{std::move(rule), std::move(detail)};
}

void Checks::committed(const std::vector<const atr::Batch*>& batches, std::uint64_t newest) {
    for (const auto* batch : batches) note_transfers(*batch);
    for (const auto* batch : batches) check_reasons(*batch);
    for (const auto* batch : batches) check_counters(*batch);
    for (const auto* batch : batches)
        for (const auto& key : cache::stale_keys(*batch))
            if (key == cache::treasury_dashboard.name) made_stale_.emplace_back(clock_.unix_ms(), newest);
}

void Checks::shown(std::uint64_t commit, UnixMillis asked) {
    if (calm_since_ == 0) return;
    for (const auto& [when, seq] : made_stale_)
        if (seq > commit && asked - std::max(when, calm_since_) > longest_stale_ms)
            return broken("a host shows what is long out of date",
                          "commit " + std::to_string(commit) + ", and " + std::to_string(seq) + " had ended");
}

void Checks::note_transfers(const atr::Batch& batch) {
    for (const auto& op : batch.ops) {
        if (op.op != ATR_OP_PUT || op.record.collection != Transfer::collection) continue;
        const auto transfer = decode<Transfer>(op.record);
        if (!transfer) return broken("a record cannot be read", transfer.error().message);
        for (const auto& change : ledger::effects(*transfer)) expected_[change.key] += change.units;
        auto& open_holds = open_holds_[transfer->payment_id];
        if (transfer->kind == TransferKind::pending) {
            held_ += transfer->units;
            open_holds.insert(transfer->id);
            if (transfer->expires_ms != 0) waiting_holds_[transfer->id] = transfer->expires_ms;
            if (open_holds.size() > 1) broken("funds are held twice", "payment " + transfer->payment_id);
        }
        open_holds.erase(transfer->pending_id);
        if (transfer->kind == TransferKind::post || transfer->kind == TransferKind::void_pending)
            held_ -= transfer->ended_units();
        if (transfer->kind == TransferKind::post && bank_.moved(id_digits(transfer->payment_id)) == 0)
            broken("booked, not paid", "payment " + transfer->payment_id + " was posted; the rail moved nothing");
        const bool only_waited = waiting_holds_.erase(transfer->pending_id) > 0;
        if (only_waited && transfer->kind == TransferKind::post)
            broken("a hold with an expiry was posted", "payment " + transfer->payment_id);
        const bool of_a_fee = transfer->purpose == ledger::purpose::fee;
        if (transfer->kind == TransferKind::void_pending && !only_waited && !of_a_fee) {
            given_back_.insert(id_digits(transfer->payment_id));
            if (bank_.moved(id_digits(transfer->payment_id)) > 0)
                broken("paid, not booked", "payment " + transfer->payment_id + " was voided; the rail had paid it");
        }
    }
}

/// Whoever looks at a payment that waits is told what for.
void Checks::check_reasons(const atr::Batch& batch) {
    for (const auto& op : batch.ops) {
        if (op.op != ATR_OP_PUT || op.record.collection != Payment::collection) continue;
        const auto payment = decode<Payment>(op.record);
        if (!payment) return broken("a record cannot be read", payment.error().message);
        const bool waits = payment->state == PaymentState::scheduled || payment->state == PaymentState::unknown ||
                           payment->needs_human;
        if (waits && payment->reason.empty())
            broken("a payment waits, and nothing says why",
                   "payment " + payment->id + " is " + std::string(to_string(payment->state)));
    }
}

void Checks::check_counters(const atr::Batch& batch) {
    std::vector<atr::Key> keys;
    for (const auto& op : batch.ops)
        if (op.record.collection == balances_collection) keys.push_back({balances_collection, op.record.key});
    if (keys.empty()) return;
    const auto kept = at_once(storage_.get(std::move(keys), {}));
    if (!kept) return broken("storage cannot be read", kept.error().message);
    for (const auto& record : *kept) {
        const auto units = atr::units_from_string(record.body).value_or(0);
        if (units != expected_[record.key])
            broken("a balance is not the sum of its transfers",
                   record.key + " is " + record.body + ", not " + atr::units_to_string(expected_[record.key]));
        const auto name = ledger::parse_balance_key(record.key);
        if (name && name->figure == Figure::available && units < 0)
            broken("more is held and spent than there is", record.key + " is " + record.body);
    }
    const auto figure = [&](Figure which) {
        return expected_[ledger::balance_key(the_asset, ledger::treasury_account(the_rail), which)];
    };
    if (figure(Figure::available) + held_ != figure(Figure::debits) - figure(Figure::credits))
        broken("what is available and what is held are not what there is",
               atr::units_to_string(figure(Figure::available)) + " available, " + atr::units_to_string(held_) +
                   " held, of " + atr::units_to_string(figure(Figure::debits) - figure(Figure::credits)));
    for (const auto& line : ledger::trial_balance(expected_))
        if (line.difference() != 0)
            broken("debits are not credits", line.asset + " differs by " + atr::units_to_string(line.difference()));
}

void Checks::moved(const atr::RailPayment& at_rail) {
    const std::string invoice = at_rail.money.to_string();  // amounts of a plan's invoices differ
    if (++paid_[invoice] > 1)
        broken("paid twice", "the invoice over " + invoice + ", now as payment " + at_rail.payment_id);
    if (given_back_.contains(at_rail.payment_id))
        broken("paid after its funds were given back", "payment " + at_rail.payment_id);
    const auto payment = find<Payment>(id_from_digits(at_rail.payment_id));
    if (!payment) return broken("paid, and not in storage", "payment " + at_rail.payment_id);
    if (!find<Invoice>(payment->invoice_id)) broken("paid, and no invoice", "payment " + at_rail.payment_id);
    const auto hold = find<Transfer>(payment->transfer_id);
    if (!hold || hold->expires_ms != 0) broken("paid, and no funds were held", "payment " + at_rail.payment_id);
}

void Checks::came_back(const atr::RailPayment& at_rail) {
    --paid_[at_rail.money.to_string()];
    came_back_.insert(at_rail.payment_id);
}

void Checks::acknowledged(const std::string& invoice_id) {
    acknowledged_.insert(invoice_id);
    if (!find<Invoice>(invoice_id)) broken("acknowledged, not stored", "invoice " + invoice_id);
}

void Checks::at_rest() {
    for (const auto& payment : all<Payment>()) check_payment(payment);
    check_invoices();
    check_ledger();
    check_waiting_holds();
    check_keys();
}

void Checks::check_payment(const Payment& payment) {
    const unsigned moves = bank_.moved(id_digits(payment.id));
    const bool paid = payment.state == PaymentState::settled || payment.state == PaymentState::returned;
    const std::string what = "payment " + payment.id + " is " + std::string(to_string(payment.state));
    if (paid != (moves > 0) && is_final(payment.state))
        broken("a payment's end is not the rail's", what + "; the rail moved it " + std::to_string(moves) + " times");
    if (paid && (payment.state == PaymentState::returned) != came_back_.contains(id_digits(payment.id)))
        broken("a payment's return is not the rail's", what);
    if (is_final(payment.state) || payment.state == PaymentState::waiting_approval) return;
    broken("a payment does not end, though two persons decided", what + ": " + payment.reason);
}

void Checks::check_invoices() {
    for (const auto& id : acknowledged_)
        if (!find<Invoice>(id)) broken("acknowledged, and forgotten", "invoice " + id);
    for (const auto& invoice : all<Invoice>()) {
        if (invoice.payment_id.empty()) continue;
        const auto payment = find<Payment>(invoice.payment_id);
        if (!payment) {
            broken("an invoice without its payment", "invoice " + invoice.id);
        } else if ((invoice.status == InvoiceStatus::paid) != (payment->state == PaymentState::settled)) {
            broken("an invoice's status is not its payment's", "invoice " + invoice.id);
        }
    }
}

void Checks::check_ledger() {
    ledger::Verification verification;
    for (const auto& transfer : all<Transfer>()) verification.add(transfer);
    ledger::Balances kept;
    atr::Query query;
    query.collection = balances_collection;
    query.limit = 1000;
    const auto page = at_once(storage_.query(query, {}));
    for (const auto& record : page->records) kept[record.key] = atr::units_from_string(record.body).value_or(0);
    for (const auto& finding : verification.findings(kept)) broken("the ledger does not verify", finding);
}

void Checks::check_waiting_holds() {
    for (const auto& [transfer, expires_ms] : waiting_holds_)
        if (clock_.unix_ms() > expires_ms + longest_overdue_ms)
            broken("a hold outlives its expiry", "transfer " + transfer);
}

void Checks::check_keys() {
    std::map<std::string, unsigned> effects;
    for (const auto& entry : all<AuditEntry>()) ++effects[entry.request_id];
    for (const auto& [key, told] : keys_) {
        if (effects[key] > 1) broken("one key, two effects", key);
        if (told && effects[key] == 0) broken("told done, and not done", key);
    }
}

bool Checks::books_are_the_rail() {
    const auto figure = [&](Figure which) {
        return expected_[ledger::balance_key(the_asset, ledger::treasury_account(the_rail), which)];
    };
    atr::Int128 booked = figure(Figure::debits) - figure(Figure::credits);
    for (const auto& payment : all<Payment>())
        if (!is_final(payment.state)) booked -= bank_.taken(id_digits(payment.id)).to_units(the_decimals).value_or(0);
    return booked == bank_.holds().to_units(the_decimals).value_or(0);
}

}  // namespace treasurer::simulation
