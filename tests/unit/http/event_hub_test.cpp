#include "http/event_hub.hpp"

#include <catch2/catch.hpp>

#include "http/event_stream.hpp"

using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

constexpr ResponseStream::TimePoint start{};

atr::Record record(const char* collection, std::string key, std::uint64_t seq) {
    return {.collection = collection, .key = std::move(key), .version = seq};
}

/// A hub whose feed was read up to commit 10.
struct HubBench {
    explicit HubBench(EventHubSettings settings = {}) : hub(std::make_shared<EventHub>(settings)) {
        hub->lost_track(10);
        hub->on_news([this] { ++woken; });
    }
    /// One commit that changed one payment.
    void commit(std::uint64_t seq) { hub->changed(seq - 1, {record("payments", "p" + std::to_string(seq), seq)}, seq); }

    ListenFrom from(std::uint64_t cursor) const { return {.cursor = cursor, .generation = hub->place()->generation}; }
    EventStream stream(std::uint64_t cursor) const {
        return {hub, {.user = "vera", .token_id = "t1", .until = start + 1h}, from(cursor), start};
    }

    std::shared_ptr<EventHub> hub;
    int woken = 0;
};

std::string all_of(ResponseStream& stream, ResponseStream::TimePoint now = start) {
    std::string out;
    while (const auto part = stream.next(now)) out += part->content();
    return out;
}

std::string change(std::uint64_t seq) {
    const auto number = std::to_string(seq);
    return "event: change\nid: " + number + "\ndata: {\"type\":\"change\",\"collection\":\"payments\",\"id\":\"p" +
           number + "\",\"version\":" + number + "}\n\n";
}

}  // namespace

TEST_CASE("a part is framed once as a chunk", "[http][events]") {
    const auto part = StreamPart::of("twenty-six letters are here");
    CHECK(part->content() == "twenty-six letters are here");
    CHECK(*StreamPart::framed(part) == "1b\r\ntwenty-six letters are here\r\n");
}

TEST_CASE("a listener is told of every commit after its own, once and in order", "[http][events]") {
    HubBench bench;
    bench.commit(11);
    auto early = bench.stream(10);
    auto late = bench.stream(11);
    CHECK(all_of(early) == "retry: 2000\nid: 10\n\n" + change(11));
    CHECK(all_of(late) == "retry: 2000\nid: 11\n\n");
    bench.commit(12);
    bench.commit(13);
    CHECK(all_of(early) == change(12) + change(13));
    CHECK(all_of(late) == change(12) + change(13));
    CHECK(all_of(late).empty());
    CHECK(bench.woken == 3);
    CHECK_FALSE(early.has_ended());
}

TEST_CASE("all listeners share the bytes of an event", "[http][events]") {
    HubBench bench;
    auto one = bench.stream(10);
    auto other = bench.stream(10);
    all_of(one);
    all_of(other);
    bench.commit(11);
    const auto part = one.next(start);
    CHECK(part == other.next(start));
    CHECK(StreamPart::framed(part).get() == StreamPart::framed(part).get());
}

TEST_CASE("only the last event of a commit has an id, so that a cut commit is told again", "[http][events]") {
    HubBench bench;
    bench.hub->changed(10,
                       {record("invoices", "i", 11), record("claims", "c", 11), record("payments", "p", 11),
                        record("policy", "x", 12)},
                       12);
    const auto text = sse_of(events_of({record("invoices", "i", 11), record("payments", "p", 11)}), 0);
    CHECK(text.find("id: 11") > text.find("\"invoices\""));
    CHECK(text.find("claims") == std::string::npos);
    auto whole = bench.stream(10);
    CHECK(all_of(whole).find("\"claims\"") == std::string::npos);
    auto second = bench.stream(11);
    const auto rest = all_of(second);
    CHECK(rest.find("\"invoices\"") == std::string::npos);
    CHECK(rest.find("\"policy\"") != std::string::npos);
}

TEST_CASE("a listener that is too far behind is told so, and goes on from there", "[http][events]") {
    HubBench bench({.kept_events = 2});
    auto slow = bench.stream(10);
    CHECK(all_of(slow) == "retry: 2000\nid: 10\n\n");
    for (std::uint64_t seq = 11; seq <= 15; ++seq) bench.commit(seq);
    CHECK(bench.hub->place()->floor == 13);
    CHECK(all_of(slow) == "event: reset\nid: 15\ndata: {\"type\":\"reset\",\"version\":15}\n\n");
    bench.commit(16);
    CHECK(all_of(slow) == change(16));
}

TEST_CASE("when the hub has lost track, every listener is told, and has to come again", "[http][events]") {
    HubBench bench;
    auto stream = bench.stream(10);
    all_of(stream);
    SECTION("the feed says so") {
        bench.hub->lost_track(40);
    }
    SECTION("or what it tells does not join on") {
        bench.hub->changed(39, {}, 40);
    }
    SECTION("also backwards") {
        bench.hub->lost_track(4);
    }
    const auto at = std::to_string(bench.hub->place()->position);
    CHECK(all_of(stream) == "event: reset\nid: " + at + "\ndata: {\"type\":\"reset\",\"version\":" + at + "}\n\n");
    CHECK(stream.has_ended());
    CHECK(bench.woken == 1);
}

