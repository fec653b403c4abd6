#include "http/read_ahead.hpp"

#include <catch2/catch.hpp>

using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

const ReadAhead::TimePoint at_first{std::chrono::hours(1)};

}  // namespace

TEST_CASE("bytes are given out in the order in which they came, and used ones are gone", "[http][read_ahead]") {
    ReadAhead ahead;
    CHECK(ahead.empty());
    ahead.add("abc", at_first);
    ahead.add("def", at_first);
    CHECK(ahead.rest() == "abcdef");
    ahead.keep(4);
    CHECK(ahead.rest() == "cdef");
    ahead.keep(1);
    ahead.add("gh", at_first);
    CHECK(ahead.rest() == "fgh");
    CHECK(ahead.size() == 3);
    ahead.keep(0);
    CHECK(ahead.empty());
    ahead.add("i", at_first);
    CHECK(ahead.rest() == "i");
}

TEST_CASE("each byte has the time at which it came, however many came before and after it", "[http][read_ahead]") {
    ReadAhead ahead;
    ahead.add("aaaa", at_first);
    ahead.add("bbbb", at_first + 50ms);
    ahead.add("cccc", at_first + 100ms);
    CHECK(ahead.came(11, at_first + 1h) == at_first);         // a
    CHECK(ahead.came(8, at_first + 1h) == at_first);          // the last a
    CHECK(ahead.came(7, at_first + 1h) == at_first + 50ms);   // ab
    CHECK(ahead.came(0, at_first + 1h) == at_first + 100ms);  // all
    CHECK(ahead.came(12, at_first + 1h) == at_first + 1h);    // none of it
    ahead.keep(6);
    CHECK(ahead.rest() == "bbcccc");
    CHECK(ahead.came(5, at_first) == at_first + 50ms);
    CHECK(ahead.came(3, at_first) == at_first + 100ms);
    ahead.renew(at_first + 1s);
    CHECK(ahead.came(5, at_first) == at_first + 1s);
    CHECK(ahead.rest() == "bbcccc");
    ahead.keep(0);
    CHECK(ahead.came(0, at_first) == at_first);
}

TEST_CASE("what comes in a trickle is taken for as old as the first of it within a step", "[http][read_ahead]") {
    ReadAhead ahead;
    for (int i = 0; i < 10; ++i) ahead.add("x", at_first + i * 4ms);
    CHECK(ahead.came(9, at_first) == at_first);
    CHECK(ahead.came(0, at_first) > at_first + 20ms);
    CHECK(ahead.came(0, at_first) <= at_first + 36ms);
}
