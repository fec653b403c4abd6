// The OpenAPI document and the routes say the same, both ways. A route group that only the process adds is added here
// too: without it, what is written about it has no route, and this fails.
#include "http/health_routes.hpp"
#include "http/openapi/document.hpp"
#include "http/openapi/refusals.hpp"
#include "http/openapi/schema_text.hpp"
#include "http/routes/docs_routes.hpp"
#include "tests/unit/http_routes/api_world.hpp"

#include <set>

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::ordered_json;

namespace {

struct Described : ApiWorld {
    Described() {
        add_health_routes(router, clock, executor, "1.2.3", [] { return nothing(); });
        add_plugins(router, [] { return Json{{"items", Json::array()}}; });
        add_docs(router, "1.2.3");
    }
    static Task<std::vector<ServiceState>> nothing() { co_return std::vector<ServiceState>{}; }

    openapi::Document document() const { return openapi::document_of(router.routes(), "1.2.3"); }
};

Route route_named(std::string name) {
    return {.method = "GET",
            .pattern = "/api/v1/" + name,
            .name = name,
            .access = Access::anyone(),
            .handler = SyncHandler([](const RequestContext&) { return Response::empty(204); })};
}

void collect_references(const ordered_json& node, std::set<std::string>& into) {
    if (node.is_object() && node.contains("$ref")) into.insert(node["$ref"].get<std::string>());
    if (node.is_structured())
        for (const auto& one : node) collect_references(one, into);
}

/// Object schemas that let members through without saying so.
void collect_open_objects(const ordered_json& node, const std::string& at, std::set<std::string>& into) {
    if (!node.is_structured()) return;
    const bool is_schema = node.is_object() && node.contains("properties") && node["properties"].is_object();
    if (is_schema && !node.contains("additionalProperties") && !node.contains("unevaluatedProperties")) into.insert(at);
    if (is_schema && !node.contains("required")) into.insert(at);
    for (const auto& [name, value] : node.items()) collect_open_objects(value, at + "/" + name, into);
}

std::string lower(std::string method) {
    for (char& c : method) c = static_cast<char>(c + ('a' - 'A'));
    return method;
}

bool has_parameter(const ordered_json& operation, const char* name) {
    const auto parameters = operation.value("parameters", ordered_json::array());
    return std::any_of(parameters.begin(), parameters.end(), [&](const ordered_json& one) {
        return one.value("$ref", std::string()).ends_with(std::string("/") + name);
    });
}

}  // namespace

SCENARIO("every route is described, and every description has its route", "[http][openapi]") {
    Described world;
    const auto document = world.document();
    for (const auto& fault : document.faults) UNSCOPED_INFO(fault);
    CHECK(document.faults.empty());

    std::set<std::string> routes, operations;
    for (const Route& route : world.router.routes().routes()) routes.insert(route.name);
    for (const auto& path : document.json.at("paths"))
        for (const auto& operation : path) {
            operations.insert(operation.at("operationId"));
            INFO(operation.dump());
            CHECK(operation.contains("summary"));
            CHECK(operation.at("tags").size() == 1);
            CHECK_FALSE(operation.contains("x-undocumented"));
        }
    CHECK(operations == routes);
}

SCENARIO("a route that nobody describes, and a description of no route, are told", "[http][openapi]") {
    RouteTable routes;
    routes.add(route_named("surprise"));
    const auto document = openapi::document_of(routes, "1.2.3");
    CHECK(document.json.at("paths").at("/api/v1/surprise").at("get").contains("x-undocumented"));
    const auto is_told = [&](const std::string& what) {
        return std::find(document.faults.begin(), document.faults.end(), what) != document.faults.end();
    };
    CHECK(is_told("GET /api/v1/surprise (surprise) has no fragment"));
    CHECK(is_told("there is a fragment for invoices.get, and no such route"));
}

SCENARIO("query parameters that a route declares are those that are described", "[http][openapi]") {
    RouteTable routes;
    Route route = route_named("invoices.list");
    route.parameters = {"limit", "cursor", "status"};  // vendor_id is described too
    routes.add(std::move(route));
    const auto faults = openapi::document_of(routes, "1.2.3").faults;
    CHECK(std::find(faults.begin(), faults.end(), "invoices.list declares other query parameters than are described") !=
          faults.end());
}

SCENARIO("every reference of the document leads somewhere, and no object is left open by oversight",
         "[http][openapi]") {
    Described world;
    const auto document = world.document().json;
    std::set<std::string> references, open;
    collect_references(document, references);
    CHECK(references.size() > 50);
    for (const auto& reference : references) {
        INFO(reference);
        REQUIRE(reference.starts_with("#/"));
        CHECK(document.contains(ordered_json::json_pointer(reference.substr(1))));
    }
    collect_open_objects(document, "", open);
    CHECK(open == std::set<std::string>{});
}

