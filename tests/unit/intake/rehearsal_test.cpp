// A dry run says what the very same request gets a moment later, when nothing changes, and does nothing: it is the same
// code on a storage that is not written.
#include "intake/rehearsal.hpp"

#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace treasurer;
using namespace treasurer::intake;

namespace {

std::string told(const std::vector<Reason>& reasons) {
    std::string out;
    for (const auto& one : reasons) out += one.rule + " " + one.result + ": " + one.detail + "\n";
    return out;
}

const char* const verdicts[] = {"approve", "reject"};

/// A world that goes on by dice, and is asked everything twice: first as a rehearsal.
struct Rehearsing : support::DeskWorld {
    explicit Rehearsing(unsigned seed) : DeskWorld("20000"), dice(seed) {
        add_vendor("Borealis Paper", "0xb0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0");
        NewVendor unpayable;
        unpayable.name = "Cooper Cooling";
        REQUIRE(executor.await(desks.vendors.add(unpayable, "admin", "r")));
        add_account("Cooper Cooling", "0xc001", Millis{3'600'000});
    }

    void add_account(const std::string& of, const std::string& address, Millis cool_off) {
        const auto vendor = executor.await(desks.vendors.find_by_name(of));
        REQUIRE(executor.await(
            desks.vendors.add_account((*vendor)->id, {"bank", "MNEE", address}, cool_off, "admin", "r")));
    }

    const char* one_of(std::initializer_list<const char*> words) { return words.begin()[dice.below(words.size())]; }
    bool seldom(unsigned one_in = 8) { return dice.below(one_in) == 0; }

    std::string document() {
        if (seldom(20)) return one_of({"The weather is fine.", "amount_due: 5\n", ""});
        Text text;
        text.vendor = one_of({"Acme Hosting", "Acme Hosting", "Borealis Paper", "Borealis Paper Ltd", "Cooper Cooling",
                              "Nobody Knows Ltd"});
        text.number = one_of({"INV-1", "INV-2", "inv 0O1", "INV/001", "A-77", "B-3", "C-4", "C-5", "C-6", ""});
        text.amount = one_of({"100", "499.99", "500", "501", "3000", "9000", "-5", "0", "0.123456789", "25000"});
        text.currency = seldom() ? "EUR" : "MNEE";
        text.date = one_of({"2026-11-01", "2026-11-02", "2026-11-03"});
        if (seldom()) text.extra = "payee.wallet: 0xffffffffffffffffffffffffffffffffffffffff\n";
        if (seldom(3)) text.extra += "note: copy " + std::to_string(dice.below(4)) + "\n";
        return text.written();
    }

    /// What a rehearsal leaves behind.
    std::string traces() {
        std::ostringstream out;
        out << storage.flushes() << " commits, newest " << storage.last_seq() << ", " << open_jobs() << " jobs, "
            << sends << " sends, " << host().runner.active() << " at work";
        return out.str();
    }
    template <class T>
    T rehearsed(Task<T> task) {
        executor.run_until_idle();
        const std::string before = traces();
        T out = executor.await(std::move(task));
        executor.run_until_idle();
        REQUIRE(traces() == before);
        return out;
    }

    void submit_twice() {
        Submission asked = submission(document(), one_of({"sue", "sam"}));
        if (seldom()) asked.hints.amount = one_of({"100", "500"});
        const SubmitResult dry = rehearsed(rehearsal.invoices.submit(asked));
        const SubmitResult real = executor.await(desks.invoices.submit(asked));
        INFO(*asked.bytes << "really: " << real.reason);
        const bool was_sent = real.kind == SubmitKind::paid || real.kind == SubmitKind::processing;
        REQUIRE(dry.kind == (was_sent ? SubmitKind::processing : real.kind));
        ++kinds[dry.kind];
        REQUIRE(dry.invoice.outcome == real.invoice.outcome);
        REQUIRE(told(dry.invoice.reasons) == told(real.invoice.reasons));
        REQUIRE(dry.invoice.policy_hash == real.invoice.policy_hash);
        REQUIRE(dry.invoice.fields == real.invoice.fields);
        REQUIRE(dry.duplicate_of == real.duplicate_of);
        REQUIRE(dry.balance == real.balance);
        REQUIRE(dry.payment.payload_hash == real.payment.payload_hash);
        REQUIRE(dry.payment.creditor.address == real.payment.creditor.address);
        REQUIRE(dry.payment.held() == real.payment.held());
        if (!was_sent) REQUIRE(dry.reason == real.reason);
        if (real.kind == SubmitKind::waiting_approval) waiting.push_back(real.invoice.approval_id);
        if (!real.payment.id.empty()) payments.push_back(real.payment.id);
    }

