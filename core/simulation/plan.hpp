/// What one run of the simulation is made of. All of it follows from the seed; a run that failed is made smaller by
/// taking parts away, and what is left fails in the same way.
#pragma once

#include "runtime/executor.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treasurer::simulation {

/// What a payment rail protects against, by itself.
enum class RailKind {
    idempotent,  ///< a repeat of a payment moves nothing, and absence can be proven
    blind,       ///< a repeat moves nothing, but absence cannot be proven
    queryable,   ///< a repeat pays again; absence can be proven
    bare,        ///< a repeat pays again, and absence cannot be proven
    sequenced,   ///< every payment uses up a number; a number is used once
    forgetful,   ///< as blind, for a while: a later repeat pays again
    timely       ///< as queryable; what arrives after its moment is refused for ever, so that absence becomes final
};
inline constexpr std::array<std::string_view, 7> rail_kinds = {"idempotent", "blind",     "queryable", "bare",
                                                               "sequenced",  "forgetful", "timely"};

/// What goes wrong, or happens at the worst moment.
enum class Trouble {
    crashes,         ///< hosts die between any two steps
    stalls,          ///< hosts stop, and go on as if nothing had happened
    clocks,          ///< hosts' clocks are wrong, also by hours, and jump
    storage_lost,    ///< calls of storage and their answers are late or lost
    storage_fails,   ///< storage refuses for a while: away, or its disk is full
    rail_lost,       ///< calls of the rail and their answers are lost
    rail_late,       ///< payments arrive, show and settle late; at a forgetful rail some show very late
    rail_refuses,    ///< the rail refuses, now or after a while
    rail_lies,       ///< words that are not final change; a repeat is called a refusal
    cache_lost,      ///< the cache forgets, fails or answers late
    cancels,         ///< people cancel payments under way, also between Commit A and the send
    pauses,          ///< payments are paused and let go on
    short_of_funds,  ///< there is not enough for all
    twins,           ///< the same invoice arrives at two hosts at once, or one approval is decided at two
    fees,            ///< the rail takes a fee besides the amount
    returns,         ///< payments that were settled come back
    reservations,    ///< what waits for approval holds its funds, and approvals expire within seconds
    late_fees,       ///< a fee is told in the statement alone, and is large
    events_twice,    ///< the statement shows a movement again
    forgets          ///< storage is switched to an older copy of itself: commits that it had acknowledged are gone
};
inline constexpr std::array<std::string_view, 20> troubles = {
    "crashes",      "stalls",    "clocks",       "storage_lost", "storage_fails", "rail_lost",      "rail_late",
    "rail_refuses", "rail_lies", "cache_lost",   "cancels",      "pauses",        "short_of_funds", "twins",
    "fees",         "returns",   "reservations", "late_fees",    "events_twice",  "forgets"};

std::optional<Trouble> trouble_from(std::string_view name);

struct Plan {
    std::uint64_t seed = 0;
    unsigned hosts = 2;
    unsigned invoices = 8;
    unsigned approvals = 1;  ///< by so many persons, of what is above the limit
    RailKind rail = RailKind::idempotent;
    bool shared_cache = true;  ///< else each host has its own, and only the change feed tells it of the others
    Millis lease{5000};
    Millis late_after{60'000};  ///< how long the end of a payment that the statement shows is left to its saga
    Millis troubled{20'000};    ///< how long troubles last
    unsigned per_mille = 20;    ///< how likely a call or an event meets trouble
    std::bitset<troubles.size()> with;

    bool operator==(const Plan&) const = default;
    bool has(Trouble what) const { return with.test(static_cast<std::size_t>(what)); }

    static Plan of(std::uint64_t seed);
    /// The same with less: `without` names troubles, separated by commas; 0: as many as it has. nullopt: a name in it
    /// is none, told in `unknown`.
    std::optional<Plan> less(unsigned hosts, unsigned invoices, const std::string& without, std::string& unknown) const;
    /// As options of `treasurer simulate`, only what differs from Plan::of(seed): its --hosts, --invoices and --without
    /// make this plan of that one.
    std::string options() const;
    /// For people, on one line.
    std::string to_text() const;
};

}  // namespace treasurer::simulation
