#include "app/descriptor_limit.hpp"

#include <sys/resource.h>

namespace treasurer::app {
namespace {

/// For storage, cache, rails, plugins, logs and the edge's own.
constexpr std::uint64_t descriptors_of_the_host = 256;

}  // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

void provide_descriptors(const ServerSettings& server, observe::Log& log) {
    const auto limit = raise_descriptor_limit();
    const auto wanted = static_cast<std::uint64_t>(server.max_connections) + descriptors_of_the_host;
    if (limit >= wanted) return;
    log.warn("server.max_connections does not fit into the limit of open files: raise it (LimitNOFILE, ulimit -Hn)",
             {{"max_connections", server.max_connections}, {"open_files", limit}, {"wanted", wanted}});
}

}  // namespace treasurer::app
