/// Gathers what policy decides on: the policy in force, the vendor, the payee account, funds, burn, and who holds the
/// invoice's claims. Everything read here is guarded by version when the decision is committed.
#pragma once

#include "intake/claims.hpp"
#include "intake/cross_check.hpp"
#include "intake/submission.hpp"
#include "ledger/assets.hpp"
#include "payments/rails.hpp"
#include "policy/policy.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"
#include "records/vendor.hpp"
#include "treasury/figures.hpp"

#include <mutex>
#include <set>

namespace treasurer::intake {

struct HeldClaim {
    Claim claim;
    std::optional<ClaimRecord> record;  ///< nullopt: free
    bool superseded = false;            ///< its invoice ended without being paid: the claim may be taken over
};

/// What is known at one moment, with the decision that follows from it.
struct Judgement {
    Policy policy;
    Quarantine quarantine;
    std::optional<Vendor> vendor;
    std::optional<PayeeAccount> account;
    RailPort* rail = nullptr;
    std::vector<HeldClaim> claims;
    std::optional<Invoice> duplicate_of;
    bool same_document = false;
    policy::Facts facts;
    policy::Decision decision;

    std::string balance_text() const { return facts.funds_known ? facts.available.to_string() : std::string(); }
};

/// Threads: any. Errors: those of storage.
class FactsFinder {
public:
    FactsFinder(Store& store, treasury::Figures& figures, const payments::Rails& rails, const ledger::Assets& assets,
                const Clock& clock)
        : store_(store), figures_(figures), rails_(rails), assets_(assets), clock_(clock) {}

    /// For a document that was just read.
    Task<atr::Result<Judgement>> judge(Reading reading, Hints hints, std::string document_sha256);

    /// What is held for an invoice while people decide on it, and where; empty: nothing.
    struct OwnHold {
        std::string rail = {};
        atr::Money amount = {};
    };
    /// For an invoice that a person wants to pay: only what a person cannot override is looked at. What is held for
    /// this very invoice counts as available to it.
    Task<atr::Result<Judgement>> judge_again(Invoice invoice, OwnHold own);
    Task<atr::Result<Judgement>> judge_again(Invoice invoice) { return judge_again(std::move(invoice), OwnHold{}); }

private:
    Task<atr::Result<Judgement>> look_up(std::string vendor_name, atr::Money amount);
    Task<atr::Result<Judgement>> look_up_claims(Judgement known, ClaimSubject subject);
    /// What is available at the rail, and how much is spent a month: with all that was committed before.
    Task<atr::Result<Judgement>> look_up_funds(Judgement known);
    Task<atr::Result<treasury::BurnBasis>> burn_basis(std::string asset);
    Task<atr::Result<bool>> was_rejected(Invoice ended);
    Task<atr::Result<std::vector<std::string>>> doubts_of(std::set<std::string> ended_payments);
    void choose_account(Judgement& known, const atr::Money& amount) const;

    Store& store_;
    treasury::Figures& figures_;
    const payments::Rails& rails_;
    const ledger::Assets& assets_;
    const Clock& clock_;

    struct Burn {
        treasury::BurnBasis basis;
        UnixMillis at_ms = 0;
    };
    std::mutex burn_mutex_;
    std::map<std::string, Burn> burns_;
};

/// The hash that an approval is bound to: payee, amount, asset and rail.
std::string payload_hash(const Payment& payment);

}  // namespace treasurer::intake
