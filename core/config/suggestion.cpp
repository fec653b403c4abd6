#include "config/suggestion.hpp"

#include <algorithm>
#include <numeric>

namespace treasurer {

namespace {

constexpr std::size_t longest_name = 64;

/// How many letters must be changed, added, left out, or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

/// A name this far from the misspelt one is not meant.
std::size_t too_far(std::string_view wrong) {
    return std::max<std::size_t>(wrong.size() / 3, 1) + 1;
}

}  // namespace

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
    if (wrong.size() > longest_name) return {};
    std::string best;
    std::size_t nearest = too_far(wrong);
    for (const auto& name : known) {
        const std::size_t away = name.size() > longest_name ? nearest : distance(wrong, name);
        const bool longer_form = wrong.size() >= 3 && name.starts_with(wrong);
        if (away >= nearest && !(longer_form && best.empty())) continue;
        nearest = std::min(nearest, away);
        best = name;
    }
    return best.empty() ? std::string() : " (did you mean '" + best + "'?)";
}

std::vector<std::string> nearest_names(std::string_view wrong, const std::vector<std::string>& known,
                                       std::size_t most) {
    if (wrong.size() > longest_name) return {};
    struct Found {
        std::size_t away;
        std::string name;
    };
    std::vector<Found> found;
    for (const auto& name : known)
        if (const auto away = distance(wrong, name); away < too_far(wrong)) found.push_back({away, name});
    const auto shared = [&](const std::string& name) {  // letters that both begin with
        return std::mismatch(wrong.begin(), wrong.end(), name.begin(), name.end()).first - wrong.begin();
    };
    std::stable_sort(found.begin(), found.end(), [&](const Found& a, const Found& b) {
        return a.away != b.away ? a.away < b.away : shared(a.name) > shared(b.name);
    });
    std::vector<std::string> out;
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i) out.push_back(std::move(found[i].name));
    return out;
}

}  // namespace treasurer
