// Two persons end a payment that nobody else can: what they are told, and what their word changes.
#include "payments/resolver.hpp"

#include <catch2/catch.hpp>

#include "records/store_records.hpp"
#include "tests/support/put_user.hpp"
#include "tests/support/saga_world.hpp"

using namespace treasurer;
using support::SagaWorld;

namespace {

struct Desk : SagaWorld {
    payments::Resolver resolver{{host().store, host().saga, rails, assets, clock}};

    Task<payments::ResolveResult> saying(const std::string& id, const std::string& by, const std::string& outcome,
                                         const std::string& reference) {
        payments::ResolveRequest request;
        request.payment_id = id;
        request.by = by;
        request.outcome = outcome;
        request.reference = reference;
        return resolver.resolve(std::move(request));
    }
    payments::ResolveResult say(const std::string& id, const std::string& by, const std::string& outcome,
                                const std::string& reference) {
        return executor.await(saying(id, by, outcome, reference));
    }
    void put_user(const std::string& name, std::vector<std::string> roles, bool disabled = false) {
        support::put_user(executor, host().store, name, std::move(roles), disabled);
    }
    /// A payment in some state, with its invoice and its hold.
    Payment in(PaymentState state, bool needs_human = false) {
        Payment out = payment(commit_a("12.50").id);
        out.enter(state, clock.unix_ms());
        out.needs_human = needs_human;
        store_one(out);
        return payment(out.id);
    }
    void begin_life(const std::string& life) {
        Quarantine quarantine;
        quarantine.life = life;
        store_one(quarantine);
    }
    std::string effect(const Payment& payment, const std::string& outcome, const std::string& life = "") {
        for (const auto& choice : resolver.choices(payment, life))
            if (choice.outcome == outcome) return choice.effect;
        return "(no choice)";
    }
};

}  // namespace

SCENARIO("what the persons call a payment stays with their word: the rail's reference is the rail's", "[payments]") {
    Desk desk;
    Payment payment = desk.in(PaymentState::unknown, true);
    payment.rail_reference = "predicted";
    desk.store_one(payment);
    CHECK(desk.say(payment.id, "rita", "paid", "receipt 17").kind == payments::ResolveKind::proposed);
    CHECK(desk.say(payment.id, "paul", "paid", "receipt 17").kind == payments::ResolveKind::resolved);
    payment = desk.payment(payment.id);
    CHECK(payment.state == PaymentState::settled);
    CHECK(payment.rail_reference == "predicted");
    REQUIRE(payment.resolution.size() == 2);
    CHECK(payment.resolution[1].reference == "receipt 17");
}

SCENARIO("giving funds back is called what it is, also on a rail that makes repeats harmless", "[payments]") {
    Desk desk;
    desk.rail.idempotent(GENERATE(true, false));
    const Payment payment = desk.in(PaymentState::unknown, true);
    for (const auto* outcome : {"not_paid", "paid_elsewhere"}) {
        const std::string told = desk.effect(payment, outcome);
        CHECK(told.find("paid twice") != std::string::npos);
        CHECK(told.find("an attempt that is still under way may pay after all") != std::string::npos);
    }
}

SCENARIO("a store that cannot vouch for a payment does not call it unsent", "[payments][quarantine]") {
    Desk desk;
    const Payment waiting = desk.in(PaymentState::waiting_approval), put_down = desk.in(PaymentState::scheduled);
    CHECK(desk.effect(waiting, "paid_elsewhere").starts_with("nothing is sent"));
    CHECK(desk.effect(put_down, "paid_elsewhere").starts_with("nothing is sent"));
    desk.begin_life("another");
    CHECK(desk.effect(waiting, "paid_elsewhere", "another").find("paid twice") != std::string::npos);
    CHECK(desk.effect(put_down, "paid_elsewhere", "another") == "(no choice)");
    const auto said = desk.say(put_down.id, "rita", "paid_elsewhere", "cheque 17");
    CHECK(said.kind == payments::ResolveKind::not_open_to_it);
    CHECK(said.reason.find("the rail's word") != std::string::npos);
}

SCENARIO("who may not decide any more does not end a payment, as the first or as the second", "[payments]") {
    Desk desk;
    for (const char* name : {"anna", "otto"}) desk.put_user(name, {"approver"});
    const Payment payment = desk.in(PaymentState::unknown, true);
    CHECK(desk.say(payment.id, "anna", "not_paid", "").kind == payments::ResolveKind::proposed);
    const bool is_disabled = GENERATE(true, false);  // if not, she has another role now
    desk.put_user("anna", {is_disabled ? "approver" : "submitter"}, is_disabled);
    CHECK(desk.say(payment.id, "anna", "not_paid", "").kind == payments::ResolveKind::not_entitled);
    CHECK(desk.say(payment.id, "otto", "not_paid", "").kind == payments::ResolveKind::proposed);
    CHECK(desk.payment(payment.id).state == PaymentState::unknown);
    REQUIRE(desk.payment(payment.id).resolution.size() == 1);
    CHECK(desk.payment(payment.id).resolution[0].by == "otto");
    THEN("two others end it; a name without a user is one of them") {
        CHECK(desk.say(payment.id, "rita", "not_paid", "").kind == payments::ResolveKind::resolved);
    }
    THEN("who is disabled after that does not end it either") {
        desk.put_user("otto", {"approver"}, true);
        CHECK(desk.say(payment.id, "otto", "not_paid", "").kind == payments::ResolveKind::not_entitled);
        CHECK(desk.payment(payment.id).state == PaymentState::unknown);
    }
}

SCENARIO("who is disabled while a payment is being ended does not count, the first or the second", "[payments]") {
    Desk desk;
    for (const char* name : {"anna", "otto"}) desk.put_user(name, {"approver"});
    const Payment payment = desk.in(PaymentState::unknown, true);
    CHECK(desk.say(payment.id, "anna", "not_paid", "").kind == payments::ResolveKind::proposed);
    const std::string gone = GENERATE("anna", "otto");
    const auto said = support::await_while_disabling(desk.executor, desk.host().store, gone,
                                                     desk.saying(payment.id, "otto", "not_paid", ""));
    CHECK(said.kind == (gone == "anna" ? payments::ResolveKind::proposed : payments::ResolveKind::not_entitled));
    CHECK(desk.payment(payment.id).state == PaymentState::unknown);
}