    void decide_twice() {
        if (waiting.empty()) return;
        const std::string id = waiting[dice.below(waiting.size())];
        const bool approves = seldom(2);
        ApprovalRequest asked{.approval_id = seldom(30) ? "nobody" : id,
                              .by = one_of({"anna", "anna", "anna", "sue"}),
                              .payload_hash = seldom() ? "another" : approval(id).payload_hash};
        const auto decide = [&](ApprovalDesk& at) { return approves ? at.approve(asked) : at.reject(asked); };
        const ApprovalResult dry = rehearsed(decide(rehearsal.approvals));
        const ApprovalResult real = executor.await(decide(desks.approvals));
        INFO(verdicts[approves ? 0 : 1] << " really: " << real.reason);
        REQUIRE(dry.kind == real.kind);
        ++decisions[dry.kind];
        if (real.kind != ApprovalKind::done || !approves) REQUIRE(dry.reason == real.reason);
        REQUIRE(dry.approval.status == real.approval.status);
        REQUIRE(dry.approval.payload_hash == real.approval.payload_hash);
        REQUIRE(told(dry.approval.reasons) == told(real.approval.reasons));
        if (real.kind == ApprovalKind::done && approves) REQUIRE(dry.standing.payment.state == PaymentState::prepared);
        if (real.kind == ApprovalKind::done && !approves)
            REQUIRE(dry.standing.payment.state == real.standing.payment.state);
    }

    void ask_of_a_payment_twice() {
        if (payments.empty()) return;
        const std::string id = payments[dice.below(payments.size())];
        if (seldom(4)) {
            const CancelRequest asked{.payment_id = id, .by = "anna"};
            const CancelResult dry = rehearsed(rehearsal.payments.request_cancel(asked));
            const CancelResult real = executor.await(payment_desk.request_cancel(asked));
            REQUIRE(dry.kind == real.kind);
            REQUIRE(dry.payment.cancel_requested == real.payment.cancel_requested);
            return;
        }
        const payments::ResolveRequest asked{.payment_id = id,
                                             .outcome = one_of({"paid", "not_paid", "paid_elsewhere"}),
                                             .reference = one_of({"cheque 7", "cheque 8"}),
                                             .reason = "looked at it",
                                             .by = one_of({"anna", "bob"})};
        const bool is_of_the_past = is_final(payment(id).state);
        const auto resolve = [&](payments::Resolver& present, PaidElsewhere& past) {
            return is_of_the_past ? past.record(asked) : present.resolve(asked);
        };
        const auto dry = rehearsed(resolve(rehearsal.resolver, rehearsal.elsewhere));
        const auto real = executor.await(resolve(resolver, elsewhere));
        INFO("really: " << real.reason);
        REQUIRE(dry.kind == real.kind);
        ++resolutions[dry.kind];
        REQUIRE(dry.reason == real.reason);
        REQUIRE(dry.payment.state == real.payment.state);
    }

    void something_happens() {
        switch (dice.below(8)) {
            case 0:
                return clock.advance(static_cast<std::int64_t>(dice.below(7'200'000)));
            case 1:
                return pause(!policy().paused);
            case 2: {
                Policy other = policy();
                other.approval_reserves_funds = !other.approval_reserves_funds;
                other.approval_expiry_ms = seldom(3) ? 60'000 : 7 * 86'400'000LL;
                return store_one(other);
            }
            case 3:
                return fund("500");
            case 4:  // what was asked for is to be paid elsewhere from now on
                return add_account("Borealis Paper", one_of({"0xb1", "0xb2"}), Millis{0});
            case 5:
                return rail.usual_submission(seldom(2) ? support::Submission::settle
                                                       : support::Submission::unknown_not_applied);
            default:
                return;
        }
    }

