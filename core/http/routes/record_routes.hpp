/// GET of one record and of a page of them: the same for every resource.
#pragma once

#include "http/routes/api_services.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::http {

/// `show` turns a record into its representation. 404 says that no `what` has this id.
template <class R, class Show>
Task<Response> get_record(Store& store, RequestContext context, const char* what, Show show) {
    Task<atr::Result<std::optional<R>>> finding = store.find<R>(std::string(context.path_parameter("id")));
    const atr::Result<std::optional<R>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found)
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = std::string("No ") + what + " has this id."},
                          context);
    co_return json_response(200, show(**found));
}

/// A query parameter that narrows a list, the index that serves it, and its values (empty: any).
struct Filter {
    const char* parameter;
    const char* index;
    std::span<const std::string_view> values;
};

/// The filter that the query names, with its value; null when it names none. Problems: a parameter that this list does
/// not have, a value that the filter does not have, more than one filter.
Parsed<const Filter*> filter_of(const RequestContext& context, const std::vector<Filter>& filters);

/// Newest first, over `index` unless a filter names another. A replica may answer.
template <class R, class Show>
Task<Response> list_records(Store& store, RequestContext context, std::vector<Filter> filters, Show show,
                            const char* index = "by_created") {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    atr::Query query;
    query.index = index;
    query.descending = true;
    query.limit = page->limit;
    query.cursor = page->cursor;
    const auto filter = filter_of(context, filters);
    if (!filter) co_return respond(filter.problem(), context);
    if (*filter) {
        query.index = (*filter)->index;
        query.eq.push_back(atr::Value::of(std::string(*context.request.query_value((*filter)->parameter))));
    }
    Task<atr::Result<Listing<R>>> listing = store.list<R>(std::move(query), Freshness::may_lag);
    const atr::Result<Listing<R>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& record : found->items) items.push_back(show(record));
    co_return list_response(context, std::move(items), found->next_cursor);
}

}  // namespace treasurer::http
