/// What a client was promised under an Idempotency-Key: the same request gets the same answer, and its effect once.
#pragma once

#include <atr/storage.hpp>

#include "records/json.hpp"
#include "records/unit_of_work.hpp"
#include "runtime/clock.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace treasurer {

/// Written in progress by the very unit of work that has the request's effect, so that there is never the one without
/// the other; finished, with the answer, by a second one.
struct IdempotencyRecord {
    static constexpr const char* collection = "idempotency";

    std::string id;            ///< digest of principal, route and key
    std::string request_hash;  ///< of all that makes two requests the same
    std::string attempt;       ///< which request wrote it
    std::string subject;       ///< the id of what it made or changed: enough to tell the answer again
    bool finished = false;
    int status = 0;  ///< of the answer, with its headers and body; only when finished
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    UnixMillis created_ms = 0;
    UnixMillis busy_until_ms = 0;  ///< until then its host is left to finish it
    UnixMillis expires_ms = 0;

    std::uint64_t version = 0;

    Json to_json() const;
    static IdempotencyRecord from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

/// What a request carries into the unit of work that has its effect. Made without a key, it marks nothing.
/// Threads: any. A request's effect that spans several units is marked in the first.
class Once {
public:
    Once() = default;
    /// `record` is in progress; its version is that of an expired one under the same key, or 0.
    explicit Once(IdempotencyRecord record) : record_(std::make_shared<const IdempotencyRecord>(std::move(record))) {}

    /// The unit is refused, with nothing of it done, when another request under the same key was first: its step
    /// `once_label` is what then was lost.
    void mark(UnitOfWork& unit, std::string subject) const;

private:
    std::shared_ptr<const IdempotencyRecord> record_;
};

inline constexpr const char* once_label = "idempotency";

}  // namespace treasurer
