// One payment: prepared without effect, submitted once, looked up truthfully; refused ones and lying ones move nothing.
#include <iterator>

#include "rail/client.hpp"
#include "rail/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;
using atr::RailState;

Answer answer_of(const atr::Result<std::string>& result) {
    return result ? Answer{.outcome = Outcome::ok} : result.error();
}
std::string text_of(const atr::Result<atr::RailStatus>& status) {
    if (!status) return to_text(status.error());
    return "state " + std::to_string(static_cast<int>(status->state)) + (status->is_final ? ", final" : ", not final");
}

void describes_rail(Context& t) {
    RailClient rail(t);
    const auto json = rail.describe();
    const auto assets = json.value("assets", nlohmann::json());
    expect(assets.is_array() && !assets.empty(), "\"assets\" with at least one", assets.dump());
    for (const auto& one : assets) {
        expect(one.is_object() && one.value("asset", nlohmann::json()).is_string() &&
                   atr::is_asset_name(one["asset"].get<std::string>()),
               "an asset's name", one.dump());
        const auto decimals = one.value("decimals", nlohmann::json());
        expect(decimals.is_number_integer() && decimals >= 0 && decimals <= atr::Decimal::max_digits,
               "0 to 38 decimals", one.dump());
    }
    expect(json.value("account", nlohmann::json()).is_string() && !json["account"].get<std::string>().empty(),
           "\"account\" is named", json.value("account", nlohmann::json()).dump());
    for (const char* flag : {"idempotent", "queryable"})
        expect(json.value(flag, nlohmann::json()).is_boolean(), std::string("\"") + flag + "\" is said: true or false",
               json.value(flag, nlohmann::json()).dump());
    const auto window = json.value("idempotency_window_ms", nlohmann::json(0));
    expect(window.is_number_integer() && window >= 0, "\"idempotency_window_ms\" in milliseconds", window.dump());
    expect(rail.describe() == json, "the same description every time", "another");
}

void prepare_has_no_effect(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    for (int i = 0; i < t.scale(10, 50); ++i) {
        const auto payment = rail.payment();
        expect(!rail.prepared(payment).empty(), "prepared bytes", "none");
        const auto status = rail.lookup(payment, {rail.prepared(payment)});
        if (status)
            expect(status->state == RailState::never_received, "a payment that was only prepared was never received",
                   text_of(status));
    }
    expect(rail.held() == before, "the balance, after prepares: " + before.to_string(), rail.held().to_string());
    expect(rail.events(rail.began_at()).empty(), "nothing on the statement", "a movement");

    const auto paid = rail.payment();
    const auto blob = rail.prepared(paid);
    const auto status = rail.pay(paid, blob);
    expect(status && status->state == RailState::settled, "the payment settles", text_of(status));
    const auto after = rail.held();
    for (int i = 0; i < 3; ++i) whatever(rail.prepare(paid));  // bytes or a refusal, but no effect
    rail.need_paid(paid, 1, "a payment that was prepared again after its submit");
    expect(rail.held() == after, "the balance, after a prepare that follows the submit: " + after.to_string(),
           rail.held().to_string());
    const auto seen = rail.lookup(paid, {blob});
    if (seen)
        expect(seen->state == RailState::settled, "still settled after a prepare that follows the submit",
               text_of(seen));
}

void pays_exactly(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    const auto paid = rail.pay(payment, blob);
    expect(paid && paid->state == RailState::settled, "the payment settles", text_of(paid));
    const auto events = rail.events(rail.began_at());
    expect_equal(events.size(), std::size_t{1}, "movements on the statement");
    const auto& event = events.front();
    expect_equal(event.payment_id, payment.payment_id, "the movement's payment_id");
    expect(event.direction == ATR_DIR_OUT, "direction OUT", std::to_string(event.direction));
    expect_equal(event.money.to_string(), payment.money.to_string(), "the movement's amount");
    expect(!event.event_id.empty() && !event.position.empty(), "an event_id and a position", "empty");
    const auto fee = event.fee.asset == payment.money.asset ? event.fee.amount : atr::Decimal{};
    const auto cost = sum_of(payment.money.amount, fee);
    expect(sum_of(rail.held(), cost) == before,
           "a balance that fell by " + cost.to_string() + " from " + before.to_string(), rail.held().to_string());
}

