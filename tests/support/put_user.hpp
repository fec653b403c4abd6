/// Users in the store, for tests of what a person may do when his word is counted.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "records/store.hpp"
#include "records/user.hpp"
#include "runtime/task_scope.hpp"
#include "tests/support/manual_executor.hpp"

namespace support {

/// The user as he is from now on.
inline treasurer::Task<> putting_user(treasurer::Store& store, std::string name, std::vector<std::string> roles,
                                      bool disabled) {
    treasurer::Task<atr::Result<std::optional<treasurer::User>>> finding = store.find<treasurer::User>(name);
    const atr::Result<std::optional<treasurer::User>> known = co_await finding;
    treasurer::User user = known->value_or(treasurer::User{});
    user.id = std::move(name);
    user.roles = std::move(roles);
    user.disabled = disabled;
    treasurer::UnitOfWork unit = store.begin();
    user.version == 0 ? unit.create(user) : unit.update(user);
    treasurer::Task<treasurer::Committed> committing = store.commit(std::move(unit));
    const treasurer::Committed committed = co_await committing;
    if (!committed.ok()) throw std::runtime_error("the user was not stored");
}

inline void put_user(ManualExecutor& executor, treasurer::Store& store, const std::string& name,
                     std::vector<std::string> roles, bool disabled = false) {
    treasurer::TaskScope scope(executor);
    scope.spawn(putting_user(store, name, std::move(roles), disabled));
    executor.run_until([&] { return scope.running() == 0; });
}

/// Two at one moment: `other` has read the user before he is disabled, and commits after.
template <class T>
T await_while_disabling(ManualExecutor& executor, treasurer::Store& store, const std::string& name,
                        treasurer::Task<T> other) {
    const auto keeping = [](treasurer::Task<T> task, std::optional<T>& out) -> treasurer::Task<> {
        out = co_await task;
    };
    treasurer::TaskScope scope(executor);
    std::optional<T> out;
    scope.spawn(putting_user(store, name, {"approver"}, true));
    scope.spawn(keeping(std::move(other), out));
    executor.run_until([&] { return scope.running() == 0; });
    return std::move(*out);
}

}  // namespace support
