#include "counter_state.hpp"

#include <algorithm>

namespace storage_postgres {

using atr::Int128;

Int128 most_units() {
    static const Int128 most = [] {
        Int128 out = 1;
        for (int i = 0; i < atr::Decimal::max_digits; ++i) out *= 10;
        return out - 1;
    }();
    return most;
}

void CounterState::set_read(bool there, Int128 value) {
    read_ = true;
    there_ = there;
    value_ = value;
}

CounterState::Verdict CounterState::add(Int128 delta, const std::optional<Int128>& min,
                                        const std::optional<Int128>& max) {
    Int128 sum = 0;  // two numbers of 38 digits may add up to more than 128 bits hold
    if (__builtin_add_overflow(sum_, delta, &sum) || sum > most_units() || sum < -most_units())
        return read_ ? Verdict::breaches : Verdict::depends;
    const Int128 lowest = std::max(min.value_or(-most_units()), -most_units());
    const Int128 highest = std::min(max.value_or(most_units()), most_units());
    if (read_) {
        Int128 value = 0;
        if (__builtin_add_overflow(value_, sum, &value) || value < lowest || value > highest) return Verdict::breaches;
    }
    Int128 low = 0, high = 0;  // out of range means no bound that a counter could pass, or one that none can keep
    if (__builtin_sub_overflow(lowest, sum, &low)) low = sum > 0 ? -most_units() : most_units() + 1;
    if (__builtin_sub_overflow(highest, sum, &high)) high = sum > 0 ? -most_units() - 1 : most_units();
    low = std::max(low_, low);
    high = std::min(high_, high);
    if (!read_ && (low > high || low > most_units() || high < -most_units())) return Verdict::depends;
    sum_ = sum;
    low_ = low;
    high_ = high;
    changed_ = true;
    return Verdict::fits;
}

}  // namespace storage_postgres
