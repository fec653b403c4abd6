// The cookie that signs a browser in: what it is, when it is believed, and that no other site's page can use it.
#include "http/auth_routes.hpp"
#include "http/same_origin.hpp"
#include "http/session_cookie.hpp"
#include "tests/unit/http_router/test_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

namespace {

constexpr const char* form = "application/x-www-form-urlencoded";
constexpr const char* right_password = "username=ann&password=a+good+password";

struct SessionBench : RouterBench {
    explicit SessionBench(RouterSettings settings = {}) : RouterBench(settings) {
        REQUIRE(bench.await(users.add("ann", "a good password", {Role::approver, Role::viewer})));
        routes.add_to(router);
        router.add(sync_route("GET", "/me", Access::signed_in()));
        router.add(sync_route("POST", "/change", Access::signed_in()));
        router.add(sync_route("POST", "/decide", Access::needs(Permission::decide_approvals)));
        users.on_changed([this](std::string_view user) { tokens.forget_user(user); });
    }
    Answer send(std::string method, std::string path, Fields headers, std::string body = "", bool is_secure = false) {
        Request out = request(std::move(method), std::move(path), headers, std::move(body));
        out.host = "pay.example";
        out.is_secure = is_secure;
        return ask(std::move(out));
    }
    Answer open(Fields headers, bool is_secure = false, std::string body = right_password) {
        return send("POST", "/session", headers, std::move(body), is_secure);
    }
    /// As a page of http://pay.example sends it.
    Answer from_own_page(std::string method, std::string path, const std::string& cookie) {
        return send(std::move(method), std::move(path),
                    {{"Cookie", cookie}, {"Origin", "http://pay.example"}, {"X-Requested-With", "dashboard"}});
    }
    /// "treasurer_session=…" of a new session.
    std::string cookie(bool is_secure = false) {
        const char* origin = is_secure ? "https://pay.example" : "http://pay.example";
        const auto opened = open({{"Content-Type", form}, {"Origin", origin}, {"X-Requested-With", "test"}}, is_secure);
        REQUIRE(opened->status == 200);
        const std::string set = opened.header("Set-Cookie");
        return set.substr(0, set.find(';'));
    }
    auth::LoginThrottle throttle{bench.clock, {.per_user_at_address = {.capacity = 3, .refill_us = 30'000'000}}};
    AuthRoutes routes{users, tokens, throttle};
};

}  // namespace

TEST_CASE("a session is a cookie that no script reads and no other site sends", "[session]") {
    SessionBench bench;
    const auto opened =
        bench.open({{"Content-Type", form}, {"Origin", "http://pay.example"}, {"X-Requested-With", "x"}});
    REQUIRE(opened->status == 200);
    CHECK(opened.json() == nlohmann::json::parse(R"({"user":"ann","roles":["approver","viewer"],"expires_in":1800})"));
    CHECK(opened.header("Cache-Control") == "no-store");
    const std::string set = opened.header("Set-Cookie");
    CHECK(set.starts_with("treasurer_session=ey"));
    CHECK(set.ends_with("; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict"));
    CHECK(bench.send("GET", "/me", {{"Cookie", set.substr(0, set.find(';'))}}).json()["user"] == "ann");
    for (const auto& line : bench.log.lines()) CHECK(line.find("eyJ") == std::string::npos);
}

TEST_CASE("by TLS the cookie is one that only this very host can have set", "[session]") {
    SessionBench bench;
    const std::string secure = bench.cookie(true), plain = bench.cookie(false);
    CHECK(secure.starts_with("__Host-treasurer="));
    const auto opened =
        bench.open({{"Content-Type", form}, {"Origin", "https://pay.example"}, {"X-Requested-With", "x"}}, true);
    CHECK(opened.header("Set-Cookie").ends_with("; Path=/; Max-Age=1800; Secure; HttpOnly; SameSite=Strict"));
    CHECK(bench.send("GET", "/me", {{"Cookie", secure}}, "", true)->status == 200);
    CHECK(bench.send("GET", "/me", {{"Cookie", plain}}, "", true)->status == 401);
    CHECK(bench.send("GET", "/me", {{"Cookie", secure}}, "", false)->status == 401);
    CHECK(bench.send("GET", "/me", {{"Cookie", plain + "; " + secure}}, "", true)->status == 200);
}

