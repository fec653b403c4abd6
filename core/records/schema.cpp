#include "records/schema.hpp"

#include "records/api_key.hpp"
#include "records/idempotency.hpp"
#include "records/store_records.hpp"

namespace treasurer {
namespace {

atr::IndexDef index(std::string name, std::vector<atr::IndexColumn> columns) {
    return {std::move(name), std::move(columns), false};
}

const atr::IndexColumn created{"/created_ms", ATR_T_INT};
const atr::IndexColumn at{"/at_ms", ATR_T_INT};

}  // namespace

atr::Schema record_schema() {
    atr::Schema out;
    out.version = 4;  // 4: a policy has tiers, which a program that does not know them would drop
    out.collections = {
        {.name = "invoices",
         .indexes = {index("by_created", {created}), index("by_status", {{"/status", ATR_T_TEXT}, created}),
                     index("by_vendor", {{"/vendor_id", ATR_T_TEXT}, created})}},
        {.name = "payments",
         .indexes = {index("by_created", {created}), index("by_state", {{"/state", ATR_T_TEXT}, created}),
                     index("by_invoice", {{"/invoice_id", ATR_T_TEXT}})}},
        {.name = "approvals",
         .indexes = {index("by_created", {created}), index("by_status", {{"/status", ATR_T_TEXT}, created}),
                     index("by_expiry", {{"/status", ATR_T_TEXT}, {"/expires_ms", ATR_T_INT}})}},
        {.name = "vendors", .indexes = {index("by_name", {{"/name", ATR_T_TEXT}})}},
        {.name = "vendor_names"},
        {.name = claims_collection},
        {.name = "transfers",
         .indexes = {index("by_time", {at}), index("by_payment", {{"/payment_id", ATR_T_TEXT}, at})}},
        {.name = "ledger_days", .indexes = {index("by_start", {{"/start_ms", ATR_T_INT}})}},
        {.name = "ledger_day_parts"},
        {.name = "breaks", .indexes = {index("by_state", {{"/state", ATR_T_TEXT}, {"/first_seen_ms", ATR_T_INT}})}},
        {.name = "activity", .indexes = {index("by_time", {at})}},
        {.name = "documents"},
        {.name = "audit", .indexes = {index("by_time", {at}), index("by_subject", {{"/subject", ATR_T_TEXT}, at})}},
        {.name = "users"},
        {.name = IdempotencyRecord::collection, .indexes = {index("by_expiry", {{"/expires_ms", ATR_T_INT}})}},
        {.name = "revoked_tokens", .indexes = {index("by_expiry", {{"/expires_ms", ATR_T_INT}})}},
        {.name = "policy"},
        {.name = cursors_collection},
        {.name = key_marks_collection},
        {.name = assets_collection},
        {.name = store_collection},
        {.name = balances_collection, .counter = true},
        {.name = rollups_collection, .counter = true},
        {.name = ApiKey::collection,
         .indexes = {index("by_user", {{"/user", ATR_T_TEXT}, {"/expires_ms", ATR_T_INT}}),
                     index("by_expiry", {{"/forget_ms", ATR_T_INT}})}},
    };
    return out;
}

}  // namespace treasurer
