/// A policy as the settings write it.
#pragma once

#include <map>
#include <string>

#include "records/policy.hpp"

namespace treasurer::app {

/// By the path of the setting that seeds it: {"policy.payee_cool_off_s": "86400"}.
std::map<std::string, std::string> by_setting(const Policy& policy);

}  // namespace treasurer::app
