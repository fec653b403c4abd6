/// The payment rail's own side: what really arrived, and what money really moved. Hosts reach it over a wire.
#pragma once

#include "ports/rail_port.hpp"
#include "simulation/event_loop.hpp"
#include "simulation/plan.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace treasurer::simulation {

inline constexpr const char* the_asset = "MNEE";
inline constexpr int the_decimals = 5;
inline constexpr const char* the_rail = "bank";
/// How long a forgetful bank knows a payment again. Half of it, which the saga leaves unused, is more than all that a
/// host cannot see when it decides to repeat: a stall, two messages on their way, and a clock that was set.
inline constexpr Millis the_window{240'000};

/// One loop's. Errors: as a rail answers them.
class Bank {
public:
    /// Called when a payment's money leaves, each time.
    using Moved = std::function<void(const atr::RailPayment&)>;

    /// `came_back` is called when a payment's money returns.
    Bank(EventLoop& loop, const Plan& plan, Moved moved, Moved came_back);

    const RailCapabilities& capabilities() const { return capabilities_; }
    void receive(const atr::Decimal& amount);
    /// From now on it takes everything at once, and tells the truth.
    void calm_down() { calm_ = true; }

    atr::Result<atr::Prepared> prepare(const atr::RailPayment& payment) const;
    atr::Result<atr::RailStatus> submit(const atr::RailPayment& payment, const std::string& blob);
    atr::Result<atr::RailStatus> lookup(const atr::RailPayment& payment, const std::vector<std::string>& blobs);
    atr::Result<atr::RailStatus> cancel(const atr::RailPayment& payment);
    atr::Result<std::string> balance() const;
    atr::Result<atr::StatementPage> statement(const std::string& from, std::uint32_t limit) const;

    /// How often money left for the payment known by these 32 digits.
    unsigned moved(const std::string& payment_id) const;
    /// What the payment has cost altogether, with fees; what came back is not taken off.
    atr::Decimal taken(const std::string& payment_id) const;
    const atr::Decimal& holds() const { return holds_; }
    /// Something may still happen by itself.
    bool has_pending() const;

private:
    struct Order {
        atr::RailPayment payment;
        atr::RailState state = atr::RailState::pending;
        std::string reference;
        std::uint64_t number = 0;  ///< of a sequenced rail
        UnixMillis arrived_ms = 0, visible_ms = 0;
        std::int32_t reason = 0;
    };

    bool trouble(Trouble what, unsigned times = 1);
    atr::Result<atr::RailStatus> repeated(Order& order);
    atr::Result<atr::RailStatus> take(const atr::RailPayment& payment, std::uint64_t number);
    void settle(std::size_t order);
    void fail(std::size_t order, std::int32_t reason);
    void give_back(std::size_t order);
    atr::RailEvent event(const Order& order, std::int32_t direction) const;
    void show(atr::RailEvent event);
    atr::RailStatus status(Order& order);
    Order* find(const std::string& payment_id);
    bool number_went_to_another(const atr::RailPayment& payment, const std::vector<std::string>& blobs) const;

    EventLoop& loop_;
    const Plan& plan_;
    const Moved moved_, came_back_;
    const atr::Decimal fee_;
    SeededRandom random_;
    RailCapabilities capabilities_;
    bool calm_ = false;
    std::vector<Order> orders_;
    std::map<std::string, unsigned> moves_;
    unsigned coming_back_ = 0;
    std::vector<atr::RailEvent> events_;
    atr::Decimal holds_;
    std::uint64_t next_number_ = 1;
};

}  // namespace treasurer::simulation
