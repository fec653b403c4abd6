/// Gathers what policy decides on: the policy in force, the vendor, the payee account, funds, burn, and who holds the
/// invoice's claims. Everything read here is guarded by version when the decision is committed.
#pragma once

#include "intake/claims.hpp"
#include "intake/cross_check.hpp"
#include "intake/familiar_vendors.hpp"
#include "intake/submission.hpp"
#include "ledger/assets.hpp"
#include "payments/rails.hpp"
#include "policy/policy.hpp"
#include "records/last_decoded.hpp"
#include "records/prefetch.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"
#include "records/vendor.hpp"
#include "treasury/figures.hpp"

#include <map>
#include <mutex>
#include <set>

namespace treasurer::intake {

struct HeldClaim {
    Claim claim;
    std::optional<ClaimRecord> record;  ///< nullopt: free
    bool superseded = false;            ///< its invoices ended without being paid: the claim may be taken over
};

/// What is known at one moment, with the decision that follows from it.
struct Judgement {
    Policy policy;
    std::string policy_hash;  ///< what a decision names it by
    Quarantine quarantine;
    std::optional<Vendor> vendor;
    std::optional<PayeeAccount> account;
    RailPort* rail = nullptr;
    std::vector<HeldClaim> claims;
    std::set<std::string> possible_duplicates;  ///< invoices that may be this one, which nothing proves
    bool has_unnamed_holders = false;           ///< more hold one of its claims than are kept by name
    std::string own_id;                         ///< of an invoice that is judged again: its own claims say nothing
    /// Versions of invoices that hold one of its claims and were passed over because they wait: as long as they do.
    std::map<std::string, std::uint64_t> waiting;
    std::optional<Invoice> duplicate_of;
    bool same_document = false;
    bool is_numbered = false;                        ///< the document has an invoice number
    std::uint64_t document_expect = ATR_VER_ABSENT;  ///< of the document's record, if one is put
    policy::Facts facts;
    policy::Decision decision;

    /// What a person has to be asked because of those that hold its claims, and of the vendor that it led to.
    std::vector<Reason> questions() const;
    std::string balance_text() const { return facts.funds_known ? facts.available.to_string() : std::string(); }
};

/// The policy with the hash that decisions name it by.
struct HashedPolicy : Policy {
    std::string hash;
    static HashedPolicy from_json(const Json& json);
};

/// Where a payment to a vendor goes.
struct Payee {
    RailPort* rail = nullptr;
    std::optional<PayeeAccount> account;
};

/// Threads: any. Errors: those of storage.
class FactsFinder {
public:
    FactsFinder(Store& store, treasury::Figures& figures, const payments::Rails& rails, const ledger::Assets& assets,
                const Clock& clock)
        : store_(store), figures_(figures), rails_(rails), assets_(assets), clock_(clock) {}

    /// For a document that was just read. What is given outlives the task.
    Task<atr::Result<Judgement>> judge(const Reading& reading, const Hints& hints);

    /// What is held for an invoice while people decide on it, and where; empty: nothing.
    struct OwnHold {
        std::string rail = {};
        atr::Money amount = {};
    };
    /// For an invoice that is stored: of what policy looks at, vendor, payee and funds as they are now.
    Task<atr::Result<Judgement>> judge_again(Invoice invoice);
    /// For an invoice that a person wants to pay: also who holds its claims, under the vendor that it has now. One that
    /// is paid, is being paid or may have been is a duplicate or raises a question; one that waits will meet this one.
    /// An earlier attempt that ended unpaid and moved all the same, as a break says, raises one too.
    /// What is held for this very invoice counts as available to it.
    Task<atr::Result<Judgement>> judge_to_pay(Invoice invoice, OwnHold own);

private:
    /// `form`: the name's normal form.
    Task<atr::Result<Judgement>> look_up(Prefetch& records, std::string vendor_name, std::string form,
                                         atr::Money amount);
    Task<atr::Result<Judgement>> look_up_claims(Prefetch& records, Judgement known, ClaimSubject subject);
    /// The invoices that hold them, by id; without those that are not in storage.
    Task<atr::Result<std::map<std::string, Invoice>>> holders_of(const std::vector<HeldClaim>& claims);
    /// What one holder of `held`, one of known.claims, says of the invoice. `ended`: payments that did not pay it.
    Task<atr::Result<>> weigh_holder(Judgement& known, HeldClaim& held, const Invoice* invoice, ClaimHolder holder,
                                     std::set<std::string>& ended);
    /// What is available at the rail, and how much is spent a month: with all that was committed before.
    Task<atr::Result<Judgement>> look_up_funds(Prefetch& records, Judgement known);
    /// All that the judgement of this document will ask for, if its vendor is the one that its name led to last.
    std::vector<atr::Key> foreseen(const std::string& form, const Vendor& vendor, const ClaimSubject& subject) const;
    /// A burn basis that is fresh enough.
    std::optional<treasury::BurnBasis> known_burn_basis(const std::string& asset) const;
    Task<atr::Result<treasury::BurnBasis>> burn_basis(std::string asset);
    Task<atr::Result<bool>> was_rejected(Invoice ended);
    Task<atr::Result<bool>> may_have_been_sent(Invoice waiting, Quarantine store);
    Payee payee_of(const std::optional<Vendor>& vendor, const std::string& asset) const;

    Store& store_;
    treasury::Figures& figures_;
    const payments::Rails& rails_;
    const ledger::Assets& assets_;
    const Clock& clock_;

    FamiliarVendors familiar_;
    LastDecoded<HashedPolicy> policy_;
    LastDecoded<Quarantine> quarantine_;

    struct Burn {
        treasury::BurnBasis basis;
        UnixMillis at_ms = 0;
    };
    mutable std::mutex burn_mutex_;
    std::map<std::string, Burn> burns_;
};

}  // namespace treasurer::intake
