/// A request that a person decides. It is bound to a hash of payee, amount and asset: when one of them changes, what
/// was approved no longer exists.
#pragma once

#include <span>
#include <string_view>

#include "records/invoice.hpp"
#include "records/json.hpp"

namespace treasurer {

struct Verdict {
    std::string by;
    std::string verdict;  ///< "approve" or "reject"
    std::string reason;
    UnixMillis at_ms = 0;
};

struct Approval {
    static constexpr const char* collection = "approvals";

    std::string id;
    std::string status = "pending";  ///< one of approval_statuses()
    std::string invoice_id;
    std::string payment_id;
    std::string payload_hash;
    std::string submitted_by;
    unsigned required = 1;  ///< different persons; by the policy of when it was asked for, or last given
    std::vector<Verdict> given;
    std::vector<Reason> reasons;
    UnixMillis created_ms = 0;
    UnixMillis expires_ms = 0;

    std::uint64_t version = 0;

    /// Whether, with the word of `by`, `required` different persons have approved.
    bool is_enough_with(const std::string& by) const;

    /// Adds what a person is to be asked. False: that is asked already.
    bool ask(const Reason& question);

    Json to_json() const;
    static Approval from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

std::span<const std::string_view> approval_statuses();

}  // namespace treasurer
