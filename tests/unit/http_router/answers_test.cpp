// What every answer gets on its way out: entity tags, 304, content codings, Cache-Control.
#include <zlib.h>
#include <catch2/catch.hpp>

#include "http/answer.hpp"
#include "http/conditional.hpp"
#include "http/content_coding.hpp"
#include "tests/support/simulated.hpp"
#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

std::string gunzipped(std::string_view bytes) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(std::size_t{1} << 22, '\0');
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    CHECK(stream.avail_in == 0);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

std::string long_json() {
    return "{\"text\":\"" + std::string(2000, 'x') + "\"}";
}

/// "/thing" gives what `answer` holds.
struct Answers : RouterBench {
    Answers() {
        for (const char* method : {"GET", "POST"})
            router.add({.method = method,
                        .pattern = "/thing",
                        .name = method,
                        .access = Access::anyone(),
                        .handler = AsyncHandler([this](RequestContext) { return give(); })});
    }
    Task<Response> give() { co_return answer; }

    Response answer = Response::json(200, std::string(R"({"a":1})"));
};

std::string header_of(const Response& response, std::string_view name) {
    return std::string(response.headers.find(name).value_or("absent"));
}

}  // namespace

TEST_CASE("what is read has a strong tag over its bytes, and is asked for anew each time", "[answers]") {
    Answers bench;
    const auto first = bench.ask("GET", "/thing");
    CHECK(first.header("Cache-Control") == "private, no-cache");
    CHECK(first.header("Vary") == "Accept-Encoding");
    const std::string tag = first.header("ETag");
    CHECK(tag.size() == 34);
    CHECK(tag.front() == '"');
    CHECK(bench.ask("GET", "/thing").header("ETag") == tag);
    const auto head = bench.ask("HEAD", "/thing");
    CHECK(head.header("ETag") == tag);
    CHECK(head->content() == first->content());  // the edge leaves it out, and gives its length
    bench.answer.body = R"({"a":2})";
    CHECK(bench.ask("GET", "/thing").header("ETag") != tag);
}

TEST_CASE("who has the representation is told that nothing has changed", "[answers]") {
    Answers bench;
    bench.answer.headers.add("Link", "</thing?cursor=1>; rel=\"next\"");
    const std::string tag = bench.ask("GET", "/thing").header("ETag");
    struct Row {
        std::string sent;
        int status;
    };
    const auto row = GENERATE_COPY(Row{tag, 304}, Row{"*", 304}, Row{" * ", 304}, Row{"W/" + tag, 304},
                                   Row{"\"other\", " + tag, 304}, Row{",, \"a,b\" ,W/\"c\" , " + tag + ",", 304},
                                   Row{"\"\"," + tag, 304}, Row{"\"other\"", 200}, Row{"", 200},
                                   Row{tag.substr(1, 32), 200}, Row{tag.substr(0, 33), 200}, Row{"w/" + tag, 200},
                                   Row{"broken " + tag, 200}, Row{"\"a\" " + tag, 200}, Row{"*, " + tag, 200});
    INFO(row.sent);
    for (const char* method : {"GET", "HEAD"}) {
        const auto answer = bench.ask(method, "/thing", {{"If-None-Match", row.sent}});
        CHECK(answer->status == row.status);
        CHECK(answer.header("ETag") == tag);
        CHECK(answer.header("Cache-Control") == "private, no-cache");
        CHECK(answer.header("Vary") == "Accept-Encoding");
        CHECK(answer->content().empty() == (row.status == 304));
        CHECK((answer.header("Content-Type") == "absent") == (row.status == 304));
    }
    const auto in_two = bench.ask("GET", "/thing", {{"If-None-Match", "\"other\""}, {"If-None-Match", tag}});
    CHECK(in_two->status == 304);
}

TEST_CASE("what changes something, and what fails, is kept by nobody and has no tag", "[answers]") {
    Answers bench;
    const auto written = bench.ask("POST", "/thing", {{"If-None-Match", "*"}});
    CHECK(written->status == 200);
    CHECK(written.header("Cache-Control") == "no-store");
    CHECK(written.header("ETag") == "absent");
    const auto missing = bench.ask("GET", "/nowhere", {{"If-None-Match", "*"}});
    CHECK(missing->status == 404);
    CHECK(missing.header("Cache-Control") == "no-store");
    CHECK(missing.header("ETag") == "absent");
}

