/// A record that many ask for and few change: its text is decoded again only when it is another.
#pragma once

#include "records/store.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace treasurer {

/// Threads: any.
template <class R>
class LastDecoded {
public:
    /// As decode(). Errors: its own.
    atr::Result<R> of(const atr::Record& record) {
        {
            const std::lock_guard lock(mutex_);
            if (last_ && body_ == record.body) {
                R out = *last_;
                out.version = record.version;
                return out;
            }
        }
        atr::Result<R> out = decode<R>(record);
        if (!out) return out;
        const std::lock_guard lock(mutex_);
        body_ = record.body;
        last_ = *out;
        return out;
    }

private:
    std::mutex mutex_;
    std::string body_;
    std::optional<R> last_;
};

}  // namespace treasurer
