#include "http/routes/docs_routes.hpp"

#include "http/openapi/document.hpp"

namespace treasurer::http {
namespace {

using Text = std::shared_ptr<const std::string>;

/// May be kept, and is asked about before it is used again: the next version of the host has another.
Response as_it_is(Response response) {
    response.headers.add("Cache-Control", "no-cache");
    return response;
}

}  // namespace

void add_docs(Router& router, std::string_view version) {
    const auto document = std::make_shared<Text>();
    router.add(
        {.method = "GET",
         .pattern = "/openapi.json",
         .name = "openapi",
         .access = Access::anyone(),
         .handler = SyncHandler([document](const RequestContext&) { return as_it_is(Response::json(200, *document)); }),
         .produces = {"application/json"},
         .parameters = std::vector<std::string>{}});
    *document = std::make_shared<const std::string>(openapi::document_of(router.routes(), version).json.dump());
}

}  // namespace treasurer::http
