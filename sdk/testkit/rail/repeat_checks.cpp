// Money moves at most once: duplicated, dropped and late answers, many at once, kill -9 in the middle.
#include <mutex>
#include <set>
#include <sstream>

#include "rail/client.hpp"
#include "rail/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;
using atr::RailState;

void duplicated(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().idempotent, "idempotent");
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    const auto paid = rail.pay(payment, blob);
    expect(paid.has_value(), "the payment settles", paid ? "" : to_text(paid.error()));
    for (int i = 0; i < 5; ++i) {
        const auto again = rail.submit(payment, blob);
        if (again) expect_equal(again->rail_reference, paid->rail_reference, "the first rail_reference");
    }
    rail.need_paid(payment, 1, "a payment submitted six times");
}

void other_meaning(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().idempotent, "idempotent");
    const auto payment = rail.payment();
    const auto paid = rail.pay(payment, rail.prepared(payment));
    expect(paid.has_value(), "the payment settles", paid ? "" : to_text(paid.error()));
    auto dearer = payment;
    dearer.money.amount = sum_of(payment.money.amount, payment.money.amount);
    const auto blob = rail.prepare(dearer);
    if (blob) {
        const auto answer = rail.submit(dearer, *blob);
        const bool settled_anew =
            answer && answer->state == RailState::settled && answer->charged_money_json != paid->charged_money_json;
        expect(!settled_anew, "another payment under the same payment_id is refused", "it was settled");
    }
    rail.need_paid(payment, 1, "a payment_id used for two amounts");
}

void at_once(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().idempotent, "idempotent");
    for (int round = 0; round < t.scale(5, 30); ++round) {
        const auto payment = rail.payment();
        const auto blob = rail.prepared(payment);
        in_threads(8, [&](int) { whatever(rail.pay(payment, blob)); });
        rail.need_paid(payment, rail.is_settled(payment) ? 1 : 0, "a payment submitted by eight threads at once");
    }
}

void by_two_hosts(Context& t) {
    const auto said = t.in_process([&] {
        RailClient rail(t);
        need_declared(rail.facts().idempotent, "idempotent");
        std::string out = rail.end_position() + "\n";
        for (int i = 0; i < t.scale(5, 20); ++i) out += rail.payment().payment_id + "\n";
        return out;
    });
    std::istringstream lines(said);
    std::string position;
    std::getline(lines, position);
    std::vector<std::string> ids;
    for (std::string id; std::getline(lines, id);) ids.push_back(id);
    const auto nth = [&](RailClient& rail, std::size_t n) {
        auto out = rail.payment();
        out.payment_id = ids[n];
        out.sequence = rail.facts().sequenced ? n + 1 : 0;
        return out;
    };
    t.in_processes(3, [&](int) {
        RailClient rail(t);
        for (std::size_t n = 0; n < ids.size(); ++n) {
            const auto payment = nth(rail, n);
            whatever(rail.pay(payment, rail.prepared(payment)));
        }
        return std::string();
    });
    RailClient rail(t);
    std::multiset<std::string> moved;
    for (const auto& event : rail.events(position)) moved.insert(event.payment_id);
    for (std::size_t n = 0; n < ids.size(); ++n) {
        const auto& id = ids[n];
        const auto payment = nth(rail, n);
        expect_equal(moved.count(id), static_cast<std::size_t>(rail.is_settled(payment) ? 1 : 0),
                     "movements of a payment that three processes submitted");
    }
}

/// The answer comes too late for the host: it must then ask, and never pay twice.
void late(Context& t) {
    RailClient rail(t);
    for (const std::int64_t budget_ms : {-1, 0, 1, 2, 5, 20}) {
        const auto payment = rail.payment();
        const auto blob = rail.prepared(payment);
        const auto answer = rail.submit(payment, blob, budget_ms);
        if (answer.outcome() == Outcome::retry || answer.outcome() == Outcome::rejected)
            rail.need_paid(payment, 0, "a submit that says " + std::string(atr::to_string(answer.outcome())));
        if (answer.outcome() == Outcome::rejected) continue;
        const bool may_be_on_its_way = answer.outcome() != Outcome::retry;
        const auto seen = may_be_on_its_way ? rail.resolved(payment, blob) : atr::RailStatus{};
        if (!may_be_on_its_way ||
            (seen.state == RailState::never_received && rail.facts().idempotent && !seen.is_final))
            whatever(rail.pay(payment, blob));
        rail.need_paid(payment, rail.is_settled(payment) ? 1 : 0, "a payment whose answer came late");
    }
}

/// A payment that was begun before a kill -9, as the journal of a host would have it.
struct Begun {
    std::string id;
    std::uint64_t sequence = 0;
};

