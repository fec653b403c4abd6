/// A unit of work: everything that becomes true together, or not at all. Each step carries a label, so that a lost
/// precondition says which rule lost ("funds", "claim", "policy" …) and the caller can decide again.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "records/json.hpp"
#include "runtime/executor.hpp"

namespace treasurer {

class UnitOfWork {
public:
    /// `key` makes a repeat of the same unit return the first result: it must be new for every new intention. It counts
    /// until `key_expires_ms`, on storage's clock; 0: for ever.
    explicit UnitOfWork(std::string key, std::int64_t key_expires_ms = 0) {
        batch_.idempotency_key = std::move(key);
        batch_.key_expires_unix_ms = key_expires_ms;
        batch_.ops.reserve(usual_steps);
        labels_.reserve(usual_steps);
    }

    /// Stores a record that must not exist yet. An audit entry's request is the unit's.
    template <class R>
    UnitOfWork& create(const R& record, std::string label = "record") {
        if constexpr (requires { record.request_id; })
            if (request_id_.empty()) request_id_ = record.request_id;
        return put(R::collection, record.id, body_of(record), record.index(), ATR_VER_ABSENT, std::move(label));
    }
    /// Stores a record that must still have the version it was read with.
    template <class R>
    UnitOfWork& update(const R& record, std::string label = "record") {
        return put(R::collection, record.id, body_of(record), record.index(), record.version, std::move(label));
    }
    UnitOfWork& put(std::string collection, std::string key, std::string body, std::vector<atr::IndexEntry> index,
                    std::uint64_t expect, std::string label);
    /// The record must have this version until the commit; ATR_VER_ABSENT: must not exist.
    UnitOfWork& check(std::string collection, std::string key, std::uint64_t version, std::string label);
    /// The same, unless the unit has this very check already.
    UnitOfWork& check_once(const std::string& collection, const std::string& key, std::uint64_t version,
                           std::string label);
    /// counter += units, refused when the result would be below zero and `floor_zero` is set.
    UnitOfWork& add(std::string collection, std::string key, atr::Int128 units, bool floor_zero, std::string label);
    /// Every guarded change of that counter must leave at least `units`, not only what is not below zero.
    UnitOfWork& leave_at_least(std::string_view collection, std::string_view key, atr::Int128 units);
    /// A job born leased to `worker`; its lease token is versions[position] of the commit.
    UnitOfWork& enqueue_leased(std::string queue, std::string id, std::string worker, Millis lease);
    /// The job must be leased under `token` still; it goes on as leased anew to `worker`. Its new token is versions[]
    /// of the commit at the position returned.
    std::size_t keep_lease(std::string queue, std::string id, std::uint64_t token, std::string worker, Millis lease);
    UnitOfWork& job_done(std::string queue, std::string id, std::uint64_t token);
    UnitOfWork& reschedule(std::string queue, std::string id, std::uint64_t token, std::int64_t run_at_ms);

    /// Where it puts that record, if it does.
    std::optional<std::size_t> place_of(std::string_view collection, std::string_view key) const;

    const std::string& label(std::uint32_t op) const { return labels_.at(op); }
    std::size_t size() const { return batch_.ops.size(); }
    const atr::Batch& batch() const { return batch_; }
    /// Which request it is done for; empty: none, or not known.
    const std::string& request_id() const { return request_id_; }

private:
    static constexpr std::size_t usual_steps = 24;

    atr::Op& step(std::int32_t op, std::string collection, std::string key, std::string label);

    atr::Batch batch_;
    std::string request_id_;
    std::vector<std::string> labels_;
};

}  // namespace treasurer
