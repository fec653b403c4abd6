#include "payments/transitions.hpp"

#include "ports/plain_reason.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::payments {
namespace {

using atr::RailState;

/// What a final word of the rail means for the books. Words that are not final never come here.
Move after_final(RailState word, const std::string& reason) {
    switch (word) {
        case RailState::settled:
            return {Step::post, PaymentState::settled, {}};
        case RailState::returned:
            return {Step::post, PaymentState::returned, "the rail returned it after settling"};
        case RailState::failed:
            return {Step::void_transfer, PaymentState::failed, reason};
        case RailState::cancelled:
            return {Step::cancel, PaymentState::cancelled, "cancelled at the rail"};
        case RailState::accepted:
        case RailState::pending:
        case RailState::never_received:
            break;
    }
    return {Step::look_again, PaymentState::unknown,
            "the rail calls '" + std::string(to_string(state_of(word))) + "' final, which it cannot be"};
}

/// Asking on would be asking for ever: the rail shows what it has, and never says that it has nothing.
Move after_no_word(const Situation& situation) {
    if (situation.cancel_requested && situation.looks >= patient_looks)
        return {Step::ask_human, PaymentState::unknown,
                "a cancel was requested, but the rail cannot say that it never received the payment"};
    if (situation.cancel_requested)
        return {Step::look_again, PaymentState::unknown, "a cancel was requested; the rail does not show the payment"};
    if (!situation.held_back.empty()) return {Step::look_again, PaymentState::unknown, situation.held_back};
    if (situation.repeat_is_harmless) return {Step::resubmit, PaymentState::prepared, {}};
    if (situation.looks < patient_looks)
        return {Step::look_again, PaymentState::unknown, "the rail does not show it, or does not show it yet"};
    return {Step::ask_human, PaymentState::unknown,
            "the rail cannot say whether it received it, and does not protect against paying twice: a person has to "
            "decide"};
}

std::string why(const atr::Error& error) {
    return plain_reason(error, "the rail");
}

}  // namespace

PaymentState state_of(RailState word) {
    switch (word) {
        case RailState::accepted:
            return PaymentState::submitted;
        case RailState::pending:
            return PaymentState::pending;
        case RailState::settled:
            return PaymentState::settled;
        case RailState::failed:
            return PaymentState::failed;
        case RailState::cancelled:
            return PaymentState::cancelled;
        case RailState::returned:
            return PaymentState::returned;
        case RailState::never_received:
            return PaymentState::prepared;
    }
    return PaymentState::unknown;
}

Move after_submit(const atr::Result<atr::RailStatus>& answer, const Situation& situation) {
    if (answer) {
        const auto word = answer->state;
        const bool paid = answer->is_final && (word == RailState::settled || word == RailState::returned);
        if (paid) return after_final(word, {});
        if (answer->is_final && word == RailState::failed && !situation.maybe_sent)
            return after_final(word, "the rail refused it");
        if (word == RailState::accepted || word == RailState::pending) return {Step::look_again, state_of(word), {}};
        return {Step::look_again, PaymentState::unknown, "the rail's answer is not final: it will be looked up"};
    }
    const auto& error = answer.error();
    if (mutated(Mutation::void_on_a_late_rejected) && error.outcome == atr::Outcome::rejected)
        return {Step::void_transfer, PaymentState::failed, why(error)};
    if (mutated(Mutation::fail_on_unknown) && error.outcome == atr::Outcome::unknown)
        return {Step::void_transfer, PaymentState::failed, why(error)};
    if (mutated(Mutation::send_again_on_timeout) && error.outcome == atr::Outcome::unknown)
        return {Step::send_again, PaymentState::scheduled, why(error)};
    if (situation.maybe_sent) return {Step::look_again, PaymentState::unknown, why(error)};
    switch (error.outcome) {
        case atr::Outcome::rejected:
            return {Step::void_transfer, PaymentState::failed, why(error)};
        case atr::Outcome::retry:
            return {Step::send_again, PaymentState::scheduled, why(error)};
        case atr::Outcome::ok:
        case atr::Outcome::not_found:
        case atr::Outcome::conflict:
        case atr::Outcome::unknown:
        case atr::Outcome::unsupported:
            break;
    }
    return {Step::look_again, PaymentState::unknown, why(error)};
}

Move after_lookup(const atr::Result<atr::RailStatus>& answer, const Situation& situation) {
    if (!answer && !situation.absence_can_be_proven && answer.outcome() == atr::Outcome::retry)
        return after_no_word(situation);
    if (!answer) return {Step::look_again, PaymentState::unknown, why(answer.error())};
    const auto word = answer->state;
    if (word == RailState::never_received) {
        if (situation.cancel_requested && (answer->is_final || mutated(Mutation::cancel_after_commit_a)))
            return {Step::cancel, PaymentState::cancelled, "cancelled; the rail never received it and never will"};
        if (answer->is_final || mutated(Mutation::void_before_its_moment_has_passed))
            return {Step::void_transfer, PaymentState::failed,
                    "the rail did not receive it in time, and would refuse it now"};
        if (situation.cancel_requested && !situation.its_moment_passes)
            return {Step::ask_human, PaymentState::unknown,
                    "a cancel was requested, but a stalled attempt could still arrive"};
        if (!situation.held_back.empty()) return {Step::look_again, PaymentState::unknown, situation.held_back};
        const bool may_repeat = situation.repeat_is_harmless && !situation.cancel_requested;
        if (situation.its_moment_passes && !may_repeat)
            return {Step::look_again, PaymentState::unknown,
                    "the rail has not received it, and will soon refuse it: then it is over"};
        if (may_repeat || mutated(Mutation::trust_the_lease_to_stop_a_sender))
            return {Step::resubmit, PaymentState::prepared, {}};
        return {Step::ask_human, PaymentState::unknown,
                "the rail never received it, and does not protect against paying twice: a person has to decide"};
    }
    const bool believed = mutated(Mutation::believe_words_that_are_not_final) &&
                          (word == RailState::settled || word == RailState::failed);
    if (answer->is_final || believed) return after_final(word, "the rail refused it");
    if (word == RailState::accepted || word == RailState::pending) return {Step::look_again, state_of(word), {}};
    return {Step::look_again, PaymentState::pending,
            "the rail says " + std::string(to_string(state_of(word))) + ", not yet final"};
}

bool may_be_cancelled(const Move& looked_up, const Payment& payment) {
    return payment.cancel_requested && looked_up.step == Step::look_again &&
           (looked_up.state == PaymentState::submitted || looked_up.state == PaymentState::pending);
}

Move after_cancel(const atr::Result<atr::RailStatus>& answer, Move looked_up) {
    const bool ends = answer && answer->state != RailState::accepted && answer->state != RailState::pending &&
                      answer->state != RailState::never_received;
    if (ends && (answer->is_final || mutated(Mutation::believe_a_cancel_that_is_not_final)))
        return after_final(answer->state, "the rail refused it");
    looked_up.reason = answer ? "a cancel was asked of the rail, which has not said yet how it ends"
                              : "a cancel was asked of the rail: " + why(answer.error());
    return looked_up;
}

}  // namespace treasurer::payments
