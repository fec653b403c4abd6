/// Payments as a rail plugin sees them, and its answers, checked and copied.
/// Threads: one call's own. Lifetime: the call; views borrow from the values they are made of.
#pragma once

#include <atr/rail.hpp>
#include <string>
#include <vector>

#include "plugin/border.hpp"

namespace treasurer {

class PaymentView {
public:
    explicit PaymentView(const atr::RailPayment& from);
    PaymentView(const PaymentView&) = delete;
    PaymentView& operator=(const PaymentView&) = delete;
    const atr_payment* raw() const { return &raw_; }

private:
    const std::string amount_, fee_max_;
    atr_payment raw_{};
};

std::vector<atr_str> borrow_all(const std::vector<std::string>& texts);

/// Room for a status, with bounded buffers.
class StatusOut {
public:
    StatusOut();
    StatusOut(const StatusOut&) = delete;
    StatusOut& operator=(const StatusOut&) = delete;
    atr_pay_status* raw() { return &raw_; }
    /// Errors: a state outside the contract, as `on_malformed`. Texts that are not UTF-8, or not the JSON they should
    /// be, are dropped: the state is what counts.
    atr::Result<atr::RailStatus> read(atr::Outcome on_malformed);

private:
    atr::Buffer reference_{border::max_text}, charged_{border::max_text}, fee_{border::max_text},
        evidence_{border::max_json};
    atr_pay_status raw_{};
};

/// Collects a statement's events; a broken one spoils the page, since reconciliation must not miss any.
class EventSink {
public:
    explicit EventSink(std::size_t max_events);
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    const atr_event_sink* raw() const { return &raw_; }
    const std::string& fault() const { return fault_; }
    std::vector<atr::RailEvent> take() { return std::move(events_); }

private:
    bool accept(const atr_rail_event* from);

    const std::size_t max_events_;
    std::vector<atr::RailEvent> events_;
    std::string fault_;
    atr_event_sink raw_{};
};

}  // namespace treasurer
