// The saga's side of the rail: what it asks, and what the answers are worth at that moment.
#include "ledger/bookkeeping.hpp"
#include "ledger/rail_fee.hpp"
#include "payments/ending.hpp"
#include "payments/fault_names.hpp"
#include "payments/saga.hpp"
#include "ports/plain_reason.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::payments {
namespace {

std::string creditor_json(const Creditor& creditor) {
    return dump({{"name", creditor.name}, {"address", creditor.address}});
}

/// {"amount":"1.50","asset":"MNEE"} as a rail tells it; nullopt for anything else.
std::optional<atr::Money> money_told(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("amount") || !json.contains("asset")) return std::nullopt;
    if (!json["amount"].is_string() || !json["asset"].is_string()) return std::nullopt;
    return atr::Money::parse(json["amount"].get<std::string>(), json["asset"].get<std::string>());
}

}  // namespace

Task<atr::Result<Payment>> Saga::prepare(Payment payment, std::string request_id, std::string traceparent) {
    RailPort* rail = parts_.rails.find(payment.rail);
    if (!rail) co_return atr::rejected(ATR_E_CONFIG, "payment rail '" + payment.rail + "' is not configured");
    if (rail->capabilities().enforces_not_after)
        payment.not_after_ms = parts_.clock.unix_ms() + settings_.execute_within.count();
    CallOptions options;
    options.timeout = settings_.prepare_timeout;
    options.request_id = std::move(request_id);
    options.traceparent = std::move(traceparent);
    Task<atr::Result<atr::Prepared>> call = rail->prepare(rail_payment(payment), options);
    atr::Result<atr::Prepared> prepared = co_await call;
    if (!prepared) co_return prepared.error();
    if (mutated(Mutation::send_before_persisting)) {
        Task<atr::Result<atr::RailStatus>> sending = rail->submit(rail_payment(payment), prepared->blob, {});
        co_await sending;
    }
    payment.prepared_blob = parts_.sealer.seal(prepared->blob, payment.id);
    payment.rail_reference = prepared->predicted_reference;
    payment.hold = most_charged(payment, *prepared);
    co_return payment;
}

/// A payment that waited, provably unsent, until the rail would soon refuse it or does already: prepared anew, under
/// its old hold. Nothing: it was put down, or has ended.
Task<std::optional<Saga::Case>> Saga::renew(Case work) {
    const bool is_late = work.payment.not_after_ms != 0 &&
                         work.payment.not_after_ms - parts_.clock.unix_ms() < settings_.execute_within.count() / 2;
    if (!is_late || work.payment.cancel_requested) co_return std::optional<Case>(std::move(work));
    Task<atr::Result<Payment>> preparing = prepare(work.payment, {});
    atr::Result<Payment> anew = co_await preparing;
    const atr::Money held = work.payment.held();
    if (anew && (anew->held().asset != held.asset || anew->held().amount > held.amount))
        anew = atr::rejected(ATR_E_LIMIT_BREACHED, "the rail would now take up to " + anew->held().to_string() +
                                                       ", and " + held.to_string() + " are held");
    if (anew) {
        anew->hold = work.payment.hold;
        work.payment = std::move(*anew);
        co_return std::optional<Case>(std::move(work));
    }
    Move move{Step::look_again, PaymentState::scheduled, plain_reason(anew.error(), "the rail")};
    if (anew.outcome() == atr::Outcome::rejected)
        move = {Step::void_transfer, PaymentState::failed, plain_reason(anew.error(), "the rail")};
    Task<> step = carry_out(std::move(work), std::move(move), {});
    co_await step;
    co_return std::nullopt;
}

Task<atr::Result<atr::RailStatus>> Saga::look(Payment payment) {
    RailPort* rail = parts_.rails.find(payment.rail);
    if (!rail) co_return atr::rejected(ATR_E_CONFIG, "payment rail '" + payment.rail + "' is not configured");
    std::vector<std::string> blobs;
    if (atr::Result<std::string> blob = parts_.sealer.open(payment.prepared_blob, payment.id))
        blobs.push_back(std::move(*blob));
    CallOptions options;
    options.timeout = settings_.lookup_timeout;
    Task<atr::Result<atr::RailStatus>> call =
        rail->lookup(rail_payment(payment), std::move(blobs), payment.rail_reference, options);
    co_return co_await call;
}

Task<> Saga::ask_rail(Case work) {
    if (!parts_.rails.find(work.payment.rail)) {
        Move move{Step::ask_human, PaymentState::unknown, "payment rail '" + work.payment.rail + "' is not configured"};
        Task<> step = carry_out(std::move(work), move, {});
        co_await step;
        co_return;
    }
    parts_.faults.reach(fault::before_lookup);
    Task<atr::Result<atr::RailStatus>> looking = look(work.payment);
    atr::Result<atr::RailStatus> answer = co_await looking;
    parts_.faults.reach(fault::after_lookup);
    Move move = after_lookup(answer, situation(work, true));
    atr::RailStatus status;
    if (answer) status = std::move(*answer);
    if (may_be_cancelled(move, work.payment) && !work.quarantine.active) {
        Task<Move> cancelling = cancel_at_rail(work.payment, std::move(move), &status);
        move = co_await cancelling;
    }
    work.asked = true;
    Task<> step = carry_out(std::move(work), std::move(move), std::move(status));
    co_await step;
}

