/// Finds out in a child process whether a plugin's file can be opened without harm. Opening it runs its initialisers,
/// and what they do cannot be undone: one that throws or aborts ends the process, one that hangs keeps the loader's
/// lock.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/executor.hpp"

namespace treasurer {

/// What opening the file does to a process, in words behind the file's name; empty: no harm, or the file is open here
/// already. A file that the loader refuses does no harm. Waits at most `patience`, then ends the child.
/// Threads: any, as long as no other thread is opening libraries at that moment.
std::string harm_of_opening(const std::filesystem::path& file, Millis patience);

}  // namespace treasurer
