// What a rail may do beside: quotes, cancelling, expiry, notices.
#include "rail/client.hpp"
#include "rail/encode.hpp"
#include "rail/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;
using atr::RailState;

void quote_has_no_effect(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    skip_unless_supported(rail.quote(rail.payment()), "quote");
    for (int i = 0; i < 5; ++i) need_ok(rail.quote(rail.payment()), "quote");
    expect(rail.held() == before && rail.events(rail.began_at()).empty(), "no movement", "one");
}

void cancels(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().cancel, "cancel");
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    whatever(rail.submit(payment, blob));
    const auto cancelled = rail.cancel(payment, {blob});
    if (!cancelled) need_supported(cancelled.error(), "cancel, where describe() says so,");
    const auto status = rail.final_status(payment, blob);
    const int times = rail.times_paid(payment);
    expect_equal(times, status.state == RailState::settled ? 1 : 0,
                 "movements of a payment that was asked to be cancelled");
    if (cancelled && cancelled->state == RailState::cancelled && cancelled->is_final) {
        whatever(rail.submit(payment, blob));
        rail.need_paid(payment, 0, "a finally cancelled payment, submitted again");
    }
}

void expires(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().enforces_not_after, "enforces_not_after");
    auto payment = rail.payment();
    payment.execute_not_after_unix_ms = now_ms() - 1000;
    if (const auto blob = rail.prepare(payment)) whatever(rail.submit(payment, *blob));
    rail.need_paid(payment, 0, "a payment submitted after its execute_not_after");
    auto in_time = rail.payment();
    in_time.execute_not_after_unix_ms = now_ms() + 600'000;
    whatever(rail.pay(in_time, rail.prepared(in_time)));
    rail.need_paid(in_time, 1, "a payment submitted before its execute_not_after");
}

void replaces_without_effect(Context& t) {
    RailClient rail(t);
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    const EncodedPayment encoded(payment);
    Collector prepared(rail.instance().border()), reference(rail.instance().border());
    const Answer answer = rail.instance().call("replace", [&](const atr_call* call, atr_error* error) {
        const atr_str raw = atr::borrow(blob);
        return rail.table().replace(rail.instance().self(), call, encoded.get(), &raw, 1, 1, prepared.sink(),
                                    reference.sink(), error);
    });
    skip_unless_supported(answer, "replace");
    expect(rail.events(rail.began_at()).empty(), "no movement", "one");
}

void forged_notices(Context& t) {
    RailClient rail(t);
    std::size_t events = 0;
    skip_unless_supported(rail.verify_webhook("{}", events), "verify_webhook");
    for (const char* body : {"", "{}", "not json", R"({"payment_id":"x","state":"settled"})"}) {
        const Answer answer = rail.verify_webhook(body, events);
        expect(answer.outcome != Outcome::ok || events == 0, "no event from a notice without a valid signature",
               std::to_string(events) + " events");
    }
}

}  // namespace

Checks rail_option_checks() {
    return {
        {"ATR-RAIL-050", "quote() has no effect.", "Quotes are asked for while a human still decides.",
         "A quote that reserves funds at the provider.",
         "Ask for a price alone, and reserve nothing; where that cannot be done leave the slot NULL.",
         quote_has_no_effect},
        {"ATR-RAIL-051", "A payment that was finally cancelled never moves.",
         "The ledger frees the funds at a final CANCELLED.", "A request to cancel reported as done.",
         "Declare cancel only where the rail can.", cancels},
        {"ATR-RAIL-052", "Where enforces_not_after is declared, a late payment is not executed.",
         "It lets the host void a payment for certain once its time has passed.",
         "A look at the clock in the plugin, before sending, in place of the rail's own rule.",
         "The rail must enforce it: a stalled host may send at any time.", expires},
        {"ATR-RAIL-053", "replace() has no effect.", "The new bytes are stored before they are sent, like the first.",
         "A fee bump that is sent at once.", "It makes new bytes; submit() sends them.", replaces_without_effect},
        {"ATR-RAIL-054", "verify_webhook() believes no notice without a valid signature.", "Anybody can send a notice.",
         "A signature compared over re-encoded JSON in place of the bytes that came, or not at all when it is missing.",
         "REJECTED, and no events.", forged_notices},
    };
}

}  // namespace atr::testkit
