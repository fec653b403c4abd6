/// Whose word counts in a decision of several persons: by what each may do when it is made, not when he spoke.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "auth/permission.hpp"
#include "records/store.hpp"
#include "records/user.hpp"

namespace treasurer::auth {

/// The persons of one decision, as they were read.
class Persons {
public:
    /// False of who was disabled, or has no role any more that gives the permission. A name without a user may.
    bool may(const std::string& name) const { return !barred_.contains(name); }
    /// The unit goes through only while those whose words count are who they were when they were read.
    void check(UnitOfWork& unit) const;

private:
    friend Task<atr::Result<Persons>> persons_of(Store& store, std::set<std::string> names, Permission permission);

    std::set<std::string> barred_;
    std::vector<User> counted_;
};

/// Reads the users of these names. Errors: those of storage.
Task<atr::Result<Persons>> persons_of(Store& store, std::set<std::string> names, Permission permission);

}  // namespace treasurer::auth
