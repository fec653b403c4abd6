/// A bank in a file: pays at once or late, refuses, forgets to answer, all by settings, and keeps a durable book that
/// says what really moved. What a ledger is compared with after a crash.
///
/// A refusal without any movement is the outcome `rejected`: insufficient_funds, compliance (the knob, or the address
/// "refuse"), timeout (execute_not_after). It is remembered: a repeat is refused the same way, lookup says failed,
/// final. never_received is final only where a later arrival would be refused (enforce_not_after).
///
/// The bank acts at once and answers late: when `latency` exceeds the deadline, submit is `unknown` and was applied.
///
/// Threads: every method may be called concurrently. Processes: any number may share one book. Lifetime: joins its
/// writer thread when destroyed. Errors: returned; see explain() in book_file.hpp for those of the file.
#pragma once

#include <atr/rail.hpp>

#include "bank_reader.hpp"
#include "group_commit.hpp"
#include "settings.hpp"

namespace rail_simulated {

class SimulatedRail final : public atr::Rail {
public:
    using Settings = BankSettings;
    static atr::Config<Settings> config() { return bank_config(); }
    /// Errors: rejected  a setting, the path, or what stands in the file
    static atr::Result<std::unique_ptr<SimulatedRail>> create(const atr::Host&, std::string instance, Settings);

    SimulatedRail(const atr::Host&, Terms);

    atr::Result<std::string> describe() override;
    atr::Result<atr::Prepared> prepare(const atr::Call&, const atr::RailPayment&) override;
    atr::Result<atr::RailStatus> submit(const atr::Call&, const atr::RailPayment&, std::string_view prepared) override;
    atr::Result<atr::RailStatus> lookup(const atr::Call&, const atr::RailPayment&,
                                        const std::vector<std::string_view>& blobs,
                                        std::string_view rail_reference) override;
    atr::Result<atr::RailStatus> cancel(const atr::Call&, const atr::RailPayment&,
                                        const std::vector<std::string_view>& blobs) override;
    atr::Result<std::string> balance(const atr::Call&, std::string_view account) override;
    atr::Result<atr::StatementPage> statement(const atr::Call&, std::string_view account,
                                              std::string_view from_position, std::uint32_t limit) override;
    atr::Result<std::string> health(const atr::Call&) override;

private:
    Moment moment(const atr::Call&) const;
    atr::Result<> check_account(std::string_view account) const;
    atr::Result<> settle_due(const atr::Call&);
    atr::Result<> answer_late(const atr::Call&, std::string_view payment_id) const;

    const atr::Host host_;
    const Terms terms_;
    BankReader reader_;
    GroupCommit writer_;
};

}  // namespace rail_simulated
