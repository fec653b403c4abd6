#include "plugin/rail_codec.hpp"

#include <nlohmann/json.hpp>

namespace treasurer {

using atr::borrow;

namespace {

bool is_state(std::int32_t state) {
    return state >= ATR_PS_ACCEPTED && state <= ATR_PS_NEVER_RECEIVED;
}

std::string json_or_nothing(std::string& text) {
    return nlohmann::json::accept(text) ? std::move(text) : std::string();
}

bool copy_money(const atr_money& from, bool may_be_absent, atr::Money& to) {
    if (may_be_absent && from.asset.len == 0) return true;
    const auto amount = border::bounded(from.amount, border::max_name);
    const auto asset = border::bounded(from.asset, border::max_name);
    if (!amount || !asset) return false;
    const auto money = atr::Money::parse(*amount, *asset);
    if (money) to = *money;
    return money.has_value();
}

}  // namespace

PaymentView::PaymentView(const atr::RailPayment& from)
    : amount_(from.money.amount.to_string()), fee_max_(from.fee_max.amount.to_string()) {
    raw_.struct_size = sizeof raw_;
    raw_.attempt = from.attempt;
    raw_.payment_id = borrow(from.payment_id);
    raw_.sequence = from.sequence;
    raw_.source_account = borrow(from.source_account);
    raw_.creditor_json = borrow(from.creditor_json);
    raw_.money = {borrow(amount_), borrow(from.money.asset)};
    raw_.fee_max = {borrow(fee_max_), borrow(from.fee_max.asset)};
    raw_.purpose = borrow(from.purpose);
    raw_.quote_id = borrow(from.quote_id);
    raw_.batch_id = borrow(from.batch_id);
    raw_.execute_not_after_unix_ms = from.execute_not_after_unix_ms;
}

std::vector<atr_str> borrow_all(const std::vector<std::string>& texts) {
    std::vector<atr_str> out;
    out.reserve(texts.size());
    for (const auto& text : texts) out.push_back(borrow(text));
    return out;
}

StatusOut::StatusOut() {
    raw_.struct_size = sizeof raw_;
    raw_.rail_reference = reference_.sink();
    raw_.charged_money_json = charged_.sink();
    raw_.fee_money_json = fee_.sink();
    raw_.evidence_json = evidence_.sink();
}

atr::Result<atr::RailStatus> StatusOut::read(atr::Outcome on_malformed) {
    if (!is_state(raw_.state))
        return border::malformed(on_malformed, "payment state " + std::to_string(raw_.state) + " does not exist");
    return atr::RailStatus{
        .state = static_cast<atr::RailState>(raw_.state),
        .is_final = raw_.is_final == 1,
        .reason_code = raw_.reason_code,
        .as_of_unix_ms = raw_.as_of_unix_ms,
        .rail_reference = border::is_utf8(reference_.bytes) ? std::move(reference_.bytes) : std::string(),
        .charged_money_json = json_or_nothing(charged_.bytes),
        .fee_money_json = json_or_nothing(fee_.bytes),
        .evidence_json = json_or_nothing(evidence_.bytes)};
}

EventSink::EventSink(std::size_t max_events) : max_events_(max_events) {
    raw_.struct_size = sizeof raw_;
    raw_.ctx = this;
    raw_.on_event = [](void* ctx, const atr_rail_event* event) noexcept -> std::int32_t {
        auto& self = *static_cast<EventSink*>(ctx);
        try {
            return self.accept(event) ? 0 : 1;
        } catch (...) {
            self.fault_.assign("no memory");
            return 1;
        }
    };
}

bool EventSink::accept(const atr_rail_event* from) {
    if (!fault_.empty()) return false;
    if (!border::is_whole(from)) return fault_ = "an event is incomplete", false;
    if (events_.size() >= max_events_) return fault_ = "more events than asked for", false;
    if (!is_state(from->state)) return fault_ = "an event's state does not exist", false;
    if (from->direction != ATR_DIR_OUT && from->direction != ATR_DIR_IN)
        return fault_ = "an event has no direction", false;
    atr::RailEvent out;
    out.state = static_cast<atr::RailState>(from->state);
    out.is_final = from->is_final == 1;
    out.direction = from->direction;
    out.at_unix_ms = from->at_unix_ms;
    const bool whole = border::copy_text(from->event_id, border::max_name, out.event_id) && !out.event_id.empty() &&
                       border::copy_text(from->payment_id, border::max_name, out.payment_id) &&
                       border::copy_text(from->rail_reference, border::max_text, out.rail_reference) &&
                       border::copy_text(from->counterparty_json, border::max_text, out.counterparty_json) &&
                       border::copy_text(from->position, border::max_text, out.position) &&
                       border::copy_text(from->raw_json, border::max_json, out.raw_json);
    if (!whole) return fault_ = "an event's text is broken or too large", false;
    if (!copy_money(from->money, false, out.money) || !copy_money(from->fee, true, out.fee))
        return fault_ = "an event's money is not a decimal of a named asset", false;
    events_.push_back(std::move(out));
    return true;
}

}  // namespace treasurer