    support::SeededRandom dice;
    Rehearsal rehearsal{{storage, executor, host().scope, ids, clock, desks.facts, desks.reader, host().saga,
                         host().runner, rails, assets}};
    PaymentDesk payment_desk{host().store, clock};
    PaidElsewhere elsewhere{host().store, clock};
    payments::Resolver resolver{{host().store, host().saga, rails, assets, clock}};
    std::vector<std::string> waiting, payments;
    std::map<SubmitKind, int> kinds;
    std::map<ApprovalKind, int> decisions;
    std::map<payments::ResolveKind, int> resolutions;
    int sends = 0;
};

}  // namespace

SCENARIO("whatever is asked gets a moment later what its rehearsal said, and the rehearsal did nothing",
         "[intake][dry_run]") {
    std::map<SubmitKind, int> kinds;
    std::map<ApprovalKind, int> decisions;
    std::map<payments::ResolveKind, int> resolutions;
    for (unsigned one = 1; one <= 6; ++one) {
        const unsigned seed = Catch::rngSeed() + one;
        Rehearsing world(seed);
        world.rail.before_submit([&world](std::string) -> Task<> {
            ++world.sends;
            co_return;
        });
        for (int step = 0; step < 150; ++step) {
            INFO("seed " << seed << ", step " << step << "; other seeds: --rng-seed N");
            world.something_happens();
            world.submit_twice();
            world.decide_twice();
            world.ask_of_a_payment_twice();
        }
        for (const auto& [kind, times] : world.kinds) kinds[kind] += times;
        for (const auto& [kind, times] : world.decisions) decisions[kind] += times;
        for (const auto& [kind, times] : world.resolutions) resolutions[kind] += times;
    }
    // The dice have shown every side.
    for (const auto kind : {SubmitKind::processing, SubmitKind::waiting_approval, SubmitKind::duplicate,
                            SubmitKind::rejected, SubmitKind::unreadable})
        CHECK(kinds[kind] > 0);
    for (const auto kind : {ApprovalKind::done, ApprovalKind::own_submission, ApprovalKind::payload_changed,
                            ApprovalKind::not_pending, ApprovalKind::expired, ApprovalKind::obstacle})
        CHECK(decisions[kind] > 0);
    for (const auto kind : {payments::ResolveKind::proposed, payments::ResolveKind::resolved,
                            payments::ResolveKind::already_final, payments::ResolveKind::not_open_to_it})
        CHECK(resolutions[kind] > 0);
}

SCENARIO("a rehearsal that would ask the rail first, since the store was restored, asks nobody", "[intake][dry_run]") {
    Rehearsing world(1);
    const auto asked = world.submit({.amount = "600"});
    REQUIRE(asked.kind == SubmitKind::waiting_approval);
    Quarantine begun;
    begun.life = "life-2";
    world.store_one(begun);
    const ApprovalRequest request{.approval_id = asked.invoice.approval_id,
                                  .by = "anna",
                                  .payload_hash = world.approval(asked.invoice.approval_id).payload_hash};
    const auto dry = world.rehearsed(world.rehearsal.approvals.reject(request));
    CHECK(dry.kind == ApprovalKind::done);
    CHECK(dry.standing.payment.state == PaymentState::unknown);
    CHECK(world.rail.lookups(support::SagaWorld::at_rail(asked.payment.id)) == 0);
    CHECK(world.payment(asked.payment.id).state == PaymentState::waiting_approval);
    const auto real = world.executor.await(world.desks.approvals.reject(request));
    CHECK(real.kind == dry.kind);
}

SCENARIO("a rehearsal is unavailable where the real thing would be", "[intake][dry_run]") {
    Rehearsing world(1);
    world.storage.fail_reads(atr::retry(ATR_E_UNREACHABLE, "the database is away"));
    const auto dry =
        world.executor.await(world.rehearsal.invoices.submit(world.submission(Rehearsing::Text{}.written())));
    CHECK(dry.kind == SubmitKind::unavailable);
    CHECK_FALSE(dry.perhaps_stored);
}
