#include "app/allocator.hpp"

#include <malloc.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace treasurer::app {
namespace {

constexpr double little = 0.5;                 ///< of one core
constexpr std::size_t worth_it = 1024 * 1024;  ///< bytes

}  // namespace

void limit_arenas() {
    for (const char* name : {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"})
        if (const char* set = std::getenv(name); set != nullptr && *set != '\0') return;
    ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 1);
}

std::size_t allocated_bytes() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

void give_back_free_memory() {
    ::malloc_trim(0);
}

Usage usage_of_process() {
    Usage out;
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    out.processor_time = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
    std::ifstream statm("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    if (statm >> all >> resident) out.resident_bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return out;
}

bool SpareMemory::is_worth_giving_back(const Usage& now, std::chrono::steady_clock::time_point at) {
    const auto worked = now.processor_time - used_;
    const bool is_quiet = looked_ != std::chrono::steady_clock::time_point{} && worked < (at - looked_) * little;
    looked_ = at;
    used_ = now.processor_time;
    kept_ = std::min(kept_, now.resident_bytes);
    return is_quiet && now.resident_bytes > kept_ + worth_it;
}

void SpareMemory::look() {
    if (!is_worth_giving_back(usage_of_process(), std::chrono::steady_clock::now())) return;
    give_back_free_memory();
    gave_back(usage_of_process().resident_bytes);
}

}  // namespace treasurer::app
