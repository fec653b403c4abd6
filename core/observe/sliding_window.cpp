#include "observe/sliding_window.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace treasurer::observe {

/// 0..15 us one step each; from there 16 steps for every power of two.
std::size_t SlidingWindow::step_of(std::int64_t micros) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
    if (value < 16) return static_cast<std::size_t>(value);
    const auto power = static_cast<std::size_t>(std::bit_width(value) - 1);
    const auto within = static_cast<std::size_t>((value >> (power - 4)) & 15);
    return std::min(16 * (power - 3) + within, step_count - 1);
}

double SlidingWindow::upper_ms(std::size_t step) {
    if (step < 16) return static_cast<double>(step) / 1000;
    const auto power = step / 16 + 3, within = step % 16;
    const double micros = std::ldexp(static_cast<double>(16 + within + 1), static_cast<int>(power) - 4) - 1;
    return micros / 1000;
}

void SlidingWindow::observe(UnixMillis now_ms, std::int64_t micros) {
    const auto number = now_ms / slot_ms;
    auto& slot = slots_[static_cast<std::size_t>(number) % slot_count];
    auto held = slot.number.load(std::memory_order_acquire);
    if (held != number && slot.number.compare_exchange_strong(held, number, std::memory_order_acq_rel))
        for (auto& step : slot.steps) step.store(0, std::memory_order_relaxed);
    slot.steps[step_of(micros)].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t SlidingWindow::total(UnixMillis now_ms) const {
    std::uint64_t out = 0;
    for (const auto& slot : slots_)
        if (is_current(slot, now_ms / slot_ms))
            for (const auto& step : slot.steps) out += step.load(std::memory_order_relaxed);
    return out;
}

double SlidingWindow::per_second(UnixMillis now_ms, UnixMillis start_ms) const {
    // The oldest slot still held began between 50 and 60 seconds ago.
    const auto window_start = (now_ms / slot_ms - static_cast<std::int64_t>(slot_count) + 1) * slot_ms;
    const auto ms = std::max<std::int64_t>(now_ms - std::max(window_start, start_ms), 1000);
    return static_cast<double>(total(now_ms)) * 1000 / static_cast<double>(ms);
}

std::optional<double> SlidingWindow::percentile_ms(UnixMillis now_ms, double share) const {
    std::array<std::uint64_t, step_count> counts{};
    std::uint64_t all = 0;
    for (const auto& slot : slots_) {
        if (!is_current(slot, now_ms / slot_ms)) continue;
        for (std::size_t i = 0; i < step_count; ++i) {
            const auto count = slot.steps[i].load(std::memory_order_relaxed);
            counts[i] += count;
            all += count;
        }
    }
    if (all == 0) return std::nullopt;
    const auto wanted =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all))));
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < step_count; ++i) {
        below += counts[i];
        if (below >= wanted) return upper_ms(i);
    }
    return upper_ms(step_count - 1);
}

void SlidingWindow::reset() {
    for (auto& slot : slots_)
        for (auto& step : slot.steps) step.store(0, std::memory_order_relaxed);
}

}  // namespace treasurer::observe
