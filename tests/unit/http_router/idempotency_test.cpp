#include "http/idempotency.hpp"

#include "records/expired.hpp"
#include "records/schema.hpp"
#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Role;

namespace {

constexpr const char* path = "/api/v1/things";

/// POST that makes a thing: it takes a second, counts its effects in storage, and answers with the number of calls.
struct Things {
    RouterBench& bench;
    int calls = 0;
    int retold = 0;
    bool has_effect = true;
    int status = 201;

    Route route(std::string name = "things.create") {
        return {.method = "POST",
                .pattern = name == "things.create" ? path : "/api/v1/other",
                .name = name,
                .access = Access::signed_in(),
                .handler = AsyncHandler([this](RequestContext context) { return make(*this, std::move(context)); }),
                .retell = [this](RequestContext context, std::string subject) {
                    return tell(*this, std::move(context), std::move(subject));
                }};
    }
    atr::Int128 effects() {
        const auto read = bench.bench.await(bench.bench.store.counters(rollups_collection, {"things"}));
        return read->at("things");
    }

private:
    static Task<Response> make(Things& self, RequestContext context) {
        const int number = ++self.calls;
        co_await delay(self.bench.bench.executor, Millis(1000));
        if (self.has_effect) {
            UnitOfWork unit = self.bench.bench.store.begin();
            unit.add(rollups_collection, "things", 1, false, "things");
            context.once.mark(unit, "thing-" + std::to_string(number));
            Task<Committed> committing = self.bench.bench.store.commit(std::move(unit));
            const Committed committed = co_await committing;
            if (!committed.ok())
                co_return respond(Problem{.code = ErrorCode::conflict, .detail = committed.lost}, context);
        }
        Response out = Response::json(self.status, "{\"thing\":" + std::to_string(number) + "}");
        out.headers.add("Location", "/things/" + std::to_string(number));
        co_return out;
    }
    static Task<Response> tell(Things& self, RequestContext context, std::string subject) {
        ++self.retold;
        CHECK(context.principal.user == "ann");
        co_return Response::json(201, "{\"told\":\"" + subject + "\"}");
    }
};

struct IdempotencyBench {
    RouterBench bench;
    Things things{bench};
    std::string ann = bench.sign_in("ann", {Role::admin});

    IdempotencyBench() {
        bench.router.add(things.route());
        bench.router.add(things.route("other.create"));
    }
    Request asked(const std::string& key, const std::string& body = "{}", const char* to = path) {
        return RouterBench::request("POST", to, {{"Authorization", ann}, {"Idempotency-Key", key}}, body);
    }
    RouterBench::Answer ask(const std::string& key, const std::string& body = "{}", const char* to = path) {
        return bench.ask(asked(key, body, to));
    }
    std::vector<IdempotencyRecord> records() {
        atr::Query query;
        query.index = "by_expiry";
        return bench.bench.await(bench.bench.store.list<IdempotencyRecord>(query))->items;
    }
};

}  // namespace

TEST_CASE("a repeat under the same key has the first one's answer, and no effect of its own", "[idempotency]") {
    IdempotencyBench at;
    const auto first = at.ask("k-1"), again = at.ask("k-1");
    CHECK(first->status == 201);
    CHECK(first.header("Idempotency-Replayed") == "absent");
    CHECK(again->status == 201);
    CHECK(again->content() == first->content());
    CHECK(again.header("Location") == first.header("Location"));
    CHECK(again.header("Content-Type") == first.header("Content-Type"));
    CHECK(again.header("Idempotency-Replayed") == "true");
    CHECK(at.things.effects() == 1);
    CHECK(at.things.calls == 1);
    CHECK(at.ask("k-2")->content() != first->content());
    CHECK(at.things.effects() == 2);
}

TEST_CASE("a key that was used with another request is refused, and says so", "[idempotency]") {
    IdempotencyBench at;
    at.ask("k-1", R"({"a":1})");
    const auto other = at.ask("k-1", R"({"a":2})");
    CHECK(other->status == 422);
    CHECK(other.code() == "idempotency_mismatch");
    CHECK(at.things.effects() == 1);
}

TEST_CASE("a key is for what a request expects too, and for a form whatever stands between its parts",
          "[idempotency]") {
    IdempotencyBench world;
    const auto expecting = [&](const char* tag) {
        Request out = world.asked("k-1");
        out.headers.add("If-Match", tag);
        return out;
    };
    CHECK(world.bench.ask(expecting("\"one\""))->status == 201);
    CHECK(world.bench.ask(expecting("\"one\"")).header("Idempotency-Replayed") == "true");
    CHECK(world.bench.ask(expecting("\"two\"")).code() == "idempotency_mismatch");

    const auto form = [&](const std::string& boundary, const std::string& value) {
        Request out = world.asked("k-2", "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" +
                                             value + "\r\n--" + boundary + "--\r\n");
        out.headers.add("Content-Type", "multipart/form-data; boundary=" + boundary);
        return out;
    };
    CHECK(world.bench.ask(form("first", "1"))->status == 201);
    CHECK(world.bench.ask(form("second", "1")).header("Idempotency-Replayed") == "true");
    CHECK(world.bench.ask(form("third", "2")).code() == "idempotency_mismatch");
    CHECK(world.things.calls == 2);
}

TEST_CASE("a key belongs to one principal and one route", "[idempotency]") {
    IdempotencyBench at;
    at.ask("k-1");
    at.ask("k-1", "{}", "/api/v1/other");
    CHECK(at.things.effects() == 2);
    at.ann = at.bench.sign_in("bob", {Role::admin});
    at.ask("k-1");
    CHECK(at.things.effects() == 3);
}

