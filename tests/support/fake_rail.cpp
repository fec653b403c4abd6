#include "tests/support/fake_rail.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace support {
namespace {

using treasurer::Task;

atr::Decimal number(const std::string& text) {
    const auto value = atr::Decimal::parse(text);
    if (!value) throw std::invalid_argument("not a decimal: " + text);
    return *value;
}

int rank(atr::RailState state) {
    switch (state) {
        case atr::RailState::settled:
            return 3;
        case atr::RailState::pending:
            return 2;
        case atr::RailState::cancelled:
            return 1;
        default:
            return 0;
    }
}

std::string blob_of(const atr::RailPayment& payment) {
    return "blob:" + payment.payment_id + ':' + payment.money.to_string() + ':' + payment.creditor_json;
}

}  // namespace

FakeRail::FakeRail(treasurer::Executor& executor, const treasurer::Clock& clock, std::string name)
    : executor_(executor), clock_(clock), name_(std::move(name)) {
    capabilities_.assets = {{"MNEE", 5}};
    capabilities_.account = "treasury";
    capabilities_.idempotent = true;
    capabilities_.queryable = true;
    balances_["MNEE"] = atr::Decimal{};
}

void FakeRail::next_submissions(std::initializer_list<Submission> answers) {
    const std::lock_guard lock(mutex_);
    next_.insert(next_.end(), answers);
}
void FakeRail::usual_submission(Submission answer) {
    const std::lock_guard lock(mutex_);
    usual_ = answer;
}
void FakeRail::settle_after(Millis time) {
    const std::lock_guard lock(mutex_);
    settle_after_ = time;
}
void FakeRail::visible_after(Millis time) {
    const std::lock_guard lock(mutex_);
    visible_after_ = time;
}
void FakeRail::max_fee(const std::string& amount) {
    const std::lock_guard lock(mutex_);
    max_fee_ = atr::Decimal::parse(amount);
}
void FakeRail::latency(Millis time) {
    const std::lock_guard lock(mutex_);
    latency_ = time;
}
void FakeRail::duplicate_notices(bool yes) {
    const std::lock_guard lock(mutex_);
    duplicates_ = yes;
}
void FakeRail::unplaced_balance(bool yes) {
    const std::lock_guard lock(mutex_);
    unplaced_ = yes;
}
void FakeRail::fail_reads(unsigned calls) {
    const std::lock_guard lock(mutex_);
    failing_reads_ = calls;
}
void FakeRail::before_submit(std::function<Task<>(std::string)> hook) {
    const std::lock_guard lock(mutex_);
    before_submit_ = std::move(hook);
}

std::string FakeRail::receive(const std::string& amount, const std::string& asset, bool final_) {
    atr::RailEvent event;
    event.direction = ATR_DIR_IN;
    event.is_final = final_;
    event.money = {number(amount), asset};
    event.fee = {atr::Decimal{}, asset};
    const std::lock_guard lock(mutex_);
    append(std::move(event));
    return events_.back().event_id;
}

void FakeRail::settle(const std::string& payment_id) {
    const std::lock_guard lock(mutex_);
    for (auto& order : orders_[payment_id])
        if (order.state == atr::RailState::pending) move_out(order);
}

void FakeRail::fail(const std::string& payment_id) {
    const std::lock_guard lock(mutex_);
    for (auto& order : orders_[payment_id])
        if (order.state == atr::RailState::pending) {
            order.state = atr::RailState::failed;
            order.reason = ATR_E_PAYEE_INVALID;
        }
}

void FakeRail::finalise(const std::string& event_id) {
    const std::lock_guard lock(mutex_);
    for (auto& event : events_) {
        if (event.event_id != event_id || event.is_final) continue;
        event.is_final = true;
        balances_[event.money.asset] = *balances_[event.money.asset].plus(event.money.amount);
    }
}

void FakeRail::note(atr::RailEvent event) {
    const std::lock_guard lock(mutex_);
    append(std::move(event));
}

void FakeRail::repeat(const std::string& event_id) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(events_.begin(), events_.end(), [&](const auto& event) { return event.event_id == event_id; });
    if (found == events_.end()) throw std::invalid_argument("no event " + event_id);
    atr::RailEvent copy = *found;
    copy.position = std::to_string(events_.size() + 1);
    events_.push_back(std::move(copy));
}

void FakeRail::forget(const std::string& event_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(events_, [&](const auto& event) { return event.event_id == event_id; });
    for (std::size_t i = 0; i < events_.size(); ++i) events_[i].position = std::to_string(i + 1);
}

void FakeRail::forge_balance(const std::string& asset, const std::string& by) {
    const std::lock_guard lock(mutex_);
    balances_[asset] = *balances_[asset].plus(number(by));
}

unsigned FakeRail::submitted(const std::string& payment_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = submits_.find(payment_id);
    return found == submits_.end() ? 0 : found->second;
}

