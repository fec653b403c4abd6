/// Real plugin files in a real host: threads, executor and clock of production, what plugins say kept in memory.
#pragma once

#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_set.hpp"
#include "runtime/task_scope.hpp"
#include "runtime/thread_executor.hpp"
#include "tests/support/temporary_folder.hpp"

namespace plugin_test {

using namespace treasurer;

inline std::filesystem::path plugin_dir() {
    const char* build = std::getenv("TREASURER_BUILD");
    return std::filesystem::path(build ? build : "build/dev") / "test_plugins";
}

/// Runs a task on `executor` and waits for its result on this thread.
template <class T>
T await(Executor& executor, Task<T> task) {
    std::optional<T> out;
    TaskScope scope(executor);
    const auto into = [](Task<T> from, std::optional<T>& to) -> Task<> {
        T value = co_await from;
        to.emplace(std::move(value));
    };
    scope.spawn(into(std::move(task), out));
    if (!scope.wait_idle(Millis(60'000))) throw std::runtime_error("a call to a plugin was never answered");
    return std::move(*out);
}

/// Tasks that run beside each other.
template <class T>
class Together {
public:
    explicit Together(Executor& executor) : scope_(executor) {}
    void start(Task<T> task) { scope_.spawn(keep(std::move(task))); }
    std::vector<T> finish() {
        if (!scope_.wait_idle(Millis(60'000))) throw std::runtime_error("a call to a plugin was never answered");
        return std::move(results_);
    }

private:
    Task<> keep(Task<T> task) {
        T value = co_await task;
        const std::lock_guard lock(mutex_);
        results_.push_back(std::move(value));
    }
    TaskScope scope_;
    std::mutex mutex_;
    std::vector<T> results_;
};

/// What plugins said, and waiting for it.
class Heard {
public:
    void add(std::string line) {
        {
            const std::lock_guard lock(mutex_);
            lines_.push_back(std::move(line));
        }
        added_.notify_all();
    }
    bool wait_for(const std::string& line) {
        std::unique_lock lock(mutex_);
        return added_.wait_for(lock, std::chrono::seconds(60),
                               [&] { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); });
    }
    std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    std::mutex mutex_;
    std::condition_variable added_;
    std::vector<std::string> lines_;
};

class Bench {
public:
    PluginHost host() {
        HostSinks sinks;
        sinks.log = [this](atr::LogLevel, std::string_view instance, std::string_view message, std::string_view) {
            heard.add(std::string(instance) + ": " + std::string(message));
        };
        sinks.secret = [](std::string_view reference) -> atr::Result<std::string> {
            if (reference == "secret://env/KEY") return std::string("s3cret");
            return atr::not_found("no such secret");
        };
        sinks.metric = [this](const MetricSample& sample) {
            heard.add(std::string(sample.instance) + " counts " + std::string(sample.name) + " " +
                      (std::isnan(sample.value) ? "unknown" : std::to_string(static_cast<int>(sample.value))) + " " +
                      std::string(sample.labels_json));
        };
        return {executor, clock, std::move(sinks)};
    }

    /// An instance of the first component of `kind` in test_plugins/NAME.so.
    std::unique_ptr<PluginInstance> instance(const std::string& name, const std::string& kind,
                                             InstanceSettings settings) {
        auto library = PluginLibrary::load(plugin_file(name, plugin_dir()));
        if (!library) throw std::runtime_error(library.error().message);
        const auto component = (*library)->component(kind);
        auto made = PluginInstance::create(*library, *component.value(), std::move(settings), host());
        if (!made) throw std::runtime_error(made.error().message);
        return std::move(*made);
    }

    template <class T>
    T await(Task<T> task) {
        return plugin_test::await(executor, std::move(task));
    }

    std::string path(const std::string& name) const { return (folder.path() / name).string(); }
    void touch(const std::string& name) const { std::ofstream(path(name)) << "x"; }

    support::TemporaryFolder folder;
    SystemClock clock;
    Heard heard;
    ThreadExecutor executor{2};
};

inline Document document(const std::string& text) {
    return {.media_type = "text/plain",
            .filename = "t.txt",
            .bytes = std::make_shared<const std::string>(text),
            .sha256_hex = std::string(64, '0')};
}

inline OperationSnapshot counted(const InstanceSnapshot& from, std::string_view operation) {
    for (const auto& one : from.operations)
        if (one.name == operation) return one;
    return {};
}

inline std::uint64_t outcomes(const OperationSnapshot& from, atr::Outcome outcome) {
    return from.by_outcome[static_cast<std::size_t>(outcome)];
}

}  // namespace plugin_test
