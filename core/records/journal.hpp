/// What the books and the logs are made of: ledger transfers, activity lines for the dashboard, audit entries.
/// All three are only ever added.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

/// One line of /api/dashboard/logs.
struct Activity {
    static constexpr const char* collection = "activity";

    std::string id;
    UnixMillis at_ms = 0;
    std::string event;   ///< e.g. "PAYMENT", "INVOICE"
    std::string status;  ///< e.g. "APPROVED", "PAUSED_FOR_APPROVAL", "REJECTED"
    std::string vendor;
    atr::Money amount;     ///< empty asset: none
    std::string balance;   ///< available funds when it was written, decimal text
    std::string required;  ///< the limit that was exceeded, decimal text
    std::string tx_hash, reason, approval_id, thought, invoice_id, payment_id;

    std::string to_text() const;
    static Activity from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

/// Who did what to what. Chained and signed later, by one sealer, so that writing it is no bottleneck.
struct AuditEntry {
    static constexpr const char* collection = "audit";

    std::string id;
    UnixMillis at_ms = 0;
    std::string actor, action, subject, detail, request_id;

    std::string to_text() const;
    static AuditEntry from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

}  // namespace treasurer