atr::RailPayment payment_of(RailClient& rail, const Begun& begun) {
    auto out = rail.payment();
    out.payment_id = begun.id;
    out.sequence = begun.sequence;
    return out;
}

/// What became of it, submitted again where that is safe.
atr::RailStatus resumed(RailClient& rail, const Begun& begun) {
    const auto payment = payment_of(rail, begun);
    const auto blob = rail.prepared(payment);
    const auto seen = rail.resolved(payment, blob);
    if (seen.state != RailState::never_received || !rail.facts().idempotent || seen.is_final) return seen;
    const auto again = rail.pay(payment, blob);
    return again ? *again : seen;
}

/// Submits until it is killed. A sequenced rail takes one payment after another.
void submit_many(Context& t, std::uint64_t first_sequence, const std::function<void(const std::string&)>& say) {
    RailClient rail(t);
    rail.go_on_at(first_sequence);
    std::mutex mutex;
    in_threads(rail.facts().sequenced ? 1 : 4, [&](int) {
        for (int i = 0; i < 10'000; ++i) {
            const auto payment = rail.payment();
            const auto blob = rail.prepared(payment);
            {
                const std::lock_guard lock(mutex);
                say("begun " + payment.payment_id + " " + std::to_string(payment.sequence));
            }
            const auto answer = rail.submit(payment, blob);
            const std::lock_guard lock(mutex);
            if (answer && answer->state == RailState::settled)
                say("settled " + payment.payment_id + " " + std::to_string(payment.sequence));
        }
    });
}

/// The number for the next payment of a sequenced rail: the last one begun is asked after first, as a host does.
std::uint64_t next_sequence_after(Context& t, const Begun& last) {
    return std::stoull(t.in_process([&] {
        RailClient rail(t);
        const bool used = resumed(rail, last).state != RailState::never_received;
        return std::to_string(last.sequence + (used ? 1 : 0));
    }));
}

/// kill -9 while submits are under way; whatever was begun is then resolved by a new process.
void dropped(Context& t) {
    const int rounds = t.scale(4, 15, 40);
    bool sequenced = false;
    auto start = t.in_process([&] {
        RailClient rail(t);
        need_declared(rail.facts().queryable, "queryable");
        return (rail.facts().sequenced ? "1" : "0") + rail.end_position();
    });
    sequenced = start.front() == '1';
    start.erase(0, 1);
    std::vector<Begun> begun;
    std::set<std::string> settled;
    std::uint64_t next_sequence = 1;
    for (int round = 0; round < rounds; ++round) {
        const auto said = t.killed_process(static_cast<std::size_t>(5 + t.below(40)),
                                           [&](const auto& say) { submit_many(t, next_sequence, say); });
        std::istringstream lines(said);
        Begun one;
        for (std::string what; lines >> what >> one.id >> one.sequence;) {
            if (one.id.size() != 32) continue;
            if (what == "begun")
                begun.push_back(one);
            else
                settled.insert(one.id);
        }
        if (sequenced && !begun.empty()) next_sequence = next_sequence_after(t, begun.back());
    }
    RailClient rail(t);
    std::set<std::string> settled_now;
    for (const auto& one : begun) {
        const auto payment = payment_of(rail, one);
        const auto state = rail.resolved(payment, rail.prepared(payment)).state;
        if (settled.contains(one.id) && state != RailState::settled)
            fail("a payment that was settled before kill -9 is settled after it",
                 "state " + std::to_string(static_cast<int>(state)));
        if (resumed(rail, one).state == RailState::settled) settled_now.insert(one.id);
    }
    std::multiset<std::string> moved;
    for (const auto& event : rail.events(start))
        if (event.direction == ATR_DIR_OUT && event.state == RailState::settled) moved.insert(event.payment_id);
    for (const auto& one : begun)
        expect_equal(moved.count(one.id), static_cast<std::size_t>(settled_now.contains(one.id) ? 1 : 0),
                     "movements of a payment under way at kill -9, then resolved by lookup");
}

