// A rail over the host's HTTP client, to the bank of tests/support/tiny_bank.py. It is sound, but for the fault of
// fault.hpp: with `none` it keeps every rule.
#include <algorithm>
#include <atr/rail.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "fault.hpp"

namespace {

using broken::breaks;
using Json = nlohmann::json;

constexpr std::string_view asset = "MNEE", account = "treasury";
constexpr int decimals = 5;

struct BankSettings {
    std::string url;
};

/// What the bank is asked to pay; "" where it cannot be.
struct Order {
    std::string id, amount, payee;
    bool operator==(const Order&) const = default;
    std::string text() const { return Json{{"id", id}, {"amount", amount}, {"payee", payee}}.dump(); }
};

atr::Result<Order> order_of(const atr::RailPayment& payment) {
    const auto& amount = payment.money.amount;
    if (payment.money.asset != asset || amount.is_zero() || amount.is_negative() || amount.scale() > decimals)
        return atr::rejected(ATR_E_AMOUNT_OUT_OF_RANGE, "this bank pays MNEE, above 0, with at most 5 decimals");
    const auto creditor = Json::parse(payment.creditor_json, nullptr, false);
    const auto payee = creditor.is_object() ? creditor.value("address", Json()) : Json();
    if (!payee.is_string()) return atr::rejected(ATR_E_PAYEE_INVALID, "the creditor has no address");
    return Order{payment.payment_id, amount.to_string(), payee};
}

std::string text_at(const Json& json, const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class HttpRail final : public atr::Rail {
public:
    using Settings = BankSettings;
    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}.text("url", &Settings::url, "Where the bank is, and the account").required();
    }
    static atr::Result<std::unique_ptr<HttpRail>> create(const atr::Host& host, std::string, Settings settings) {
        return std::make_unique<HttpRail>(host, std::move(settings.url));
    }
    HttpRail(const atr::Host& host, std::string url) : host_(host), url_(std::move(url)) {}

    atr::Result<std::string> describe() override {
        return Json{{"assets", {{{"asset", asset}, {"decimals", decimals}}}},
                    {"account", account},
                    {"idempotent", true},
                    {"idempotency_window_ms", 0},
                    {"queryable", true},
                    {"sequenced", false},
                    {"cancel", false},
                    {"enforces_not_after", false}}
            .dump();
    }

    atr::Result<atr::Prepared> prepare(const atr::Call&, const atr::RailPayment& payment) override {
        const auto order = order_of(payment);
        if (!order) return order.error();
        return atr::Prepared{order->text()};
    }

