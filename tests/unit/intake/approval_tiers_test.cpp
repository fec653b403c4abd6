// Approvals by more than one person: how many follows from the amount, and one person counts once.
#include "records/journal.hpp"
#include "records/user.hpp"
#include "tests/support/desk_world.hpp"
#include "tests/support/put_user.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::intake;
using support::DeskWorld;

namespace {

/// Above 1000 two persons must approve, above 5000 three.
struct TieredWorld : DeskWorld {
    TieredWorld() {
        change([](Policy& now) { now.approval_tiers = {{1000, 2}, {5000, 3}}; });
    }
    void change(const std::function<void(Policy&)>& how) {
        Policy now = *executor.await(desks.policy.current());
        how(now);
        const auto replaced = executor.await(desks.policy.replace(
            now, [](const Policy&) { return true; }, "admin", "r-1"));
        REQUIRE((replaced && replaced->done));
    }
    void put_user(const std::string& name, std::vector<std::string> roles, bool disabled = false) {
        support::put_user(executor, host().store, name, std::move(roles), disabled);
    }
    std::string waiting(const std::string& amount) {
        const auto asked = submit({.number = "T-" + amount, .amount = amount});
        REQUIRE(asked.kind == SubmitKind::waiting_approval);
        return asked.invoice.approval_id;
    }
    Task<> approving(std::string id, std::string by, std::optional<ApprovalResult>& out) {
        Task<ApprovalResult> asking =
            desks.approvals.approve({.approval_id = id, .by = by, .payload_hash = approval(id).payload_hash});
        out = co_await asking;
    }
    /// `happens` once the rail is asked to prepare the payment, and has not answered.
    ApprovalResult approve_while(const std::string& id, const std::string& by, const std::function<void()>& happens) {
        rail.latency(Millis{100});
        std::optional<ApprovalResult> out;
        TaskScope scope(executor);
        scope.spawn(approving(id, by, out));
        executor.advance(20);
        happens();
        REQUIRE_FALSE(out);
        executor.run_until([&] { return scope.running() == 0; });
        return std::move(*out);
    }
    /// Approves, and it is not enough.
    void approve_in_vain(const std::string& id, const std::string& by) {
        const auto given = approve(id, by);
        REQUIRE(given.kind == ApprovalKind::done);
        REQUIRE(given.approval.status == "pending");
        REQUIRE(given.standing.kind == SubmitKind::waiting_approval);
        REQUIRE(rail.moved() == 0);
    }
};

}  // namespace

