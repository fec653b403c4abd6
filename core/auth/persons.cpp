#include "auth/persons.hpp"

#include <algorithm>

namespace treasurer::auth {
namespace {

bool is_entitled(const User& user, Permission permission) {
    const std::vector<Role> has = roles_named(user.roles);
    return !user.disabled && std::any_of(has.begin(), has.end(), [&](Role role) { return gives(role, permission); });
}

}  // namespace

void Persons::check(UnitOfWork& unit) const {
    for (const auto& user : counted_) unit.check(User::collection, user.id, user.version, "person");
}

Task<atr::Result<Persons>> persons_of(Store& store, std::set<std::string> names, Permission permission) {
    std::vector<atr::Key> keys;
    for (const auto& name : names) keys.push_back({User::collection, name});
    Task<atr::Result<std::vector<atr::Record>>> reading = store.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    Persons out;
    for (const auto& record : *found) {
        atr::Result<User> user = decode<User>(record);
        if (user && is_entitled(*user, permission))
            out.counted_.push_back(std::move(*user));
        else
            out.barred_.insert(record.key);
    }
    co_return out;
}

}  // namespace treasurer::auth
