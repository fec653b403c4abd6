/// The way between a host and what it talks to: a call goes there, something happens, an answer comes back; each part
/// takes time, and may never arrive. The host waits no longer than it said.
#pragma once

#include "runtime/completion.hpp"
#include "runtime/task.hpp"
#include "simulation/event_loop.hpp"

#include <functional>
#include <optional>

namespace treasurer::simulation {

/// What becomes of one call.
struct Fate {
    Millis there{1}, back{1};
    bool arrives = true, returns = true;
};

/// The same host may be gone when the answer comes; then nobody hears it.
template <class T>
Task<T> cross(EventLoop& loop, ActorExecutor& caller, Fate fate, std::function<T()> happens, Millis patience,
              T no_answer) {
    Completion<T> done(caller);
    const Actor who = caller.who();
    if (fate.arrives)
        loop.after(fate.there, the_world, [&loop, who, fate, done, happens = std::move(happens)] {
            T answer = happens();
            if (fate.returns) loop.after(fate.back, who, [done, answer = std::move(answer)] { done.set(answer); });
        });
    loop.after(patience, who, [done, no_answer = std::move(no_answer)] { done.set(no_answer); });
    co_return co_await done;
}

/// The result of a task that waits for nothing.
template <class T>
T at_once(Task<T> task) {
    struct Driver {
        struct promise_type {
            Driver get_return_object() const noexcept { return {}; }
            std::suspend_never initial_suspend() const noexcept { return {}; }
            std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
            [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
        };
        static Driver run(Task<T> task, std::optional<T>& out) {
            T value = co_await task;
            out.emplace(std::move(value));
        }
    };
    std::optional<T> out;
    Driver::run(std::move(task), out);
    return std::move(out.value());
}

}  // namespace treasurer::simulation
