/// What the host has allocated; see docs/decisions/0041-glibcs-allocator-stays.md.
#pragma once

#include <cstddef>

namespace treasurer::app {

/// Bytes allocated and not freed, by the host and its plugins. Threads: any.
std::size_t allocated_bytes();

/// Gives back to the system what is free in whole pages, wherever it lies. Takes milliseconds, and every arena's lock
/// in turn: for when a large piece of work is done for good. Threads: any.
void give_back_free_memory();

}  // namespace treasurer::app
