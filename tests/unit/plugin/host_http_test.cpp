#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "plugin/host_services.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/scripted_http.hpp"

using namespace treasurer;
using support::ScriptedHttp;

namespace {

/// A plugin's view of a host whose requests go where the script says.
struct HttpBench {
    support::ManualClock clock;
    ScriptedHttp world;
    HostServices services{"rail", clock, sinks()};
    atr::Host host{services.raw()};

    HostSinks sinks() {
        HostSinks out;
        out.http = [this](const HttpRequest& request) { return world.send(request); };
        out.http_allow = {"https://bank.example"};
        return out;
    }
    atr::Result<atr::HttpReply> send(atr::HttpRequest request, std::int64_t budget_ms = 5'000) {
        const atr_call raw = support::make_call(clock.unix_ms(), budget_ms);
        return host.http(atr::Call(&raw), request);
    }
    static atr::HttpRequest pay() {
        atr::HttpRequest out;
        out.method = "POST";
        out.url = "https://bank.example/pay";
        out.headers = {{"X-Key", "k"}};
        out.body = "{}";
        return out;
    }
};

}  // namespace

SCENARIO("a plugin's request goes out as it was given, with the host's allow list and the call's time",
         "[plugin][http]") {
    HttpBench at;
    auto reply = ScriptedHttp::replied(409, "taken");
    reply.headers = {{"Retry-After", "3"}};
    at.world.then(reply);
    const auto got = at.send(HttpBench::pay(), 1'500);
    REQUIRE(got);
    CHECK(got->status == 409);
    CHECK(got->body == "taken");
    CHECK(nlohmann::json::parse(got->headers_json) == nlohmann::json::parse(R"([["Retry-After","3"]])"));
    const auto sent = at.world.requests().at(0);
    CHECK(sent.method == "POST");
    CHECK(sent.url == "https://bank.example/pay");
    CHECK(sent.headers == HttpFields{{"X-Key", "k"}});
    CHECK(sent.body == "{}");
    CHECK(sent.allowed == std::vector<std::string>{"https://bank.example"});
    CHECK(sent.timeout == Millis{1'500});
    atr::HttpRequest hasty = HttpBench::pay();
    hasty.timeout_ms = 200;
    at.world.then(reply);
    CHECK(at.send(hasty));
    CHECK(at.world.requests().at(1).timeout == Millis{200});
}

SCENARIO("what a plugin may do next follows from how far its request came", "[plugin][http]") {
    HttpBench at;
    at.world.then(ScriptedHttp::lost(HttpPhase::not_sent));
    CHECK(at.send(HttpBench::pay()).outcome() == atr::Outcome::retry);
    at.world.then(ScriptedHttp::lost(HttpPhase::sent_no_reply, ATR_E_TIMEOUT));
    const auto unknown = at.send(HttpBench::pay());
    CHECK(unknown.outcome() == atr::Outcome::unknown);
    CHECK(unknown.error().code == ATR_E_TIMEOUT);
    CHECK(unknown.error().message == "as scripted");
    HttpReply refused;
    refused.is_refused = true;
    refused.code = ATR_E_PERMISSION;
    at.world.then(refused);
    CHECK(at.send(HttpBench::pay()).outcome() == atr::Outcome::rejected);
    at.world.then([](const HttpRequest&) -> HttpReply { throw std::runtime_error("a fault of the host"); });
    CHECK(at.send(HttpBench::pay()).outcome() == atr::Outcome::unknown);
}

SCENARIO("malformed requests of a plugin are refused, and reach nobody", "[plugin][http]") {
    HttpBench at;
    const auto* http = static_cast<const atr_http*>(at.services.raw()->get_service(nullptr, atr::borrow(ATR_SVC_HTTP)));
    REQUIRE(http);
    const atr_call call = support::make_call(at.clock.unix_ms(), 1000);
    atr_http_req request{};
    request.struct_size = sizeof request;
    request.url = atr::borrow("https://bank.example");
    atr_http_rsp response{};
    response.struct_size = sizeof response;
    atr_error error{};
    error.struct_size = sizeof error;
    GIVEN("a length without a pointer") {
        request.body = {nullptr, 5};
    }
    GIVEN("headers that are not there") {
        request.n_headers = 3;
    }
    GIVEN("too many of them") {
        request.n_headers = 1'000'000;
    }
    GIVEN("a request cut short") {
        request.struct_size = 8;
    }
    CHECK(http->send(at.services.raw()->ctx, &call, &request, &response, &error) == ATR_REJECTED);
    CHECK(response.phase == ATR_HTTP_NOT_SENT);
    CHECK(http->send(at.services.raw()->ctx, &call, nullptr, &response, &error) == ATR_REJECTED);
    CHECK(http->send(at.services.raw()->ctx, &call, &request, nullptr, &error) == ATR_REJECTED);
    CHECK(at.world.requests().empty());
}

SCENARIO("a host without an HTTP client says so", "[plugin][http]") {
    support::ManualClock clock;
    HostServices services("rail", clock, {});
    const atr_call raw = support::make_call(clock.unix_ms(), 1000);
    CHECK(atr::Host(services.raw()).http(atr::Call(&raw), HttpBench::pay()).outcome() == atr::Outcome::unsupported);
}
