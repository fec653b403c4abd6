#include "http/routes/record_routes.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

std::string listed(std::span<const std::string_view> values) {
    std::string out;
    for (const auto one : values) out += (out.empty() ? "" : ", ") + std::string(one);
    return out;
}

Problem refused(std::string_view parameter, std::string detail) {
    return {.code = ErrorCode::validation_failed,
            .detail = "The list cannot be narrowed so.",
            .errors = {{"/" + std::string(parameter), std::move(detail)}}};
}

/// The filter that the query names; null when it names none.
Parsed<const Filter*> filter_of(const RequestContext& context, const std::vector<Filter>& filters) {
    const Filter* out = nullptr;
    for (const auto& parameter : context.request.query) {
        const auto& [name, value] = parameter;
        const auto known = std::find_if(filters.begin(), filters.end(),
                                        [&](const Filter& filter) { return parameter.name == filter.parameter; });
        if (known == filters.end()) continue;
        if (out) return refused(name, "one filter at a time");
        const auto& values = known->values;
        if (!values.empty() && std::find(values.begin(), values.end(), value) == values.end())
            return refused(name, "is one of " + listed(values));
        out = &*known;
    }
    return out;
}

}  // namespace

std::vector<std::string> ListShape::parameters() const {
    std::vector<std::string> out{"limit", "cursor"};
    for (const auto& filter : filters) out.emplace_back(filter.parameter);
    if (is_by_time) out.insert(out.end(), {"created_from", "created_to"});
    return out;
}

Parsed<atr::Query> query_of(const RequestContext& context, const ListShape& shape) {
    const auto page = page_of(context);
    if (!page) return page.problem();
    const auto filter = filter_of(context, shape.filters);
    if (!filter) return filter.problem();
    const auto range = created_range_of(context);
    if (!range) return range.problem();
    if (*filter && !(*filter)->then_by_time && !range->is_open())
        return refused((*filter)->parameter, "cannot be combined with created_from and created_to");
    atr::Query out;
    out.index = *filter ? (*filter)->index : shape.index;
    if (*filter) out.eq.push_back(atr::Value::of(std::string(*context.request.query_value((*filter)->parameter))));
    if (range->from_ms) out.lo = atr::Value::of(*range->from_ms);
    if (range->to_ms) out.hi = atr::Value::of(*range->to_ms);
    out.descending = true;
    out.limit = page->limit;
    out.cursor = page->cursor;
    return out;
}

}  // namespace treasurer::http
