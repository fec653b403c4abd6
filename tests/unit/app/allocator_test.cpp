// How much memory the allocator may keep, and that it goes back after a busy time and not during one.
#include "app/allocator.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace treasurer::app;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = 1024 * 1024;

std::size_t arenas() {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = ::open_memstream(&text, &size);
    ::malloc_info(0, out);
    std::fclose(out);
    const std::string told(text, size);
    std::free(text);
    std::size_t count = 0;
    for (std::size_t at = told.find("<heap nr="); at != std::string::npos; at = told.find("<heap nr=", at + 1)) ++count;
    return count;
}

/// Of a process that was told so, after so many threads have allocated at once.
std::size_t arenas_of(unsigned threads) {
    limit_arenas();
    std::barrier together(static_cast<std::ptrdiff_t>(threads));
    std::vector<std::thread> running;
    for (unsigned i = 0; i < threads; ++i)
        running.emplace_back([&together] {
            const auto held = std::make_unique<std::string>(1000, 'x');
            together.arrive_and_wait();
        });
    for (auto& thread : running) thread.join();
    return arenas();
}

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

SCENARIO("however many threads allocate, there are as many arenas as processors and one more", "[app]") {
    const std::size_t limit = std::max<std::size_t>(arenas(), std::thread::hardware_concurrency() + 1);
    const unsigned threads = 8 * std::thread::hardware_concurrency() + 8;
    const pid_t child = ::fork();  // the limit binds the whole process
    if (child == 0) ::_exit(arenas_of(threads) <= limit ? 0 : 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}