TEST_CASE("a malformed key is a client's mistake", "[idempotency]") {
    IdempotencyBench at;
    const std::string key = GENERATE(std::string(), std::string(256, 'k'), std::string("caf\xc3\xa9"));
    const auto answer = at.ask(key);
    CHECK(answer->status == 400);
    CHECK(at.things.calls == 0);
}

TEST_CASE("requests that come while the first is at work wait for its answer", "[idempotency]") {
    IdempotencyBench at;
    std::vector<RouterBench::Answer> answers;
    for (int i = 0; i < 64; ++i) answers.push_back(at.bench.start(at.asked("k-1")));
    at.bench.bench.executor.run_until(
        [&] { return std::all_of(answers.begin(), answers.end(), [](auto& one) { return one.is_there(); }); });
    CHECK(at.things.calls == 1);
    CHECK(at.things.effects() == 1);
    int replayed = 0;
    for (auto& answer : answers) {
        CHECK(answer->status == 201);
        CHECK(answer->content() == answers.front()->content());
        replayed += answer.header("Idempotency-Replayed") == "true";
    }
    CHECK(replayed == 63);
}

TEST_CASE("a request without an effect leaves its key free", "[idempotency]") {
    IdempotencyBench at;
    at.things.has_effect = false;
    at.things.status = 422;
    CHECK(at.ask("k-1", R"({"bad":1})")->status == 422);
    at.things.has_effect = true;
    at.things.status = 201;
    CHECK(at.ask("k-1", R"({"good":1})")->status == 201);
    CHECK(at.things.effects() == 1);
}

TEST_CASE("an answer that would not be true later is not kept: what was done is told instead", "[idempotency]") {
    IdempotencyBench at;
    at.things.status = GENERATE(500, 503, 504);
    CHECK(at.ask("k-1")->status == at.things.status);
    const auto early = at.bench.start(at.asked("k-1"));
    at.bench.bench.executor.advance(8'000);
    CHECK_FALSE(early.is_there());  // whoever began it may be about to answer
    at.bench.bench.executor.advance(2'000);
    REQUIRE(early.is_there());
    const auto again = at.ask("k-1");
    for (const auto& answer : {early, again}) {
        CHECK((*answer.response)->status == 201);
        CHECK((*answer.response)->content() == R"({"told":"thing-1"})");
        CHECK(answer.header("Idempotency-Replayed") == "true");
    }
    CHECK(at.things.calls == 1);
    CHECK(at.things.retold == 1);
    CHECK(at.things.effects() == 1);
}

TEST_CASE("two hosts that are given one key at the same moment do it once, and answer alike", "[idempotency]") {
    IdempotencyBench at;
    support::StoreBench& shared = at.bench.bench;
    Idempotency other(shared.store, shared.executor, shared.clock);
    const Route route = at.things.route();
    RequestContext context;
    context.request = RouterBench::request("POST", path, {{"Idempotency-Key", "k-1"}}, "{}");
    context.principal.user = "ann";
    const auto here = at.bench.start(at.asked("k-1"));
    const Response there = shared.await(other.answer(route, std::move(context)));
    shared.executor.run_until([&] { return here.is_there(); });
    CHECK(at.things.calls == 2);
    CHECK(at.things.effects() == 1);
    CHECK(there.status == 201);
    CHECK(here.response->value().status == 201);
    CHECK(there.content() == here.response->value().content());
}

TEST_CASE("a repeat does not wait for ever: 409 with the time to come again", "[idempotency]") {
    IdempotencyBench at;
    IdempotencyRecord left;
    {
        at.things.status = 503;
        at.ask("k-1");
        left = at.records().at(0);
        left.busy_until_ms = at.bench.bench.clock.unix_ms() + 3'600'000;
        UnitOfWork unit = at.bench.bench.store.begin();
        unit.update(left);
        REQUIRE(at.bench.bench.await(at.bench.bench.store.commit(std::move(unit))).ok());
    }
    const auto began = at.bench.bench.clock.unix_ms();
    const auto answer = at.ask("k-1");
    CHECK(answer->status == 409);
    CHECK(answer.code() == "idempotency_in_progress");
    CHECK(answer.header("Retry-After") == "2");
    CHECK(at.bench.bench.clock.unix_ms() - began <= 11'000);
}

TEST_CASE("a key is kept for thirty days, and may then be used anew", "[idempotency]") {
    IdempotencyBench at;
    constexpr UnixMillis day = 86'400'000;
    at.ask("k-1");
    at.bench.bench.clock.advance(30 * day - 3'000);
    at.ann = "Bearer " + at.bench.tokens.issue(**at.bench.bench.await(at.bench.bench.store.find<User>("ann"))).text;
    CHECK(at.ask("k-1").header("Idempotency-Replayed") == "true");
    CHECK(*at.bench.bench.await(remove_expired(at.bench.bench.store, IdempotencyRecord::collection,
                                               at.bench.bench.clock.unix_ms())) == 0);
    at.bench.bench.clock.advance(4'000);
    const bool is_swept = GENERATE(false, true);
    if (is_swept)
        CHECK(*at.bench.bench.await(remove_expired(at.bench.bench.store, IdempotencyRecord::collection,
                                                   at.bench.bench.clock.unix_ms())) == 1);
    CHECK(at.ask("k-1", R"({"new":1})").header("Idempotency-Replayed") == "absent");
    CHECK(at.things.effects() == 2);
    CHECK(at.ask("k-1", R"({"new":1})").header("Idempotency-Replayed") == "true");
}
