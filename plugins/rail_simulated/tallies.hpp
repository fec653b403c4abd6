/// Balances and counters as one transaction sees them, exact to the last unit.
#pragma once

#include <soci/soci.h>

#include <atr/decimal.hpp>
#include <map>
#include <string>
#include <string_view>

namespace rail_simulated {

struct Tally {
    int decimals = 0;
    atr::Int128 balance = 0;  ///< sum of all movements
    atr::Int128 held = 0;     ///< what pending payments will take of it
    atr::Int128 available() const { return balance - held; }
};

struct Tallies {
    std::map<std::string, Tally, std::less<>> by_asset;
    long long submits = 0;       ///< calls of submit that reached the book
    long long new_payments = 0;  ///< of these, the ones that were judged as a new payment
    long long position = 0;      ///< of the last movement counted in

    /// Throws BookCorrupt where the book does not keep the asset.
    Tally& of(std::string_view asset);
};

/// Where tallies are read from and written to; its statements are prepared once.
/// Threads: one, that of the session. Lifetime: the session outlives it. Throws soci_error, BookCorrupt.
class TallyRows {
public:
    explicit TallyRows(soci::session& book);
    TallyRows(const TallyRows&) = delete;
    TallyRows& operator=(const TallyRows&) = delete;

    /// Balances and counters as they were last written. Call inside a transaction.
    Tallies stored();
    /// Counts in the movements since then, e.g. those booked by hand. Same transaction.
    void count_in(Tallies&);
    /// Writes what differs from `stored`; the balances of `now` hold every movement. Call inside the writing
    /// transaction.
    void store(const Tallies& stored, Tallies now);

private:
    void store_counter(const char* name, long long old, long long value);

    // Bound to the statements below.
    std::string asset_, balance_, held_, name_, direction_, units_, fee_;
    int decimals_ = 0;
    long long value_ = 0, position_ = 0;
    soci::statement assets_, counters_, movements_, last_, set_asset_, set_counter_;
};

/// Sum within 38 digits; throws BookCorrupt beyond.
atr::Int128 add_units(atr::Int128 a, atr::Int128 b);
/// Throws BookCorrupt for text that is not an integer of at most 38 digits.
atr::Int128 parse_units(std::string_view text);

}  // namespace rail_simulated
