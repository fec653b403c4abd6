/// The services a plugin gets from the kit: log, clock, secrets, metrics, HTTP; and what it did with them.
#pragma once

#include <atr/atr.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "base/border.hpp"
#include "base/http_service.hpp"

namespace atr::testkit {

class HostSide {
public:
    explicit HostSide(Border& border);
    HostSide(const HostSide&) = delete;
    HostSide& operator=(const HostSide&) = delete;

    const atr_host* raw() const { return &raw_; }
    HttpService& http() { return http_; }
    /// The last lines the plugin logged.
    std::string tail() const;
    /// Throws Failure when it has logged more than its calls can explain.
    void judge_logs() const;

private:
    static void on_log(void* ctx, std::int32_t level, atr_str message, atr_str fields) noexcept;
    static const void* on_service(void* ctx, atr_str id) noexcept;

    Border& border_;
    HttpService http_;
    atr_host raw_{};
    std::atomic<std::uint64_t> lines_{0};
    mutable std::mutex mutex_;
    std::deque<std::string> last_;
};

}  // namespace atr::testkit