void lookup_knows(Context& t) {
    RailClient rail(t);
    const auto payment = rail.payment();
    const auto blob = rail.prepared(payment);
    const auto paid = rail.pay(payment, blob);
    expect(paid && paid->state == RailState::settled, "the payment settles", text_of(paid));
    rail.final_status(payment, blob);
    for (int i = 0; i < 3; ++i) {
        const auto status = rail.lookup(payment, {blob});
        expect(status && status->state == RailState::settled && status->is_final,
               "a settled payment stays settled and final", text_of(status));
        expect_equal(status->rail_reference, paid->rail_reference, "rail_reference");
    }
}

void never_received(Context& t) {
    RailClient rail(t);
    need_declared(rail.facts().queryable, "queryable");
    for (int i = 0; i < 5; ++i) {
        const auto payment = rail.payment();
        const auto blob = rail.prepared(payment);
        const auto status = rail.lookup(payment, {blob});
        if (!status) {
            expect(status.outcome() == Outcome::retry || status.outcome() == Outcome::not_found,
                   "NEVER_RECEIVED, NOT_FOUND or RETRY for what was never submitted", text_of(status));
            continue;
        }
        expect(status->state == RailState::never_received, "NEVER_RECEIVED for what was never submitted",
               text_of(status));
        if (!status->is_final) continue;
        whatever(rail.submit(payment, blob));
        rail.need_paid(payment, 0, "a payment that was finally NEVER_RECEIVED, submitted all the same");
    }
}

void refused_stays_refused(Context& t) {
    RailClient rail(t);
    const auto held = rail.held();
    const auto payment = rail.payment(sum_of(held, 1).to_string());
    const auto blob = rail.prepare(payment);
    if (!blob) return need_outcome(blob.error(), Outcome::rejected, "prepare of more than there is, if refused");
    for (int i = 0; i < 3; ++i) {
        const auto answer = rail.submit(payment, *blob);
        const bool refused = !answer ? answer.outcome() != Outcome::ok
                                     : answer->state == RailState::failed || answer->state == RailState::pending ||
                                           answer->state == RailState::accepted;
        expect(refused, "a payment of more than there is is not settled", text_of(answer));
    }
    const auto status = rail.lookup(payment, {*blob});
    if (status)
        expect(status->state != RailState::settled && status->state != RailState::returned,
               "lookup of a refused payment says so", text_of(status));
    rail.need_paid(payment, 0, "a payment of more than there is");
    expect(rail.held() == held, "the balance: " + held.to_string(), rail.held().to_string());
}

void prepare_refuses(Context& t) {
    RailClient rail(t);
    const auto& facts = rail.facts();
    const auto refused = [&](atr::RailPayment payment, const std::string& what) {
        need_outcome(answer_of(rail.prepare(payment)), Outcome::rejected, "prepare of " + what);
    };
    refused(rail.payment("0"), "nothing");
    refused(rail.payment("-1"), "a negative amount");
    if (facts.decimals < 30) {
        auto fine = rail.payment();
        fine.money.amount = *atr::Decimal::from_units(1, facts.decimals + 1);
        refused(fine, "more decimals than the asset has");
    }
    auto other = rail.payment();
    other.money.asset = "NOSUCHASSET";
    refused(other, "an asset it does not pay");
    auto payee = rail.payment();
    payee.creditor_json = "not JSON";
    refused(payee, "a payment to no payee");
    expect(rail.events(rail.began_at()).empty(), "nothing on the statement", "a movement");
}

void lying_bytes(Context& t) {
    RailClient rail(t);
    const auto before = rail.held();
    const auto mine = rail.payment(), other = rail.payment();
    const auto blob = rail.prepared(mine);
    std::string bent = blob;
    bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
    auto dearer = mine;
    dearer.money.amount = sum_of(mine.money.amount, mine.money.amount);
    const std::pair<const char*, std::string> lies[] = {{"another payment's bytes", rail.prepared(other)},
                                                        {"no bytes", ""},
                                                        {"half of the bytes", blob.substr(0, blob.size() / 2)},
                                                        {"bytes with one bit turned", bent},
                                                        {"bytes of another amount", rail.prepared(dearer)}};
    for (const auto& [what, bytes] : lies) {
        if (bytes == blob) continue;
        const auto answer = rail.submit(mine, bytes);
        const bool refused = (!answer && answer.outcome() == Outcome::rejected) ||
                             (answer && answer->state == RailState::failed && answer->is_final);
        expect(refused, std::string("submit with ") + what + " is rejected", text_of(answer));
    }
    expect(rail.events(rail.began_at()).empty(), "nothing on the statement", "a movement");
    expect(rail.held() == before, "the balance: " + before.to_string(), rail.held().to_string());
}