TEST_CASE("what a session changes has to come from a page of this host", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), host = "pay.example";
    struct Row {
        const char* what;
        std::vector<std::pair<const char*, std::string>> headers;
        int status;
    };
    const std::pair<const char*, std::string> asked{"X-Requested-With", "x"};
    const auto row = GENERATE_COPY(values<Row>({
        {"its own page", {asked, {"Origin", "http://pay.example"}}, 200},
        {"its own page, with the port that is meant anyway", {asked, {"Origin", "http://pay.example:80"}}, 200},
        {"its own page, as browsers say it",
         {asked, {"Origin", "http://pay.example"}, {"Sec-Fetch-Site", "same-origin"}},
         200},
        {"no Origin, but the browser's word", {asked, {"Sec-Fetch-Site", "same-origin"}}, 200},
        {"an Origin that is kept back, and the browser's word",
         {asked, {"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}},
         200},
        {"no Origin, but a Referer", {asked, {"Referer", "http://pay.example/dashboard?x=1"}}, 200},
        {"a Referer that is all of it", {asked, {"Referer", "HTTP://Pay.Example"}}, 200},
        {"nothing", {}, 403},
        {"no header that a form cannot send", {{"Origin", "http://pay.example"}}, 403},
        {"an empty one", {{"X-Requested-With", ""}, {"Origin", "http://pay.example"}}, 403},
        {"no word of where it comes from", {asked}, 403},
        {"another site", {asked, {"Origin", "http://evil.example"}}, 403},
        {"another site, with a Referer that seems ours",
         {asked, {"Origin", "http://evil.example"}, {"Referer", "http://pay.example/"}},
         403},
        {"another site, though it says the same",
         {asked, {"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "same-origin"}},
         403},
        {"our Origin, but the browser says otherwise",
         {asked, {"Origin", "http://pay.example"}, {"Sec-Fetch-Site", "same-site"}},
         403},
        {"a sibling", {asked, {"Origin", "http://www.pay.example"}}, 403},
        {"a name that begins like ours", {asked, {"Origin", "http://pay.example.evil.example"}}, 403},
        {"a name that ends like ours", {asked, {"Origin", "http://evilpay.example"}}, 403},
        {"our name as a user's", {asked, {"Referer", "http://pay.example@evil.example/"}}, 403},
        {"another user at our name", {asked, {"Referer", "http://evil@pay.example/"}}, 403},
        {"another port", {asked, {"Origin", "http://pay.example:8080"}}, 403},
        {"another scheme", {asked, {"Origin", "https://pay.example"}}, 403},
        {"a page in a box", {asked, {"Origin", "null"}}, 403},
        {"a page in a box with a Referer", {asked, {"Origin", "null"}, {"Referer", "http://pay.example/"}}, 403},
        {"two origins", {asked, {"Origin", "http://pay.example"}, {"Origin", "http://evil.example"}}, 403},
        {"a cross-site navigation", {asked, {"Sec-Fetch-Site", "cross-site"}}, 403},
        {"nobody's page", {asked, {"Sec-Fetch-Site", "none"}}, 403},
        {"no URL", {asked, {"Referer", "pay.example"}}, 403},
        {"no host", {asked, {"Origin", "http://"}}, 403},
    }));
    INFO(row.what);
    const auto with = [&](const char* method, const char* path, bool has_cookie) {
        Request out = RouterBench::request(method, path);
        out.host = host;
        for (const auto& [name, value] : row.headers) out.headers.add(name, value);
        if (has_cookie) out.headers.add("Cookie", cookie);
        return out;
    };
    const auto answer = bench.ask(with("POST", "/change", true));
    CHECK(answer->status == row.status);
    if (row.status == 403) CHECK(answer.code() == "cross_site");
    THEN("so has what signs in and out by it") {
        Request opening = with("POST", "/session", false);
        opening.headers.add("Content-Type", form);
        opening.body = right_password;
        const auto opened = bench.ask(std::move(opening));
        CHECK(opened->status == row.status);
        CHECK(opened->headers.contains("Set-Cookie") == (row.status == 200));
        CHECK(bench.ask(with("DELETE", "/session", true))->status == (row.status == 200 ? 204 : 403));
    }
    THEN("its body is not even read") {
        Request head = with("POST", "/change", true);
        CHECK(bench.router.body_judge()(head, 10, "10.0.0.1").is_given == (row.status == 200));
    }
    THEN("what only reads may come from anywhere") {
        CHECK(bench.ask(with("GET", "/me", true))->status == 200);
    }
}

TEST_CASE("a token in a header needs no word of where it comes from", "[session]") {
    SessionBench bench;
    const std::string token = bench.cookie().substr(std::string("treasurer_session=").size());
    CHECK(bench.send("POST", "/change", {{"Authorization", "Bearer " + token}})->status == 200);
    CHECK(bench.send("POST", "/change", {{"Authorization", "Bearer " + token}, {"Origin", "http://evil.example"}})
              ->status == 200);
}

TEST_CASE("a session's cookie is the only credential of its request, and there once", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), token = cookie.substr(cookie.find('=') + 1);
    const auto status = [&](SessionBench::Fields headers) { return bench.send("GET", "/me", headers)->status; };
    CHECK(status({{"Cookie", cookie}, {"Authorization", "Bearer " + token}}) == 400);
    CHECK(status({{"Cookie", cookie}, {"X-API-Key", "trk_x"}}) == 400);
    CHECK(status({{"Cookie", "treasurer_session=x"}, {"Authorization", "Bearer " + token}}) == 400);
    CHECK(status({{"Cookie", cookie + "; " + cookie}}) == 400);
    CHECK(status({{"Cookie", cookie}, {"Cookie", cookie}}) == 400);
    CHECK(status({{"Cookie", cookie + "; treasurer_session="}}) == 400);
    CHECK(status({{"Cookie", "treasurer_session=x;" + cookie}}) == 400);
    CHECK(status({{"Cookie", "theme=dark"}, {"Authorization", "Bearer " + token}}) == 200);
    CHECK(status({{"Cookie", "theme=dark; " + cookie + "; lang=de"}}) == 200);
    CHECK(status({{"Cookie", "theme=dark"}, {"Cookie", cookie}}) == 200);  // as a proxy from HTTP/2 may send it
}

TEST_CASE("a cookie is read strictly", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), token = cookie.substr(cookie.find('=') + 1);
    const auto code = [&](const std::string& sent) {
        const auto answer = bench.send("GET", "/me", {{"Cookie", sent}});
        return answer->status == 401 ? answer.code() : std::to_string(answer->status);
    };
    CHECK(code("treasurer_session=" + token) == "200");
    CHECK(code("treasurer_session=\"" + token + "\"") == "invalid_token");
    CHECK(code("treasurer_session=" + token + " x") == "invalid_token");
    CHECK(code("treasurer_session= " + token) == "invalid_token");
    CHECK(code("treasurer_session=" + std::string(4097, 'a')) == "invalid_token");
    CHECK(code("treasurer_session=trk_key") == "invalid_token");
    CHECK(code("treasurer_session=") == "unauthenticated");
    CHECK(code("treasurer_session") == "unauthenticated");
    CHECK(code("treasurer_session2=" + token) == "unauthenticated");
    CHECK(code("xtreasurer_session=" + token) == "unauthenticated");
    CHECK(code("TREASURER_SESSION=" + token) == "unauthenticated");
    CHECK(code("treasurer_session =" + token) == "unauthenticated");
    CHECK(code("x=\"; treasurer_session=" + token + "\"") == "invalid_token");
    CHECK(code(";;; ; " + cookie + ";") == "200");
}

SCENARIO("a session ends as its token does", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), other = bench.cookie();
    REQUIRE(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 200);
    WHEN("it is closed") {
        const auto closed = bench.from_own_page("DELETE", "/session", cookie);
        CHECK(closed->status == 204);
        CHECK(closed.header("Set-Cookie") == "treasurer_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
        THEN("a copy of the cookie is good for nothing, and other sessions go on") {
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
            CHECK(bench.from_own_page("DELETE", "/session", cookie)->status == 204);
            CHECK(bench.send("GET", "/me", {{"Cookie", other}})->status == 200);
        }
    }
    WHEN("it signs out as clients with a token do") {
        const auto out = bench.from_own_page("POST", "/logout", cookie);
        CHECK(out->status == 200);
        CHECK(out.header("Set-Cookie").find("Max-Age=0") != std::string::npos);
        THEN("it has ended too") {
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
        }
    }
    WHEN("its time is over") {
        bench.bench.clock.advance(1'800'000);
        THEN("it has ended") {
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
        }
    }
    WHEN("its user's password is changed") {
        REQUIRE(bench.bench.await(bench.users.set_password("ann", "another password")));
        THEN("it has ended") {
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
        }
    }
    WHEN("a token is signed out") {
        const std::string token = cookie.substr(cookie.find('=') + 1);
        const auto out = bench.send("POST", "/logout", {{"Authorization", "Bearer " + token}});
        CHECK(out->status == 200);
        THEN("no cookie is spoken of, and the session of the same token has ended") {
            CHECK_FALSE(out->headers.contains("Set-Cookie"));
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
        }
    }
}

TEST_CASE("guessing by way of sessions is throttled together with guessing for tokens", "[session]") {
    SessionBench bench;
    const auto guess = [&](const char* path) {
        return bench.send("POST", path,
                          {{"Content-Type", form}, {"Origin", "http://pay.example"}, {"X-Requested-With", "x"}},
                          "username=ann&password=a+bad+password");
    };
    CHECK(guess("/session").code() == "wrong_credentials");
    CHECK(guess("/token").code() == "wrong_credentials");
    CHECK(guess("/session").code() == "wrong_credentials");
    CHECK(guess("/session").code() == "login_throttled");
    CHECK(guess("/token").code() == "login_throttled");
}

TEST_CASE("a page of another origin is never let in with cookies, not even one that may read answers", "[session]") {
    SessionBench bench({.answers = {.cors = {{"https://app.example"}}}});
    const std::string cookie = bench.cookie();
    for (const char* method : {"GET", "OPTIONS", "POST"}) {
        const auto answer = bench.send(method, "/change",
                                       {{"Cookie", cookie},
                                        {"Origin", "https://app.example"},
                                        {"X-Requested-With", "x"},
                                        {"Access-Control-Request-Method", "POST"},
                                        {"Access-Control-Request-Headers", "X-Requested-With"}});
        CHECK_FALSE(answer->headers.contains("Access-Control-Allow-Credentials"));
        CHECK(answer.header("Access-Control-Allow-Headers").find("X-Requested-With") == std::string::npos);
        if (std::string(method) == "POST") CHECK(answer.code() == "cross_site");
    }
}

TEST_CASE("a session does what its user may, and is counted as its user", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie();
    CHECK(bench.from_own_page("POST", "/decide", cookie)->status == 200);
    const auto answer = bench.send("GET", "/me", {{"Cookie", cookie}});
    CHECK(answer.header("X-RateLimit-Limit") == "300");
    CHECK(answer.header("X-RateLimit-Remaining") == "298");
}

TEST_CASE("what needs no sign-in is not kept from anybody by the credentials that he shows", "[session]") {
    SessionBench bench;
    bench.router.add(sync_route("GET", "/open"));
    const std::string cookie = bench.cookie(), token = cookie.substr(cookie.find('=') + 1);
    using Shown = std::vector<std::pair<const char*, std::string>>;
    const std::vector<Shown> all{
        {{"Cookie", "treasurer_session=x; " + cookie}},
        {{"Cookie", cookie}, {"Authorization", "Bearer " + token}},
        {{"Authorization", "Bearer " + token}, {"X-API-Key", "trk_x"}},
        {{"Authorization", "Bearer x"}, {"Authorization", "Bearer " + token}},
    };
    for (const Shown& shown : all) {
        const auto status = [&](const char* path) {
            Request asked = RouterBench::request("GET", path);
            for (const auto& [name, value] : shown) asked.headers.add(name, value);
            return bench.ask(std::move(asked))->status;
        };
        CHECK(status("/open") == 200);
        CHECK(status("/nowhere") == 404);
        CHECK(status("/me") == 400);
    }
    CHECK(bench
              .send("POST", "/token", {{"Content-Type", form}, {"Cookie", "treasurer_session=x; " + cookie}},
                    right_password)
              ->status == 200);
}

namespace {

std::vector<std::string> cookies_set(const RouterBench::Answer& answer) {
    std::vector<std::string> out;
    const auto& headers = (*answer.response)->headers;
    for (std::size_t i = 0; i < headers.size(); ++i)
        if (headers[i].name == "Set-Cookie") out.emplace_back(headers[i].value);
    return out;
}

}  // namespace

SCENARIO("a browser that was given the session's cookie by somebody else too gets free of it", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), both = "treasurer_session=foreign; " + cookie;
    WHEN("it asks for anything that needs a sign-in") {
        bench.router.add(sync_route("GET", "/api/me", Access::signed_in()));
        const auto refused = bench.send("GET", "/api/me", {{"Cookie", both}});
        CHECK(refused->status == 400);
        THEN("it is told to forget all that may have been set for this path, by this host or its name") {
            const std::string rest = "; Max-Age=0; HttpOnly; SameSite=Strict", domain = "; Domain=pay.example";
            const std::string name = "treasurer_session=; Path=";
            CHECK(cookies_set(refused) == std::vector<std::string>{name + "/" + rest, name + "/" + domain + rest,
                                                                   name + "/api" + rest, name + "/api" + domain + rest,
                                                                   name + "/api/me" + rest,
                                                                   name + "/api/me" + domain + rest});
        }
    }
    WHEN("it signs in again") {
        const auto opened = bench.send(
            "POST", "/session",
            {{"Content-Type", form}, {"Cookie", both}, {"Origin", "http://pay.example"}, {"X-Requested-With", "x"}},
            right_password);
        CHECK(opened->status == 200);
        THEN("the new cookie is the last word") {
            const auto set = cookies_set(opened);
            REQUIRE(set.size() > 1);
            CHECK(set.back().starts_with("treasurer_session=ey"));
            CHECK(set.front().find("Max-Age=0") != std::string::npos);
        }
    }
    WHEN("it signs out") {
        const auto closed = bench.from_own_page("DELETE", "/session", both);
        CHECK(closed->status == 204);
        THEN("its session has ended, and it forgets the cookies") {
            CHECK(cookies_set(closed).size() > 1);
            CHECK(bench.send("GET", "/me", {{"Cookie", cookie}})->status == 401);
        }
    }
    WHEN("it asks for a path that is no text for a header") {
        bench.router.add(sync_route("GET", "/things/{id}", Access::signed_in()));
        const auto refused = bench.send("GET", "/things/a; Domain=evil.example", {{"Cookie", both}});
        THEN("no part of it stands in one") {
            for (const auto& set : cookies_set(refused)) CHECK(set.find("evil") == std::string::npos);
        }
    }
}

