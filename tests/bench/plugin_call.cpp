// What a call to a plugin costs: through the normalised C table beside a direct virtual call of the same class; the
// hand-over to the instance's pool and back, with all that a host does around a call; and that of the pool by itself,
// beside a plain thread with condition variables, while the cores are free (of this program) and while all are busy.
// Prints medians of rounds taken in turn.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "figures.hpp"
#include "hand_over.hpp"
#include "null_cache.hpp"
#include "plugin/cache_plugin.hpp"
#include "plugin/normalise.hpp"
#include "plugin/plugin_instance.hpp"
#include "runtime/block_on.hpp"
#include "runtime/thread_executor.hpp"

namespace {

using namespace treasurer;
using Steady = std::chrono::steady_clock;

constexpr int rounds = 21;

double processor_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Nanoseconds of this thread's processor time a call of `run`, over `times` calls.
template <class Run>
double time_of(int times, Run run) {
    const double began = processor_ns();
    for (int i = 0; i < times; ++i) run();
    return (processor_ns() - began) / times;
}

double median(std::vector<double> all) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
    return all[all.size() / 2];
}

template <class T>
T must(atr::Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

Task<atr::Result<>> hand_over(CachePort& cache, int times) {
    for (int i = 0; i < times; ++i) {
        Task<atr::Result<atr::CacheCounter>> call = cache.incr("key", 1, Millis{1000}, {});
        const atr::Result<atr::CacheCounter> counted = co_await call;
        if (!counted) co_return counted.error();
    }
    co_return atr::Unit{};
}

constexpr int round_trips_a_round = 300;

/// Round trips of both ways in turn; prints and notes their medians.
void compare_hand_overs(const char* when, bench::Figures& figures) {
    bench::ThroughPool pool;
    bench::ThroughPlainThread thread;
    std::vector<double> pool_us, thread_us;
    for (int round = 0; round < rounds; ++round) {
        pool_us.push_back(median(bench::round_trips(pool, round_trips_a_round)));
        thread_us.push_back(median(bench::round_trips(thread, round_trips_a_round)));
    }
    const double pooled = median(pool_us), plain = median(thread_us);
    std::printf("  pool, there and back, %-5s %8.1f us   beside a plain thread's %.1f us: %.2f\n", when, pooled, plain,
                pooled / plain);
    figures.add(std::string(when) == "idle" ? "plugin_call.pool" : "plugin_call.pool.busy", "us", pool_us);
    figures.add(std::string("plugin_call.plain_thread.") + when, "us", thread_us);
}

}  // namespace

int main(int, char** argv) {
    const auto file = std::filesystem::absolute(argv[0]).parent_path() / "null_cache.so";
    ThreadExecutor executor(1);
    SystemClock clock;
    const auto library = must(PluginLibrary::load(file));
    auto instance = must(
        PluginInstance::create(library, *must(library->component("cache")), {.name = "null"}, {executor, clock, {}}));
    const atr_cache table = must(normalise_cache(instance->find_interface(ATR_IF_CACHE)));
    const auto direct = null_cache::make_null_cache();
    atr_call raw{};
    raw.struct_size = sizeof raw;
    raw.cancelled = [](const atr_call*) -> std::int32_t { return 0; };
    const atr::Call call(&raw);
    atr_error error{};
    error.struct_size = sizeof error;
    const auto port = must(CachePlugin::make(*instance));

    std::vector<double> virtual_ns, table_ns, pool_ns;
    for (int round = 0; round < rounds; ++round) {
        virtual_ns.push_back(time_of(1'000'000, [&] {
            if (!direct->touch(call, "key", 1000)) std::abort();
        }));
        table_ns.push_back(time_of(1'000'000, [&] {
            if (table.touch(instance->self(), &raw, atr::borrow("key"), 1000, &error) != ATR_OK) std::abort();
        }));
        constexpr int handed = 2000;
        const auto began = Steady::now();
        must(block_on(executor, hand_over(*port, handed)));
        pool_ns.push_back(std::chrono::duration<double, std::nano>(Steady::now() - began).count() / handed);
    }
    const double direct_ns = median(virtual_ns), through_ns = median(table_ns), handed_ns = median(pool_ns);
    std::printf("plugin call, medians of %d rounds in turn\n", rounds);
    std::printf("  direct virtual call        %8.1f ns\n", direct_ns);
    std::printf("  through the C table        %8.1f ns   %+.1f ns (bar: +25 ns)\n", through_ns, through_ns - direct_ns);
    std::printf("  a call, pool and executor  %8.1f us\n", handed_ns / 1000);
    instance->stop();
    executor.stop();
    bench::Figures figures(argv[0], "plugin_call");
    figures.add("plugin_call.direct", "ns", virtual_ns);
    for (std::size_t i = 0; i < table_ns.size(); ++i) table_ns[i] -= virtual_ns[i];
    figures.add("plugin_call.table", "ns", table_ns);  // beyond a direct call
    for (double& one : pool_ns) one /= 1000;
    figures.add("plugin_call.instance", "us", pool_ns);
    compare_hand_overs("idle", figures);
    std::printf("  (bar: 10 us for the pool's hand-over where a core is free)\n");
    const bench::BusyCores busy;
    compare_hand_overs("busy", figures);
    return 0;
}
