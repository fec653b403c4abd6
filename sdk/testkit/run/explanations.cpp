// What `treasurer plugin explain` knows: the words of the checks themselves.
#include <algorithm>
#include <atr/testkit.hpp>
#include <iterator>
#include <sstream>

#include "run/registry.hpp"

namespace atr::testkit {

namespace {

struct Family {
    std::string_view beginning;  ///< of its codes
    std::string_view guide;      ///< anchor of its heading
};

constexpr Family families[] = {
    {"ATR-FILE-", "the-file"},     {"ATR-LOAD-", "the-file"},
    {"ATR-DESCRIBE-", "settings"}, {"ATR-LIFECYCLE-", "the-life-of-an-instance"},
    {"ATR-ROBUST-", "every-call"}, {"ATR-STORAGE-", "storage"},
    {"ATR-CACHE-", "caches"},      {"ATR-RAIL-", "rails"},
    {"ATR-PARSER-", "parsers"},
};

std::string_view guide_of(std::string_view code) {
    const auto* found = std::ranges::find_if(families, [&](const Family& f) { return code.starts_with(f.beginning); });
    return found == std::end(families) ? std::string_view() : found->guide;
}

}  // namespace

std::vector<Explanation> explanations() {
    std::vector<Explanation> out;
    for (const auto& checks : {file_checks(), load_checks(), describe_checks(), lifecycle_checks(), watched_rules(),
                               storage_checks(), cache_checks(), rail_checks(), parser_checks()}) {
        const auto first = static_cast<std::ptrdiff_t>(out.size());
        for (const auto& check : checks)
            out.push_back({check.code, check.rule, check.why, check.pitfall, check.advice, guide_of(check.code)});
        std::sort(out.begin() + first, out.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
    }
    return out;
}

std::string to_text(const Explanation& one) {
    std::ostringstream out;
    out << one.code << '\n'
        << one.rule << "\n\n"
        << "  why      " << one.why << '\n'
        << "  usually  " << one.pitfall << '\n'
        << "  do       " << one.advice << '\n'
        << "  guide    docs/plugin_guide.md#" << one.guide << " (in an installed SDK: share/doc/atr/plugin_guide.md)\n"
        << "  alone    treasurer plugin check FILE.so --only " << one.code << '\n'
        << "  others   treasurer plugin explain " << one.code.substr(0, one.code.rfind('-'))
        << " lists those of its kind; without a code, all\n";
    return out.str();
}

}  // namespace atr::testkit