TEST_CASE("signing out with a cookie that is good for nothing lets the browser forget it", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie();
    bench.bench.clock.advance(1'800'000);
    for (const std::string& bad : {cookie, std::string("treasurer_session=x"), std::string("treasurer_session=\"")}) {
        INFO(bad);
        const auto closed = bench.from_own_page("DELETE", "/session", bad);
        CHECK(closed->status == 204);
        CHECK(closed.header("Set-Cookie") == "treasurer_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
    CHECK(bench.send("DELETE", "/session", {{"Cookie", "treasurer_session=x"}}).code() == "cross_site");
    const auto without = bench.send("DELETE", "/session", {});
    CHECK(without->status == 204);
    CHECK_FALSE(without->headers.contains("Set-Cookie"));
}

TEST_CASE("a token in a header is signed out by DELETE /session as well", "[session]") {
    SessionBench bench;
    const std::string token = "Bearer " + bench.cookie().substr(std::string("treasurer_session=").size());
    CHECK(bench.send("DELETE", "/session", {{"Authorization", token}})->status == 204);
    CHECK(bench.send("GET", "/me", {{"Authorization", token}})->status == 401);
}

TEST_CASE("a password for a proxy in front may stand beside the cookie", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie(), basic = "Basic YW5uOnB3";
    CHECK(bench.send("GET", "/me", {{"Cookie", cookie}, {"Authorization", basic}})->status == 200);
    CHECK(bench.send("GET", "/me", {{"Authorization", basic}})->status == 401);
    CHECK(bench.send("GET", "/me", {{"Cookie", cookie}, {"Authorization", basic}, {"Authorization", basic}})->status ==
          400);
}

TEST_CASE("what another site's page lets a browser ask costs the address, not the user", "[session]") {
    SessionBench bench;
    const std::string cookie = bench.cookie();
    REQUIRE(bench.send("GET", "/me", {{"Cookie", cookie}}).header("X-RateLimit-Remaining") == "299");
    for (const char* path : {"/change", "/nowhere"}) {
        const auto refused = bench.send("POST", path, {{"Cookie", cookie}, {"Origin", "http://evil.example"}});
        CHECK(refused.header("X-RateLimit-Limit") == "100");
    }
    CHECK(bench.send("GET", "/me", {{"Cookie", cookie}}).header("X-RateLimit-Remaining") == "298");
}
