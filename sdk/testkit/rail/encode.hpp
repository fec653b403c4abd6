/// C views of what goes to a rail, and owned copies of what comes back.
#pragma once

#include <atr/abi_sizes.hpp>
#include <atr/rail.hpp>
#include <string>
#include <vector>

#include "base/instance.hpp"

namespace atr::testkit {

/// Valid while the payment lives and is unchanged.
class EncodedPayment {
public:
    explicit EncodedPayment(const atr::RailPayment& from)
        : amount_(from.money.amount.to_string()),
          fee_(from.fee_max.asset.empty() ? std::string() : from.fee_max.amount.to_string()),
          raw_{sizeof(atr_payment),
               from.attempt,
               atr::borrow(from.payment_id),
               from.sequence,
               atr::borrow(from.source_account),
               atr::borrow(from.creditor_json),
               {atr::borrow(amount_), atr::borrow(from.money.asset)},
               {atr::borrow(fee_), atr::borrow(from.fee_max.asset)},
               atr::borrow(from.purpose),
               atr::borrow(from.quote_id),
               atr::borrow(from.batch_id),
               from.execute_not_after_unix_ms} {}
    EncodedPayment(const EncodedPayment&) = delete;
    EncodedPayment& operator=(const EncodedPayment&) = delete;
    const atr_payment* get() const { return &raw_; }

private:
    const std::string amount_, fee_;
    const atr_payment raw_;
};

class StatusOut {
public:
    explicit StatusOut(Border& border) : reference_(border), charged_(border), fee_(border), evidence_(border) {
        raw_ = {sizeof raw_, 0, 0, 0, 0, reference_.sink(), charged_.sink(), fee_.sink(), evidence_.sink()};
    }
    atr_pay_status* raw() { return &raw_; }

    /// The status of a call that answered OK; judges that its state is one of atr.h's.
    atr::Result<atr::RailStatus> read(const Answer& answer) {
        if (answer.outcome != atr::Outcome::ok) return answer;
        expect(raw_.state >= ATR_PS_ACCEPTED && raw_.state <= ATR_PS_NEVER_RECEIVED, "a payment state from atr.h",
               std::to_string(raw_.state));
        return atr::RailStatus{.state = static_cast<atr::RailState>(raw_.state),
                               .is_final = raw_.is_final != 0,
                               .reason_code = raw_.reason_code,
                               .as_of_unix_ms = raw_.as_of_unix_ms,
                               .rail_reference = reference_.bytes,
                               .charged_money_json = charged_.bytes,
                               .fee_money_json = fee_.bytes,
                               .evidence_json = evidence_.bytes};
    }

private:
    Collector reference_, charged_, fee_, evidence_;
    atr_pay_status raw_{};
};

class EventSink {
public:
    /// `most`: the sink says stop at this one.
    explicit EventSink(Border& border, std::size_t most = 1'000'000) : border_(border), most_(most) {
        raw_ = {sizeof raw_, 0, this, [](void* ctx, const atr_rail_event* event) noexcept -> std::int32_t {
                    return static_cast<EventSink*>(ctx)->take(event);
                }};
    }
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    const atr_event_sink* raw() const { return &raw_; }
    std::vector<atr::RailEvent> events;

private:
    std::int32_t take(const atr_rail_event* from) {
        if (events.size() >= most_) {
            border_.breach(rule_sinks, "a sink that has said stop gets no more", "another event");
            return 1;
        }
        if (from == nullptr || from->struct_size < atr::SizeIn10<atr_rail_event>::value) {
            border_.breach("ATR-RAIL-003", "whole events", "a NULL or short atr_rail_event");
            return 1;
        }
        const auto amount = atr::Money::parse(atr::view(from->money.amount), atr::view(from->money.asset));
        if (!amount)
            border_.breach("ATR-RAIL-003", "an event's amount as a canonical decimal of an asset",
                           atr::copy(from->money.amount));
        events.push_back({.event_id = atr::copy(from->event_id),
                          .payment_id = atr::copy(from->payment_id),
                          .rail_reference = atr::copy(from->rail_reference),
                          .state = static_cast<atr::RailState>(from->state),
                          .is_final = from->is_final != 0,
                          .direction = from->direction,
                          .money = amount.value_or(atr::Money()),
                          .fee = atr::detail::read(from->fee),
                          .counterparty_json = atr::copy(from->counterparty_json),
                          .position = atr::copy(from->position),
                          .at_unix_ms = from->at_unix_ms,
                          .raw_json = atr::copy(from->raw_json)});
        return events.size() >= most_ ? 1 : 0;
    }

    Border& border_;
    const std::size_t most_;
    atr_event_sink raw_{};
};

inline std::vector<atr_str> borrowed(const std::vector<std::string>& texts) {
    std::vector<atr_str> out;
    for (const auto& text : texts) out.push_back(atr::borrow(text));
    return out;
}

}  // namespace atr::testkit
