/// Claims: put-if-absent marks that make an invoice unique between all hosts, whatever form it comes in. Pure: no I/O.
#pragma once

#include "records/json.hpp"
#include "records/json_writer.hpp"

#include <atr/money.hpp>
#include <atr/storage.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace treasurer::intake {

/// What one claim key stands for.
enum class ClaimKind {
    document,    ///< the very same bytes
    number,      ///< this vendor's invoice number
    look_alike,  ///< the number's skeleton and the amount: INV-001, inv 0O1 and INV/001 look the same
    digits,      ///< the number's digits alone, amount and date: INV-2024-001 and 2024-001; raises a question
    same_sum,    ///< vendor, amount and date: a duplicate only if one of the two has no number
};

struct Claim {
    ClaimKind kind;
    std::string key;
    bool taken = true;  ///< false: only looked at, because the vendor is known under this name too
};

struct ClaimSubject {
    std::string document_sha256;
    /// Names of the vendor in claims: its id, and "~" with a name's normal form. Claims are taken under the first `own`
    /// of them and looked at under all, so that an invoice that came before its vendor was entered is found again.
    std::vector<std::string> vendors;
    std::size_t own = 1;
    std::string invoice_number;  ///< may be empty
    std::string issue_date;      ///< may be empty
    atr::Money amount;
};

std::vector<Claim> claims_of(const ClaimSubject& subject);

/// True for what only raises a question: several invoices may hold it at once. The others have one holder.
bool is_question(ClaimKind kind);

/// False where two invoices share no more than `kind` says, and their numbers tell them apart: vendor, amount and date.
bool may_be_one(ClaimKind kind, bool is_numbered, bool is_other_numbered);

struct ClaimHolder {
    std::string invoice_id;
    bool numbered = false;  ///< the invoice has a number
};

/// The record of a claim: names the invoices that hold it.
struct ClaimRecord {
    static constexpr const char* collection = "claims";
    static constexpr std::size_t most_holders = 16;
    std::string id;
    std::vector<ClaimHolder> holders;  ///< at least one, the newest first
    bool is_full = false;              ///< more hold it than are named: whoever comes is asked about
    std::uint64_t version = 0;

    bool is_held_by(std::string_view invoice_id) const;
    void add(ClaimHolder holder);

    std::string to_text() const;
    static ClaimRecord from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

/// True when the number holds characters beyond ASCII: letters that only look like others, dashes of many kinds. Such a
/// number proves nothing, so a person is asked.
bool has_unusual_characters(std::string_view invoice_number);

/// Its digits alone, in order, without leading zeros: "2024001" of INV-2024-001. Empty: it has none.
std::string number_digits(std::string_view invoice_number);

/// Letters and digits alone, with those of ASCII that look alike made equal and leading zeros of numbers dropped.
std::string number_skeleton(std::string_view invoice_number);

}  // namespace treasurer::intake
