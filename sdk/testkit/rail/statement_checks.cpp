// The statement: what reconciliation stands on.
#include "rail/client.hpp"
#include "rail/encode.hpp"
#include "rail/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

std::string ids_of(const std::vector<atr::RailEvent>& events) {
    std::string out;
    for (const auto& event : events) out += event.event_id + " ";
    return out;
}

std::string pay_some(RailClient& rail, int count) {
    for (int i = 0; i < count; ++i) {
        const auto payment = rail.payment();
        whatever(rail.pay(payment, rail.prepared(payment)));
    }
    return rail.began_at();
}

void lists_everything(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    pay_some(rail, 7);
    atr::Decimal in = rail.held(), out = before;
    for (const auto& event : rail.events(rail.began_at())) {
        if (event.money.asset != rail.facts().asset) continue;
        if (event.direction == ATR_DIR_IN) {
            out = sum_of(out, event.money.amount);
            continue;
        }
        in = sum_of(in, event.money.amount);
        if (event.fee.asset == rail.facts().asset) in = sum_of(in, event.fee.amount);
    }
    expect(in == out,
           "movements that explain the balance: from " + before.to_string() + " to " + rail.held().to_string(),
           "a balance and payments of " + in.to_string() + " against a balance and receipts of " + out.to_string());
}

void pages(Context& t) {
    RailClient rail(t);
    const auto start = pay_some(rail, 9);
    const auto wanted = ids_of(rail.events(start, 1000));
    for (const std::uint32_t limit : {1u, 2u, 4u, 9u})
        expect_equal(ids_of(rail.events(start, limit)), wanted, "the same events in pages of " + std::to_string(limit));
    const auto end = rail.end_position();
    const auto nothing = need(rail.statement(rail.facts().account, end, 10), "statement from its end");
    expect(nothing.events.empty(), "nothing new", std::to_string(nothing.events.size()) + " events");
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    whatever(rail.pay(payment, blob));
    expect_equal(rail.events(end).size(), static_cast<std::size_t>(rail.is_settled(payment) ? 1 : 0),
                 "movements behind the old end, after one more payment");
}

void respects_limit(Context& t) {
    RailClient rail(t);
    const auto start = pay_some(rail, 5);
    const auto page = need(rail.statement(rail.facts().account, start, 2), "statement with limit 2");
    expect(page.events.size() <= 2 && !page.events.empty(), "1 or 2 events", std::to_string(page.events.size()));
}

void balance_has_position(Context& t) {
    RailClient rail(t);
    const auto json = need(rail.balance(rail.facts().account), "balance");
    const auto position = json.value("position", nlohmann::json());
    expect(position.is_string(), "\"position\": how far the statement reaches", position.dump());
    expect(json.value("account", nlohmann::json()) == rail.facts().account, "\"account\"",
           json.value("account", nlohmann::json()).dump());
    rail.held();
}

void refuses_nonsense(Context& t) {
    RailClient rail(t);
    const auto account = rail.balance("no such account");
    need_outcome(account ? Answer{.outcome = Outcome::ok} : account.error(), Outcome::rejected,
                 "balance of an unknown account");
    const auto statement = rail.statement("no such account", "", 10);
    need_outcome(statement ? Answer{.outcome = Outcome::ok} : statement.error(), Outcome::rejected,
                 "statement of an unknown account");
    const auto position = rail.statement(rail.facts().account, "\x01 nonsense", 10);
    need_outcome(position ? Answer{.outcome = Outcome::ok} : position.error(), Outcome::rejected,
                 "statement from a position that was never given out");
}

void others_payments(Context& t) {
    const auto before = t.in_process([&] { return RailClient(t).end_position(); });
    const auto id = t.in_process([&] {
        RailClient other(t);
        const auto payment = other.payment();
        whatever(other.pay(payment, other.prepared(payment)));
        return payment.payment_id;
    });
    RailClient mine(t);
    const auto events = mine.events(before);
    expect(events.size() == 1 && events.front().payment_id == id, "the payment of another process on the statement",
           ids_of(events));
}

void statement_stops_when_told(Context& t) {
    RailClient rail(t);
    const auto start = pay_some(rail, 3);
    EventSink one(rail.instance().border(), 1);
    Collector next(rail.instance().border());
    const Answer answer =
        rail.instance().call("statement into a small sink", [&](const atr_call* call, atr_error* error) {
            return rail.table().statement(rail.instance().self(), call, atr::borrow(rail.facts().account),
                                          atr::borrow(start), 10, one.raw(), next.sink(), error);
        });
    need_outcome(answer, Outcome::rejected, "statement whose sink said stop");
}

}  // namespace

Checks rail_statement_checks() {
    return {
        {"ATR-RAIL-020", "The statement lists every movement: together they explain the balance.",
         "Reconciliation compares it with the ledger, also what the host did not start.",
         "Payments of this plugin alone, without receipts, fees and returns.",
         "Also what the host did not start: receipts, fees, returns.", lists_everything},
        {"ATR-RAIL-021", "Pages of any size give the same events, and go on from next_position.",
         "The host goes on from the position it has stored, perhaps days later.",
         "A position that is a page number, or an order by a time that several share.",
         "A position names a place in an append-only order.", pages},
        {"ATR-RAIL-022", "A page has at most limit events.", "The caller has bounded what it holds in memory.",
         "The rail's own page size passed through.", "Count them.", respects_limit},
        {"ATR-RAIL-023", "balance() gives exact decimals in texts, with its position.",
         "A balance can be compared with the ledger only at a known place of the statement.",
         "A JSON number for the amount, or a position read before or after the balance.",
         R"({"account":"..","balances":[{"asset":"..","amount":"12.34"}],"position":".."})", balance_has_position},
        {"ATR-RAIL-024", "Unknown accounts and positions are REJECTED.",
         "No events for a mistyped account looks like a quiet day, and reconciliation would pass.",
         "An unknown name that falls back to a default account.",
         "Look the account and the position up first, and answer REJECTED where there is none.", refuses_nonsense},
        {"ATR-RAIL-025", "The statement shows what other hosts have paid.",
         "Several hosts pay from one account, and each must see all of it.",
         "A statement that is kept in memory and not read anew.", "Read the rail, not a memory of one's own.",
         others_payments},
        {.code = "ATR-RAIL-040",
         .rule = "A statement whose sink says stop ends as REJECTED.",
         .why = "The caller has said how much it can hold.",
         .pitfall = "A loop that ignores what on_event returns.",
         .advice = "Look at what on_event returns.",
         .run = statement_stops_when_told,
         .stage = Stage::robustness},
    };
}

}  // namespace atr::testkit
