/// Which plugins a host runs and how: plain values, filled by core/config or by a test.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "plugin/circuit_breaker.hpp"

namespace treasurer {

/// One instance of a plugin.
struct PluginSlot {
    std::string use = {};  ///< a name in PluginSettings::dir, or a path when it has a slash or ends in .so
    unsigned threads = 0;  ///< 0: the kind's default (storage 4, cache 2, rail 64, parser one a core), within the bound
    unsigned most_threads = 0;  ///< that can work at once, as its plugin's settings have it; 0: any number
    std::size_t queue = 1024;   ///< calls that may wait for a thread; one more is answered "overloaded"
    std::string sha256 = {};    ///< of the file, 64 lower-case hex digits; empty: any
    BreakerSettings breaker = {};
    std::vector<std::string> http_allow = {};  ///< origins that it may call over the host's HTTP client
    std::string config_json = "{}";            ///< a JSON object, checked against the plugin's schema
};

struct PluginSettings {
    std::string dir = {};  ///< where names are looked up
    PluginSlot storage;
    PluginSlot cache;
    std::map<std::string, PluginSlot> rails;    ///< by instance name
    std::map<std::string, PluginSlot> parsers;  ///< by instance name
};

}  // namespace treasurer
