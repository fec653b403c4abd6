/// The approval desk: a person's word on an invoice that policy would not pay by itself. The approver is never the
/// submitter, and approves exactly one payee, amount and asset; anything else is asked anew.
#pragma once

#include "auth/persons.hpp"
#include "intake/effect.hpp"
#include "intake/facts_finder.hpp"
#include "intake/submission.hpp"
#include "payments/runner.hpp"
#include "records/approval.hpp"
#include "records/store_records.hpp"

namespace treasurer::intake {

struct ApprovalRequest {
    std::string approval_id;
    std::string by;
    std::string payload_hash;
    std::string reason = {};
    std::string request_id = {};
    Once once = {};  ///< marked by the decision, with the approval's id
    Millis wait{10000};
    std::string traceparent = {};  ///< told to the rail that prepares
};

enum class ApprovalKind {
    done,  ///< see the approval's status, pending while others must approve too, and `standing` for the payment
    not_found,
    own_submission,   ///< the submitter may not decide
    not_entitled,     ///< the user was disabled, or may decide no approvals any more
    payload_changed,  ///< what would be paid now is not what the hash says; `approval` carries the new hash
    not_pending,
    expired,
    in_doubt,     ///< it was perhaps given and paid before the store was restored: it cannot be closed; see reason
    obstacle,     ///< approved or not, it cannot be paid now: see reason
    unavailable,  ///< safe to repeat; `standing` says whether something was perhaps stored
};

struct ApprovalResult {
    ApprovalKind kind = ApprovalKind::unavailable;
    Approval approval = {};
    SubmitResult standing = {};
    std::string reason = {};
};

/// Threads: any. Must outlive its tasks.
class ApprovalDesk {
public:
    struct Parts {
        Store& store;
        FactsFinder& facts;
        payments::Saga& saga;
        payments::Runner& runner;
        const Clock& clock;
        Effect effect = Effect::lasting;  ///< none: `store` is a Rehearsal's, and nothing follows from a commit
    };
    explicit ApprovalDesk(Parts parts) : parts_(parts) {}

    Task<ApprovalResult> approve(ApprovalRequest request);
    Task<ApprovalResult> reject(ApprovalRequest request);
    /// A decision that was made, as approve() and reject() tell it.
    Task<ApprovalResult> standing(std::string approval_id);
    /// Closes an approval that nobody decided in time, and gives back what was held for it; its invoice may be
    /// submitted again. In a store that was restored since, or lost commits, its rail is asked first. True when this
    /// call did it.
    Task<bool> expire(Approval approval);

private:
    struct Open {
        Approval approval;
        Payment payment;
        Invoice invoice;
        Quarantine store;       ///< of which life it is
        auth::Persons persons;  ///< who decides, and those who have
    };
    /// The approval with its payment and invoice, or the reason why it cannot be decided.
    Task<ApprovalResult> open(ApprovalRequest request, std::optional<Open>* out);
    Task<ApprovalResult> load(Approval approval, std::optional<Open>* out);
    Task<ApprovalResult> judge_persons(Open work, std::string by, std::optional<Open>* out);
    bool may_expire(const Open& work) const;
    Task<std::optional<ApprovalResult>> rebind(Open work, Payment now_payable, Judgement known,
                                               const ApprovalRequest& request, std::string told);
    Task<std::optional<ApprovalResult>> approve_once(ApprovalRequest request);
    /// Keeps a word that is not the last one needed.
    Task<std::optional<ApprovalResult>> give(Open work, ApprovalRequest request, const Judgement& known);
    Task<std::optional<ApprovalResult>> reject_once(ApprovalRequest request);

    /// Ends the approval without a payment; its invoice may be submitted again.
    struct Closing {
        ApprovalRequest request;
        std::string status;  ///< "rejected" or "expired"
        InvoiceStatus invoice_status;
    };
    Task<std::optional<ApprovalResult>> close(Open work, Closing closing);
    /// The same where the store cannot vouch that the payment was never made: its rail is asked first.
    Task<std::optional<ApprovalResult>> close_in_doubt(Open work, Closing closing);

    Parts parts_;
};

}  // namespace treasurer::intake
