/// How the API shows what storage holds. Amounts are decimal texts; times are RFC 3339.
#pragma once

#include "records/approval.hpp"
#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/payment.hpp"
#include "records/vendor.hpp"

namespace treasurer::http {

Json shown(const Invoice& invoice);
Json shown(const ledger::Transfer& transfer);
Json shown(const Payment& payment);
Json shown(const Approval& approval);
/// With the amount and the creditor that it is asked for; null: there is no such payment.
Json shown(const Approval& approval, const Payment* payment);
Json shown(const Vendor& vendor, UnixMillis now_ms);
Json shown(const AuditEntry& entry);

}  // namespace treasurer::http
