/// The vendors that names led to lately. Only a guess at which records an invoice's judgement will ask for, and a way
/// not to read the same record's text twice: what storage says now always counts.
#pragma once

#include "records/policy.hpp"
#include "records/store.hpp"
#include "records/vendor.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace treasurer::intake {

/// Threads: any.
class FamiliarVendors {
public:
    struct Familiar {
        Vendor vendor;
        std::string body;  ///< that it was read from
    };
    using Known = std::shared_ptr<const Familiar>;

    /// Under the name's normal form; null: not met lately.
    Known of(const std::string& name) const;

    /// The vendor that `record` holds, and from now on what `name` probably leads to. Errors: those of decode().
    atr::Result<Vendor> met(const std::string& name, const atr::Record& record);

private:
    static constexpr std::size_t most_names = 4096;
    static constexpr std::size_t most_body_bytes = std::size_t{16} * 1024;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;
};

}  // namespace treasurer::intake
