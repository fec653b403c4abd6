/// Records that will probably be asked for in turn, read at once. A guess costs nothing but what it reads in vain: what
/// was not foreseen is read when it is asked for.
#pragma once

#include "records/store.hpp"

#include <string>
#include <vector>

namespace treasurer {

/// Threads: one caller at a time. Lifetime: the store outlives it, it outlives its tasks. Errors: those of storage.
class Prefetch {
public:
    explicit Prefetch(Store& store) : store_(store) {}

    /// Reads all of `keys` at one moment, instead of what was read before.
    Task<atr::Result<>> read(std::vector<atr::Key> keys);

    /// The records with these keys, those that exist: as they were read, if each was foreseen, else as storage has
    /// them.
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys);

private:
    Store& store_;
    std::vector<atr::Key> foreseen_;
    std::vector<atr::Record> found_;
};

}  // namespace treasurer
