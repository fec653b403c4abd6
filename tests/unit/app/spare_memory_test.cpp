// Memory goes back after a busy time, and not during one.
#include "app/allocator.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <thread>
#include <vector>

using namespace treasurer::app;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = 1024 * 1024;

struct Host {
    SpareMemory memory;
    Usage usage{};
    std::chrono::steady_clock::time_point now{1h};

    /// Ten seconds later, having worked so long.
    bool look(std::chrono::nanoseconds worked, std::size_t resident) {
        now += 10s;
        usage.processor_time += worked;
        usage.resident_bytes = resident;
        return memory.is_worth_giving_back(usage, now);
    }
};

}  // namespace

SCENARIO("memory is given back when there is little to do, and some to give back", "[app]") {
    Host host;
    CHECK_FALSE(host.look(1s, 60 * mib));  // nobody knows what it did before
    CHECK_FALSE(host.look(9s, 90 * mib));
    CHECK(host.look(1s, 90 * mib));
    host.memory.gave_back(60 * mib);
    CHECK_FALSE(host.look(1s, 61 * mib));
    CHECK_FALSE(host.look(6s, 90 * mib));
    CHECK(host.look(4s, 64 * mib));
    host.memory.gave_back(64 * mib);
    CHECK_FALSE(host.look(1s, 50 * mib));  // it went by itself
    CHECK(host.look(1s, 54 * mib));
}

SCENARIO("what this process has freed in many places is given back", "[app]") {
    std::vector<std::unique_ptr<char[]>> kept;
    for (int i = 0; i < 64 * 1024; ++i) {  // 64 MiB, with something in between that stays
        auto part = std::make_unique<char[]>(1000);
        std::fill_n(part.get(), 1000, 'x');
        kept.push_back(std::move(part));
        if (i % 64 == 0) kept.push_back(std::make_unique<char[]>(16));
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (i % 65 != 1) kept[i].reset();
    const std::size_t before = usage_of_process().resident_bytes;
    SpareMemory memory;
    memory.look();
    std::this_thread::sleep_for(20ms);  // to have little to do is what this is about
    memory.look();
    CHECK(usage_of_process().resident_bytes + 32 * mib < before);
}