TEST_CASE("what may not be kept is neither tagged nor compressed, so that its length tells nothing of a secret",
          "[answers]") {
    Answers bench;
    bench.answer = Response::json(200, long_json());
    CHECK(bench.ask("POST", "/thing", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding") == "absent");
    bench.answer.headers.add("Cache-Control", "no-store");
    const auto secret = bench.ask("GET", "/thing", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "*"}});
    CHECK(secret->status == 200);
    CHECK(secret.header("Content-Encoding") == "absent");
    CHECK(secret.header("ETag") == "absent");
    CHECK(secret->content() == long_json());
}

TEST_CASE("what a handler says of its answer stays", "[answers]") {
    Answers bench;
    bench.answer.headers.add("ETag", "\"mine\"");
    bench.answer.headers.add("Cache-Control", "private, max-age=60, immutable");
    bench.answer.headers.add("Vary", "Accept");
    const auto answer = bench.ask("GET", "/thing");
    CHECK(answer.header("ETag") == "\"mine\"");
    CHECK(answer.header("Cache-Control") == "private, max-age=60, immutable");
    CHECK(answer.header("Vary") == "Accept, Accept-Encoding");
    CHECK(bench.ask("GET", "/thing", {{"If-None-Match", "\"mine\""}})->status == 304);
}

TEST_CASE("an answer of 1 kB and more is compressed for who asks for it, by its weights", "[answers]") {
    struct Row {
        const char* sent;
        bool coded;
    };
    const auto row =
        GENERATE(Row{"gzip", true}, Row{"GZIP", true}, Row{"x-gzip", true}, Row{"*", true}, Row{"br, gzip;q=0.1", true},
                 Row{"gzip;q=1.0, identity; q=0.5, *;q=0", true}, Row{"identity;q=0, *", true}, Row{"gzip , br", true},
                 Row{"gzip;q=0", false}, Row{"gzip;q=0, *", false}, Row{"*;q=0", false}, Row{"br, deflate", false},
                 Row{"identity", false}, Row{"", false}, Row{"gzip;q=0.5, identity;q=0.9", false},
                 Row{"gzip;q=banana", false}, Row{"gzipped", false});
    INFO(row.sent);
    Answers bench;
    bench.answer = Response::json(200, long_json());
    const auto answer = bench.ask("GET", "/thing", {{"Accept-Encoding", row.sent}});
    CHECK(answer.header("Content-Encoding") == (row.coded ? "gzip" : "absent"));
    CHECK(answer.header("Vary") == "Accept-Encoding");
    CHECK((row.coded ? gunzipped(answer->content()) : std::string(answer->content())) == long_json());
    CHECK(answer->content().size() < (row.coded ? 200U : 4096U));
}

TEST_CASE("each coding has a tag of its own, and is asked for anew by it alone", "[answers]") {
    Answers bench;
    bench.answer = Response::json(200, long_json());
    const std::string plain = bench.ask("GET", "/thing").header("ETag");
    const std::string coded = bench.ask("GET", "/thing", {{"Accept-Encoding", "gzip"}}).header("ETag");
    CHECK(coded == plain.substr(0, 33) + "-gz\"");
    CHECK(bench.ask("GET", "/thing", {{"Accept-Encoding", "gzip"}, {"If-None-Match", coded}})->status == 304);
    CHECK(bench.ask("GET", "/thing", {{"Accept-Encoding", "gzip"}, {"If-None-Match", plain}})->status == 200);
    CHECK(bench.ask("GET", "/thing", {{"If-None-Match", plain}})->status == 304);
    CHECK(bench.ask("GET", "/thing", {{"If-None-Match", coded}})->status == 200);
    const auto head = bench.ask("HEAD", "/thing", {{"Accept-Encoding", "gzip"}});
    CHECK(head.header("ETag") == coded);
    CHECK(gunzipped(head->content()) == long_json());  // its length is what the edge tells
}

