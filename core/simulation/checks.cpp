#include "simulation/checks.hpp"

#include "cache/cache_service.hpp"
#include "ledger/accounts.hpp"
#include "reconcile/break_record.hpp"
#include "records/approval.hpp"
#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/policy.hpp"
#include "records/schema.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"
#include "runtime/ids.hpp"
#include "simulation/wire.hpp"

namespace treasurer::simulation {
namespace {

constexpr UnixMillis longest_stale_ms = 8000;      ///< once every wire works
constexpr UnixMillis longest_overdue_ms = 10'000;  ///< hosts look for what has expired every second
constexpr UnixMillis longest_send_ms = 30'000;     ///< from the last look at the store to the send, stalls included

/// What a failover may take back, by id.
using Versions = std::map<std::string, std::uint64_t>;

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
template std::vector<Approval> Checks::all<Approval>();
template std::optional<Approval> Checks::find<Approval>(const std::string&);
template std::optional<Quarantine> Checks::find<Quarantine>(const std::string&);

void Checks::broken(std::string rule, std::string detail) {
    if (!violation_) violation_ = Violation{std::move(rule), std::move(detail)};
}

void Checks::committed(const std::vector<const atr::Batch*>& batches, std::uint64_t newest, bool shows_a_loss) {
    if (losses_.is_open() && !shows_a_loss) losses_.acted_unknowing(batches);
    for (const auto* batch : batches) note_commit(*batch);
    for (const auto* batch : batches) note_quarantine(*batch);
    for (const auto* batch : batches) note_transfers(*batch);
    for (const auto* batch : batches) check_reasons(*batch);
    for (const auto* batch : batches) check_counters(*batch);
    for (const auto* batch : batches)
        for (const auto& key : cache::stale_keys(*batch))
            if (key == cache::treasury_waiting.name) story_.made_stale.emplace_back(clock_.unix_ms(), newest);
}

void Checks::forgot(const std::function<void()>& forget) {
    const auto versions = [this] {
        Versions out;
        for (const auto& one : all<Payment>()) out[one.id] = one.version;
        for (const auto& one : all<Invoice>()) out[one.id] = one.version;
        for (const auto& one : all<Approval>()) out[one.id] = one.version;
        return out;
    };
    const Versions before = versions();
    forget();
    Versions after = versions();
    std::set<std::string> ids;
    for (const auto& [id, version] : before)
        if (after[id] != version) ids.insert(id);
    std::set<std::string> commits = std::move(story_.commits);
    story_ = remembered_;
    for (const auto& key : story_.commits) commits.erase(key);
    losses_.add(storage_.lineage(), ids, std::move(commits));
    std::erase_if(acknowledged_, [&](const std::string& id) { return ids.contains(id); });
    std::set<std::string> effects;
    for (const auto& entry : all<AuditEntry>()) effects.insert(entry.request_id);
    for (auto& [key, told] : keys_)
        if (!effects.contains(key)) {
            told = false;
            lost_keys_.insert(key);
        }
}

/// One without a key is told from no other: when it is lost, it is lost.
void Checks::note_commit(const atr::Batch& batch) {
    story_.commits.insert(batch.idempotency_key);
    if (!batch.idempotency_key.empty()) losses_.came(batch.idempotency_key);
}

void Checks::note_quarantine(const atr::Batch& batch) {
    for (const auto& op : batch.ops) {
        const bool is_it =
            op.op == ATR_OP_PUT && op.record.collection == Quarantine::collection && op.record.key == Quarantine::key;
        if (!is_it) continue;
        const auto quarantine = decode<Quarantine>(op.record);
        if (!quarantine) return broken("a record cannot be read", quarantine.error().message);
        if (quarantine->active) losses_.noticed(storage_.lineage());
        story_.quarantined = quarantine->active ? clock_.unix_ms() : 0;
    }
}

void Checks::sent(const atr::RailPayment& payment) {
    if (story_.quarantined != 0 && clock_.unix_ms() - story_.quarantined > longest_send_ms)
        broken("sent in quarantine", "payment " + payment.payment_id);
}

void Checks::asked_under(const std::string& key, bool told) {
    keys_[key] = keys_[key] || (told && !lost_keys_.contains(key));
}

unsigned Checks::paid(const std::string& amount) const {
    const auto found = paid_.find(amount);
    return found == paid_.end() ? 0 : found->second;
}

void Checks::shown(std::uint64_t commit, UnixMillis asked) {
    if (calm_since_ == 0) return;
    for (const auto& [when, seq] : story_.made_stale)
        if (seq > commit && asked - std::max(when, calm_since_) > longest_stale_ms)
            return broken("a host shows what is long out of date",
                          "commit " + std::to_string(commit) + ", and " + std::to_string(seq) + " had ended");
}

void Checks::note_transfers(const atr::Batch& batch) {
    for (const auto& op : batch.ops) {
        if (op.op != ATR_OP_PUT || op.record.collection != Transfer::collection) continue;
        const auto transfer = decode<Transfer>(op.record);
        if (!transfer) return broken("a record cannot be read", transfer.error().message);
        for (const auto& change : ledger::effects(*transfer)) story_.expected[change.key] += change.units;
        auto& open_holds = story_.open_holds[transfer->payment_id];
        if (transfer->purpose == ledger::purpose::correction || is_fee_of_a_lost_hold(*transfer))
            story_.corrected += transfer->units;
        if (transfer->kind == TransferKind::pending) {
            story_.held += transfer->units;
            open_holds.insert(transfer->id);
            if (transfer->expires_ms != 0) story_.waiting_holds[transfer->id] = transfer->expires_ms;
            if (open_holds.size() > 1) broken("funds are held twice", "payment " + transfer->payment_id);
        }
        open_holds.erase(transfer->pending_id);
        if (transfer->kind == TransferKind::post || transfer->kind == TransferKind::void_pending)
            story_.held -= transfer->ended_units();
        if (transfer->kind == TransferKind::post && bank_.moved(id_digits(transfer->payment_id)) == 0)
            broken("booked, not paid", "payment " + transfer->payment_id + " was posted; the rail moved nothing");
        const bool only_waited = story_.waiting_holds.erase(transfer->pending_id) > 0;
        if (only_waited && transfer->kind == TransferKind::post)
            broken("a hold with an expiry was posted", "payment " + transfer->payment_id);
        const bool of_a_fee = transfer->purpose == ledger::purpose::fee;
        if (transfer->kind == TransferKind::void_pending && !only_waited && !of_a_fee) {
            story_.given_back.insert(id_digits(transfer->payment_id));
            if (bank_.moved(id_digits(transfer->payment_id)) > 0 && !losses_.is_unknowing(transfer->payment_id))
                broken("paid, not booked", "payment " + transfer->payment_id + " was voided; the rail had paid it");
        }
    }
}

/// The rail has taken it, and what was held for it is gone with the commits that storage lost.
bool Checks::is_fee_of_a_lost_hold(const Transfer& transfer) const {
    return transfer.purpose == ledger::purpose::fee && transfer.kind == TransferKind::direct &&
           losses_.has(transfer.payment_id);
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
        if (units != story_.expected[record.key])
            broken("a balance is not the sum of its transfers",
                   record.key + " is " + record.body + ", not " + atr::units_to_string(story_.expected[record.key]));
        const auto name = ledger::parse_balance_key(record.key);
        if (name && name->figure == Figure::available && units < -story_.corrected)
            broken("more is held and spent than there is", record.key + " is " + record.body);
    }
    const auto figure = [&](Figure which) {
        return story_.expected[ledger::balance_key(the_asset, ledger::treasury_account(the_rail), which)];
    };
    if (figure(Figure::available) + story_.held != figure(Figure::debits) - figure(Figure::credits))
        broken("what is available and what is held are not what there is",
               atr::units_to_string(figure(Figure::available)) + " available, " + atr::units_to_string(story_.held) +
                   " held, of " + atr::units_to_string(figure(Figure::debits) - figure(Figure::credits)));
    for (const auto& line : ledger::trial_balance(story_.expected))
        if (line.difference() != 0)
            broken("debits are not credits", line.asset + " differs by " + atr::units_to_string(line.difference()));
}

void Checks::moved(const atr::RailPayment& at_rail) {
    const std::string invoice = at_rail.money.to_string();  // amounts of a plan's invoices differ
    if (++paid_[invoice] > 1 && !losses_.is_unknowing(invoice))
        broken("paid twice", "the invoice over " + invoice + ", now as payment " + at_rail.payment_id);
    const std::string id = id_from_digits(at_rail.payment_id);
    if (losses_.has(id)) return;  // nobody can say what was in storage when it was sent
    if (story_.given_back.contains(at_rail.payment_id))
        broken("paid after its funds were given back", "payment " + at_rail.payment_id);
    const auto payment = find<Payment>(id);
    if (!payment) return broken("paid, and not in storage", "payment " + at_rail.payment_id);
    check_persons(*payment);
    if (!find<Invoice>(payment->invoice_id)) broken("paid, and no invoice", "payment " + at_rail.payment_id);
    const auto hold = find<Transfer>(payment->transfer_id);
    if (!hold || hold->expires_ms != 0) broken("paid, and no funds were held", "payment " + at_rail.payment_id);
}

void Checks::check_persons(const Payment& payment) {
    const auto policy = find<Policy>(Policy::current);
    const unsigned needed = policy ? policy->approvals_for(payment.amount) : 1;
    if (needed == 1) return;
    const auto approval = find<Approval>(payment.approval_id);
    std::set<std::string> persons;
    if (approval && approval->status == "approved")
        for (const auto& word : approval->given)
            if (word.by != approval->submitted_by) persons.insert(word.by);
    if (persons.size() < needed)
        broken("paid with too few approvals",
               "payment " + payment.id + ": " + std::to_string(persons.size()) + " of " + std::to_string(needed));
}

void Checks::came_back(const atr::RailPayment& at_rail) {
    --paid_[at_rail.money.to_string()];
    came_back_.insert(at_rail.payment_id);
}

void Checks::acknowledged(const std::string& invoice_id) {
    if (losses_.has(invoice_id)) return;
    acknowledged_.insert(invoice_id);
    if (!find<Invoice>(invoice_id)) broken("acknowledged, not stored", "invoice " + invoice_id);
}

void Checks::at_rest() {
    const std::set<std::string> with_a_break = losses_.any() ? payments_with_a_break() : std::set<std::string>{};
    for (const auto& payment : all<Payment>())
        if (!with_a_break.contains(payment.id)) check_payment(payment);
    check_invoices(with_a_break);
    check_ledger();
    check_waiting_holds();
    check_keys();
}

/// Those that reconciliation names, or persons have dealt with: their end is not the rail's.
std::set<std::string> Checks::payments_with_a_break() {
    std::set<std::string> out;
    for (const auto& record : all<reconcile::BreakRecord>())
        if (record.state == reconcile::break_state::booked || record.state == reconcile::break_state::explained)
            out.insert(record.what.payment_id);
    return out;
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

void Checks::check_invoices(const std::set<std::string>& with_a_break) {
    for (const auto& id : acknowledged_)
        if (!find<Invoice>(id)) broken("acknowledged, and forgotten", "invoice " + id);
    for (const auto& invoice : all<Invoice>()) {
        if (invoice.payment_id.empty() || with_a_break.contains(invoice.payment_id)) continue;
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
    for (const auto& [transfer, expires_ms] : story_.waiting_holds)
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
        return story_.expected[ledger::balance_key(the_asset, ledger::treasury_account(the_rail), which)];
    };
    atr::Int128 booked = figure(Figure::debits) - figure(Figure::credits);
    for (const auto& payment : all<Payment>())
        if (!is_final(payment.state)) booked -= bank_.taken(id_digits(payment.id)).to_units(the_decimals).value_or(0);
    for (const auto& record : all<reconcile::BreakRecord>())
        if (record.state == reconcile::break_state::explained) {
            const auto& by = record.what.correction;
            const atr::Int128 units = by.amount.amount.to_units(the_decimals).value_or(0);
            booked -= by.came_back ? -units : units;
        }
    return booked == bank_.holds().to_units(the_decimals).value_or(0);
}

}  // namespace treasurer::simulation
