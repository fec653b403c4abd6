/// Transfers: the only way a balance changes. They are added and never edited.
///
/// A pending transfer holds funds, either for a payment that is prepared, and then until its outcome is known, or with
/// an expiry, while people decide whether there will be a payment; exactly one later transfer posts or voids it (its id
/// is derived from the pending one's, so storage itself refuses a second). What is posted may be less than what was
/// held; the rest is given back. A direct transfer moves at once, for money that has already moved at the rail.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer::ledger {

enum class TransferKind { pending, post, void_pending, direct };

std::string_view to_string(TransferKind kind);

/// What a direct transfer is for, or what is held of a payment that is posted.
namespace purpose {
inline constexpr const char* receipt = "receipt";
inline constexpr const char* refund = "refund";    ///< a vendor gave back some of what it was paid
inline constexpr const char* returned = "return";  ///< a payment came back as a whole
inline constexpr const char* fee = "fee";
inline constexpr const char* correction = "correction";  ///< of a break, on the word of two persons
}  // namespace purpose

struct Transfer {
    static constexpr const char* collection = "transfers";

    std::string id;
    TransferKind kind = TransferKind::direct;
    std::string pending_id;  ///< post and void_pending: which pending transfer ends
    std::string debit_account;
    std::string credit_account;
    atr::Money amount;
    atr::Int128 units = 0;  ///< the amount in the asset's smallest part; above zero
    UnixMillis at_ms = 0;
    std::string payment_id;
    std::string rail_event_id;   ///< direct: the statement event it records, where one told of it
    std::string purpose;         ///< direct: one of those above; a fee's hold, and its end: fee
    atr::Int128 held_units = 0;  ///< post: what was held, where that was more than `units`
    UnixMillis expires_ms = 0;   ///< pending: from when on anybody may void it; 0: its payment alone ends it

    std::string to_text() const;
    static Transfer from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;

    /// post and void_pending: how much of the hold is gone with it, posted or given back.
    atr::Int128 ended_units() const { return held_units == 0 ? units : held_units; }

    /// The one transfer that can end this pending one.
    Transfer posting(UnixMillis now_ms) const { return ending(TransferKind::post, now_ms); }
    /// Posts `charged`, which is `charged_units` of the smallest part and at most what is held.
    Transfer posting(const atr::Money& charged, atr::Int128 charged_units, UnixMillis now_ms) const;
    Transfer voiding(UnixMillis now_ms) const { return ending(TransferKind::void_pending, now_ms); }

private:
    Transfer ending(TransferKind kind, UnixMillis now_ms) const;
};

/// Whether anybody may void this hold now. What has prepared bytes may be on its way: its hold never expires.
bool may_expire(const Transfer& hold, bool has_prepared_bytes, UnixMillis now_ms);

/// The id under which the end of a pending transfer is stored, whichever end it is.
std::string ending_id(std::string_view pending_id);

}  // namespace treasurer::ledger
