#include "simulated_rail.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "book_file.hpp"
#include "time_left.hpp"

namespace rail_simulated {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds cancel_poll{20};

/// FNV-1a: the same payment always takes the same time.
std::uint64_t spread(std::string_view text) {
    std::uint64_t out = 14695981039346656037ULL;
    for (unsigned char c : text) out = (out ^ c) * 1099511628211ULL;
    return out;
}

}  // namespace

SimulatedRail::SimulatedRail(const atr::Host& host, Terms terms)
    : host_(host), terms_(std::move(terms)), reader_(terms_), writer_(terms_) {}

atr::Result<std::unique_ptr<SimulatedRail>> SimulatedRail::create(const atr::Host& host, std::string /*instance*/,
                                                                  Settings settings) {
    auto terms = judge(std::move(settings));
    if (!terms) return terms.error();
    const std::string path = terms->settings.path;
    if (const auto checked = check_path(path); !checked) return checked.error();
    try {
        soci::session book;  // open until the others are, or the write-ahead log would be removed and made again
        connect(book, *terms);
        if (const auto prepared = prepare_book(book, *terms, host.now_unix_ms()); !prepared) return prepared.error();
        return std::make_unique<SimulatedRail>(host, std::move(*terms));
    } catch (const std::exception& error) {
        atr::Error out = explain(error, path);
        out.outcome = atr::Outcome::rejected;
        return out;
    }
}

Moment SimulatedRail::moment(const atr::Call& call) const {
    return {.now_unix_ms = call.now_unix_ms(), .bank_unix_ms = host_.now_unix_ms()};
}

atr::Result<std::string> SimulatedRail::describe() {
    auto assets = nlohmann::json::array();
    for (const Asset& asset : terms_.assets) assets.push_back({{"asset", asset.name}, {"decimals", asset.decimals}});
    const BankSettings& set = terms_.settings;
    return nlohmann::json{{"assets", std::move(assets)},
                          {"idempotent", set.idempotent},
                          {"idempotency_window_ms", 0},
                          {"queryable", true},
                          {"sequenced", false},
                          {"cancel", set.settle_after.count() > 0},
                          {"enforces_not_after", set.enforce_not_after},
                          {"account", set.account}}
        .dump();
}

atr::Result<atr::Prepared> SimulatedRail::prepare(const atr::Call&, const atr::RailPayment& payment) {
    const auto order = read_order(terms_, payment);
    if (!order) return order.error();
    return atr::Prepared{
        .blob = prepared_blob(*order),
        .predicted_reference = rail_reference(order->payment_id, 1),
        .max_charge_json = nlohmann::json{
            {"amount", payment.money.amount.plus(terms_.settings.fee).value_or(payment.money.amount).to_string()},
            {"asset",
             order->asset}}.dump()};
}

atr::Result<atr::RailStatus> SimulatedRail::submit(const atr::Call& call, const atr::RailPayment& payment,
                                                   std::string_view prepared) {
    auto order = read_order(terms_, payment);
    if (!order) return order.error();
    if (prepared_blob(*order) != prepared)
        return atr::rejected(ATR_E_BAD_INPUT, "the prepared bytes are not of this payment");
    const std::string payment_id = order->payment_id;
    // The bank looks at its clock when it judges: what came in time may have had to wait for the book.
    auto out = writer_.run(call, [this, order = std::move(*order), at = moment(call)](Teller& teller) {
        return teller.submit(order, {.now_unix_ms = at.now_unix_ms, .bank_unix_ms = host_.now_unix_ms()});
    });
    const bool not_applied = out.outcome() == atr::Outcome::retry;
    if (!not_applied && !answer_late(call, payment_id))
        return atr::unknown(ATR_E_TIMEOUT, "simulated: the answer came too late");
    return out;
}