/// Asks the rail to stop a payment that it has and has not carried out. Whatever it answers, lookup goes on until
/// something is final.
Task<Move> Saga::cancel_at_rail(Payment payment, Move otherwise, atr::RailStatus* status) {
    RailPort* rail = parts_.rails.find(payment.rail);
    if (!rail || !rail->capabilities().cancel) co_return otherwise;
    std::vector<std::string> blobs;
    if (atr::Result<std::string> blob = parts_.sealer.open(payment.prepared_blob, payment.id))
        blobs.push_back(std::move(*blob));
    CallOptions options;
    options.timeout = settings_.submit_timeout;
    Task<atr::Result<atr::RailStatus>> call = rail->cancel(rail_payment(payment), std::move(blobs), options);
    atr::Result<atr::RailStatus> answer = co_await call;
    Move move = after_cancel(answer, std::move(otherwise));
    if (answer && is_final(move.state)) *status = std::move(*answer);
    co_return move;
}

/// The fee that the rail tells of with a payment's end, unless it is in the books already. One in an asset that the
/// books do not count is left to reconciliation.
Task<atr::Result<std::optional<ledger::Transfer>>> Saga::fee_to_book(std::string payment_id, std::string rail,
                                                                     atr::RailStatus status, UnixMillis now) {
    using None = std::optional<ledger::Transfer>;
    const std::optional<atr::Money> fee = money_told(status.fee_money_json);
    if (!fee || status.rail_reference.empty()) co_return None{};
    const atr::Int128 units = parts_.assets.units(*fee).value_or(0);
    if (units <= 0) co_return None{};
    ledger::Transfer out = ledger::rail_fee(rail, payment_id, status.rail_reference, *fee, units, now);
    if (mutated(Mutation::book_a_fee_twice)) out.id = parts_.store.ids().next();
    std::vector<atr::Key> keys;
    keys.push_back({ledger::Transfer::collection, out.id});
    for (;;) {
        Task<atr::Result<std::vector<atr::Record>>> reading = parts_.store.get(keys);
        const atr::Result<std::vector<atr::Record>> found = co_await reading;
        if (found && !found->empty()) co_return None{};
        if (found) co_return None(std::move(out));
        const bool may_pass = found.outcome() == atr::Outcome::retry || found.outcome() == atr::Outcome::unknown;
        if (!may_pass || stopping_) co_return found.error();
        co_await delay(parts_.executor, settings_.backoff_initial);
    }
}

bool Saga::tells_fee(const atr::RailStatus& status) {
    return money_told(status.fee_money_json).has_value() && !status.rail_reference.empty();
}

// ------------------------------------------------------------------------------------------------ small parts

/// What has to be reserved: the amount, and what the rail may take besides from the same funds. No asset: the amount.
atr::Money Saga::most_charged(const Payment& payment, const atr::Prepared& prepared) const {
    const std::optional<atr::Money> most = money_told(prepared.max_charge_json);
    const bool is_more = most && most->asset == payment.amount.asset && most->amount > payment.amount.amount &&
                         parts_.assets.units(*most);
    return is_more ? *most : atr::Money{};
}

atr::RailPayment Saga::rail_payment(const Payment& payment) const {
    atr::RailPayment out;
    out.payment_id = id_digits(payment.id);
    out.source_account = payment.source_account;
    out.creditor_json = creditor_json(payment.creditor);
    out.money = payment.amount;
    out.purpose = payment.invoice_id;
    out.execute_not_after_unix_ms = payment.not_after_ms;
    return out;
}

Situation Saga::situation(const Case& work, bool maybe_sent) const {
    Situation out;
    out.maybe_sent = maybe_sent || work.payment.maybe_sent;
    out.cancel_requested = work.payment.cancel_requested;
    out.held_back = work.held_back();
    out.looks = work.payment.attempts;
    if (RailPort* rail = parts_.rails.find(work.payment.rail)) {
        const auto& can = rail->capabilities();
        out.repeat_is_harmless = can.idempotent && is_inside(work, can.idempotency_window_ms);
        out.absence_can_be_proven = can.queryable;
        out.its_moment_passes = can.enforces_not_after && can.queryable && its_moment_passes(work);
    }
    return out;
}

/// For so long the rail's final word is waited for. By the store's clock: the moment itself was set by the clock of the
/// host that prepared the payment, the last time, and is not believed to be near because it says so. While the store's
/// time is not known, no time has passed.
bool Saga::its_moment_passes(const Case& work) const {
    if (work.payment.not_after_ms == 0 || work.sendable_since_ms == 0) return false;
    const std::optional<UnixMillis> now = work.lease.store_now(parts_.clock.unix_ms());
    return !now || *now - work.sendable_since_ms < 2 * settings_.execute_within.count();
}

/// Whether a repeat that leaves now still finds its first at a rail that forgets after `window_ms`; 0: never. The rail
/// counts from the first that arrives, which is not known here: it is not before Commit A, and so that is where this
/// counts from, by the store's clock alone. Half of the window is left to what the check cannot see: a stall after it,
/// a message that is under way, the rail's own clock, and this host's clock being set since it took the lease.
bool Saga::is_inside(const Case& work, std::int64_t window_ms) const {
    if (window_ms == 0 || mutated(Mutation::repeat_outside_the_window)) return true;
    const std::optional<UnixMillis> now = work.lease.store_now(parts_.clock.unix_ms());
    if (!now || work.held_since_ms == 0 || *now < work.held_since_ms) return false;
    // One that was approved once more may have been sent by what the store has lost, long before it was held again.
    if (work.is_of_another_life() && work.held_since_ms >= work.life_since_ms) return false;
    return *now - work.held_since_ms < window_ms / 2 - settings_.submit_timeout.count();
}

}  // namespace treasurer::payments
