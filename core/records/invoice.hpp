/// An invoice as it was read and judged.
#pragma once

#include <atr/storage.hpp>
#include <span>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "records/resolution_vote.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

/// Where an invoice stands. Ended: all but the first two. paid_elsewhere: by other means than a payment of ours, as two
/// persons have recorded; it is not paid again.
enum class InvoiceStatus { processing, waiting_approval, paid, rejected, duplicate, failed, cancelled, paid_elsewhere };

std::string_view to_string(InvoiceStatus status);
/// Every status by its name.
std::span<const std::string_view> invoice_statuses();
InvoiceStatus invoice_status_from(std::string_view text);

/// One finding of the policy: {"rule":"auto_approval_limit","result":"ask","detail":"1500 MNEE is above 500 MNEE"}.
struct Reason {
    std::string rule;
    std::string result;  ///< "pass", "ask" or "refuse"
    std::string detail;
};

struct Invoice {
    static constexpr const char* collection = "invoices";

    std::string id;
    InvoiceStatus status = InvoiceStatus::processing;
    UnixMillis created_ms = 0;
    UnixMillis updated_ms = 0;
    std::string submitted_by;
    std::string document_sha256;
    std::string media_type;
    std::string document_type;
    std::string vendor_id;  ///< empty: not in the vendor master
    std::string vendor_name;
    std::string vendor_tax_id;
    std::string invoice_number;
    std::string issue_date;
    std::string due_date;
    atr::Money amount_due;
    std::string outcome;  ///< "pay", "ask" or "refuse"
    std::vector<Reason> reasons;
    std::string policy_hash;
    std::string thought;  ///< the decision's trace in words, the original service's agent_thought
    std::string payment_id;
    std::string approval_id;
    std::string duplicate_of;
    std::vector<ResolutionVote> resolution;  ///< "paid elsewhere", after its payment ended unpaid; two: done
    std::string fields = "[]";  ///< what the parser claimed, with evidence: JSON text, which is only passed on

    std::uint64_t version = 0;  ///< of the stored record; 0: not stored yet

    std::string to_text() const;
    static Invoice from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

}  // namespace treasurer
