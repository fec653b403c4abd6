#include "payments/saga.hpp"

#include "ledger/bookkeeping.hpp"
#include "payments/ending.hpp"
#include "payments/fault_names.hpp"
#include "runtime/mutation.hpp"

#include <algorithm>

namespace treasurer::payments {
namespace {

constexpr int most_tries = 6;  ///< of a step, while others keep changing the payment

}  // namespace

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
    unit.enqueue_leased(payments_queue, payment.id, lease_name_.now(), settings_.lease);
    parts_.faults.reach(fault::before_commit_a);
    return out;
}

// ------------------------------------------------------------------------------------------------ first send

Task<> Saga::first_send(std::string payment_id, Lease lease, unsigned repeats, std::optional<Stored> known) {
    if (repeats == 0) parts_.faults.reach(fault::after_commit_a);
    Task<std::optional<Case>> reading = load(payment_id, lease, std::move(known));
    std::optional<Case> work = co_await reading;
    // Anything else says that this host came late: another took the payment over, and perhaps sent it.
    if (!work || work->payment.state != PaymentState::prepared || work->payment.maybe_sent) {
        Task<> releasing = release(std::move(payment_id), std::move(lease));
        co_await releasing;
        co_return;
    }
    work->repeats = repeats;
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

Task<> Saga::first_send_late(std::string payment_id, Lease lease) {
    Task<std::optional<Case>> reading = load(payment_id, lease);
    std::optional<Case> work = co_await reading;
    const bool is_unsent = work && work->payment.state == PaymentState::prepared && !work->payment.maybe_sent;
    Task<> step = !is_unsent                   ? release(std::move(payment_id), std::move(lease))
                  : work->is_of_another_life() ? ask_rail(std::move(*work))
                                               : send_later(std::move(*work));
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
    CallOptions options;
    options.timeout = settings_.submit_timeout;
    options.start_within = settings_.send_within;
    options.attempt = work.payment.sent.empty() ? 1 : work.payment.sent.back().attempt + 1;
    work.sent.push_back({parts_.clock.unix_ms(), options.attempt});
    parts_.faults.reach(maybe_sent ? fault::before_resubmit : fault::before_submit);
    Task<atr::Result<atr::RailStatus>> call = rail->submit(sent, *blob, options);
    atr::Result<atr::RailStatus> answer = co_await call;
    parts_.faults.reach(maybe_sent ? fault::after_resubmit : fault::after_submit);
    Move move = after_submit(answer, situation(work, maybe_sent));
    if (move.step == Step::send_again && work.repeats < settings_.immediate_retries) {
        Task<> step = send_once_more(std::move(work));
        co_await step;
        co_return;
    }
    atr::RailStatus status;
    if (answer) status = std::move(*answer);
    Task<> step = carry_out(std::move(work), std::move(move), std::move(status));
    co_await step;
}

/// Proven unsent a moment ago; since then others may have taken the payment over, and decided on it.
Task<> Saga::send_once_more(Case work) {
    co_await delay(parts_.executor, settings_.backoff_initial);
    ++work.repeats;
    Task<> step = send_later(std::move(work));
    co_await step;
}

// ------------------------------------------------------------------------------------------------ later

Task<> Saga::resume(std::string payment_id, Lease lease) {
    Task<std::optional<Case>> reading = load(payment_id, lease);
    std::optional<Case> work = co_await reading;
    if (!work) {
        Task<> releasing = release(std::move(payment_id), std::move(lease),
                                   stopping_ ? settings_.backoff_initial : settings_.backoff_max);
        co_await releasing;
        co_return;
    }
    if (is_final(work->payment.state)) {
        UnitOfWork unit = parts_.store.begin();
        unit.job_done(payments_queue, work->payment.id, work->lease.token);
        Task<Written> writing = write(std::move(unit));
        co_await writing;
        co_return;
    }
    const bool unsent = work->payment.state == PaymentState::scheduled && !work->is_of_another_life();
    Task<> step = unsent ? send_later(std::move(*work)) : ask_rail(std::move(*work));
    co_await step;
}

/// Provably unsent: only the host that still holds the lease, and whose compare-and-set wins, may make it sendable
/// again. It then looks once more, as before the first send.
Task<> Saga::send_later(Case work) {
    for (int tries = 0; tries < most_tries; ++tries) {
        const std::string held_back = work.held_back();
        if (!held_back.empty() && !work.payment.cancel_requested) {
            Move move{Step::look_again, PaymentState::scheduled, held_back};
            Task<> step = carry_out(std::move(work), move, {});
            co_await step;
            co_return;
        }
        Task<std::optional<Case>> renewing = renew(std::move(work));
        std::optional<Case> sendable = co_await renewing;
        if (!sendable) co_return;
        work = std::move(*sendable);
        Payment payment = work.payment;
        for (const auto& call : work.sent) payment.note_sent(call);
        payment.resolution.clear();  // said of one that was not sent
        payment.enter(PaymentState::prepared, parts_.clock.unix_ms());
        UnitOfWork unit = parts_.store.begin();
        check_life(unit, work.quarantine);
        check_not_ended(unit, payment);
        const std::size_t lease_at =
            unit.keep_lease(payments_queue, payment.id, work.lease.token, work.lease.worker, settings_.lease);
        unit.update(payment, "payment");
        Committed committed;
        Task<Written> writing = write(std::move(unit), &committed);
        const Written written = co_await writing;
        if (written == Written::lost_lease) co_return;
        if (written == Written::done) {
            work.lease.token = committed.versions.at(lease_at);
            Task<> step = first_send(payment.id, work.lease, work.repeats);
            co_await step;
            co_return;
        }
        if (written == Written::failed) {
            Task<> giving_up = give_up(payment.id, work.lease, "that it is sent now", committed.error.message);
            co_await giving_up;
            co_return;
        }
        Task<std::optional<Case>> reading = load_anew(work);
        std::optional<Case> fresh = co_await reading;
        if (!fresh) break;
        const bool still_unsent = fresh->payment.state == PaymentState::scheduled ||
                                  (fresh->payment.state == PaymentState::prepared && work.repeats > 0);
        if (!still_unsent || fresh->payment.maybe_sent || fresh->is_of_another_life()) {
            Task<> step = ask_rail(std::move(*fresh));
            co_await step;
            co_return;
        }
        work = std::move(*fresh);
    }
    Task<> releasing = release(work.payment.id, work.lease);
    co_await releasing;
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
            const std::uint64_t version = work.payment.version;
            Task<std::optional<Case>> reading = load(work.payment.id, work.lease);
            std::optional<Case> fresh = co_await reading;
            // Persons may have ended it meanwhile, or paused all, or it took so long that a repeat is no longer
            // harmless.
            const bool may =
                fresh && fresh->payment.version == version && fresh->held_back().empty() &&
                (situation(*fresh, true).repeat_is_harmless || mutated(Mutation::trust_the_lease_to_stop_a_sender));
            if (!may) {
                Task<> releasing = release(work.payment.id, work.lease);
                co_await releasing;
                co_return;
            }
            // As long as persons may say that it was not paid, it is not sent: first that choice is closed.
            Task<> step =
                fresh->payment.needs_human
                    ? park(std::move(*fresh), {Step::look_again, PaymentState::unknown, std::move(move.reason)}, {})
                    : send(std::move(*fresh), true);
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
    for (int tries = 0; tries < most_tries; ++tries) {
        const bool slow = move.step == Step::ask_human || !work.held_back().empty();
        Payment payment = work.payment;
        const bool news = payment.state != move.state && move.step != Step::send_again;
        payment.attempts = news ? 0 : payment.attempts + 1;
        payment.enter(move.state, parts_.clock.unix_ms());
        payment.reason = move.reason;
        if (move.state != PaymentState::scheduled) payment.maybe_sent = true;
        payment.needs_human = move.step == Step::ask_human;
        // What persons have said, they said of how it stood.
        if (work.payment.needs_human && !payment.needs_human) payment.resolution.clear();
        payment.sendable_ms = work.sendable_since_ms;
        payment.may_arrive = payment.maybe_sent && its_moment_passes(work);
        if (!status.rail_reference.empty()) payment.rail_reference = status.rail_reference;
        for (const auto& call : work.sent) payment.note_sent(call);
        UnitOfWork unit = parts_.store.begin();
        check_life(unit, work.quarantine);
        check_not_ended(unit, payment);
        unit.update(payment, "payment");
        const Millis pause = backoff(payment, slow);
        unit.reschedule(payments_queue, payment.id, work.lease.token, work.lease.due_in(pause, parts_.clock.unix_ms()));
        parts_.faults.reach(fault::before_park);
        Committed committed;
        Task<Written> writing = write(std::move(unit), &committed);
        const Written written = co_await writing;
        if (written == Written::done) parts_.faults.reach(fault::after_park);
        if (written == Written::done || written == Written::lost_lease) co_return;
        if (written == Written::failed) {
            Task<> giving_up = give_up(payment.id, work.lease, "what is known of it", committed.error.message);
            co_await giving_up;
            co_return;
        }
        Task<std::optional<Case>> reading = load_anew(work);  // e.g. a cancel was requested meanwhile
        std::optional<Case> fresh = co_await reading;
        if (!fresh) break;
        work = std::move(*fresh);
    }
    Task<> releasing = release(work.payment.id, work.lease);
    co_await releasing;
}

Task<> Saga::finish(Case work, Move move, atr::RailStatus status) {
    const bool is_the_rails_word = move.step == Step::post || work.asked;
    UnixMillis now = parts_.clock.unix_ms();
    std::string lost;
    for (int tries = 0; tries < most_tries; ++tries) {
        Task<atr::Result<std::optional<ledger::Transfer>>> asking =
            fee_to_book(work.payment.id, work.payment.rail, move.step == Step::post ? status : atr::RailStatus{}, now);
        const atr::Result<std::optional<ledger::Transfer>> fee = co_await asking;
        if (!fee) break;
        Ending ending;
        ending.payment = work.payment;
        for (const auto& call : work.sent) ending.payment.note_sent(call);
        ending.invoice = work.invoice;
        ending.move = move;
        ending.rail_reference = status.rail_reference;
        ending.invoice_status = invoice_status_after(move.state);
        ending.fee = *fee;
        ending.fee_is_known = tells_fee(status);
        ending.available = work.available;
        ending.actor = "host:" + worker_;
        ending.action = "payment." + std::string(to_string(move.state));
        ending.detail = move.reason;
        UnitOfWork unit = parts_.store.begin();
        check_life(unit, work.quarantine);
        Payment ended = put_ending(unit, std::move(ending), parts_.assets, parts_.store.ids(), now);
        const auto place = unit.place_of(Payment::collection, ended.id);
        unit.job_done(payments_queue, work.payment.id, work.lease.token);

        parts_.faults.reach(fault::before_commit_b);
        Committed committed;
        Task<Written> writing = write(std::move(unit), &committed);
        const Written written = co_await writing;
        if (written == Written::done) {
            parts_.faults.reach(fault::after_commit_b);
            ended.version = committed.versions.at(place.value());
            if (tell_ended_) tell_ended_(ended);
        }
        if (written == Written::done || written == Written::lost_lease) co_return;
        lost = committed.lost.empty() ? committed.error.message : committed.lost;
        if (written == Written::failed) break;
        // The books of that day are closed: this host's clock is far behind, and the store's is right by definition.
        now = parts_.clock.unix_ms();
        if (committed.lost == ledger::day_label) now = std::max(now, work.lease.store_now(now).value_or(now));
        Task<std::optional<Case>> reading = load_anew(work);
        std::optional<Case> fresh = co_await reading;
        if (!fresh) {
            lost.clear();
            break;
        }
        if (!is_the_rails_word && fresh->is_of_another_life()) {  // which may have sent it: what was decided is void
            Task<> step = ask_rail(std::move(*fresh));
            co_await step;
            co_return;
        }
        work = std::move(*fresh);
    }
    if (!lost.empty() && !stopping_) {
        ++counters_.endings_refused;
        const std::string what = "its end as " + std::string(to_string(move.state));
        Task<> giving_up = give_up(work.payment.id, work.lease, what, lost);
        co_await giving_up;
        co_return;
    }
    Task<> releasing = release(work.payment.id, work.lease);
    co_await releasing;
}

/// Storage refuses for good what has to be written: a person has to see it, and it is tried again, rarely. A host that
/// stops has only not waited for the answer.
Task<> Saga::give_up(std::string payment_id, Lease lease, std::string what, std::string why) {
    if (!stopping_) trouble(payment_id, what + " cannot be written: " + why);
    const Millis pause = stopping_ ? settings_.backoff_initial : settings_.backoff_max;
    Task<> releasing = release(std::move(payment_id), std::move(lease), pause);
    co_await releasing;
}

Millis Saga::backoff(const Payment& payment, bool slow) const {
    if (slow) return settings_.backoff_max / 4;
    Millis out = settings_.backoff_initial;
    for (unsigned i = 0; i < payment.attempts && out < settings_.backoff_max; ++i) out *= 2;
    const bool is_waited_for = payment.state == PaymentState::pending && is_waited_for_ && is_waited_for_(payment.id);
    return std::min(
        out, is_waited_for ? std::min(settings_.backoff_waited_for, settings_.backoff_max) : settings_.backoff_max);
}

void Saga::trouble(const std::string& payment_id, const std::string& what) const {
    if (tell_) tell_(payment_id, what);
}

}  // namespace treasurer::payments
