// GET /api/v1/vendors.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

SCENARIO("vendors are listed by the beginning of their names", "[http][vendors]") {
    ApiWorld world;
    const std::string boss = world.sign_in("boss");
    for (const char* name : {"Alpine Data", "Alpine Rail", "Beta", "Zürich Post", "Zürcher"})
        world.add_vendor(name, "0x1");
    const auto names = [&](const std::string& query) {
        std::vector<std::string> out;
        const json page = world.ask("GET", "/api/v1/vendors" + query, {{"Authorization", boss}}).json();
        for (const auto& one : page.at("items")) out.push_back(one.at("name"));
        return out;
    };
    using Names = std::vector<std::string>;
    CHECK(names("?name_prefix=Alpine") == Names{"Alpine Data", "Alpine Rail"});
    CHECK(names("?name_prefix=Alpine R") == Names{"Alpine Rail"});
    CHECK(names("?name_prefix=Zü") == Names{"Zürcher", "Zürich Post"});
    CHECK(names("?name_prefix=alpine").empty());
    CHECK(names("?name_prefix=Al&limit=1").size() == 1);
    CHECK(world.ask("GET", "/api/v1/vendors?name_prefix=", {{"Authorization", boss}})->status == 422);
}
