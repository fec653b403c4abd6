/// The records that both desks write beside the payment itself.
#pragma once

#include "intake/facts_finder.hpp"
#include "intake/submission.hpp"
#include "records/journal.hpp"

namespace treasurer::intake {

/// Documents are kept byte for byte under their own digest.
inline constexpr const char* documents_collection = "documents";
inline constexpr const char* document_label = "document";

/// `expect`: ATR_VER_ABSENT, which storage is quickest with; or ATR_VER_ANY once it is known not to be so: another
/// invoice came in the same document, and was refused.
void put_document(UnitOfWork& unit, const Invoice& invoice, std::string bytes, std::uint64_t expect);

/// Writes the decision's outcome, reasons, trace and the policy it was made under into the invoice.
void record_decision(Invoice& invoice, const Judgement& known);

Activity activity_line(Ids& ids, const Invoice& invoice, std::string balance, std::string status, std::string reason);
AuditEntry audit_line(Ids& ids, UnixMillis now, std::string actor, std::string action, std::string subject,
                      std::string detail, std::string request_id);

/// What is answered now that the payment stands like this.
SubmitResult with_payment(SubmitResult known, Payment payment);
/// Reads how invoice and payment stand now, and says so in `known.kind`. Storage that fails leaves `known` as it was.
Task<SubmitResult> standing_of(Store& store, SubmitResult known);

}  // namespace treasurer::intake