atr::Result<atr::RailStatus> SimulatedRail::lookup(const atr::Call& call, const atr::RailPayment& payment,
                                                   const std::vector<std::string_view>& /*blobs*/,
                                                   std::string_view /*rail_reference*/) {
    if (const auto in_time = answer_late(call, payment.payment_id); !in_time) return in_time.error();
    const auto due = reader_.settlement_due(call);
    if (!due) return due.error();
    if (!*due) {
        const auto seen = reader_.lookup(call, payment.payment_id);
        if (!seen) return seen.error();
        if (*seen) return **seen;
    }
    // Behind every submit this process has queued, and holding the book against the others: that proves absence.
    auto out = writer_.run(call, [id = payment.payment_id, not_after = payment.execute_not_after_unix_ms,
                                  at = moment(call)](Teller& teller) { return teller.lookup(id, not_after, at); });
    if (!out && out.outcome() == atr::Outcome::unknown) out.error().outcome = atr::Outcome::retry;
    return out;
}

atr::Result<atr::RailStatus> SimulatedRail::cancel(const atr::Call& call, const atr::RailPayment& payment,
                                                   const std::vector<std::string_view>& /*blobs*/) {
    if (terms_.settings.settle_after.count() == 0) return atr::unsupported();
    auto out = writer_.run(
        call, [id = payment.payment_id, at = moment(call)](Teller& teller) { return teller.cancel(id, at); });
    const bool not_applied = out.outcome() == atr::Outcome::retry;
    if (!not_applied && !answer_late(call, payment.payment_id))
        return atr::unknown(ATR_E_TIMEOUT, "simulated: the answer came too late");
    return out;
}

atr::Result<std::string> SimulatedRail::balance(const atr::Call& call, std::string_view account) {
    if (const auto known = check_account(account); !known) return known.error();
    if (const auto in_time = answer_late(call, {}); !in_time) return in_time.error();
    if (const auto settled = settle_due(call); !settled) return settled.error();
    return reader_.balance(call);
}

atr::Result<atr::StatementPage> SimulatedRail::statement(const atr::Call& call, std::string_view account,
                                                         std::string_view from_position, std::uint32_t limit) {
    if (const auto known = check_account(account); !known) return known.error();
    if (const auto in_time = answer_late(call, {}); !in_time) return in_time.error();
    if (const auto settled = settle_due(call); !settled) return settled.error();
    return reader_.statement(call, from_position, limit);
}

atr::Result<std::string> SimulatedRail::health(const atr::Call& call) {
    if (const auto in_time = answer_late(call, {}); !in_time) return in_time.error();
    return reader_.balance(call);
}

atr::Result<> SimulatedRail::check_account(std::string_view account) const {
    if (account.empty() || account == terms_.settings.account) return {};
    return atr::rejected(ATR_E_BAD_INPUT, "the bank keeps no account '" + std::string(account) + "'");
}

atr::Result<> SimulatedRail::settle_due(const atr::Call& call) {
    const auto due = reader_.settlement_due(call);
    if (!due) return due.error();
    if (!*due) return {};
    const auto done = writer_.run(call, [now = call.now_unix_ms()](Teller& teller) {
        teller.settle_due(now);
        return atr::RailStatus{};
    });
    if (done) return {};
    atr::Error error = done.error();
    error.outcome = atr::Outcome::retry;
    return error;
}

/// Waits for the simulated latency. Errors: retry, timeout  the deadline came first, or the host no longer waits
atr::Result<> SimulatedRail::answer_late(const atr::Call& call, std::string_view payment_id) const {
    const BankSettings& set = terms_.settings;
    milliseconds wait = set.latency;
    if (!payment_id.empty() && set.latency_max > set.latency)
        wait +=
            milliseconds(spread(payment_id) % static_cast<std::uint64_t>((set.latency_max - set.latency).count() + 1));
    if (wait.count() == 0) return {};
    const milliseconds left = time_left(call);
    const auto until = std::chrono::steady_clock::now() + std::min(wait, left);
    while (std::chrono::steady_clock::now() < until && !call.cancelled())
        std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + cancel_poll));
    if (wait < left && !call.cancelled()) return {};
    return atr::retry(ATR_E_TIMEOUT, "simulated: the answer came too late");
}

}  // namespace rail_simulated