TEST_CASE("an idle listener gets a heartbeat that says how far it has come", "[http][events]") {
    HubBench bench;
    auto stream = bench.stream(10);
    all_of(stream);
    bench.hub->changed(10, {record("claims", "c", 11)}, 11);
    CHECK(bench.woken == 0);
    CHECK(stream.due() == start + 15s);
    CHECK(all_of(stream, start + 14s).empty());
    CHECK(stream.next(start + 15s)->content() == ":\nid: 11\n\n");
    CHECK(stream.due() == start + 30s);
    auto ahead = bench.stream(12);  // of a host that is further: its place is not taken back
    all_of(ahead);
    CHECK(ahead.next(start + 15s)->content() == ":\n\n");
}

TEST_CASE("a listener hears nothing after its token has ended", "[http][events]") {
    HubBench bench;
    auto stream = bench.stream(10);
    all_of(stream);
    SECTION("by expiring") {
        all_of(stream, start + 1h - 1s);
        CHECK(stream.due() == start + 1h);
    }
    SECTION("by being signed out, on whatever host") {
        bench.hub->changed(10, {record("revoked_tokens", "t1", 11)}, 11);
        CHECK(bench.woken == 1);
    }
    SECTION("because its user was changed") {
        bench.hub->changed(10, {record("users", "vera", 11)}, 11);
    }
    bench.commit(bench.hub->place()->position + 1);
    CHECK(stream.next(start + 1h) == nullptr);
    CHECK(stream.has_ended());
    CHECK(stream.due() == ResponseStream::TimePoint::max());
}

TEST_CASE("other people's sign-outs end nobody else's stream, unless there were too many to know", "[http][events]") {
    HubBench bench({.kept_sign_outs = 2});
    auto stream = bench.stream(10);
    all_of(stream);
    bench.hub->changed(10, {record("revoked_tokens", "t2", 11), record("users", "sam", 11)}, 11);
    CHECK(all_of(stream).empty());
    CHECK_FALSE(stream.has_ended());
    bench.hub->changed(11, {record("users", "a", 12), record("users", "b", 12), record("users", "c", 12)}, 12);
    CHECK(all_of(stream).empty());
    CHECK(stream.has_ended());
}

TEST_CASE("a sign-out just before a stream began ends it too", "[http][events]") {
    HubBench bench;
    const auto before = std::chrono::steady_clock::now() - 1h;
    bench.hub->changed(10, {record("revoked_tokens", "t1", 11)}, 11);
    CHECK(bench.hub->sign_outs_until(before) == 0);
    CHECK(bench.hub->sign_outs_until(std::chrono::steady_clock::now()) == 1);
    EventStream stream(bench.hub, {.user = "vera", .token_id = "t1", .seen_sign_outs = 0, .until = start + 1h},
                       bench.from(11), start);
    CHECK(all_of(stream).empty());
    CHECK(stream.has_ended());
}

TEST_CASE("a long poll answers once: with what there is, or with nothing when its time is up", "[http][events]") {
    HubBench bench;
    const Listener listener{.user = "vera", .token_id = "t1", .until = start + 30s};
    EventPoll poll(bench.hub, listener, bench.from(10));
    CHECK(poll.next(start) == nullptr);
    CHECK_FALSE(poll.has_ended());
    CHECK(poll.due() == start + 30s);
    SECTION("what there is") {
        bench.commit(11);
        CHECK(
            poll.next(start)->content() ==
            R"({"events":[{"type":"change","collection":"payments","id":"p11","version":11}],"next":11,"reset":false})");
    }
    SECTION("what there is, also where the time is up: who asks without waiting is told as well") {
        bench.commit(11);
        CHECK(poll.next(start + 30s)->content().find("p11") != std::string::npos);
    }
    SECTION("nothing") {
        CHECK(poll.next(start + 30s)->content() == R"({"events":[],"next":10,"reset":false})");
    }
    SECTION("that it does not know all") {
        bench.hub->lost_track(40);
        CHECK(poll.next(start)->content() == R"({"events":[],"next":40,"reset":true})");
    }
    CHECK(poll.next(start + 1h) == nullptr);
    CHECK(poll.has_ended());
}

TEST_CASE("a hub that has not read the feed yet says so", "[http][events]") {
    EventHub hub;
    CHECK_FALSE(hub.place());
    hub.changed(7, {record("payments", "p", 8)}, 8);
    REQUIRE(hub.place());
    CHECK(hub.place()->position == 8);
    CHECK(hub.place()->floor == 8);
}

TEST_CASE("that a listener is sent events is noted, with its user", "[http][events]") {
    HubBench bench;
    std::vector<std::string> told;
    bench.hub->on_telling([&](std::string_view user) { told.emplace_back(user); });
    EventStream stream(bench.hub, {.user = "vera", .token_id = "t1", .until = start + 1h}, bench.from(10), start);
    EventPoll poll(bench.hub, {.user = "paul", .token_id = "t2", .until = start + 1h}, bench.from(10));
    all_of(stream);
    poll.next(start);
    CHECK(told.empty());
    bench.commit(11);
    all_of(stream);
    CHECK(told == std::vector<std::string>{"vera"});
    poll.next(start);
    CHECK(told == std::vector<std::string>{"vera", "paul"});
    SECTION("also when some are not known any more") {
        bench.hub->lost_track(40);
        all_of(stream);
        CHECK(told.size() == 3);
    }
}
