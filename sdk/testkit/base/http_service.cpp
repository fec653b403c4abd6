#include "base/http_service.hpp"

#include <algorithm>
#include <atr/plugin.hpp>
#include <nlohmann/json.hpp>

#include "base/context.hpp"

namespace atr::testkit {

namespace {

constexpr std::int64_t late_budget_ms = 10'000;

HttpQuestion read(const atr_call* call, const atr_http_req& from) {
    HttpQuestion out{
        .method = atr::copy(from.method), .url = atr::copy(from.url), .headers = {}, .body = atr::copy(from.body)};
    for (std::uint32_t i = 0; i < from.n_headers; ++i)
        out.headers.emplace_back(atr::copy(from.headers[i].key), atr::copy(from.headers[i].value));
    out.until_unix_ms = call ? call->deadline_unix_ms : now_ms();
    if (from.timeout_ms > 0) out.until_unix_ms = std::min(out.until_unix_ms, now_ms() + from.timeout_ms);
    return out;
}

HttpAnswer replied(std::int32_t status, std::vector<std::pair<std::string, std::string>> headers, std::string body) {
    return {.phase = ATR_HTTP_REPLIED, .status = status, .headers = std::move(headers), .body = std::move(body)};
}

atr_outcome tell(const HttpAnswer& from, atr_http_rsp& to, atr_error* error) {
    to.phase = from.phase;
    to.status = from.status;
    if (from.phase == ATR_HTTP_NOT_SENT) return atr::report(atr::retry(ATR_E_UNREACHABLE, from.problem), error);
    if (from.phase == ATR_HTTP_SENT_NO_REPLY) return atr::report(atr::unknown(ATR_E_TIMEOUT, from.problem), error);
    auto headers = nlohmann::json::array();
    for (const auto& [name, value] : from.headers) headers.push_back({name, value});
    const bool fits =
        atr::append(to.headers_json, headers.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) &&
        atr::append(to.body, from.body);
    return fits ? static_cast<atr_outcome>(ATR_OK) : atr::limit_reached(error);
}

}  // namespace

const char* to_string(HttpFault fault) {
    switch (fault) {
        case HttpFault::none:
            return "nothing wrong";
        case HttpFault::not_sent:
            return "a request that does not leave";
        case HttpFault::reply_dropped:
            return "a reply that is lost";
        case HttpFault::late:
            return "a request that arrives late";
        case HttpFault::sent_twice:
            return "a request that arrives twice";
        case HttpFault::body_cut:
            return "a reply cut in half";
        case HttpFault::earlier_reply:
            return "the reply to an earlier request";
        case HttpFault::alien_reply:
            return "a reply that is not the rail's";
        case HttpFault::status_500:
            return "status 500";
        case HttpFault::status_429:
            return "status 429";
        case HttpFault::redirected:
            return "a redirect";
    }
    return "";
}

atr_outcome HttpService::send(const atr_call* call, const atr_http_req* request, atr_http_rsp* reply,
                              atr_error* error) noexcept {
    return atr::guarded(atr::Outcome::unknown, error, [&]() -> atr_outcome {
        ++requests_;
        const HttpQuestion question = read(call, *request);
        if (question.until_unix_ms <= now_ms())
            return tell({.phase = ATR_HTTP_NOT_SENT, .problem = "no time left for it"}, *reply, error);
        return tell(carry(question), *reply, error);
    });
}

HttpAnswer HttpService::deliver(const HttpQuestion& question) {
    HttpAnswer out = ask(question);
    const std::lock_guard lock(mutex_);
    if (out.phase == ATR_HTTP_REPLIED) last_[question.method] = out;
    return out;
}

HttpAnswer HttpService::carry(const HttpQuestion& question) {
    switch (fault_) {
        case HttpFault::none:
            return deliver(question);
        case HttpFault::not_sent:
            return {.phase = ATR_HTTP_NOT_SENT, .problem = "no connection (of the kit's making)"};
        case HttpFault::reply_dropped:
            ask(question);
            return {.phase = ATR_HTTP_SENT_NO_REPLY, .problem = "no reply (of the kit's making)"};
        case HttpFault::late: {
            const std::lock_guard lock(mutex_);
            late_.push_back(question);
            return {.phase = ATR_HTTP_SENT_NO_REPLY, .problem = "no reply in time (of the kit's making)"};
        }
        case HttpFault::sent_twice:
            ask(question);
            return deliver(question);
        case HttpFault::body_cut: {
            HttpAnswer out = ask(question);
            out.body.resize(out.body.size() / 2);
            return out;
        }
        case HttpFault::earlier_reply: {
            const std::lock_guard lock(mutex_);
            const auto found = last_.find(question.method);
            return found != last_.end() ? found->second : replied(200, {}, "{}");
        }
        case HttpFault::alien_reply:
            return replied(200, {{"Content-Type", "text/html"}},
                           "<html><body>Please sign in to the network</body></html>");
        case HttpFault::status_500: {
            const HttpAnswer arrived = ask(question);
            return arrived.phase == ATR_HTTP_REPLIED ? replied(500, {}, "Internal Server Error") : arrived;
        }
        case HttpFault::status_429:
            return replied(429, {{"Retry-After", "1"}}, "Too Many Requests");
        case HttpFault::redirected:
            return replied(302, {{"Location", "http://127.0.0.1:9/elsewhere"}}, "");
    }
    return {};
}

void HttpService::deliver_late() {
    std::vector<HttpQuestion> late;
    {
        const std::lock_guard lock(mutex_);
        late.swap(late_);
    }
    for (auto& question : late) {
        question.until_unix_ms = now_ms() + late_budget_ms;
        ask(question);
    }
}

}  // namespace atr::testkit
