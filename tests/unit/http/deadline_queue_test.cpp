#include "http/deadline_queue.hpp"

#include <catch2/catch.hpp>

using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

const DeadlineQueue::TimePoint begin{};

}  // namespace

TEST_CASE("whoever is due first is told first", "[http][deadlines]") {
    DeadlineQueue queue;
    DeadlineQueue::Place late, early;
    queue.set(1, late, begin + 20s);
    queue.set(2, early, begin + 10s);
    CHECK(queue.first() == begin + 10s);
    CHECK_FALSE(queue.due(begin + 9s));
    CHECK(queue.due(begin + 10s) == 2);
    queue.forget(early);
    CHECK_FALSE(queue.due(begin + 19s));
    CHECK(queue.due(begin + 30s) == 1);
    queue.forget(late);
    CHECK_FALSE(queue.due(begin + 100s));
    CHECK(queue.first() == DeadlineQueue::TimePoint::max());
}

TEST_CASE("a moment that comes nearer moves its place, one that moves away leaves it", "[http][deadlines]") {
    DeadlineQueue queue;
    DeadlineQueue::Place place;
    queue.set(1, place, begin + 20s);
    queue.set(1, place, begin + 60s);
    queue.set(1, place, DeadlineQueue::TimePoint::max());
    CHECK(queue.first() == begin + 20s);
    queue.set(1, place, begin + 5s);
    CHECK(queue.first() == begin + 5s);
    CHECK(queue.size() == 1);
}

TEST_CASE("who was never due, or is forgotten twice, has no place", "[http][deadlines]") {
    DeadlineQueue queue;
    DeadlineQueue::Place place;
    queue.set(1, place, DeadlineQueue::TimePoint::max());
    CHECK(queue.size() == 0);
    queue.forget(place);
    queue.set(1, place, begin);
    queue.forget(place);
    queue.forget(place);
    CHECK(queue.size() == 0);
}
