#include "base/host_side.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

namespace atr::testkit {

namespace {

constexpr std::size_t kept_lines = 20, longest_kept = 300;
constexpr std::uint64_t lines_for_nothing = 1000, lines_a_call = 4;

std::optional<std::string> secret_of(std::string_view reference) {
    constexpr std::string_view environment = "secret://env/", file = "secret://file";
    if (reference.starts_with(environment)) {
        const char* value = std::getenv(std::string(reference.substr(environment.size())).c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    }
    if (!reference.starts_with(file)) return std::nullopt;
    std::ifstream in(std::string(reference.substr(file.size())), std::ios::binary);
    if (!in) return std::nullopt;
    std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

atr_outcome give_secret(void*, atr_str reference, atr_buf* out, atr_error* error) {
    return atr::guarded(atr::Outcome::retry, error, [&]() -> atr_outcome {
        const auto secret = secret_of(atr::view(reference));
        if (!secret) return atr::report(atr::not_found("no such secret"), error);
        return atr::append(out, *secret) ? ATR_OK : atr::limit_reached(error);
    });
}

atr_outcome send_request(void* ctx, const atr_call* call, const atr_http_req* request, atr_http_rsp* reply,
                         atr_error* error) {
    return static_cast<HostSide*>(ctx)->http().send(call, request, reply, error);
}

void ignore_metric(void*, atr_str, double, atr_str) {}

}  // namespace

HostSide::HostSide(Border& border) : border_(border) {
    raw_ = {sizeof(atr_host),
            ATR_ABI_MAJOR,
            ATR_ABI_MINOR,
            this,
            atr::borrow("testkit"),
            &on_log,
            [](void*) noexcept -> std::int64_t { return now_ms(); },
            &on_service};
}

void HostSide::on_log(void* ctx, std::int32_t level, atr_str message, atr_str fields) noexcept {
    auto& self = *static_cast<HostSide*>(ctx);
    ++self.lines_;
    const std::string_view text = atr::view(message), json = atr::view(fields);
    if (level < 0 || level > 5) self.border_.breach(rule_logs, "a log level from 0 to 5", std::to_string(level));
    if (!is_utf8(text)) self.border_.breach(rule_logs, "a log message in UTF-8", "other bytes");
    if (!json.empty() && !nlohmann::json::parse(json, nullptr, false).is_object())
        self.border_.breach(rule_logs, "a log line's fields are a JSON object", std::string(json.substr(0, 100)));
    const std::lock_guard lock(self.mutex_);
    self.last_.emplace_back(text.substr(0, longest_kept));
    if (self.last_.size() > kept_lines) self.last_.pop_front();
}

const void* HostSide::on_service(void*, atr_str id) noexcept {
    static constexpr atr_metrics metrics = {sizeof(atr_metrics), 0, &ignore_metric, &ignore_metric, &ignore_metric};
    static constexpr atr_secrets secrets = {sizeof(atr_secrets), 0, &give_secret};
    static constexpr atr_http http = {sizeof(atr_http), 0, &send_request};
    if (atr::view(id) == ATR_SVC_HTTP) return &http;
    if (atr::view(id) == ATR_SVC_METRICS) return &metrics;
    if (atr::view(id) == ATR_SVC_SECRETS) return &secrets;
    return nullptr;
}

std::string HostSide::tail() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& line : last_) out += line + "\n";
    return out;
}

void HostSide::judge_logs() const {
    const std::uint64_t most = lines_for_nothing + lines_a_call * border_.calls();
    if (lines_ <= most) return;
    throw Failure{"at most " + std::to_string(most) + " log lines for " + std::to_string(border_.calls()) + " calls",
                  std::to_string(lines_.load()), std::string(rule_logs)};
}

}  // namespace atr::testkit