SCENARIO("above a tier's amount as many persons must approve as it says", "[intake]") {
    TieredWorld world;
    const auto [amount, persons] =
        GENERATE(std::pair<const char*, unsigned>{"600", 1u}, std::pair<const char*, unsigned>{"1000", 1u},
                 std::pair<const char*, unsigned>{"1000.01", 2u}, std::pair<const char*, unsigned>{"5000", 2u},
                 std::pair<const char*, unsigned>{"5000.01", 3u});
    const std::string id = world.waiting(amount);
    CHECK(world.approval(id).required == persons);
    const std::vector<std::string> all{"anna", "otto", "rita"};
    for (unsigned i = 0; i + 1 < persons; ++i) world.approve_in_vain(id, all[i]);
    const auto last = world.approve(id, all[persons - 1]);
    CHECK(last.kind == ApprovalKind::done);
    CHECK(last.approval.status == "approved");
    CHECK(last.approval.given.size() == persons);
    CHECK(last.standing.kind == SubmitKind::paid);
    CHECK(world.rail.moved() == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO("what needs several persons is never paid unasked, whatever the limit", "[intake]") {
    TieredWorld world;
    world.change([](Policy& now) { now.auto_approval_limit = 20'000; });
    CHECK(world.submit({.number = "T-0", .amount = "1000"}).kind == SubmitKind::paid);
    const auto asked = world.submit({.number = "T-1", .amount = "1000.01"});
    CHECK(asked.kind == SubmitKind::waiting_approval);
    CHECK(asked.reason == "1000.01 MNEE needs the approval of 2 persons");
    CHECK(world.approval(asked.invoice.approval_id).required == 2);
    CHECK(world.rail.moved() == 1);
}

SCENARIO("who may not decide any more does not count", "[intake]") {
    TieredWorld world;
    world.put_user("anna", {"approver"});
    world.put_user("otto", {"admin"});
    const std::string id = world.waiting("2000");
    world.approve_in_vain(id, "anna");
    GIVEN("a person that was disabled") {
        world.put_user("anna", {"approver"}, true);
    }
    GIVEN("a person who has another role now") {
        world.put_user("anna", {"viewer"});
    }
    CHECK(world.approve(id, "anna").kind == ApprovalKind::not_entitled);
    world.approve_in_vain(id, "otto");
    CHECK(world.approval(id).given.size() == 1);
    CHECK(world.approve(id, "rita").standing.kind == SubmitKind::paid);
}

SCENARIO("who is disabled while the last word is on its way does not count", "[intake]") {
    TieredWorld world;
    for (const char* name : {"anna", "otto"}) world.put_user(name, {"approver"});
    const std::string id = world.waiting("2000");
    world.approve_in_vain(id, "anna");
    const auto approved = world.approve_while(id, "otto", [&] { world.put_user("anna", {"approver"}, true); });
    CHECK(approved.approval.status == "pending");
    CHECK(world.rail.moved() == 0);
    CHECK(world.approval(id).given.size() == 1);
    const auto rejected = world.executor.await(world.desks.approvals.reject(
        {.approval_id = id, .by = "anna", .payload_hash = world.approval(id).payload_hash}));
    CHECK(rejected.kind == ApprovalKind::not_entitled);
}

SCENARIO("a policy that asks for more while an approval is on its way is not passed by", "[intake]") {
    TieredWorld world;
    const std::string id = world.waiting("600");
    const auto approved = world.approve_while(id, "anna", [&] {
        world.change([](Policy& now) { now.approval_tiers = {{500, 2}}; });
    });
    CHECK(approved.approval.status == "pending");
    CHECK(world.rail.moved() == 0);
}

SCENARIO("one person is one, however often he approves", "[intake]") {
    TieredWorld world;
    const std::string id = world.waiting("2000");
    for (int i = 0; i < 3; ++i) world.approve_in_vain(id, "anna");
    CHECK(world.approval(id).given.size() == 1);
    CHECK(world.approve(id, "sue").kind == ApprovalKind::own_submission);
    CHECK(world.approve(id, "otto").standing.kind == SubmitKind::paid);
}

SCENARIO("one who says no is enough", "[intake]") {
    TieredWorld world;
    const std::string id = world.waiting("2000");
    world.approve_in_vain(id, "anna");
    const auto no = world.executor.await(world.desks.approvals.reject(
        {.approval_id = id, .by = "otto", .payload_hash = world.approval(id).payload_hash}));
    CHECK(no.kind == ApprovalKind::done);
    CHECK(no.approval.status == "rejected");
    CHECK(world.approve(id, "rita").kind == ApprovalKind::not_pending);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("what was approved of one payee is not approved of another", "[intake]") {
    TieredWorld world;
    const auto asked = world.submit({.amount = "2000", .vendor = "Alpine Data"});
    const std::string id = asked.invoice.approval_id;
    world.add_vendor("Alpine Data", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
    REQUIRE(world.approve(id, "anna").kind == ApprovalKind::payload_changed);
    world.approve_in_vain(id, "anna");
    const auto vendor = world.executor.await(world.desks.vendors.find_by_name("Alpine Data"));
    REQUIRE(world.executor.await(world.desks.vendors.add_account(
        (*vendor)->id, {"bank", "MNEE", "0xfeedfeedfeedfeedfeedfeedfeedfeedfeedfeed"}, Millis{0}, "admin", "r")));
    CHECK(world.approve(id, "otto").kind == ApprovalKind::payload_changed);
    CHECK(world.approval(id).given.empty());
    atr::Query trail;
    trail.collection = AuditEntry::collection;
    trail.limit = 1000;
    const auto audit = world.executor.await(world.host().store.list<AuditEntry>(trail));
    CHECK(std::count_if(audit->items.begin(), audit->items.end(), [&](const AuditEntry& line) {
              return line.action == "approval.asked_again" && line.subject == id && line.actor == "otto" &&
                     line.detail.ends_with("no longer counts what was said by anna");
          }) == 1);
    world.approve_in_vain(id, "otto");
    CHECK(world.approve(id, "anna").standing.kind == SubmitKind::paid);
}

SCENARIO("the policy in force at the last word says how many there must be", "[intake]") {
    TieredWorld world;
    const std::string id = world.waiting("2000");
    world.approve_in_vain(id, "anna");
    WHEN("it asks for more now") {
        world.change([](Policy& now) { now.approval_tiers = {{1000, 3}}; });
        world.approve_in_vain(id, "otto");
        CHECK(world.approval(id).required == 3);
        CHECK(world.approve(id, "rita").standing.kind == SubmitKind::paid);
    }
    WHEN("it asks for one alone") {
        world.change([](Policy& now) { now.approval_tiers.clear(); });
        CHECK(world.approve(id, "anna").standing.kind == SubmitKind::paid);
    }
}

SCENARIO("of two last words at once one counts, and the payment is made once", "[intake]") {
    TieredWorld world;
    const std::string id = world.waiting("2000");
    world.approve_in_vain(id, "anna");
    std::optional<ApprovalResult> first, second;
    TaskScope scope(world.executor);
    scope.spawn(world.approving(id, "otto", first));
    scope.spawn(world.approving(id, "rita", second));
    world.executor.run_until([&] { return scope.running() == 0; });
    REQUIRE((first && second));
    CHECK((first->kind == ApprovalKind::done) != (second->kind == ApprovalKind::done));
    CHECK(world.rail.moved() == 1);
    CHECK(world.books_equal_rail());
}

TEST_CASE("tiers say nothing of another asset: as many as the highest of them must approve", "[intake][policy]") {
    Policy policy;
    CHECK(policy.approvals_for({*atr::Decimal::parse("1000000"), "MNEE"}) == 1);
    policy.approval_tiers = {{1000, 2}, {5000, 3}};
    CHECK(policy.approvals_for({1, "EUR"}) == 3);
    CHECK(policy.approvals_for({1, "MNEE"}) == 1);
    const Policy kept = Policy::from_json(policy.to_json());
    CHECK(kept.approval_tiers == policy.approval_tiers);
}