unsigned FakeRail::paid(const std::string& payment_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = orders_.find(payment_id);
    if (found == orders_.end()) return 0;
    return static_cast<unsigned>(std::count_if(found->second.begin(), found->second.end(), [](const auto& order) {
        return order.state == atr::RailState::settled;
    }));
}

unsigned FakeRail::lookups(const std::string& payment_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = lookups_.find(payment_id);
    return found == lookups_.end() ? 0 : found->second;
}

unsigned FakeRail::moved() const {
    const std::lock_guard lock(mutex_);
    unsigned out = 0;
    for (const auto& [id, orders] : orders_)
        for (const auto& order : orders) out += order.state == atr::RailState::settled ? 1 : 0;
    return out;
}

atr::Decimal FakeRail::balance_of(const std::string& asset) const {
    const std::lock_guard lock(mutex_);
    const auto found = balances_.find(asset);
    return found == balances_.end() ? atr::Decimal{} : found->second;
}

std::vector<atr::RailEvent> FakeRail::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::string FakeRail::prepared_in_trace() const {
    const std::lock_guard lock(mutex_);
    return trace_;
}

Task<atr::Result<atr::Prepared>> FakeRail::prepare(atr::RailPayment payment, CallOptions options) {
    {
        const std::lock_guard lock(mutex_);
        trace_ = options.traceparent;
    }
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const auto decimals = capabilities_.decimals_of(payment.money.asset);
    if (!decimals || !payment.money.amount.to_units(*decimals) || payment.money.amount <= atr::Decimal{})
        co_return atr::rejected(ATR_E_AMOUNT_OUT_OF_RANGE, "an amount this rail cannot carry");
    atr::Prepared out;
    out.blob = blob_of(payment);
    const std::lock_guard lock(mutex_);
    if (max_fee_)
        out.max_charge_json = nlohmann::json{
            {"amount", payment.money.amount.plus(*max_fee_)->to_string()},
            {"asset",
             payment.money.asset}}.dump();
    co_return out;
}

Task<atr::Result<atr::RailStatus>> FakeRail::submit(atr::RailPayment payment, std::string prepared, CallOptions) {
    std::function<Task<>(std::string)> hook;
    {
        const std::lock_guard lock(mutex_);
        ++submits_[payment.payment_id];
        hook = before_submit_;
    }
    if (hook) {
        Task<> waiting = hook(payment.payment_id);
        co_await waiting;
    }
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const std::lock_guard lock(mutex_);
    if (prepared != blob_of(payment)) co_return atr::rejected(ATR_E_BAD_INPUT, "these bytes were not prepared for it");
    co_return judge(payment);
}

Submission FakeRail::next_answer() {
    if (next_.empty()) return usual_;
    const auto out = next_.front();
    next_.pop_front();
    return out;
}

atr::Result<atr::RailStatus> FakeRail::judge(const atr::RailPayment& payment) {
    settle_due();
    auto& orders = orders_[payment.payment_id];
    if (!orders.empty() && capabilities_.idempotent) {
        const auto& first = orders.front();
        if (first.state == atr::RailState::failed) return atr::rejected(first.reason, "refused before");
        return status(first);
    }
    const auto answer = next_answer();
    if (answer == Submission::retry) return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    if (answer == Submission::unknown_not_applied) return atr::unknown(ATR_E_TIMEOUT, "no answer");
    const auto now = clock_.unix_ms();
    Order order{payment, atr::RailState::pending, now, "ref-" + payment.payment_id, 0};
    if (!orders.empty()) order.reference += '-' + std::to_string(orders.size() + 1);
    const bool late = capabilities_.enforces_not_after && payment.execute_not_after_unix_ms > 0 &&
                      now > payment.execute_not_after_unix_ms;
    if (late) order.reason = ATR_E_TIMEOUT;
    if (answer == Submission::refuse) order.reason = ATR_E_COMPLIANCE;
    if (balances_[payment.money.asset] < payment.money.amount) order.reason = ATR_E_INSUFFICIENT_FUNDS;
    if (order.reason != 0) {
        order.state = atr::RailState::failed;
        orders.push_back(order);
        if (answer == Submission::unknown_applied) return atr::unknown(ATR_E_TIMEOUT, "no answer");
        return atr::rejected(order.reason, "the rail refuses the payment");
    }
    orders.push_back(order);
    if (answer != Submission::pending) move_out(orders.back());
    if (answer == Submission::unknown_applied) return atr::unknown(ATR_E_TIMEOUT, "no answer");
    return status(orders.back());
}

atr::RailStatus FakeRail::status(const Order& order) const {
    atr::RailStatus out;
    out.state = order.state;
    out.is_final = order.state != atr::RailState::pending;
    out.reason_code = order.reason;
    out.as_of_unix_ms = clock_.unix_ms();
    out.rail_reference = order.reference;
    return out;
}

