/// Days of the ledger, in UTC. A day that is closed takes no transfer any more, so what was summed up at its end stays
/// true.
#pragma once

#include "runtime/utc_time.hpp"

#include "records/json.hpp"

#include <atr/storage.hpp>

#include <string>

namespace treasurer::ledger {

inline constexpr UnixMillis day_ms = 86'400'000;

/// The first moment of the day that `at_ms` is in.
inline UnixMillis day_start(UnixMillis at_ms) {
    return at_ms - ((at_ms % day_ms) + day_ms) % day_ms;
}

/// There once a day is closed. Every transfer is booked on the condition that its day has none.
struct LedgerDay {
    static constexpr const char* collection = "ledger_days";

    std::string id;           ///< "2026-03-14"
    UnixMillis start_ms = 0;  ///< its first moment
    bool summed = false;      ///< the balances at its end are kept, in `parts` records
    std::uint32_t parts = 0;
    std::uint64_t transfers = 0;  ///< booked on it

    std::uint64_t version = 0;

    UnixMillis end_ms() const { return start_ms + day_ms; }
    static LedgerDay of(UnixMillis at_ms) {
        LedgerDay out;
        out.start_ms = day_start(at_ms);
        out.id = utc_day(out.start_ms);
        return out;
    }

    Json to_json() const {
        return {{"id", id}, {"start_ms", start_ms}, {"summed", summed}, {"parts", parts}, {"transfers", transfers}};
    }
    static LedgerDay from_json(const Json& json) {
        LedgerDay out;
        out.id = json.at("id");
        out.start_ms = json.at("start_ms");
        out.summed = json.at("summed");
        out.parts = json.at("parts");
        out.transfers = json.at("transfers");
        return out;
    }
    std::vector<atr::IndexEntry> index() const { return {{"by_start", {atr::Value::of(start_ms)}}}; }
};

/// Some of the balances at a day's end.
struct LedgerDayPart {
    static constexpr const char* collection = "ledger_day_parts";

    std::string id;
    Json balances;  ///< by the key of their counter, in units as text

    static std::string key(const LedgerDay& day, std::uint32_t part) { return day.id + '/' + std::to_string(part); }
    Json to_json() const { return {{"id", id}, {"balances", balances}}; }
    static LedgerDayPart from_json(const Json& json) { return {json.at("id"), json.at("balances")}; }
    std::vector<atr::IndexEntry> index() const { return {}; }
};

}  // namespace treasurer::ledger
