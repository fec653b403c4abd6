#include "payments/saga.hpp"

#include "ledger/bookkeeping.hpp"
#include "ledger/rail_fee.hpp"
#include "payments/ending.hpp"
#include "payments/fault_names.hpp"
#include "runtime/mutation.hpp"

#include <algorithm>

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

// ------------------------------------------------------------------------------------------------ before Commit A

Task<atr::Result<Payment>> Saga::prepare(Payment payment, std::string request_id) {
    RailPort* rail = parts_.rails.find(payment.rail);
    if (!rail) co_return atr::rejected(ATR_E_CONFIG, "payment rail '" + payment.rail + "' is not configured");
    CallOptions options;
    options.timeout = settings_.prepare_timeout;
    options.request_id = std::move(request_id);
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

CommitAPositions Saga::add_commit_a(UnitOfWork& unit, Payment& payment) const {
    const UnixMillis now = parts_.clock.unix_ms();
    payment.transfer_id = payment.id;
    payment.enter(PaymentState::prepared, now);
    CommitAPositions out{};
    out.payment = unit.size();
    if (payment.version == 0)
        unit.create(payment, "payment");
    else
        unit.update(payment, "payment");
    ledger::book(unit, hold_of(payment, parts_.assets, now));
    out.job = unit.size();
    unit.enqueue_leased(payments_queue, payment.id, worker_, settings_.lease);
    parts_.faults.reach(fault::before_commit_a);
    return out;
}

// ------------------------------------------------------------------------------------------------ first send

Task<> Saga::first_send(std::string payment_id, std::uint64_t lease_token) {
    parts_.faults.reach(fault::after_commit_a);
    Task<std::optional<Case>> reading = load(payment_id, lease_token);
    std::optional<Case> work = co_await reading;
    // Anything else says that this host came late: another took the payment over, and perhaps sent it.
    if (!work || work->payment.state != PaymentState::prepared || work->payment.maybe_sent) {
        Task<> releasing = release(std::move(payment_id), lease_token);
        co_await releasing;
        co_return;
    }
    if (work->is_of_another_life()) {
        Task<> step = ask_rail(std::move(*work));
        co_await step;
        co_return;
    }
    if (work->payment.cancel_requested) {
        Move move{Step::cancel, PaymentState::cancelled, "cancelled before it was sent"};
        Task<> step = carry_out(std::move(*work), move, {});
        co_await step;
        co_return;
    }
    const std::string held_back = work->held_back();
    if (!held_back.empty() || stopping_) {  // put down as provably unsent, for whoever comes next
        Move move{Step::look_again, PaymentState::scheduled,
                  held_back.empty() ? "the host stopped before it was sent" : held_back};
        Task<> step = carry_out(std::move(*work), move, {});
        co_await step;
        co_return;
    }
    Task<> step = send(std::move(*work), false);
    co_await step;
}

Task<> Saga::send(Case work, bool maybe_sent) {
    RailPort* rail = parts_.rails.find(work.payment.rail);
    atr::Result<std::string> blob = parts_.sealer.open(work.payment.prepared_blob, work.payment.id);
    if (!rail || !blob) {
        // Nothing may be sent without the persisted bytes; a person has to see this.
        Move move{Step::ask_human, PaymentState::unknown,
                  rail ? blob.error().message : "payment rail '" + work.payment.rail + "' is not configured"};
        Task<> step = carry_out(std::move(work), move, {});
        co_await step;
        co_return;
    }
    atr::RailPayment sent = rail_payment(work.payment);
    if (maybe_sent && mutated(Mutation::resubmit_with_a_new_key)) {
        sent.payment_id = id_digits(parts_.store.ids().next());
        Task<atr::Result<atr::Prepared>> preparing = rail->prepare(sent, {});
        const atr::Result<atr::Prepared> anew = co_await preparing;
        if (anew) blob = anew->blob;
    }
    Move move;
    atr::RailStatus status;
    for (unsigned attempt = 1;; ++attempt) {
        CallOptions options;
        options.timeout = settings_.submit_timeout;
        options.attempt = attempt;
        parts_.faults.reach(maybe_sent ? fault::before_resubmit : fault::before_submit);
        Task<atr::Result<atr::RailStatus>> call = rail->submit(sent, *blob, options);
        atr::Result<atr::RailStatus> answer = co_await call;
        parts_.faults.reach(maybe_sent ? fault::after_resubmit : fault::after_submit);
        move = after_submit(answer, situation(work, maybe_sent));
        if (answer) status = std::move(*answer);
        if (move.step != Step::send_again || attempt > settings_.immediate_retries) break;
        co_await delay(parts_.executor, settings_.backoff_initial);
    }
    Task<> step = carry_out(std::move(work), std::move(move), std::move(status));
    co_await step;
}

// ------------------------------------------------------------------------------------------------ later

Task<> Saga::resume(std::string payment_id, std::uint64_t lease_token) {
    Task<std::optional<Case>> reading = load(payment_id, lease_token);
    std::optional<Case> work = co_await reading;
    if (!work) {
        Task<> releasing = release(std::move(payment_id), lease_token);
        co_await releasing;
        co_return;
    }
    if (is_final(work->payment.state)) {
        UnitOfWork unit = parts_.store.begin();
        unit.job_done(payments_queue, work->payment.id, lease_token);
        Task<Written> writing = write(std::move(unit));
        co_await writing;
        co_return;
    }
    const bool unsent = work->payment.state == PaymentState::scheduled && !work->is_of_another_life();
    Task<> step = unsent ? send_later(std::move(payment_id), std::move(*work)) : ask_rail(std::move(*work));
    co_await step;
}

/// Provably unsent: only the host whose compare-and-set wins may make it sendable again.
Task<> Saga::send_later(std::string payment_id, Case work) {
    const std::string held_back = work.held_back();
    if (!held_back.empty() && !work.payment.cancel_requested) {
        Move move{Step::look_again, PaymentState::scheduled, held_back};
        Task<> step = carry_out(std::move(work), move, {});
        co_await step;
        co_return;
    }
    work.payment.enter(PaymentState::prepared, parts_.clock.unix_ms());
    UnitOfWork unit = parts_.store.begin();
    unit.update(work.payment, "payment");
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    Committed committed = co_await committing;
    if (!committed.ok()) {  // whoever takes it next reads what is true then
        Task<> releasing = release(std::move(payment_id), work.lease_token);
        co_await releasing;
        co_return;
    }
    Task<> step = first_send(work.payment.id, work.lease_token);
    co_await step;
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
    const Move move = after_lookup(answer, situation(work, true));
    atr::RailStatus status;
    if (answer) status = std::move(*answer);
    Task<> step = carry_out(std::move(work), move, std::move(status));
    co_await step;
}

// ------------------------------------------------------------------------------------------------ carrying out a move

Task<> Saga::carry_out(Case work, Move move, atr::RailStatus status) {
    switch (move.step) {
        case Step::post:
        case Step::void_transfer:
        case Step::cancel: {
            Task<> step = finish(std::move(work), std::move(move), std::move(status));
            co_await step;
            co_return;
        }
        case Step::resubmit: {
            const std::uint64_t version = work.payment.version, lease_token = work.lease_token;
            std::string id = work.payment.id;
            Task<std::optional<Case>> reading = load(id, lease_token);  // persons may have ended it meanwhile
            std::optional<Case> fresh = co_await reading;
            if (!fresh || fresh->payment.version != version) {
                Task<> releasing = release(std::move(id), lease_token);
                co_await releasing;
                co_return;
            }
            Task<> step = send(std::move(*fresh), true);
            co_await step;
            co_return;
        }
        case Step::send_again:
        case Step::look_again:
        case Step::ask_human: {
            Task<> step = park(std::move(work), std::move(move), std::move(status));
            co_await step;
            co_return;
        }
    }
}

Task<> Saga::park(Case work, Move move, atr::RailStatus status) {
    for (;;) {
        const bool slow = move.step == Step::ask_human || !work.held_back().empty();
        Payment& payment = work.payment;
        const bool news = payment.state != move.state;
        payment.attempts = news ? 0 : payment.attempts + 1;
        payment.enter(move.state, parts_.clock.unix_ms());
        payment.reason = move.reason;
        if (move.state != PaymentState::scheduled) payment.maybe_sent = true;
        payment.needs_human = move.step == Step::ask_human;
        if (!status.rail_reference.empty()) payment.rail_reference = status.rail_reference;
        UnitOfWork unit = parts_.store.begin();
        unit.update(payment, "payment");
        unit.reschedule(payments_queue, payment.id, work.lease_token,
                        parts_.clock.unix_ms() + backoff(payment, slow).count());
        parts_.faults.reach(fault::before_park);
        Task<Written> writing = write(std::move(unit));
        const Written written = co_await writing;
        if (written == Written::done) parts_.faults.reach(fault::after_park);
        if (written == Written::failed) {
            Task<> releasing = release(work.payment.id, work.lease_token);
            co_await releasing;
        }
        if (written != Written::changed) co_return;
        Task<std::optional<Case>> reading =
            load(work.payment.id, work.lease_token);  // e.g. a cancel was requested meanwhile
        std::optional<Case> fresh = co_await reading;
        if (!fresh || is_final(fresh->payment.state)) {
            Task<> releasing = release(work.payment.id, work.lease_token);
            co_await releasing;
            co_return;
        }
        work = std::move(*fresh);
    }
}

Task<> Saga::finish(Case work, Move move, atr::RailStatus status) {
    for (;;) {
        Task<atr::Result<std::optional<ledger::Transfer>>> asking =
            fee_to_book(work.payment.id, work.payment.rail, move.step == Step::post ? status : atr::RailStatus{});
        const atr::Result<std::optional<ledger::Transfer>> fee = co_await asking;
        if (!fee) {
            Task<> releasing = release(work.payment.id, work.lease_token);
            co_await releasing;
            co_return;
        }
        Ending ending;
        ending.payment = work.payment;
        ending.invoice = work.invoice;
        ending.move = move;
        ending.rail_reference = status.rail_reference;
        ending.invoice_status = invoice_status_after(move.state);
        ending.fee = *fee;
        ending.available = work.available;
        ending.actor = "host:" + worker_;
        ending.action = "payment." + std::string(to_string(move.state));
        ending.detail = move.reason;
        UnitOfWork unit = parts_.store.begin();
        put_ending(unit, std::move(ending), parts_.assets, parts_.store.ids(), parts_.clock.unix_ms());
        unit.job_done(payments_queue, work.payment.id, work.lease_token);

        parts_.faults.reach(fault::before_commit_b);
        Task<Written> writing = write(std::move(unit));
        const Written written = co_await writing;
        if (written == Written::done) parts_.faults.reach(fault::after_commit_b);
        if (written == Written::failed) {
            Task<> releasing = release(work.payment.id, work.lease_token);
            co_await releasing;
        }
        if (written != Written::changed) co_return;
        Task<std::optional<Case>> reading = load(work.payment.id, work.lease_token);
        std::optional<Case> fresh = co_await reading;
        if (!fresh || is_final(fresh->payment.state)) {
            Task<> releasing = release(work.payment.id, work.lease_token);
            co_await releasing;
            co_return;
        }
        work = std::move(*fresh);
    }
}

/// The fee that the rail tells of with a payment's end, unless it is in the books already. One in an asset that the
/// books do not count is left to reconciliation.
Task<atr::Result<std::optional<ledger::Transfer>>> Saga::fee_to_book(std::string payment_id, std::string rail,
                                                                     atr::RailStatus status) {
    using None = std::optional<ledger::Transfer>;
    const std::optional<atr::Money> fee = money_told(status.fee_money_json);
    if (!fee || status.rail_reference.empty()) co_return None{};
    const atr::Int128 units = parts_.assets.units(*fee).value_or(0);
    if (units <= 0) co_return None{};
    ledger::Transfer out =
        ledger::rail_fee(rail, payment_id, status.rail_reference, *fee, units, parts_.clock.unix_ms());
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
        const bool inside = can.idempotency_window_ms == 0 ||
                            parts_.clock.unix_ms() - work.payment.created_ms < can.idempotency_window_ms;
        out.repeat_is_harmless = can.idempotent && inside;
        out.absence_can_be_proven = can.queryable;
    }
    return out;
}

Millis Saga::backoff(const Payment& payment, bool slow) const {
    if (slow) return settings_.backoff_max / 4;
    Millis out = settings_.backoff_initial;
    for (unsigned i = 0; i < payment.attempts && out < settings_.backoff_max; ++i) out *= 2;
    return std::min(out, settings_.backoff_max);
}

}  // namespace treasurer::payments