void remembered_elsewhere(Context& t) {
    const auto said = t.in_process([&] {
        RailClient rail(t);
        auto payment = rail.payment();
        const auto blob = rail.prepared(payment);
        const auto paid = rail.pay(payment, blob);
        expect(paid && paid->state == RailState::settled, "the payment settles", text_of(paid));
        return payment.payment_id + " " + std::to_string(payment.sequence);
    });
    RailClient rail(t);
    auto payment = rail.payment();
    payment.payment_id = said.substr(0, said.find(' '));
    payment.sequence = std::stoull(said.substr(said.find(' ') + 1));
    const auto status = rail.final_status(payment, rail.prepared(payment));
    expect(status.state == RailState::settled, "another process sees the payment settled",
           "state " + std::to_string(static_cast<int>(status.state)));
}

}  // namespace

Checks rail_checks() {
    Checks out = rail_payment_checks();
    for (auto* part : {rail_repeat_checks, rail_statement_checks, rail_option_checks, rail_http_checks}) {
        auto some = part();
        std::move(some.begin(), some.end(), std::back_inserter(out));
    }
    return out;
}

Checks rail_payment_checks() {
    return {
        {.code = "ATR-RAIL-001",
         .rule = "describe() says assets, decimals, account, idempotent and queryable.",
         .why = "What the host may repeat on its own after a crash depends on these words.",
         .pitfall = "\"idempotent\" left out, or said of a rail that only drops quick repeats.",
         .advice = "Say all five, with the time for which a repeat under one key is safe.",
         .run = describes_rail,
         .gate = true},
        {"ATR-RAIL-002", "prepare() has no effect, before a submit of the same payment and after it.",
         "The host stores what prepare() gave before anything is sent; an effect earlier could not be found again.",
         "A payment order, or a reservation at the bank, made in prepare(); or one for what was submitted already.",
         "Only submit() may reach what moves money.", prepare_has_no_effect},
        {"ATR-RAIL-003",
         "A submitted payment moves its exact amount once, and stands on the statement with its payment_id.",
         "The books must equal the rail, to the last digit and payment by payment.",
         "An amount that went through a double, a fee not shown, or a statement without payment_id.",
         "Decimals, no double; show payment_id to the rail as its reference.", pays_exactly},
        {"ATR-RAIL-004", "lookup() of a settled payment says so, finally, with one reference.",
         "Only a final answer lets the ledger post what was held.",
         "A reference made up anew at each lookup, or is_final that is never set.",
         "Look it up at the rail, by payment_id or by the blobs.", lookup_knows},
        {"ATR-RAIL-005", "What was never submitted is NEVER_RECEIVED, final only if it can no longer arrive.",
         "A final NEVER_RECEIVED frees the funds, and the invoice may be paid again.",
         "\"Not found\" read as final while the payment may still be on its way.",
         "is_final lets the host void: say it only when a later submit would be refused.", never_received},
        {"ATR-RAIL-006", "A refused payment moves nothing, and stays refused.",
         "The host has freed the funds; a payment that then goes through is not in the books.",
         "A refusal that is not remembered, so that a repeat is tried when there is money again.",
         "REJECTED, or FAILED and final.", refused_stays_refused},
        {"ATR-RAIL-007", "prepare() refuses what cannot be paid exactly.",
         "An amount cut to what the rail can carry is another amount.",
         "Rounding to the asset's decimals, or a payee that is not looked at before submit().",
         "ATR_E_AMOUNT_OUT_OF_RANGE, ATR_E_PAYEE_INVALID, ATR_E_BAD_INPUT.", prepare_refuses},
        {"ATR-RAIL-008", "submit() refuses bytes that were not prepared for this payment.",
         "What was stored may be damaged or mixed up, and must then pay nobody.",
         "A blob that is only an id, with amount and payee read from elsewhere.",
         "Compare what the bytes say with the payment, or sign them.", lying_bytes},
        {"ATR-RAIL-009", "A payment is known to every instance: the rail remembers, not the plugin.",
         "Another host takes over when one dies, and asks its own instance.", "A map of payments in the instance.",
         "Keep no durable state of your own.", remembered_elsewhere},
    };
}

}  // namespace atr::testkit
