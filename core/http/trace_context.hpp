/// W3C Trace Context: the `traceparent` of a request, and what is said of it further on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace treasurer::http {

/// One request's place in a trace that somebody else began.
struct TraceContext {
    std::string trace_id;   ///< 32 lower-case hex digits, not all zero
    std::string parent_id;  ///< 16 of them: the span of whoever asks
    std::string flags;      ///< 2 of them

    /// "00-TRACE-PARENT-FLAGS"; nullopt for anything that the specification does not allow, which is then passed over.
    /// A later version is read as far as version 00 goes.
    static std::optional<TraceContext> read(std::string_view header);

    /// The same trace in version 00, with `span_id` in the place of the parent.
    std::string traceparent(std::string_view span_id) const;
};

/// 16 hex digits for one request's span: its id, and the moment it came at, make it differ from every other's.
std::string span_id_of(std::string_view request_id, long long arrival_ns, const TraceContext& trace);

}  // namespace treasurer::http
