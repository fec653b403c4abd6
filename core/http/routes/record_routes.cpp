#include "http/routes/record_routes.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

template <class Range, class Name>
std::string listed(const Range& range, Name name) {
    std::string out;
    for (const auto& one : range) out += (out.empty() ? "" : ", ") + std::string(name(one));
    return out;
}

Problem refused(std::string_view parameter, std::string detail) {
    return {.code = ErrorCode::validation_failed,
            .detail = "The list cannot be narrowed so.",
            .errors = {{"/" + std::string(parameter), std::move(detail)}}};
}

}  // namespace

Parsed<const Filter*> filter_of(const RequestContext& context, const std::vector<Filter>& filters) {
    const Filter* out = nullptr;
    for (const auto& parameter : context.request.query) {
        const auto& [name, value] = parameter;
        if (name == "limit" || name == "cursor") continue;
        const auto known = std::find_if(filters.begin(), filters.end(),
                                        [&](const Filter& filter) { return parameter.name == filter.parameter; });
        if (known == filters.end()) {
            const std::string others = listed(filters, [](const Filter& filter) { return filter.parameter; });
            return refused(name, "this list takes limit, cursor" + (others.empty() ? "" : ", " + others));
        }
        if (out) return refused(name, "one filter at a time");
        const auto& values = known->values;
        if (!values.empty() && std::find(values.begin(), values.end(), value) == values.end())
            return refused(name, "is one of " + listed(values, [](std::string_view one) { return one; }));
        out = &*known;
    }
    return out;
}

}  // namespace treasurer::http
