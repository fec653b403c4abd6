/// What one check knows: the plugin, its configuration, a fresh folder, and how much to do.
#pragma once

#include <atr/testkit.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/failure.hpp"
#include "base/note.hpp"

namespace atr::testkit {

class Context {
public:
    Context(const Options& wanted, std::size_t place, std::filesystem::path folder, std::string name, Note& notes)
        : options(wanted),
          component(place),
          data(std::move(folder)),
          unique(std::move(name)),
          seed(wanted.seed),
          random(wanted.seed),
          note(notes) {}

    const Options& options;
    const std::size_t component;  ///< its place in the file
    const std::filesystem::path data;
    const std::string unique;
    const std::uint64_t seed;
    std::mt19937_64 random;
    Note& note;  ///< what is being done, for the report of a crash or a hang

    /// What an instance that has ended leaves behind: its last log lines, and a rule it broke that no call showed.
    std::string output;
    std::optional<Failure> breach;

    /// The configuration with its placeholders filled.
    std::string config() const;
    int scale(int quick, int normal, int full) const;
    int scale(int quick, int normal) const { return scale(quick, normal, normal); }
    int below(int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); }

    /// Runs `work` in a process of its own, and waits. What it throws is thrown here; what it returns is returned.
    /// Call it before this process has opened the plugin.
    std::string in_process(const std::function<std::string()>& work);
    /// The same in several processes at once.
    std::vector<std::string> in_processes(int count, const std::function<std::string(int)>& work);
    /// Starts `work` in a process, waits until it has said `until` lines through `say`, and ends it by kill -9. Returns
    /// all that was said.
    std::string killed_process(std::size_t until,
                               const std::function<void(const std::function<void(const std::string&)>& say)>& work);
};

/// Runs `work(0)` .. `work(count - 1)` at once, each in a thread, and waits. The first failure is thrown here.
void in_threads(int count, const std::function<void(int)>& work);

/// Waits until `holds` is true, looking every few milliseconds. False: `limit` passed first.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit = std::chrono::seconds(15));

std::int64_t now_ms();

}  // namespace atr::testkit
