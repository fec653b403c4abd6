/// What the host has allocated, and what of it goes back to the system; see
/// docs/decisions/0041-glibcs-allocator-stays.md.
#pragma once

#include <chrono>
#include <cstddef>

namespace treasurer::app {

/// At most so many arenas: as many as processors, and one more. Of glibc's own eight a processor each keeps what is
/// free in its pages, so that a host whose work moves from thread to thread grows for hours. To be called before the
/// first thread begins; what an operator has set by MALLOC_ARENA_MAX or GLIBC_TUNABLES stays.
void limit_arenas();

/// Bytes allocated and not freed, by the host and its plugins. Threads: any.
std::size_t allocated_bytes();

/// Gives back to the system what is free in whole pages, wherever it lies. Takes milliseconds, and every arena's lock
/// in turn: for when a large piece of work is done for good. Threads: any.
void give_back_free_memory();

/// What a process has used so far, and has just now.
struct Usage {
    std::chrono::nanoseconds processor_time{0};
    std::size_t resident_bytes = 0;
};
Usage usage_of_process();

/// Gives back what a busy time has left, once the host has little to do. Threads: one at a time.
class SpareMemory {
public:
    /// Called now and then. Whether it is worth it: more memory than after the last time, and little work since the
    /// last look, so that nobody waits for it.
    bool is_worth_giving_back(const Usage& now, std::chrono::steady_clock::time_point at);
    void gave_back(std::size_t resident_bytes) { kept_ = resident_bytes; }
    void look();

private:
    std::chrono::steady_clock::time_point looked_ = {};
    std::chrono::nanoseconds used_{0};
    std::size_t kept_ = 0;  ///< resident bytes after memory was given back, or the fewest since
};

}  // namespace treasurer::app
