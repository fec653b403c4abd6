/// A difference that reconciliation found, as it is kept: from when it was first seen until it is gone, or two persons
/// have dealt with it.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "reconcile/report.hpp"
#include "records/json.hpp"

namespace treasurer::reconcile {

/// Its states as they are stored.
namespace break_state {
inline constexpr const char* open = "open";
inline constexpr const char* booked = "booked";
inline constexpr const char* explained = "explained";
inline constexpr const char* gone = "gone";  ///< a whole comparison did not find it any more
}  // namespace break_state

struct BreakRecord {
    static constexpr const char* collection = "breaks";

    std::string id;
    std::string state = break_state::open;
    Break what;  ///< as it was last seen; its votes are here, its `first_seen_ms` too
    UnixMillis ended_ms = 0;
    std::string ended_after = {};  ///< which release of the quarantine two persons decided it after

    std::uint64_t version = 0;

    Json to_json() const;
    static BreakRecord from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

/// The id under which a correction of this break stands in the ledger: derived from the rail's event, so that storage
/// itself refuses to book it twice.
std::string correction_id(const Break& of);

}  // namespace treasurer::reconcile