Task<atr::Result<atr::RailStatus>> FakeRail::lookup(atr::RailPayment payment, std::vector<std::string>, std::string,
                                                    CallOptions) {
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const std::lock_guard lock(mutex_);
    ++lookups_[payment.payment_id];
    if (read_fails()) co_return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    settle_due();
    const auto now = clock_.unix_ms();
    std::vector<Order> visible;
    const auto& orders = orders_[payment.payment_id];
    for (const auto& order : orders)
        if (now >= order.arrived_ms + visible_after_.count()) visible.push_back(order);
    if (visible.empty() && !orders.empty()) co_return atr::retry(ATR_E_UNSPEC, "not visible yet");
    if (!visible.empty())
        co_return status(*std::max_element(visible.begin(), visible.end(),
                                           [](const auto& a, const auto& b) { return rank(a.state) < rank(b.state); }));
    if (!capabilities_.queryable) co_return atr::retry(ATR_E_UNSPEC, "absence cannot be proven");
    atr::RailStatus absent;
    absent.state = atr::RailState::never_received;
    absent.as_of_unix_ms = now;
    absent.is_final = capabilities_.enforces_not_after && payment.execute_not_after_unix_ms > 0 &&
                      now > payment.execute_not_after_unix_ms;
    co_return absent;
}

Task<atr::Result<atr::RailStatus>> FakeRail::cancel(atr::RailPayment payment, std::vector<std::string>, CallOptions) {
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const std::lock_guard lock(mutex_);
    if (!capabilities_.cancel) co_return atr::unsupported();
    settle_due();
    auto& orders = orders_[payment.payment_id];
    if (orders.empty()) co_return atr::not_found("no such payment");
    if (orders.front().state == atr::RailState::pending) orders.front().state = atr::RailState::cancelled;
    co_return status(orders.front());
}

Task<atr::Result<std::string>> FakeRail::balance(CallOptions) {
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const std::lock_guard lock(mutex_);
    if (read_fails()) co_return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    settle_due();
    auto balances = nlohmann::json::array();
    for (const auto& [asset, amount] : balances_)
        balances.push_back({{"asset", asset}, {"amount", amount.to_string()}});
    const nlohmann::json out = {{"account", capabilities_.account},
                                {"balances", std::move(balances)},
                                {"position", unplaced_ ? std::string() : std::to_string(events_.size())}};
    co_return out.dump();
}

Task<atr::Result<atr::StatementPage>> FakeRail::statement(std::string from_position, std::uint32_t limit, CallOptions) {
    if (latency_.count() > 0) co_await treasurer::delay(executor_, latency_);
    const std::lock_guard lock(mutex_);
    if (read_fails()) co_return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    settle_due();
    atr::StatementPage page;
    std::size_t at = from_position.empty() ? 0 : std::stoul(from_position);
    for (; at < events_.size() && page.events.size() < limit; ++at) {
        page.events.push_back(events_[at]);
        if (duplicates_) page.events.push_back(events_[at]);
    }
    page.next_position = at == 0 ? from_position : std::to_string(at);
    co_return page;
}

Task<atr::Result<std::string>> FakeRail::health(CallOptions) {
    co_return std::string("{}");
}

void FakeRail::move_out(Order& order) {
    order.state = atr::RailState::settled;
    atr::RailEvent event;
    event.payment_id = order.payment.payment_id;
    event.rail_reference = order.reference;
    event.money = order.payment.money;
    event.fee = {atr::Decimal{}, order.payment.money.asset};
    event.counterparty_json = order.payment.creditor_json;
    append(std::move(event));
}

void FakeRail::settle_due() {
    if (settle_after_.count() < 0) return;
    for (auto& [id, orders] : orders_)
        for (auto& order : orders)
            if (order.state == atr::RailState::pending && clock_.unix_ms() >= order.arrived_ms + settle_after_.count())
                move_out(order);
}

void FakeRail::append(atr::RailEvent event) {
    if (event.event_id.empty()) event.event_id = "event-" + std::to_string(next_event_++);
    if (event.position.empty()) event.position = std::to_string(events_.size() + 1);
    if (event.at_unix_ms == 0) event.at_unix_ms = clock_.unix_ms();
    const bool in = event.direction == ATR_DIR_IN;
    const bool moves = event.state == atr::RailState::settled || (in && event.state == atr::RailState::returned);
    if (event.is_final && moves) {
        auto& balance = balances_[event.money.asset];
        balance = *(in ? balance.plus(event.money.amount) : balance.minus(event.money.amount));
        if (!event.fee.asset.empty()) balances_[event.fee.asset] = *balances_[event.fee.asset].minus(event.fee.amount);
    }
    events_.push_back(std::move(event));
}

bool FakeRail::read_fails() {
    if (failing_reads_ == 0) return false;
    --failing_reads_;
    return true;
}

}  // namespace support
