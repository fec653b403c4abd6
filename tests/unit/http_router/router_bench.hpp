/// A router on storage in memory and a manual executor, asked without sockets.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "auth/api_keys.hpp"
#include "auth/users.hpp"
#include "http/router.hpp"
#include "tests/support/memory_log.hpp"
#include "tests/support/store_bench.hpp"

namespace treasurer::http {

struct RouterBench {
    /// A test thread that stands still for a while is no overload.
    explicit RouterBench(RouterSettings settings = {.admission = {.target = Millis{60'000}}},
                         RateLimiterSettings rate = {})
        : limiter(bench.clock, rate),
          router({bench.executor, bench.scope, tokens, limiter, idempotency, metrics, kpis, log, keys}, settings) {}
    ~RouterBench() {
        bench.executor.run_until([this] { return bench.scope.running() == 0; });
    }

    support::StoreBench bench;
    support::MemoryLog log{bench.clock};
    observe::Metrics metrics;
    observe::Kpis kpis{metrics, bench.clock, "MNEE"};
    auth::PasswordHasher passwords{bench.executor, {.memory_bytes = 64 * 1024, .passes = 1}};
    auth::Users users{bench.store, passwords, bench.clock, bench.random};
    auth::Tokens tokens{bench.store, bench.clock, *auth::key_from_secret(std::string(32, 'k'), "tokens"), {}};
    auth::ApiKeys keys{bench.store, bench.clock, bench.random, bench.scope, {}};
    RateLimiter limiter;
    Idempotency idempotency{bench.store, bench.executor, bench.clock};
    Router router;

    using Fields = std::initializer_list<std::pair<const char*, std::string>>;

    static Request request(std::string method, std::string path, Fields headers = {}, std::string body = "") {
        Request out;
        out.method = std::move(method);
        out.target = path;
        out.path = std::move(path);
        for (const auto& [name, value] : headers) out.headers.add(name, value);
        out.body = std::move(body);
        out.remote_address = "10.0.0.1";
        out.request_id = "r-1";
        out.arrival = std::chrono::steady_clock::now();
        return out;
    }

    /// What has come back so far; answered at most once.
    struct Answer {
        std::shared_ptr<std::optional<Response>> response = std::make_shared<std::optional<Response>>();
        std::shared_ptr<int> count = std::make_shared<int>(0);

        bool is_there() const { return response->has_value(); }
        Response* operator->() const { return &**response; }
        std::string header(std::string_view name) const {
            return std::string((*response)->headers.find(name).value_or("absent"));
        }
        nlohmann::json json() const { return nlohmann::json::parse((*response)->content()); }
        std::string code() const { return json().at("code"); }
    };

    /// Hands the request in and lets nothing else run.
    Answer start(Request asked) {
        Answer out;
        router.dispatch(std::move(asked), Responder([out](std::optional<Response> response) {
                            ++*out.count;
                            if (response) *out.response = std::move(response);
                        }));
        return out;
    }
    /// Hands the request in and runs until it is answered.
    Answer ask(Request asked) {
        auto out = start(std::move(asked));
        bench.executor.run_until([&] { return *out.count > 0; });
        REQUIRE(*out.count == 1);
        REQUIRE(out.is_there());
        return out;
    }
    Answer ask(std::string method, std::string path, Fields headers = {}, std::string body = "") {
        return ask(request(std::move(method), std::move(path), headers, std::move(body)));
    }
    /// "Bearer …" for a new user with these roles.
    std::string sign_in(const std::string& name, std::vector<auth::Role> roles) {
        const auto user = bench.await(users.add(name, "a good password", std::move(roles)));
        REQUIRE(user);
        return "Bearer " + tokens.issue(*user).text;
    }
};

}  // namespace treasurer::http
