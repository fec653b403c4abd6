/// Policy: a pure function from what is known to a decision with its reasons. No I/O, no clock: the same facts always
/// give the same decision.
#pragma once

#include <atr/money.hpp>
#include <optional>
#include <string>
#include <vector>

#include "records/invoice.hpp"
#include "records/policy.hpp"

namespace treasurer::policy {

enum class DocumentType { invoice, credit_note, reminder, other };

/// What a decision rests on. Everything here was checked by its source: a parser's word is a claim until intake
/// verified it.
struct Facts {
    DocumentType document_type = DocumentType::invoice;
    std::string document_type_name;  ///< as read, for the reasons
    atr::Money amount;
    bool amount_fits_asset = true;  ///< no more decimals than the asset has
    bool invoice_number_known = true;
    std::uint32_t confidence_bp = 10000;  ///< the least of the fields that matter
    std::string least_confident_field;
    std::string parser_remarks;       ///< what the parser said of its reading, in its words; may be empty
    std::vector<std::string> doubts;  ///< findings of the cross-checks, in words

    std::string vendor_name;
    bool vendor_known = false;
    bool payee_account_known = false;  ///< the master has an account for this asset
    bool payee_cooling_off = false;
    bool payee_differs = false;  ///< the document names another account than the master
    bool rail_known = false;     ///< a rail is configured for the asset

    bool quarantined = false;  ///< the store is a copy that was not yet found to agree with the rails

    std::string same_as;                ///< the invoice that this one is
    std::string possible_duplicate_of;  ///< same vendor, amount and date, but nothing that proves it
    std::string rejected_as;            ///< an earlier attempt at it, which a person rejected
    std::string ended_as;               ///< one that ended unpaid

    bool funds_known = false;
    atr::Decimal available;   ///< of the amount's asset at the rail
    atr::Decimal burn_paid;   ///< in 30 days on average; what is held to be sent counts as paid
    atr::Decimal burn_rise;   ///< by so much that rises with each unit that is paid
    atr::Decimal burn_floor;  ///< a month's burn is taken to be at least this
};

enum class Outcome { pay, ask, refuse };
std::string_view to_string(Outcome outcome);

/// Result of one rule. "ask": a person may approve it. "hold": nobody may, until what it names has changed.
/// "refuse": it ends here.
inline constexpr const char* pass = "pass";
inline constexpr const char* ask = "ask";
inline constexpr const char* hold = "hold";
inline constexpr const char* refuse = "refuse";

/// The rule that asks whether the same was paid before, and how it says so.
inline constexpr const char* duplicate_rule = "duplicate";
std::string may_be_same_as(const std::string& invoice_id);
std::string was_rejected_as(const std::string& invoice_id);
/// The rule that looks at where the money would go, and what it asks.
inline constexpr const char* payee_account_rule = "payee_account";
inline constexpr const char* names_another_account = "the document names another account than the vendor master";
/// The rule that asks about what the document contradicts, or what is known of its invoice.
inline constexpr const char* cross_checks_rule = "cross_checks";

struct Decision {
    Outcome outcome = Outcome::ask;
    std::vector<Reason> reasons;  ///< every rule that was looked at, in order
    std::string thought;          ///< the trace in words

    /// Something that policy could not know speaks against paying it unasked.
    void object(Reason reason);
    /// The first rule that did not pass, for one-line answers; empty if all passed.
    std::string main_reason() const;
    /// What still stands in the way although a person approved; empty: it may be paid.
    std::vector<Reason> obstacles() const;
};

/// The monthly burn once `taken` is paid as well; nullopt: too many digits.
std::optional<atr::Decimal> burn_after(const Facts& facts, const atr::Decimal& taken);

/// Whether there is at least the critical runway once `taken` has left, the amount with what the rail takes for it.
Reason runway(const Policy& policy, const Facts& facts, const atr::Decimal& taken);

/// What must still be available once `taken` has left, in the amount's asset, so that runway() would say the same
/// whatever else is paid at the same moment: that is gone, and raises the burn. Zero where runway says nothing of it;
/// all that there is then, where nothing else may be paid beside it, or its digits are too many to say how much.
atr::Decimal least_left(const Policy& policy, const Facts& facts, const atr::Decimal& taken);

Decision decide(const Policy& policy, const Facts& facts);

}  // namespace treasurer::policy