TEST_CASE("what would gain nothing is sent as it is", "[answers]") {
    Answers bench;
    const auto coding = [&] {
        return bench.ask("GET", "/thing", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding");
    };
    bench.answer = Response::json(200, std::string(1023, '1'));
    CHECK(coding() == "absent");
    bench.answer = Response::json(200, std::string(1024, '1'));
    CHECK(coding() == "gzip");
    bench.answer.headers.set("Content-Type", "image/png");
    CHECK(coding() == "absent");
    bench.answer.headers.set("Content-Type", "application/octet-stream");
    CHECK(coding() == "absent");
    bench.answer = Response::json(200, std::string(largest_gzipped + 1, '1'));
    CHECK(coding() == "absent");  // it would keep a thread for too long
    bench.answer = Response::json(200, std::make_shared<const std::string>(4096, '1'));
    CHECK(coding() == "absent");  // a ready body is compressed by who made it
}

TEST_CASE("a body that many are given is hashed and compressed once", "[answers]") {
    LastEncoded last("application/json");
    const auto first = last.of(long_json());
    CHECK(last.of(long_json()) == first);
    const Response plain = first->answer(std::nullopt), coded = first->answer("gzip");
    CHECK(plain.content() == long_json());
    CHECK(gunzipped(coded.content()) == long_json());
    CHECK(first->answer("gzip").shared_body == coded.shared_body);
    CHECK(header_of(plain, "ETag") == entity_tag(long_json()));
    CHECK(header_of(coded, "ETag") == tag_of_coding(entity_tag(long_json()), "gz"));
    CHECK(header_of(coded, "Content-Encoding") == "gzip");
    const auto other = last.of("{}");
    CHECK(other != first);
    CHECK(other->answer("gzip").content() == "{}");
    CHECK(first->answer(std::nullopt).content() == long_json());  // whoever still has it keeps it
}

TEST_CASE("a body that is kept packed is answered as one that is kept whole", "[answers]") {
    const PackedBody packed("application/json", long_json());
    const EncodedBody whole("application/json", long_json());
    const auto accepted = GENERATE(std::optional<std::string_view>(), std::optional<std::string_view>("gzip"));
    const Response one = packed.answer(accepted), other = whole.answer(accepted);
    CHECK(one.content() == other.content());
    for (const char* name : {"Content-Type", "Content-Encoding", "ETag"})
        CHECK(header_of(one, name) == header_of(other, name));
    const Response again = packed.answer(accepted);
    CHECK(again.content().data() == one.content().data());  // whoever asks while it is being sent is sent the same
}

TEST_CASE("If-Match wants the very representation, whatever its coding", "[answers]") {
    CHECK(names_tag_strongly("\"7\"", "\"7\""));
    CHECK(names_tag_strongly("\"6\", \"7-gz\"", "\"7\""));
    CHECK(names_tag_strongly("*", "\"7\""));
    CHECK_FALSE(names_tag_strongly("W/\"7\"", "\"7\""));
    CHECK_FALSE(names_tag_strongly("7", "\"7\""));
    CHECK_FALSE(names_tag_strongly("", "\"7\""));
}

TEST_CASE("gzip gives back what went in, whatever it was", "[answers]") {
    const std::uint64_t seed = 20260104;
    INFO("seed " << seed);
    support::SeededRandom random(seed);
    for (const std::size_t size : {0U, 1U, 1024U, 70'000U, 1U << 20}) {
        std::string bytes(size, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random.below(256));
        CHECK(gunzipped(gzip(bytes)) == bytes);
        CHECK(gunzip(gzip(bytes), bytes.size()) == bytes);
    }
}

TEST_CASE("no list of tags makes its reader fail", "[answers]") {
    const std::uint64_t seed = 20260105;
    INFO("seed " << seed);
    support::SeededRandom random(seed);
    const std::vector<std::string> pieces{"\"", "W/", ",", " ", "a", "*", "\"a\"", "\t", "\xff"};
    for (int round = 0; round < 20'000; ++round) {
        std::string list;
        for (auto left = random.below(12); left > 0; --left) list += pieces[random.below(pieces.size())];
        if (names_tag(list, "\"a\""))
            CHECK((list.find("\"a\"") != std::string::npos || list.find('*') != std::string::npos));
    }
}
