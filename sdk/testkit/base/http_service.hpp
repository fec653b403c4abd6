/// The HTTP service that plugins get from the kit, and what goes wrong on its way, as a check chooses.
#pragma once

#include <atr/atr.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/http_wire.hpp"

namespace atr::testkit {

enum class HttpFault {
    none,
    not_sent,       ///< nothing leaves
    reply_dropped,  ///< it arrives, and the reply is lost
    late,           ///< the caller hears of a time-out; it arrives when deliver_late() says so
    sent_twice,     ///< it arrives twice
    body_cut,       ///< it arrives; half of the reply's body comes back under its status
    earlier_reply,  ///< it does not arrive; the last reply to a request of this method comes back
    alien_reply,    ///< it does not arrive; the page of somebody in between comes back, with 200
    status_500,     ///< it arrives; the reply is an error
    status_429,     ///< it does not arrive; "too many requests" comes back
    redirected      ///< it does not arrive; a redirect comes back
};

const char* to_string(HttpFault fault);

/// Threads: any.
class HttpService {
public:
    /// The function of atr_http, but for its ctx.
    atr_outcome send(const atr_call* call, const atr_http_req* request, atr_http_rsp* reply, atr_error* error) noexcept;

    /// From now on. Those of HttpFault::late wait for deliver_late().
    void set(HttpFault fault) { fault_ = fault; }
    void deliver_late();
    /// How many requests were made, whatever became of them.
    std::uint64_t requests() const { return requests_; }

private:
    HttpAnswer carry(const HttpQuestion& question);
    HttpAnswer deliver(const HttpQuestion& question);

    std::atomic<HttpFault> fault_{HttpFault::none};
    std::atomic<std::uint64_t> requests_{0};
    std::mutex mutex_;
    std::map<std::string, HttpAnswer> last_;  ///< by method
    std::vector<HttpQuestion> late_;
};

}  // namespace atr::testkit