    atr::Result<atr::RailStatus> submit(const atr::Call& call, const atr::RailPayment& payment,
                                        std::string_view prepared) override {
        const auto order = order_of(payment);
        if (!order) return order.error();
        if (prepared != order->text()) return atr::rejected(ATR_E_BAD_INPUT, "the bytes are not of this payment");
        Json body = Json::parse(order->text());
        if (!breaks("sends_no_key")) body["key"] = order->id;
        const auto reply = host_.http(call, {.method = "POST", .url = url_ + "/payments", .body = body.dump()});
        if (!reply) return failed_submit(reply.error());
        if (reply->status == 429) return atr::retry(ATR_E_OVERLOADED, "the bank is busy");
        if (breaks("errors_refuse") && reply->status >= 400) return atr::rejected(ATR_E_INTERNAL, "the bank says no");
        if (breaks("below_400_is_paid") && reply->status < 400) return paid(*order, call);
        if (reply->status == 409)
            return atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH, "this payment_id was used for another payment");
        const Json json = Json::parse(reply->body, nullptr, false);
        if (breaks("unreadable_is_refused") && json.is_discarded()) return atr::rejected(ATR_E_INTERNAL, "no JSON");
        if (breaks("any_reply_is_mine") && text_at(json, "state") == "paid") return paid(*order, call);
        if (!tells_of(json, *order))
            return atr::unknown(ATR_E_INTERNAL, "the bank's reply does not tell of this payment");
        if (text_at(json, "state") == "paid") return paid(*order, call);
        return atr::rejected(ATR_E_INSUFFICIENT_FUNDS, "there is not enough in the account");
    }

    atr::Result<atr::RailStatus> lookup(const atr::Call& call, const atr::RailPayment& payment,
                                        const std::vector<std::string_view>&, std::string_view) override {
        const auto reply = get(call, "/payments/" + payment.payment_id);
        if (!reply)
            return breaks("lookup_failed_is_absent") ? absent(call, false) : atr::Result<atr::RailStatus>(doubt());
        if (reply->status == 404) return absent(call, breaks("absent_is_final"));
        const Json json = Json::parse(reply->body, nullptr, false);
        const Order order{payment.payment_id, text_at(json, "amount"), text_at(json, "payee")};
        if (reply->status != 200 || !tells_of(json, order)) return doubt();
        if (text_at(json, "state") == "paid") return paid(order, call);
        return atr::RailStatus{
            .state = atr::RailState::failed, .is_final = true, .reason_code = ATR_E_INSUFFICIENT_FUNDS};
    }

    atr::Result<std::string> balance(const atr::Call& call, std::string_view wanted) override {
        if (!is_ours(wanted)) return atr::rejected(ATR_E_BAD_INPUT, "the bank keeps no such account");
        const auto json = read(call, "/balance");
        if (!json) return json.error();
        return Json{{"account", account},
                    {"balances", {{{"asset", asset}, {"amount", text_at(*json, "amount")}}}},
                    {"position", std::to_string(json->value("position", 0))}}
            .dump();
    }

    atr::Result<atr::StatementPage> statement(const atr::Call& call, std::string_view wanted, std::string_view from,
                                              std::uint32_t limit) override {
        if (!is_ours(wanted)) return atr::rejected(ATR_E_BAD_INPUT, "the bank keeps no such account");
        std::size_t first = 0;
        const auto number = std::from_chars(from.data(), from.data() + from.size(), first);
        if (!from.empty() && (number.ec != std::errc() || number.ptr != from.data() + from.size()))
            return atr::rejected(ATR_E_BAD_INPUT, "no position of this statement");
        const auto json = read(call, "/statement?from=" + std::to_string(first) + "&limit=" + std::to_string(limit));
        if (!json) return json.error();
        atr::StatementPage out{.events = {}, .next_position = std::to_string(first)};
        for (const auto& line : json->value("lines", Json::array())) {
            const std::string place = std::to_string(line.value("number", 0));
            out.events.push_back(
                {.event_id = place,
                 .payment_id = text_at(line, "id"),
                 .rail_reference = text_at(line, "id"),
                 .money = {atr::Decimal::parse(text_at(line, "amount")).value_or(0), std::string(asset)},
                 .fee = {0, std::string(asset)},
                 .counterparty_json = "{}",
                 .position = place,
                 .raw_json = "{}"});
            out.next_position = place;
        }
        return out;
    }

private:
    static bool is_ours(std::string_view wanted) { return wanted.empty() || wanted == account; }
    static bool tells_of(const Json& json, const Order& order) {
        const Order told{text_at(json, "id"), text_at(json, "amount"), text_at(json, "payee")};
        return told == order && !text_at(json, "state").empty();
    }
    static atr::Error doubt() { return atr::retry(ATR_E_UNREACHABLE, "the bank did not tell"); }
    static atr::RailStatus paid(const Order& order, const atr::Call& call) {
        return {.state = atr::RailState::settled,
                .is_final = true,
                .as_of_unix_ms = call.now_unix_ms(),
                .rail_reference = order.id,
                .charged_money_json = Json{{"amount", order.amount}, {"asset", asset}}.dump()};
    }
    static atr::RailStatus absent(const atr::Call& call, bool is_final) {
        return {.state = atr::RailState::never_received, .is_final = is_final, .as_of_unix_ms = call.now_unix_ms()};
    }
    static atr::Error failed_submit(atr::Error error) {
        if (breaks("lost_reply_is_retry") && error.outcome == atr::Outcome::unknown)
            error.outcome = atr::Outcome::retry;
        if (breaks("unsent_is_refused") && error.outcome == atr::Outcome::retry) error.outcome = atr::Outcome::rejected;
        return error;
    }
    atr::Result<atr::HttpReply> get(const atr::Call& call, const std::string& path) const {
        return host_.http(call, {.url = url_ + path});
    }
    atr::Result<Json> read(const atr::Call& call, const std::string& path) const {
        const auto reply = get(call, path);
        if (!reply) return doubt();
        Json out = Json::parse(reply->body, nullptr, false);
        if (reply->status != 200 || !out.is_object()) return doubt();
        return out;
    }

    const atr::Host host_;
    const std::string url_;
};

}  // namespace

ATR_PLUGIN(atr::component<HttpRail>({.id = "test.http_rail", .title = "A rail over HTTP", .version = "1"}));
