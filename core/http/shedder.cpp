#include "http/shedder.hpp"

#include "http/api_problem.hpp"
#include "runtime/json_string.hpp"

namespace treasurer::http {
namespace {

constexpr std::chrono::seconds kBetweenLines{1};
constexpr std::string_view kAnyId = "any-request-id";

}  // namespace

Shedder::Shedder(observe::Metrics& metrics, observe::Log& log) : log_(log) {
    const Response whole = respond(
        {.code = ErrorCode::overloaded, .detail = "More is asked of this server than it can do; try again."}, kAnyId);
    const auto at = whole.body.find(kAnyId);
    before_id_ = whole.body.substr(0, at - 1);  // and not its quotes
    after_id_ = whole.body.substr(at + kAnyId.size() + 1);
    for (const auto kind : {WorkKind::read, WorkKind::write})
        shed_[static_cast<std::size_t>(kind)] = &metrics.counter(
            "treasurer_http_requests_shed_total", "Requests refused for want of time, before their work began",
            {{"kind", kind == WorkKind::read ? "read" : "write"}});
}

Response Shedder::refuse(WorkKind kind, std::string_view request_id, unsigned retry_after_s, TimePoint now) {
    count(kind, now);
    Response out = Response::empty(503);
    out.headers.add("Content-Type", "application/problem+json");
    out.headers.add("Retry-After", std::to_string(retry_after_s));
    out.body.reserve(before_id_.size() + request_id.size() + after_id_.size() + 2);
    out.body = before_id_;
    append_json_string(out.body, request_id);
    out.body += after_id_;
    return out;
}

void Shedder::count(WorkKind kind, TimePoint now) {
    shed_[static_cast<std::size_t>(kind)]->add();
    std::array<std::uint64_t, 2> tell{};
    {
        const std::lock_guard lock(mutex_);
        ++untold_[static_cast<std::size_t>(kind)];
        if (now - told_ < kBetweenLines) return;
        told_ = now;
        tell = std::exchange(untold_, {});
    }
    log_.warn("requests refused: more is asked than can be done", {{"reads", tell[0]}, {"writes", tell[1]}});
}

}  // namespace treasurer::http
