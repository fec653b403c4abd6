#include "tallies.hpp"

#include "book_file.hpp"

namespace rail_simulated {

Tally& Tallies::of(std::string_view asset) {
    const auto found = by_asset.find(asset);
    if (found == by_asset.end()) throw BookCorrupt("it holds '" + std::string(asset) + "', which is no asset of it");
    return found->second;
}

atr::Int128 parse_units(std::string_view text) {
    const auto units = atr::units_from_string(text);
    if (!units) throw BookCorrupt("'" + std::string(text) + "' is not a number of units");
    return *units;
}

atr::Int128 add_units(atr::Int128 a, atr::Int128 b) {
    const auto sum = atr::Decimal::from_units(a + b, 0);  // both below 10^38 < 2^126.3, so the sum fits
    if (!sum) throw BookCorrupt("a balance has more than 38 digits");
    return a + b;
}

Tallies stored_tallies(soci::session& book) {
    Tallies out;
    std::string name, balance, held;
    Tally tally;
    soci::statement assets = (book.prepare << "SELECT asset, decimals, balance, held FROM assets", soci::into(name),
                              soci::into(tally.decimals), soci::into(balance), soci::into(held));
    assets.execute();
    while (assets.fetch()) {
        tally.balance = parse_units(balance);
        tally.held = parse_units(held);
        out.by_asset[name] = tally;
    }
    long long value = 0;
    soci::statement counters =
        (book.prepare << "SELECT name, value FROM counters", soci::into(name), soci::into(value));
    counters.execute();
    while (counters.fetch()) {
        if (name == "submits") out.submits = value;
        if (name == "new_payments") out.new_payments = value;
        if (name == "tallied_position") out.position = value;
    }
    return out;
}

void count_in(soci::session& book, Tallies& tallies) {
    std::string asset, direction, units, fee;
    long long position = 0;
    const long long from = tallies.position;
    soci::statement rows = (book.prepare << "SELECT position, asset, direction, units, fee FROM movements"
                                            " WHERE position > :from ORDER BY position",
                            soci::use(from), soci::into(position), soci::into(asset), soci::into(direction),
                            soci::into(units), soci::into(fee));
    rows.execute();
    while (rows.fetch()) {
        Tally& tally = tallies.of(asset);
        const atr::Int128 amount = parse_units(units);
        tally.balance = add_units(tally.balance, direction == "in" ? amount : -amount);
        tally.balance = add_units(tally.balance, -parse_units(fee));
        tallies.position = position;
    }
}

void store_tallies(soci::session& book, const Tallies& stored, Tallies now) {
    for (const auto& [asset, tally] : now.by_asset) {
        const auto old = stored.by_asset.find(asset);
        if (old != stored.by_asset.end() && old->second.balance == tally.balance && old->second.held == tally.held)
            continue;
        const std::string balance = atr::units_to_string(tally.balance), held = atr::units_to_string(tally.held);
        book << "UPDATE assets SET balance = :balance, held = :held WHERE asset = :asset", soci::use(balance),
            soci::use(held), soci::use(asset);
    }
    long long last = 0;
    book << "SELECT coalesce(max(position), 0) FROM movements", soci::into(last);
    now.position = last;
    const auto store = [&](const char* name, long long old, long long value) {
        if (old == value) return;
        const std::string counter = name;
        book << "UPDATE counters SET value = :value WHERE name = :name", soci::use(value), soci::use(counter);
    };
    store("submits", stored.submits, now.submits);
    store("new_payments", stored.new_payments, now.new_payments);
    store("tallied_position", stored.position, now.position);
}

}  // namespace rail_simulated
