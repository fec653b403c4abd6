/// A counter while a group of batches is judged. Its value need not be known: what the group adds, and between which
/// values the counter must lie for all of it to be allowed, is enough to let the database judge in one statement.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>

namespace storage_postgres {

/// The largest magnitude a counter has: 38 digits.
atr::Int128 most_units();

class CounterState {
public:
    enum class Verdict { fits, breaches, depends };

    /// The value is known, and locked until the transaction ends.
    void set_read(bool there, atr::Int128 value);
    /// `depends`: the value must be read first. Only `fits` changes anything.
    Verdict add(atr::Int128 delta, const std::optional<atr::Int128>& min, const std::optional<atr::Int128>& max);

    bool changed() const { return changed_; }
    bool must_insert() const { return read_ && !there_; }
    std::string sum() const { return atr::units_to_string(sum_); }
    /// The least and the largest value, before the group, with which every addition fits.
    std::string low() const { return atr::units_to_string(low_); }
    std::string high() const { return atr::units_to_string(high_); }

private:
    bool read_ = false, there_ = false, changed_ = false;
    atr::Int128 value_ = 0, sum_ = 0;
    atr::Int128 low_ = -most_units(), high_ = most_units();
};

}  // namespace storage_postgres
