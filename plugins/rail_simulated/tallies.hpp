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

/// Balances and counters as they were last written. Call inside a transaction. Throws soci_error, BookCorrupt.
Tallies stored_tallies(soci::session&);

/// Counts in the movements since then, e.g. those booked by hand. Same transaction; throws likewise.
void count_in(soci::session&, Tallies&);

/// Writes what differs from `stored`; the balances of `now` hold every movement. Call inside the writing transaction.
void store_tallies(soci::session&, const Tallies& stored, Tallies now);

/// Sum within 38 digits; throws BookCorrupt beyond.
atr::Int128 add_units(atr::Int128 a, atr::Int128 b);
/// Throws BookCorrupt for text that is not an integer of at most 38 digits.
atr::Int128 parse_units(std::string_view text);

}  // namespace rail_simulated
