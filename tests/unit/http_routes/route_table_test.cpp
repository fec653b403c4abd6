// What every route says of itself is kept by all of them: the query parameters it takes, the types it reads and gives.
#include "http/health_routes.hpp"
#include "tests/unit/http_routes/api_world.hpp"

#include <algorithm>
#include <set>

using namespace treasurer;
using namespace treasurer::http;

namespace {

/// With the routes that belong to the process, too.
struct WholeTable : ApiWorld {
    WholeTable() {
        add_health_routes(
            router, clock, executor, "1", [] { return services_of_nobody(); }, [] { return not_quarantined(); });
        add_plugins(router, [] { return Json{{"items", Json::array()}}; });
    }
    static Task<std::vector<ServiceState>> services_of_nobody() { co_return std::vector<ServiceState>{}; }
    static Task<std::optional<bool>> not_quarantined() { co_return std::optional<bool>(false); }

    static std::string target(const Route& route) {
        std::string out = route.pattern;
        if (const auto at = out.find("{id}"); at != std::string::npos) out.replace(at, 4, "any");
        return out;
    }
    std::string boss = sign_in("boss");
};

bool is_health(const Route& route) {
    return route.name.starts_with("health");
}

}  // namespace

SCENARIO("every route refuses a query parameter that it does not name", "[http][routes]") {
    WholeTable world;
    for (const Route& route : world.router.routes().routes()) {
        INFO(route.method << " " << route.pattern << " (" << route.name << ")");
        REQUIRE(route.parameters);
        const auto refused =
            world.ask(route.method, WholeTable::target(route) + "?never_heard_of=1", {{"Authorization", world.boss}});
        CHECK(refused->status == 422);
        CHECK(refused.json().at("errors").at(0).at("pointer") == "/never_heard_of");
        const std::string detail = refused.json().at("errors").at(0).at("detail");
        for (const auto& name : *route.parameters) CHECK(detail.find(name) != std::string::npos);
    }
}

SCENARIO("every route says what it gives, and refuses who accepts none of it before anything is done",
         "[http][routes]") {
    WholeTable world;
    for (const Route& route : world.router.routes().routes()) {
        INFO(route.method << " " << route.pattern << " (" << route.name << ")");
        // Who asks whether a host is alive is answered whatever he says of types.
        CHECK(route.produces.empty() == is_health(route));
        const auto answer = world.ask(route.method, WholeTable::target(route),
                                      {{"Authorization", world.boss}, {"Accept", "image/webp"}});
        CHECK((answer->status == 406) == !is_health(route));
    }
}

SCENARIO("every route that has a body says which types it reads, and refuses others", "[http][routes]") {
    WholeTable world;
    for (const Route& route : world.router.routes().routes()) {
        if (route.method == "GET" || route.method == "DELETE") continue;
        INFO(route.method << " " << route.pattern << " (" << route.name << ")");
        CHECK_FALSE(route.consumes.empty());
        const auto answer = world.ask(route.method, WholeTable::target(route),
                                      {{"Authorization", world.boss}, {"Content-Type", "image/webp"}}, "x");
        CHECK(answer->status == 415);
    }
}

SCENARIO("a list takes the filters it names, and their values alone", "[http][routes]") {
    ApiWorld world;
    const std::string boss = world.sign_in("boss");
    const auto ask = [&](const std::string& target) { return world.ask("GET", target, {{"Authorization", boss}}); };
    CHECK(ask("/api/v1/invoices?status=paid&limit=1")->status == 200);
    CHECK(ask("/api/v1/invoices?status=lost").json().at("errors").at(0).at("pointer") == "/status");
    CHECK(ask("/api/v1/invoices?status=paid&vendor_id=v").json().at("errors").at(0).at("detail") ==
          "one filter at a time");
    CHECK(ask("/api/v1/invoices?limit=0")->status == 422);
}
