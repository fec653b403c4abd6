#include "simulation/bank.hpp"

#include "records/json.hpp"

#include <algorithm>

namespace treasurer::simulation {
namespace {

constexpr UnixMillis at_most_late_ms = 12'000;
constexpr UnixMillis very_late_ms = 400'000;

const char* fee_of(const Plan& plan) {
    if (plan.has(Trouble::late_fees)) return "20";
    return plan.has(Trouble::fees) ? "0.25" : "0";
}

}  // namespace

Bank::Bank(EventLoop& loop, const Plan& plan, Moved moved, Moved came_back)
    : loop_(loop),
      plan_(plan),
      moved_(std::move(moved)),
      came_back_(std::move(came_back)),
      fee_(*atr::Decimal::parse(fee_of(plan))),
      random_(plan.seed ^ 0x62616e6bU) {
    capabilities_.assets = {{the_asset, the_decimals}};
    capabilities_.account = "treasury";
    const bool forgets = plan.rail == RailKind::forgetful;
    capabilities_.idempotent = plan.rail == RailKind::idempotent || plan.rail == RailKind::blind ||
                               plan.rail == RailKind::sequenced || forgets;
    if (forgets) capabilities_.idempotency_window_ms = the_window.count();
    capabilities_.queryable = plan.rail != RailKind::blind && plan.rail != RailKind::bare && !forgets;
    capabilities_.enforces_not_after = plan.rail == RailKind::timely;
    capabilities_.cancel =
        plan.rail == RailKind::idempotent || plan.rail == RailKind::queryable || plan.rail == RailKind::timely;
    capabilities_.sequenced = plan.rail == RailKind::sequenced;
}

/// `times` as likely as the plan says for one call.
bool Bank::trouble(Trouble what, unsigned times) {
    return !calm_ && plan_.has(what) && random_.below(1000) < std::uint64_t{plan_.per_mille} * times;
}

void Bank::receive(const atr::Decimal& amount) {
    holds_ = *holds_.plus(amount);
    atr::RailEvent event;
    event.event_id = "in-" + std::to_string(events_.size() + 1);
    event.direction = ATR_DIR_IN;
    event.money = {amount, the_asset};
    event.at_unix_ms = loop_.unix_ms();
    show(std::move(event));
}

void Bank::show(atr::RailEvent event) {
    event.position = std::to_string(events_.size() + 1);
    events_.push_back(event);
    if (!trouble(Trouble::events_twice, 10)) return;
    const auto time = Millis{static_cast<std::int64_t>(random_.below(at_most_late_ms))};
    loop_.after(time, the_world, [this, again = std::move(event)]() mutable {
        again.position = std::to_string(events_.size() + 1);
        events_.push_back(again);
    });
}

atr::Result<atr::Prepared> Bank::prepare(const atr::RailPayment& payment) const {
    atr::Prepared out{.blob = std::to_string(next_number_) + ":" + payment.payment_id, .predicted_reference = {}};
    out.max_charge_json = dump(money_json({payment.money.amount.plus(fee_).value_or(payment.money.amount), the_asset}));
    return out;
}

atr::Result<atr::RailStatus> Bank::submit(const atr::RailPayment& payment, const std::string& blob) {
    const std::size_t colon = blob.find(':');
    if (colon == std::string::npos || blob.substr(colon + 1) != payment.payment_id)
        return atr::rejected(ATR_E_BAD_INPUT, "these bytes were prepared for another payment");
    const std::uint64_t number = std::stoull(blob);
    if (capabilities_.sequenced)
        for (auto& order : orders_)
            if (order.number == number) {
                if (order.payment.payment_id == payment.payment_id) return repeated(order);
                return atr::rejected(ATR_E_BAD_INPUT, "the number was used by another payment");
            }
    Order* const known = find(payment.payment_id);
    const bool forgotten = capabilities_.idempotency_window_ms > 0 && known &&
                           loop_.unix_ms() - known->arrived_ms > capabilities_.idempotency_window_ms;
    if (known && capabilities_.idempotent && !forgotten) return repeated(*known);
    if (trouble(Trouble::rail_lost)) return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    return take(payment, number);
}

/// Nothing moves; what is said of it may be anything but a lie that is final.
atr::Result<atr::RailStatus> Bank::repeated(Order& order) {
    if (trouble(Trouble::rail_lies, 30)) return atr::rejected(ATR_E_DUPLICATE, "this payment is known already");
    if (order.state == atr::RailState::failed) return atr::rejected(order.reason, "refused before");
    if (capabilities_.idempotency_window_ms > 0 && order.visible_ms > loop_.unix_ms()) {
        atr::RailStatus known;  // and no more than that
        known.state = atr::RailState::accepted;
        known.as_of_unix_ms = loop_.unix_ms();
        return known;
    }
    return status(order);
}

atr::Result<atr::RailStatus> Bank::take(const atr::RailPayment& payment, std::uint64_t number) {
    Order order;
    order.payment = payment;
    order.number = number;
    order.reference = "ref-" + std::to_string(orders_.size() + 1);
    order.arrived_ms = order.visible_ms = loop_.unix_ms();
    if (capabilities_.idempotency_window_ms > 0 && trouble(Trouble::rail_late, 5)) order.visible_ms += very_late_ms;
    if (trouble(Trouble::rail_late, 5)) order.visible_ms += static_cast<UnixMillis>(random_.below(at_most_late_ms));
    if (capabilities_.sequenced) next_number_ = std::max(next_number_, number + 1);
    orders_.push_back(order);
    const std::size_t at = orders_.size() - 1;
    if (capabilities_.enforces_not_after && payment.execute_not_after_unix_ms > 0 &&
        loop_.unix_ms() > payment.execute_not_after_unix_ms) {
        fail(at, ATR_E_TIMEOUT);
        return atr::rejected(ATR_E_TIMEOUT, "it arrived after its execute_not_after");
    }
    if (trouble(Trouble::rail_refuses, 3)) {
        fail(at, ATR_E_COMPLIANCE);
        return atr::rejected(ATR_E_COMPLIANCE, "the rail refuses the payment");
    }
    if (!trouble(Trouble::rail_late, 5) && random_.below(2) == 0) {
        settle(at);
    } else {
        const bool refused_later = trouble(Trouble::rail_refuses, 3);
        const auto time = Millis{static_cast<std::int64_t>(random_.below(calm_ ? 500 : at_most_late_ms))};
        loop_.after(time, the_world, [this, at, refused_later] {
            if (orders_[at].state != atr::RailState::pending) return;
            if (refused_later)
                fail(at, ATR_E_COMPLIANCE);
            else
                settle(at);
        });
    }
    return status(orders_[at]);
}

void Bank::settle(std::size_t at) {
    Order& order = orders_[at];
    const auto after = holds_.minus(order.payment.money.amount.plus(fee_).value_or(order.payment.money.amount));
    if (!after || after->is_negative()) return fail(at, ATR_E_INSUFFICIENT_FUNDS);
    holds_ = *after;
    order.state = atr::RailState::settled;
    ++moves_[order.payment.payment_id];
    show(event(order, ATR_DIR_OUT));
    if (trouble(Trouble::returns, 5)) {
        ++coming_back_;
        const auto time = Millis{static_cast<std::int64_t>(random_.below(at_most_late_ms))};
        loop_.after(time, the_world, [this, at] { give_back(at); });
    }
    const atr::RailPayment payment = order.payment;
    moved_(payment);
}

/// The amount; the fee is gone.
void Bank::give_back(std::size_t at) {
    Order& order = orders_[at];
    --coming_back_;
    holds_ = *holds_.plus(order.payment.money.amount);
    order.state = atr::RailState::returned;
    show(event(order, ATR_DIR_IN));
    const atr::RailPayment payment = order.payment;
    came_back_(payment);
}

atr::RailEvent Bank::event(const Order& order, std::int32_t direction) const {
    const bool out = direction == ATR_DIR_OUT;
    atr::RailEvent event;
    event.event_id = (out ? "out-" : "back-") + std::to_string(events_.size() + 1);
    event.payment_id = order.payment.payment_id;
    event.rail_reference = order.reference;
    event.state = out ? atr::RailState::settled : atr::RailState::returned;
    event.direction = direction;
    event.money = order.payment.money;
    event.fee = {out ? fee_ : atr::Decimal{}, the_asset};
    event.counterparty_json = order.payment.creditor_json;
    event.at_unix_ms = loop_.unix_ms();
    return event;
}

void Bank::fail(std::size_t at, std::int32_t reason) {
    orders_[at].state = atr::RailState::failed;
    orders_[at].reason = reason;
}

atr::RailStatus Bank::status(Order& order) {
    atr::RailStatus out;
    out.state = order.state;
    out.is_final = order.state != atr::RailState::pending;
    out.reason_code = order.reason;
    out.as_of_unix_ms = loop_.unix_ms();
    out.rail_reference = order.reference;
    const bool paid = order.state == atr::RailState::settled || order.state == atr::RailState::returned;
    if (paid && !plan_.has(Trouble::late_fees)) out.fee_money_json = dump(money_json({fee_, the_asset}));
    if (order.state == atr::RailState::pending && random_.below(2) == 0) out.state = atr::RailState::accepted;
    if (!trouble(Trouble::rail_lies, 3)) return out;
    // Words that are not final bind nobody: any may come, whatever is true.
    constexpr std::array words = {atr::RailState::accepted, atr::RailState::pending, atr::RailState::settled,
                                  atr::RailState::failed};
    out.state = words.at(random_.below(words.size()));
    out.is_final = false;
    return out;
}

atr::Result<atr::RailStatus> Bank::lookup(const atr::RailPayment& payment, const std::vector<std::string>& blobs) {
    if (trouble(Trouble::rail_lost)) return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    Order* best = nullptr;  // of several, the one that moved money
    for (auto& order : orders_)
        if (order.payment.payment_id == payment.payment_id &&
            (!best || order.state == atr::RailState::settled || order.state == atr::RailState::returned ||
             (best->state == atr::RailState::failed && order.state == atr::RailState::pending)))
            best = &order;
    if (best && best->visible_ms > loop_.unix_ms()) return atr::retry(ATR_E_UNSPEC, "not visible yet");
    if (best) return status(*best);
    if (!capabilities_.queryable) return atr::retry(ATR_E_UNSPEC, "absence cannot be proven");
    atr::RailStatus absent;
    absent.is_final = number_went_to_another(payment, blobs);
    absent.state = absent.is_final ? atr::RailState::failed : atr::RailState::never_received;
    if (capabilities_.enforces_not_after && payment.execute_not_after_unix_ms > 0)
        absent.is_final = loop_.unix_ms() > payment.execute_not_after_unix_ms;
    absent.as_of_unix_ms = loop_.unix_ms();
    return absent;
}

/// What is on its way is stopped, or only noted as wanted: then it may be carried out all the same.
atr::Result<atr::RailStatus> Bank::cancel(const atr::RailPayment& payment) {
    if (!capabilities_.cancel) return atr::unsupported();
    if (trouble(Trouble::rail_lost)) return atr::retry(ATR_E_UNREACHABLE, "the rail was not reached");
    Order* last = nullptr;
    bool noted = false;
    for (auto& order : orders_) {
        if (order.payment.payment_id != payment.payment_id) continue;
        last = &order;
        if (order.state != atr::RailState::pending) continue;
        noted = trouble(Trouble::rail_lies, 30);
        if (!noted) order.state = atr::RailState::cancelled;
    }
    if (!last) return atr::not_found("no such payment");
    const bool paid = moved(payment.payment_id) > 0;
    if (paid && last->state == atr::RailState::cancelled) return atr::conflict(ATR_E_UNSPEC, "it has been settled");
    if (!noted) return status(*last);
    atr::RailStatus out;
    out.state = atr::RailState::cancelled;
    out.as_of_unix_ms = loop_.unix_ms();
    return out;
}

atr::Result<std::string> Bank::balance() const {
    auto balances = Json::array();
    balances.push_back({{"asset", the_asset}, {"amount", holds_.to_string()}});
    return dump({{"account", capabilities_.account},
                 {"balances", std::move(balances)},
                 {"position", std::to_string(events_.size())}});
}

atr::Result<atr::StatementPage> Bank::statement(const std::string& from, std::uint32_t limit) const {
    atr::StatementPage page;
    std::size_t at = from.empty() ? 0 : std::stoul(from);
    for (; at < events_.size() && page.events.size() < limit; ++at) page.events.push_back(events_[at]);
    page.next_position = at == 0 ? from : std::to_string(at);
    return page;
}

unsigned Bank::moved(const std::string& payment_id) const {
    const auto found = moves_.find(payment_id);
    return found == moves_.end() ? 0 : found->second;
}

atr::Decimal Bank::taken(const std::string& payment_id) const {
    atr::Decimal out;
    for (const auto& order : orders_)
        if (order.payment.payment_id == payment_id &&
            (order.state == atr::RailState::settled || order.state == atr::RailState::returned))
            out = *out.plus(*order.payment.money.amount.plus(fee_));
    return out;
}

bool Bank::has_pending() const {
    return coming_back_ > 0 || std::any_of(orders_.begin(), orders_.end(),
                                           [](const Order& order) { return order.state == atr::RailState::pending; });
}

/// Then what was prepared can never arrive.
bool Bank::number_went_to_another(const atr::RailPayment& payment, const std::vector<std::string>& blobs) const {
    if (!capabilities_.sequenced || blobs.empty()) return false;
    return std::all_of(blobs.begin(), blobs.end(), [&](const std::string& blob) {
        return std::any_of(orders_.begin(), orders_.end(), [&](const Order& order) {
            return order.number == std::stoull(blob) && order.payment.payment_id != payment.payment_id;
        });
    });
}

Bank::Order* Bank::find(const std::string& payment_id) {
    for (auto& order : orders_)
        if (order.payment.payment_id == payment_id) return &order;
    return nullptr;
}

}  // namespace treasurer::simulation
