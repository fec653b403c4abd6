#include "app/causes.hpp"

#include "records/json.hpp"

#include <iostream>

namespace treasurer::app {

void Causes::tell(const std::string& cause) {
    const std::lock_guard lock(mutex_);
    if (told_.size() >= most || !told_.insert(cause).second) return;
    std::cerr << "warning: " << cause << std::endl;
}

void CauseLog::line(observe::Level, std::string_view json) {
    const Json said = Json::parse(json, nullptr, false);
    if (!said.is_object() || !said.contains("said") || !said.contains("instance")) return;
    causes_.tell(said.value("instance", "") + ": " + said.value("said", ""));
}

}  // namespace treasurer::app
