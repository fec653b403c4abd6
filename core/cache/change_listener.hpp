/// Who else wants to know what the change feed tells.
#pragma once

#include <atr/storage.hpp>
#include <cstdint>
#include <vector>

namespace treasurer::cache {

/// Threads: called by the follower's task, one call after another. Must not throw nor wait.
class ChangeListener {
public:
    virtual ~ChangeListener() = default;
    /// All that was changed by the commits after `after` and up to `last`, in their order; perhaps nothing.
    virtual void changed(std::uint64_t after, const std::vector<atr::Record>& records, std::uint64_t last) = 0;
    /// What happened up to `last` is not known: the feed has a gap or went back, or following begins there.
    virtual void lost_track(std::uint64_t last) = 0;
};

}  // namespace treasurer::cache
