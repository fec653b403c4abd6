/// What a store says of itself: whose books it holds, whether it is a copy that is not finished yet, and whether
/// anything may be sent from it.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

inline constexpr const char* store_collection = "store";

/// The books' own name, made at the first start. Every copy has the same.
struct StoreIdentity {
    static constexpr const char* collection = store_collection;
    static constexpr const char* key = "identity";

    std::string id = key;
    std::string store_id;
    UnixMillis made_ms = 0;

    Json to_json() const;
    static StoreIdentity from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

/// There while a copy is being filled; no host serves such a store.
struct CopyMarker {
    static constexpr const char* collection = store_collection;
    static constexpr const char* key = "copy";

    std::string id = key;
    std::string store_id;  ///< of the source
    std::string origin;    ///< where it comes from, for people
    std::string life;      ///< of the copy that is at work: another one that began later puts its own here

    Json to_json() const;
    static CopyMarker from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

/// Every copy begins in quarantine: what its source sent after the copy was made, the copy does not know. While it is
/// active nothing is sent to a rail. The record stays when it is lifted, for its `life`.
struct Quarantine {
    static constexpr const char* collection = store_collection;
    static constexpr const char* key = "quarantine";

    std::string id = key;
    bool active = false;
    /// Made anew for each copy; empty in a store that never was one. A payment of another life is perhaps sent,
    /// whatever its record says: lookup is asked first.
    std::string life;
    UnixMillis since_ms = 0;    ///< by the clock of the host that entered it
    UnixMillis entered_ms = 0;  ///< the same by the store's clock; 0: not written down yet
    std::string reason;         ///< why it is there
    UnixMillis released_ms = 0;
    std::string released_by, release_reason;
    /// Made when it was lifted the last time, empty before: so no clocks have to agree on what came before a release.
    std::string release_id;

    std::uint64_t version = 0;

    Json to_json() const;
    static Quarantine from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

/// Records of this store alone: no copy takes them over, and no hash of the books covers them.
inline bool is_of_this_store_alone(std::string_view collection, std::string_view key) {
    return collection == store_collection && (key == CopyMarker::key || key == Quarantine::key);
}

}  // namespace treasurer