void many_at_once(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    const int threads = 8, each = t.scale(5, 25);
    std::mutex mutex;
    std::vector<atr::RailPayment> paid;
    in_threads(rail.facts().sequenced ? 1 : threads, [&](int) {
        for (int i = 0; i < each; ++i) {
            const auto payment = rail.payment();
            const auto answer = rail.pay(payment, rail.prepared(payment));
            if (!answer || answer->state != RailState::settled) continue;
            const std::lock_guard lock(mutex);
            paid.push_back(payment);
        }
    });
    atr::Decimal sum;
    std::multiset<std::string> moved;
    for (const auto& event : rail.events(rail.began_at())) {
        moved.insert(event.payment_id);
        sum = sum_of(sum, event.money.amount);
        if (event.fee.asset == rail.facts().asset) sum = sum_of(sum, event.fee.amount);
    }
    expect(!paid.empty(), "payments that settle", "none");
    for (const auto& payment : paid)
        expect_equal(moved.count(payment.payment_id), std::size_t{1}, "movements of one of many payments at once");
    expect(sum_of(rail.held(), sum) == before,
           "a balance that fell by the sum of the movements, " + sum.to_string() + " from " + before.to_string(),
           rail.held().to_string());
}

void never_overdrawn(Context& t) {
    RailClient rail(t);
    const int decimals = rail.facts().decimals;
    const auto held = rail.held().to_units(decimals);
    expect(held && *held >= 100,
           "an account with at least 100 of its smallest unit, of which a tenth can be paid: give it money",
           rail.held().to_string() + " " + rail.facts().asset);
    const auto share = *atr::Decimal::from_units(*held / 10, decimals);
    in_threads(rail.facts().sequenced ? 1 : 8, [&](int) {
        for (int i = 0; i < 3; ++i) {
            const auto payment = rail.payment(share.to_string());
            if (const auto blob = rail.prepare(payment)) whatever(rail.submit(payment, *blob));
        }
    });
    expect(rail.held() >= atr::Decimal{}, "a balance of 0 or more", rail.held().to_string());
    std::size_t out = 0;
    for (const auto& event : rail.events(rail.began_at())) out += event.direction == ATR_DIR_OUT ? 1 : 0;
    expect(out <= 10, "at most 10 of 24 payments of a tenth of the balance", std::to_string(out));
}

}  // namespace

Checks rail_repeat_checks() {
    return {
        {"ATR-RAIL-010", "On an idempotent rail, the same payment submitted again moves nothing more.",
         "After a crash the host sends the same bytes again, because describe() said that it may.",
         "A check for the id and the payment in two steps.",
         "Find the payment_id before paying, in one step; or do not declare idempotent.", duplicated},
        {"ATR-RAIL-011", "A payment_id stands for one payment for ever.",
         "Else a repeat would be answered with another payment's success.",
         "A repeat recognised by its id alone, with amount and payee not compared.", "ATR_E_IDEMPOTENCY_MISMATCH.",
         other_meaning},
        {.code = "ATR-RAIL-012",
         .rule = "Late: RETRY is proven not applied, and a late answer never costs a second payment.",
         .why = "After RETRY the host sends the same payment again under the same key.",
         .pitfall = "A time-out reported as RETRY although the request was sent.",
         .advice = "UNKNOWN wherever the request may have reached what moves money.",
         .run = late,
         .limit = std::chrono::seconds(90)},
        {.code = "ATR-RAIL-013",
         .rule = "Dropped: after kill -9 in the middle of submits, lookup tells what became of each.",
         .why = "A host may die at any instruction, and the next one has nothing but lookup().",
         .pitfall = "A record of the payment that is written after it was sent, or a torn line that hides it.",
         .advice = "NEVER_RECEIVED only when the rail proves it.",
         .run = dropped,
         .limit = std::chrono::seconds(120)},
        {.code = "ATR-RAIL-030",
         .rule = "On an idempotent rail, one payment from eight threads at once moves once.",
         .why = "Two hosts may take over the same payment at nearly the same time.",
         .pitfall = "A look whether it was paid, then the payment, without a key in between.",
         .advice = "A key at the rail decides, not a read before.",
         .run = at_once,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(90)},
        {.code = "ATR-RAIL-031",
         .rule = "On an idempotent rail, one payment from three processes moves once.",
         .why = "Hosts share the rail and nothing else.",
         .pitfall = "A lock or a map that other processes do not see.",
         .advice = "A key at the rail decides, not memory.",
         .run = by_two_hosts,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(90)},
        {.code = "ATR-RAIL-032",
         .rule = "Of many payments at once each moves once, and the balance falls by their sum.",
         .why = "The host pays from many threads at once.",
         .pitfall = "One buffer or connection used by several threads, or a balance added up in doubles.",
         .advice = "Exact decimals; one movement a payment.",
         .run = many_at_once,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(90)},
        {.code = "ATR-RAIL-033",
         .rule = "What is not there is never paid.",
         .why = "The host's own limits are not the last line: the rail knows what is there.",
         .pitfall = "A balance that is read first and paid from later.",
         .advice = "The rail judges funds where it moves them.",
         .run = never_overdrawn,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(90)},
    };
}

}  // namespace atr::testkit
