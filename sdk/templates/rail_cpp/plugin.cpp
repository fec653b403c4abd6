// A rail plugin over the bank of bank.hpp. A payment's first line in the bank's book decides, so the same payment sent
// twice moves once, whoever sends it. The plugin itself keeps no state: the host stores what prepare() returned.
#include <algorithm>
#include <atr/rail.hpp>
#include <charconv>

#include "bank.hpp"

namespace plugin {

constexpr std::string_view asset = "MNEE", account = "treasury";
constexpr int decimals = 5;

struct LedgerSettings {
    std::string path = "bank.jsonl";
    atr::Decimal opening_balance = 100'000;
};

atr::Error refuse(std::int32_t code, std::string message) {
    return atr::rejected(code, std::move(message));
}

std::string money_json(const atr::Decimal& amount) {
    return nlohmann::json{{"amount", amount.to_string()}, {"asset", asset}}.dump();
}

std::string reference_of(const Order& order) {
    return "line-" + order.payment_id;
}

/// Everything that the payment means: other bytes are of another payment.
std::string blob_of(const Order& order) {
    return "pay/1 " + order.payment_id + ' ' + order.amount.to_string() + ' ' + order.creditor;
}

atr::Result<Order> read_order(const atr::RailPayment& payment) {
    if (payment.money.asset != asset || payment.source_account != account)
        return refuse(ATR_E_BAD_INPUT, "this bank holds MNEE in the account treasury");
    const auto& amount = payment.money.amount;
    if (amount.is_zero() || amount.is_negative() || amount.scale() > decimals)
        return refuse(ATR_E_AMOUNT_OUT_OF_RANGE, "the amount is above 0, with at most 5 decimals");
    const auto creditor = nlohmann::json::parse(payment.creditor_json, nullptr, false);
    const auto address = creditor.is_object() ? creditor.value("address", nlohmann::json()) : nlohmann::json();
    if (!address.is_string() || address.get_ref<const std::string&>().empty())
        return refuse(ATR_E_PAYEE_INVALID, "the creditor has no address");
    return Order{payment.payment_id, amount, address.get<std::string>()};
}

atr::RailStatus status_of(const Fact& fact, const atr::Call& call) {
    atr::RailStatus out;
    out.state = fact.refused == 0 ? atr::RailState::settled : atr::RailState::failed;
    out.is_final = true;
    out.reason_code = fact.refused;
    out.as_of_unix_ms = call.now_unix_ms();
    if (fact.refused != 0) return out;
    out.rail_reference = reference_of(fact.order);
    out.charged_money_json = money_json(fact.order.amount);
    return out;
}

/// Threads: every call opens the book for itself, and waits for its lock.
class LedgerRail final : public atr::Rail {
public:
    using Settings = LedgerSettings;

    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}
            .text("path", &Settings::path, "The bank's book; its folder must exist")
            .decimal("opening_balance", &Settings::opening_balance, "What the account begins with, in MNEE");
    }
    static atr::Result<std::unique_ptr<LedgerRail>> create(const atr::Host&, std::string, Settings settings) {
        try {
            const Book tried(settings.path);
        } catch (const std::exception& error) {
            return refuse(ATR_E_CONFIG, "setting 'path': " + settings.path + ": " + error.what());
        }
        return std::make_unique<LedgerRail>(std::move(settings));
    }
    explicit LedgerRail(Settings settings) : settings_(std::move(settings)) {}

    atr::Result<std::string> describe() override {
        return nlohmann::json{{"assets", {{{"asset", asset}, {"decimals", decimals}}}},
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
        const auto order = read_order(payment);
        if (!order) return order.error();
        return atr::Prepared{blob_of(*order), reference_of(*order), money_json(order->amount)};
    }

    atr::Result<atr::RailStatus> submit(const atr::Call& call, const atr::RailPayment& payment,
                                        std::string_view prepared) override {
        const auto order = read_order(payment);
        if (!order) return order.error();
        if (prepared != blob_of(*order)) return refuse(ATR_E_BAD_INPUT, "the prepared bytes are not of this payment");
        if (call.deadline_unix_ms() < call.now_unix_ms()) return atr::retry(ATR_E_TIMEOUT, "no time left");
        Book book(settings_.path);  // what is thrown from here on is `unknown`: the host will look up
        if (const Fact* known = book.find(order->payment_id)) {
            if (known->order != *order)
                return refuse(ATR_E_IDEMPOTENCY_MISMATCH, "this payment_id was used for another payment");
            if (known->refused != 0) return refuse(known->refused, "it was refused before");
            return status_of(*known, call);
        }
        const bool covered = order->amount <= balance_in(book);
        const Fact fact{*order, covered ? 0 : ATR_E_INSUFFICIENT_FUNDS, call.now_unix_ms()};
        book.add(fact);
        if (!covered) return refuse(fact.refused, "there is not enough in the account");
        return status_of(fact, call);
    }

    /// The lock is held while the book is read, so what is not there was not received, and nobody is just writing it.
    atr::Result<atr::RailStatus> lookup(const atr::Call& call, const atr::RailPayment& payment,
                                        const std::vector<std::string_view>&, std::string_view) override {
        const Book book(settings_.path);
        if (const Fact* known = book.find(payment.payment_id)) return status_of(*known, call);
        atr::RailStatus out;
        out.state = atr::RailState::never_received;
        out.is_final = false;  // it may still arrive
        out.as_of_unix_ms = call.now_unix_ms();
        return out;
    }

    atr::Result<std::string> balance(const atr::Call&, std::string_view wanted) override {
        if (!is_ours(wanted)) return refuse(ATR_E_BAD_INPUT, "the bank keeps no such account");
        const Book book(settings_.path);
        return nlohmann::json{{"account", account},
                              {"balances", {{{"asset", asset}, {"amount", balance_in(book).to_string()}}}},
                              {"position", std::to_string(book.paid().size() + 1)}}
            .dump();
    }

    /// Position 1 is the opening balance, position n + 1 the nth payment.
    atr::Result<atr::StatementPage> statement(const atr::Call&, std::string_view wanted, std::string_view from_position,
                                              std::uint32_t limit) override {
        if (!is_ours(wanted)) return refuse(ATR_E_BAD_INPUT, "the bank keeps no such account");
        const Book book(settings_.path);
        const auto paid = book.paid();
        std::size_t from = 0;
        const char* end = from_position.data() + from_position.size();
        const auto read = std::from_chars(from_position.data(), end, from);
        if (!from_position.empty() && (read.ec != std::errc() || read.ptr != end || from > paid.size() + 1))
            return refuse(ATR_E_BAD_INPUT, "no position of this statement");
        const std::size_t last = std::min(paid.size() + 1, from + limit);
        atr::StatementPage out{.events = {}, .next_position = std::to_string(last)};
        for (std::size_t position = from + 1; position <= last; ++position)
            out.events.push_back(position == 1 ? opening() : movement(*paid[position - 2], position));
        return out;
    }

private:
    static bool is_ours(std::string_view wanted) { return wanted.empty() || wanted == account; }

    atr::Decimal balance_in(const Book& book) const {
        atr::Decimal out = settings_.opening_balance;
        for (const Fact* fact : book.paid()) out = out.minus(fact->order.amount).value();
        return out;
    }
    atr::RailEvent opening() const {
        return {.event_id = "1",
                .direction = ATR_DIR_IN,
                .money = {settings_.opening_balance, std::string(asset)},
                .fee = {0, std::string(asset)},
                .counterparty_json = "{}",
                .position = "1",
                .raw_json = "{}"};
    }
    static atr::RailEvent movement(const Fact& fact, std::size_t position) {
        return {.event_id = std::to_string(position),
                .payment_id = fact.order.payment_id,
                .rail_reference = reference_of(fact.order),
                .direction = ATR_DIR_OUT,
                .money = {fact.order.amount, std::string(asset)},
                .fee = {0, std::string(asset)},
                .counterparty_json = "{}",
                .position = std::to_string(position),
                .at_unix_ms = fact.at_unix_ms,
                .raw_json = "{}"};
    }

    const Settings settings_;
};

}  // namespace plugin

ATR_PLUGIN(atr::component<plugin::LedgerRail>(
    {.id = "org.example.rail_ledger", .title = "A bank in one file", .version = "1.0.0", .license = "Apache-2.0"}));
