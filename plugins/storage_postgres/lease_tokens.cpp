#include "lease_tokens.hpp"

#include <algorithm>

namespace storage_postgres {
namespace {

constexpr std::size_t taken_at_once = 512;

}  // namespace

std::vector<std::uint64_t> LeaseTokens::take(Session& session, std::size_t count, Deadline deadline) {
    std::vector<std::uint64_t> out;
    if (count == 0) return out;
    const auto move = [&](std::vector<std::uint64_t>& from) {
        const auto some = static_cast<std::ptrdiff_t>(std::min(count - out.size(), from.size()));
        out.insert(out.end(), from.begin(), from.begin() + some);
        from.erase(from.begin(), from.begin() + some);
    };
    {
        const std::lock_guard lock(mutex_);
        if (left_.size() >= count) move(left_);
    }
    if (out.size() == count) return out;
    Parameters parameters;
    parameters.integer(static_cast<std::int64_t>(std::max(count, taken_at_once)));
    const Rows rows = session.alone(
        {"SELECT nextval('atr_lease_token') FROM generate_series(1, $1::bigint) ORDER BY 1", parameters}, deadline);
    std::vector<std::uint64_t> fresh;
    for (int i = 0; i < rows.count(); ++i) fresh.push_back(rows.number(i, 0));
    move(fresh);
    const std::lock_guard lock(mutex_);
    left_ = std::move(fresh);
    return out;
}

void LeaseTokens::forget() {
    const std::lock_guard lock(mutex_);
    left_.clear();
}

}  // namespace storage_postgres
