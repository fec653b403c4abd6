/// A rail plugin as the checks use it, and what really moved: counted on the statement and the balance, never believed.
#pragma once

#include <atr/rail.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/instance.hpp"

namespace atr::testkit {

struct RailFacts {
    std::string asset, account;
    int decimals = 0;
    bool idempotent = false, queryable = false, sequenced = false, cancel = false, enforces_not_after = false;
};

class RailClient {
public:
    explicit RailClient(Context& context);

    Instance& instance() { return instance_; }
    const RailFacts& facts() const { return facts_; }
    nlohmann::json describe();

    /// A payment with an id of its own; `amount` empty: that of the options. On a sequenced rail it has the number
    /// after the last that went out, as the host gives them.
    atr::RailPayment payment(const std::string& amount = "");
    atr::Result<std::string> prepare(const atr::RailPayment& payment);
    atr::Result<atr::RailStatus> submit(const atr::RailPayment& payment, const std::string& blob,
                                        std::int64_t budget_ms = 20'000);
    atr::Result<atr::RailStatus> lookup(const atr::RailPayment& payment, const std::vector<std::string>& blobs);
    atr::Result<atr::RailStatus> cancel(const atr::RailPayment& payment, const std::vector<std::string>& blobs);
    atr::Result<nlohmann::json> balance(const std::string& account);
    atr::Result<atr::StatementPage> statement(const std::string& account, const std::string& from, std::uint32_t limit);
    Answer quote(const atr::RailPayment& payment);
    Answer verify_webhook(const std::string& body, std::size_t& events);

    /// What a careful host does: submits, asks after every doubt, submits again only where that is safe. The final
    /// status, or the refusal.
    atr::Result<atr::RailStatus> pay(const atr::RailPayment& payment, const std::string& blob);
    /// Asks until lookup gives a final state or NEVER_RECEIVED. Throws Failure when it never does.
    atr::RailStatus resolved(const atr::RailPayment& payment, const std::string& blob);
    /// Whether lookup says, in the end, that it was settled.
    bool is_settled(const atr::RailPayment& payment) {
        return resolved(payment, prepared(payment)).state == atr::RailState::settled;
    }
    std::string prepared(const atr::RailPayment& payment);
    /// Waits until lookup is final, and gives that status. Throws Failure when it never is.
    atr::RailStatus final_status(const atr::RailPayment& payment, const std::string& blob);

    /// Everything on the statement behind `from`, each event once.
    std::vector<atr::RailEvent> events(std::string from, std::uint32_t limit = 100);
    /// The statement's end now.
    std::string end_position();
    /// How often the payment went out, by the statement behind the position this client began at.
    int times_paid(const atr::RailPayment& payment);
    /// Throws Failure unless it went out exactly `times`.
    void need_paid(const atr::RailPayment& payment, int times, const std::string& what);
    atr::Decimal held();

    const atr_rail& table() const { return table_; }
    const std::string& began_at() const { return began_at_; }
    /// The payments before `next` went out elsewhere.
    void go_on_at(std::uint64_t next) { next_sequence_ = next; }
    std::uint64_t next_sequence() const { return next_sequence_; }

private:
    void read_facts();
    std::chrono::milliseconds final_within() { return instance_.context().options.final_within; }

    Instance instance_;
    atr_rail table_;
    RailFacts facts_;
    std::string began_at_;
    std::atomic<std::uint64_t> next_sequence_{1};
};

/// For calls whose answer does not matter, because what moved is counted.
template <class T>
void whatever(const atr::Result<T>&) {}

/// The exact sum. Throws Failure beyond 38 digits.
atr::Decimal sum_of(const atr::Decimal& a, const atr::Decimal& b);

/// Skips the check where the rail does not declare this.
void need_declared(bool declared, const char* capability);

}  // namespace atr::testkit
