/// What comes in, and what became of it.
#pragma once

#include "records/idempotency.hpp"
#include "records/invoice.hpp"
#include "records/payment.hpp"
#include "runtime/executor.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace treasurer::intake {

/// What a submitter says beside the document. Hints must agree with the text; they never replace it.
struct Hints {
    std::optional<std::string> vendor_wallet, invoice_number, amount, currency, due_date;
};

struct Submission {
    std::shared_ptr<const std::string> bytes;
    std::string media_type = "text/plain";
    std::string filename = {};
    Hints hints = {};
    std::string submitted_by = {};
    std::string request_id = {};
    Once once = {};                ///< marked by whatever the submission leaves behind, with the invoice's id
    Millis wait{10000};            ///< how long the answer may wait for the payment to be final
    std::string traceparent = {};  ///< told to those who are asked for it
};

enum class SubmitKind {
    paid,
    processing,  ///< on its way, not final within the wait
    waiting_approval,
    duplicate,
    rejected,     ///< by policy
    failed,       ///< the rail refused it
    unreadable,   ///< no invoice could be read; nothing was stored
    unavailable,  ///< storage, parser or rail cannot serve just now; safe to repeat
};

struct Problem {
    std::string pointer;  ///< where; empty: in the document itself
    std::string detail;
};

struct SubmitResult {
    SubmitKind kind = SubmitKind::unavailable;
    Invoice invoice = {};
    Payment payment = {};
    std::string duplicate_of = {};  ///< the first invoice's id
    std::string duplicate_payment_id = {};
    std::string duplicate_approval_id = {};  ///< set while the first one waits for a person
    std::string reason = {};                 ///< for people, one line
    bool perhaps_stored = false;             ///< unavailable: storage did not say; a repeat is told of the first
    std::int32_t error_code = 0;             ///< unreadable: ATR_E_* where the document was not even looked into, or 0
    std::vector<Problem> problems = {};      ///< unreadable: everything that is missing or wrong
    std::string balance = {};                ///< available funds, decimal text; empty: not known
    std::string monthly_burn = {};           ///< decimal text
};

}  // namespace treasurer::intake
