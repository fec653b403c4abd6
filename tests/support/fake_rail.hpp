/// A payment rail in memory that does what a test tells it: settles, settles late, refuses, or does not say; repeats
/// its notices; pays a repeated submission again where it is not idempotent. Its statement lists what really moved, and
/// its balance is the sum of it, unless a test forges them.
/// Threads: any; each call is atomic. Lifetime: executor and clock must outlive it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ports/rail_port.hpp"
#include "runtime/clock.hpp"

namespace support {

/// What the rail does with one submission.
enum class Submission {
    settle,
    pending,              ///< accepted; ends with settle() or fail(), or after settle_after()
    refuse,               ///< rejected, and remembered so
    unknown_applied,      ///< the money moves, the answer is lost
    unknown_not_applied,  ///< neither arrives
    retry                 ///< proven not applied
};

class FakeRail final : public treasurer::RailPort {
public:
    using Millis = treasurer::Millis;
    using CallOptions = treasurer::CallOptions;
    template <class T = void>
    using Task = treasurer::Task<T>;

    /// Carries MNEE with 5 decimals from account "treasury"; idempotent and queryable.
    FakeRail(treasurer::Executor& executor, const treasurer::Clock& clock, std::string name = "bank");

    // ---- knobs
    treasurer::RailCapabilities& capabilities_to_set() { return capabilities_; }
    void idempotent(bool yes) { capabilities_.idempotent = yes; }
    /// The next submissions, one each, in order; after them the usual one.
    void next_submissions(std::initializer_list<Submission> answers);
    void usual_submission(Submission answer);
    /// Pending payments settle this long after they arrived, when the rail is next asked anything.
    void settle_after(Millis time);
    /// A payment is not visible to lookup until this long after it arrived: `retry`.
    void visible_after(Millis time);
    /// What it says it may take besides the amount. It takes nothing.
    void max_fee(const std::string& amount);
    /// Every call takes this long.
    void latency(Millis time);
    /// The statement shows every event twice in a row.
    void duplicate_notices(bool yes);
    /// The balance no longer says at which position of the statement it is.
    void unplaced_balance(bool yes);
    /// The next `calls` of lookup, balance and statement answer `retry`.
    void fail_reads(unsigned calls);
    /// Awaited at the start of every submit, before it has any effect.
    void before_submit(std::function<Task<>(std::string payment_id)> hook);

    // ---- what happens at the rail
    /// Money comes in that we did not ask for. Returns the event's id.
    std::string receive(const std::string& amount, const std::string& asset = "MNEE", bool final_ = true);
    void settle(const std::string& payment_id);
    void fail(const std::string& payment_id);
    /// The receipt `event_id` becomes final, in place.
    void finalise(const std::string& event_id);
    /// Notes an event as it is; an empty position is filled. The balance moves with settled, final events.
    void note(atr::RailEvent event);
    /// Notes event `event_id` once more, at the end of the statement.
    void repeat(const std::string& event_id);
    /// Takes an event out of the statement; the balance keeps it.
    void forget(const std::string& event_id);
    /// The balance no longer follows the statement.
    void forge_balance(const std::string& asset, const std::string& by);

    // ---- what a test asks
    unsigned submitted(const std::string& payment_id) const;  ///< calls of submit
    unsigned paid(const std::string& payment_id) const;       ///< how often money moved
    unsigned lookups(const std::string& payment_id) const;
    unsigned moved() const;                 ///< payments out, all together
    std::string prepared_in_trace() const;  ///< the traceparent of the last prepare
    atr::Decimal balance_of(const std::string& asset) const;
    std::vector<atr::RailEvent> events() const;

    // ---- RailPort
    const std::string& name() const override { return name_; }
    const treasurer::RailCapabilities& capabilities() const override { return capabilities_; }
    Task<atr::Result<atr::Prepared>> prepare(atr::RailPayment payment, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> submit(atr::RailPayment payment, std::string prepared,
                                              CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                              std::string rail_reference, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> cancel(atr::RailPayment payment, std::vector<std::string> blobs,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> balance(CallOptions options) override;
    Task<atr::Result<atr::StatementPage>> statement(std::string from_position, std::uint32_t limit,
                                                    CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    struct Order {
        atr::RailPayment payment;
        atr::RailState state = atr::RailState::pending;
        treasurer::UnixMillis arrived_ms = 0;
        std::string reference;
        std::int32_t reason = 0;
    };

    Submission next_answer();
    atr::Result<atr::RailStatus> judge(const atr::RailPayment& payment);
    atr::RailStatus status(const Order& order) const;
    void move_out(Order& order);
    void settle_due();
    void append(atr::RailEvent event);
    bool read_fails();

    treasurer::Executor& executor_;
    const treasurer::Clock& clock_;
    const std::string name_;
    treasurer::RailCapabilities capabilities_;

    mutable std::mutex mutex_;
    std::deque<Submission> next_;
    Submission usual_ = Submission::settle;
    Millis settle_after_{-1}, visible_after_{0}, latency_{0};
    bool duplicates_ = false, unplaced_ = false;
    unsigned failing_reads_ = 0;
    std::function<Task<>(std::string)> before_submit_;

    std::map<std::string, std::vector<Order>> orders_;
    std::map<std::string, unsigned> submits_, lookups_;
    std::vector<atr::RailEvent> events_;
    std::map<std::string, atr::Decimal> balances_;
    unsigned next_event_ = 1;
    std::string trace_;
    std::optional<atr::Decimal> max_fee_;
};

}  // namespace support
