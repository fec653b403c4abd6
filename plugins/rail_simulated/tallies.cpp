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

TallyRows::TallyRows(soci::session& book)
    : assets_((book.prepare << "SELECT asset, decimals, balance, held FROM assets", soci::into(asset_),
               soci::into(decimals_), soci::into(balance_), soci::into(held_))),
      counters_((book.prepare << "SELECT name, value FROM counters", soci::into(name_), soci::into(value_))),
      movements_((book.prepare << "SELECT position, asset, direction, units, fee FROM movements"
                                  " WHERE position > :from ORDER BY position",
                  soci::use(value_), soci::into(position_), soci::into(asset_), soci::into(direction_),
                  soci::into(units_), soci::into(fee_))),
      last_((book.prepare << "SELECT coalesce(max(position), 0) FROM movements", soci::into(position_))),
      set_asset_((book.prepare << "UPDATE assets SET balance = :balance, held = :held WHERE asset = :asset",
                  soci::use(balance_), soci::use(held_), soci::use(asset_))),
      set_counter_((book.prepare << "UPDATE counters SET value = :value WHERE name = :name", soci::use(value_),
                    soci::use(name_))) {}

Tallies TallyRows::stored() {
    Tallies out;
    assets_.execute();
    while (assets_.fetch()) out.by_asset[asset_] = {decimals_, parse_units(balance_), parse_units(held_)};
    counters_.execute();
    while (counters_.fetch()) {
        if (name_ == "submits") out.submits = value_;
        if (name_ == "new_payments") out.new_payments = value_;
        if (name_ == "tallied_position") out.position = value_;
    }
    return out;
}

void TallyRows::count_in(Tallies& tallies) {
    value_ = tallies.position;
    movements_.execute();
    while (movements_.fetch()) {
        Tally& tally = tallies.of(asset_);
        const atr::Int128 amount = parse_units(units_);
        tally.balance = add_units(tally.balance, direction_ == "in" ? amount : -amount);
        tally.balance = add_units(tally.balance, -parse_units(fee_));
        tallies.position = position_;
    }
}

void TallyRows::store(const Tallies& stored, Tallies now) {
    for (const auto& [asset, tally] : now.by_asset) {
        const auto old = stored.by_asset.find(asset);
        if (old != stored.by_asset.end() && old->second.balance == tally.balance && old->second.held == tally.held)
            continue;
        asset_ = asset;
        balance_ = atr::units_to_string(tally.balance);
        held_ = atr::units_to_string(tally.held);
        set_asset_.execute(true);
    }
    last_.execute();
    while (last_.fetch()) now.position = position_;
    store_counter("submits", stored.submits, now.submits);
    store_counter("new_payments", stored.new_payments, now.new_payments);
    store_counter("tallied_position", stored.position, now.position);
}

void TallyRows::store_counter(const char* name, long long old, long long value) {
    if (old == value) return;
    name_ = name;
    value_ = value;
    set_counter_.execute(true);
}

}  // namespace rail_simulated
