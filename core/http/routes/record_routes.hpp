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
    bool then_by_time = true;  ///< the index goes on with the time, so that a range of it can be asked for, too
};

/// What a list may be asked for.
struct ListShape {
    std::vector<Filter> filters = {};
    const char* index = "by_created";  ///< without a filter
    bool is_by_time = true;            ///< that index, so that created_from and created_to can be asked for

    /// The names of all that its query may have.
    std::vector<std::string> parameters() const;
};

/// The page that the request asks for, newest first. Problems: a value that a filter does not have, more than one
/// filter, a limit out of range. Names that the list does not have were refused before.
Parsed<atr::Query> query_of(const RequestContext& context, const ListShape& shape);

/// A replica may answer.
template <class R, class Show>
Task<Response> list_records(Store& store, RequestContext context, ListShape shape, Show show) {
    auto query = query_of(context, shape);
    if (!query) co_return respond(query.problem(), context);
    Task<atr::Result<Listing<R>>> listing = store.list<R>(std::move(*query), Freshness::may_lag);
    const atr::Result<Listing<R>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& record : found->items) items.push_back(show(record));
    co_return list_response(context, std::move(items), found->next_cursor);
}

}  // namespace treasurer::http
