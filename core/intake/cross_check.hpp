/// Cross-checks of what a parser claims: a field counts only as far as its evidence really stands in the document.
/// Pure: no I/O.
#pragma once

#include "records/json.hpp"

#include <atr/money.hpp>
#include <atr/parser.hpp>

#include <optional>
#include <string>
#include <vector>

namespace treasurer::intake {

/// A field after the checks.
struct CheckedField {
    std::string value;
    std::uint32_t confidence_bp = 0;
};

/// What is known of an invoice after the checks.
struct Reading {
    std::optional<CheckedField> seller_name, seller_tax_id, invoice_number, issue_date, due_date, currency, amount_due,
        total_with_tax, total_net, tax_total, iban, wallet, document_type;
    std::vector<std::string> doubts;  ///< findings for a person, in words; empty when all is well
    std::string remarks;              ///< what the parser wants said of its reading, in its words; may be empty
    std::string fields = "[]";        ///< every field with its evidence: JSON text, as an invoice keeps it
    std::string document_sha256;      ///< of what was read, as hex
    std::vector<std::string> payees;  ///< every wallet and IBAN that was read, whatever the evidence

    /// The amount due in its currency, if both were read.
    std::optional<atr::Money> amount() const;
};

Reading cross_check(const atr::ParseResult& parsed);

/// True if the IBAN's check digits are right (ISO 7064 mod 97). White space is ignored.
bool iban_checks_out(std::string_view iban);

}  // namespace treasurer::intake
