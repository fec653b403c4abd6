#include "http/trace_context.hpp"

#include <algorithm>

#include "auth/digest.hpp"
#include "http/characters.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t length_of_00 = 2 + 1 + 32 + 1 + 16 + 1 + 2;

/// Upper case is refused, as the specification wants it.
bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0 && to_lower(c) == c; });
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<TraceContext> TraceContext::read(std::string_view header) {
    header = trimmed(header);
    if (header.size() < length_of_00 || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
    const auto version = header.substr(0, 2), trace = header.substr(3, 32), parent = header.substr(36, 16),
               flags = header.substr(53, 2), rest = header.substr(length_of_00);
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(parent) || !is_lower_hex(flags))
        return std::nullopt;
    const bool is_continued = version != "00" && rest.starts_with('-');
    if (version == "ff" || (!rest.empty() && !is_continued)) return std::nullopt;
    if (is_all_zero(trace) || is_all_zero(parent)) return std::nullopt;
    return TraceContext{std::string(trace), std::string(parent), std::string(flags)};
}

std::string TraceContext::traceparent(std::string_view span_id) const {
    return "00-" + trace_id + "-" + std::string(span_id) + "-" + flags;
}

std::string span_id_of(std::string_view request_id, long long arrival_ns, const TraceContext& trace) {
    auth::Sha256 digest;
    digest.add(trace.trace_id + trace.parent_id + std::to_string(arrival_ns) + "/");
    digest.add(request_id);
    return digest.hex().substr(0, 16);
}

}  // namespace treasurer::http
