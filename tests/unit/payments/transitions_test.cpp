// The transition table, row by row: what each answer allows, before and after a possible send.
#include "payments/transitions.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::payments;
using atr::RailState;

namespace {

atr::Result<atr::RailStatus> says(RailState state, bool is_final) {
    atr::RailStatus out;
    out.state = state;
    out.is_final = is_final;
    return out;
}
atr::Result<atr::RailStatus> fails(atr::Outcome outcome) {
    return atr::Error{.outcome = outcome, .message = "no"};
}

}  // namespace

TEST_CASE("after the first submit, its answer decides", "[payments]") {
    const Situation first{};
    CHECK(after_submit(says(RailState::settled, true), first).step == Step::post);
    CHECK(after_submit(says(RailState::settled, false), first).step == Step::look_again);
    CHECK(after_submit(says(RailState::pending, false), first).step == Step::look_again);
    CHECK(after_submit(says(RailState::accepted, false), first).state == PaymentState::submitted);
    CHECK(after_submit(says(RailState::failed, true), first).step == Step::void_transfer);
    CHECK(after_submit(says(RailState::failed, false), first).step == Step::look_again);
    CHECK(after_submit(says(RailState::never_received, true), first).step == Step::look_again);
    CHECK(after_submit(fails(atr::Outcome::rejected), first).step == Step::void_transfer);
    CHECK(after_submit(fails(atr::Outcome::retry), first).step == Step::send_again);
    for (auto outcome :
         {atr::Outcome::unknown, atr::Outcome::conflict, atr::Outcome::not_found, atr::Outcome::unsupported})
        CHECK(after_submit(fails(outcome), first).step == Step::look_again);
}

TEST_CASE("once something may have been sent, no refusal of a submit gives funds back", "[payments]") {
    const Situation perhaps{.maybe_sent = true};
    for (auto outcome : {atr::Outcome::rejected, atr::Outcome::retry, atr::Outcome::conflict, atr::Outcome::unknown,
                         atr::Outcome::not_found}) {
        const auto move = after_submit(fails(outcome), perhaps);
        CHECK(move.step == Step::look_again);
        CHECK(move.state == PaymentState::unknown);
    }
    CHECK(after_submit(says(RailState::failed, true), perhaps).step == Step::look_again);
    CHECK(after_submit(says(RailState::settled, true), perhaps).step == Step::post);
}

TEST_CASE("lookup moves the ledger only with a final word", "[payments]") {
    const Situation perhaps{.maybe_sent = true, .repeat_is_harmless = true};
    CHECK(after_lookup(says(RailState::settled, true), perhaps).step == Step::post);
    CHECK(after_lookup(says(RailState::returned, true), perhaps).step == Step::post);
    CHECK(after_lookup(says(RailState::failed, true), perhaps).step == Step::void_transfer);
    CHECK(after_lookup(says(RailState::cancelled, true), perhaps).step == Step::cancel);
    for (auto state : {RailState::settled, RailState::failed, RailState::cancelled, RailState::returned,
                       RailState::pending, RailState::accepted})
        CHECK(after_lookup(says(state, false), perhaps).step == Step::look_again);
    CHECK(after_lookup(fails(atr::Outcome::not_found), perhaps).step == Step::look_again);
    CHECK(after_lookup(fails(atr::Outcome::rejected), perhaps).step == Step::look_again);
}

TEST_CASE("a payment that was never received goes out again only where a repeat is harmless", "[payments]") {
    const auto never = says(RailState::never_received, false);
    CHECK(after_lookup(never, {.maybe_sent = true, .repeat_is_harmless = true}).step == Step::resubmit);
    CHECK(after_lookup(never, {.maybe_sent = true, .repeat_is_harmless = false}).step == Step::ask_human);
    CHECK(after_lookup(never, {.maybe_sent = true, .held_back = "payments are paused", .repeat_is_harmless = true})
              .step == Step::look_again);
    CHECK(after_lookup(never, {.maybe_sent = true, .cancel_requested = true, .repeat_is_harmless = true}).step ==
          Step::ask_human);
    CHECK(after_lookup(says(RailState::never_received, true), {.maybe_sent = true, .cancel_requested = true}).step ==
          Step::cancel);
}

TEST_CASE("a rail that cannot prove absence is not asked for ever", "[payments]") {
    Situation blind{.maybe_sent = true, .repeat_is_harmless = true, .absence_can_be_proven = false};
    CHECK(after_lookup(fails(atr::Outcome::retry), blind).step == Step::resubmit);
    blind.held_back = "payments are paused";
    CHECK(after_lookup(fails(atr::Outcome::retry), blind).step == Step::look_again);
    blind.held_back.clear();
    blind.cancel_requested = true;
    CHECK(after_lookup(fails(atr::Outcome::retry), blind).step == Step::look_again);
    blind.looks = patient_looks;
    CHECK(after_lookup(fails(atr::Outcome::retry), blind).step == Step::ask_human);
    Situation bare{.maybe_sent = true, .absence_can_be_proven = false};
    CHECK(after_lookup(fails(atr::Outcome::retry), bare).step == Step::look_again);
    bare.looks = patient_looks;
    CHECK(after_lookup(fails(atr::Outcome::retry), bare).step == Step::ask_human);
}