SCENARIO("what the document says of a route is what the route declares", "[http][openapi]") {
    Described world;
    const auto document = world.document().json;
    for (const Route& route : world.router.routes().routes()) {
        INFO(route.method << " " << route.pattern);
        const auto& operation = document.at("paths").at(route.pattern).at(lower(route.method));
        CHECK(operation.at("operationId") == route.name);
        CHECK(operation.at("security").empty() != route.access.needs_sign_in());
        CHECK(operation.at("responses").contains("401") ==
              (route.access.needs_sign_in() || route.name == "token" || route.name == "session.open"));
        CHECK(operation.at("responses").contains("429") == route.may_be_limited());
        CHECK(has_parameter(operation, "IdempotencyKey") == static_cast<bool>(route.retell));
        CHECK(has_parameter(operation, "IfNoneMatch") == operation.at("responses").contains("304"));
        CHECK((route.method == "GET" || !has_parameter(operation, "IfNoneMatch")));
        if (operation.contains("requestBody")) CHECK(operation.at("x-max-body-bytes") == route.max_body_bytes);
        // The memory for bodies of those who do not sign in is shared out for no more (core/http/edge.cpp).
        if (!route.access.needs_sign_in() && route.method != "GET") CHECK(route.max_body_bytes <= 16 * 1024);
        const auto permission = route.access.permission();
        const bool takes_keys = operation.at("security").dump().find("apiKey") != std::string::npos;
        CHECK(takes_keys == permission.has_value());
        CHECK(operation.contains("x-roles") == permission.has_value());
        if (!permission) continue;
        for (const auto role : {auth::Role::viewer, auth::Role::submitter, auth::Role::approver, auth::Role::admin}) {
            const auto& roles = operation.at("x-roles");
            CHECK((std::find(roles.begin(), roles.end(), auth::to_string(role)) != roles.end()) ==
                  auth::gives(role, *permission));
        }
    }
}

SCENARIO("a host serves its own description to anybody", "[http][openapi]") {
    Described world;
    const auto answer = world.ask("GET", "/openapi.json", {});
    CHECK(answer->status == 200);
    CHECK(answer.header("Content-Type") == "application/json");
    const auto served = ordered_json::parse(answer->content());
    CHECK(served == world.document().json);
    CHECK(served.at("openapi") == "3.1.0");
    CHECK(served.at("info").at("version") == "1.2.3");
    CHECK(world.ask("GET", "/openapi.json", {{"Accept", "text/html"}})->status == 406);
    for (const char* path : {"/openapi.json", "/docs"})
        CHECK(world.ask("GET", path, {{"Accept-Encoding", "gzip"}}).header("Content-Encoding") == "gzip");
}

SCENARIO("who asks for the host alone is led to the page for people", "[http][openapi]") {
    Described world;
    for (const char* accepted : {"text/html", "application/json", "*/*"}) {
        const auto answer = world.ask("GET", "/", {{"Accept", accepted}});
        CHECK(answer->status == 303);
        CHECK(answer.header("Location") == "/docs");
    }
}

SCENARIO("the page for people names every operation and every schema, and lets nothing run but its own script",
         "[http][openapi]") {
    Described world;
    const auto answer = world.ask("GET", "/docs", {});
    CHECK(answer->status == 200);
    CHECK(answer.header("Content-Type") == "text/html; charset=utf-8");
    const std::string page(answer->content());
    const auto document = world.document().json;
    for (const Route& route : world.router.routes().routes()) {
        INFO(route.name);
        CHECK(page.find("<article id=\"" + route.name + "\">") != std::string::npos);
    }
    for (const auto& [name, schema] : document.at("components").at("schemas").items())
        CHECK(page.find("id=\"schema-" + name + "\"") != std::string::npos);
    const std::string policy = answer.header("Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    CHECK(policy.find("unsafe") == std::string::npos);
}

SCENARIO("what the document says cannot become markup of the page", "[http][openapi]") {
    CHECK(openapi::escaped("<script>\"&") == "&lt;script&gt;&quot;&amp;");
    CHECK(openapi::paragraphs("a `<b>` c\n\nd") == "<p>a <code>&lt;b&gt;</code> c</p>\n<p>d</p>\n");
    CHECK(openapi::type_of({{"enum", {"<x>"}}}) == "one of <code>&lt;x&gt;</code>");
}

SCENARIO("every code of a refusal has its meaning and is found by its name", "[http][openapi]") {
    for (const auto code : {ErrorCode::bad_request, ErrorCode::duplicate_invoice, ErrorCode::payment_failed}) {
        CHECK(openapi::code_named(to_string(code)) == code);
        CHECK_FALSE(openapi::meaning_of(code).empty());
    }
    CHECK_FALSE(openapi::code_named("no_such_code").has_value());
}
