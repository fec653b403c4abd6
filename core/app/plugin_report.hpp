/// What a host has loaded, for people: GET /api/v1/plugins.
#pragma once

#include "plugin/plugin_set.hpp"
#include "records/commit_pipeline.hpp"
#include "records/json.hpp"

namespace treasurer::app {

/// {"items":[{"name","kind","component","version","file","sdk","breaker":{…},"pool":{…},"operations":[…]}]}; the
/// storage has "retries":{"made","refused","saved"} too: commits that were tried again. Neither waits nor calls a
/// plugin.
Json plugin_report(const PluginSet& plugins, const CommitPipeline& commits);

}  // namespace treasurer::app
