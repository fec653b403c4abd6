#include "http/routes/api_services.hpp"

#include "ledger/balances.hpp"
#include "observe/timestamp.hpp"
#include "runtime/utc_time.hpp"

#include <algorithm>
#include <charconv>

namespace treasurer::http {
namespace {

std::string percent_encoded(std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (char raw : text) {
        const auto c = static_cast<unsigned char>(raw);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain)
            out += raw;
        else {
            out += '%';
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    return out;
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(out)
                                                                                     : std::nullopt;
}

/// A preference without white space, in lower case: "Wait = 5" is "wait=5" (RFC 7240).
std::string bare(std::string_view preference) {
    std::string out;
    for (const char c : preference)
        if (c != ' ' && c != '\t') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

}  // namespace

Parsed<std::optional<UnixMillis>> moment_of(const RequestContext& context, const char* parameter, OfDay day) {
    const auto text = context.request.query_value(parameter);
    if (!text) return std::optional<UnixMillis>();
    const auto moment = parse_utc(std::string(*text));
    if (!moment)
        return Problem{
            .code = ErrorCode::validation_failed,
            .detail = std::string(parameter) + " is a day or a moment in UTC: 2026-03-14 or 2026-03-14T15:09:26Z.",
            .errors = {{std::string("/") + parameter, "cannot be read"}}};
    const bool is_day = text->size() == std::string_view("2026-03-14").size();
    return std::optional<UnixMillis>(is_day && day == OfDay::end ? *moment + ledger::day_ms : *moment);
}

Parsed<TimeRange> created_range_of(const RequestContext& context) {
    const auto from = moment_of(context, "created_from", OfDay::begin);
    if (!from) return from.problem();
    const auto to = moment_of(context, "created_to", OfDay::end);
    if (!to) return to.problem();
    if (*from && *to && **to <= **from)
        return Problem{.code = ErrorCode::validation_failed,
                       .detail = "Nothing can lie between created_from and created_to.",
                       .errors = {{"/created_to", "is not after created_from"}}};
    return TimeRange{*from, *to};
}

Parsed<PageRequest> page_of(const RequestContext& context, std::uint32_t most) {
    PageRequest out;
    if (const auto limit = context.request.query_value("limit")) {
        const auto value = number(*limit);
        if (!value || *value == 0 || *value > most)
            return Problem{.code = ErrorCode::validation_failed,
                           .detail = "limit is a whole number from 1 to " + std::to_string(most) + ".",
                           .errors = {{"/limit", "out of range"}}};
        out.limit = *value;
    }
    out.cursor = std::string(context.request.query_value("cursor").value_or(""));
    return out;
}

std::string next_link(const RequestContext& context, const std::string& next_cursor) {
    std::string link = "<" + context.request.path + "?cursor=" + percent_encoded(next_cursor);
    for (const auto& parameter : context.request.query)
        if (parameter.name != "cursor" && parameter.name != "page")
            link += "&" + percent_encoded(parameter.name) + "=" + percent_encoded(parameter.value);
    return link + ">; rel=\"next\"";
}

Response list_response(const RequestContext& context, Json items, const std::string& next_cursor) {
    Json body = {{"items", std::move(items)}, {"next_cursor", next_cursor.empty() ? Json(nullptr) : Json(next_cursor)}};
    Response out = json_response(200, body);
    if (!next_cursor.empty()) out.headers.add("Link", next_link(context, next_cursor));
    return out;
}

Response list_failed(const RequestContext& context, const atr::Error& error) {
    if (error.outcome == atr::Outcome::rejected && error.code == ATR_E_BAD_INPUT)
        return respond(
            Problem{.code = ErrorCode::invalid_cursor, .detail = "The cursor is not one that this list gave."},
            context);
    return respond(problem_of(error), context);
}

Response json_response(int status, const Json& body) {
    return Response::json(status, dump(body));
}

Response problem_with(const Problem& problem, const RequestContext& context, const Json& members) {
    Response out = respond(problem, context);
    Json body = Json::parse(out.body, nullptr, false);
    if (body.is_object()) {
        body.update(members);
        out.body = dump(body);
    }
    return out;
}

Preference preference_of(const RequestContext& context, const ApiSettings& settings) {
    Preference out{settings.wait, {}};
    const auto& headers = context.request.headers;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        std::string name(headers[i].name);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
        if (name != "prefer") continue;
        std::string_view rest = headers[i].value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const std::string_view one = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
            const std::string preference = bare(one);
            if (preference == "respond-async") out = {Millis{0}, preference};
            if (!preference.starts_with("wait=")) continue;
            const auto seconds = number(std::string_view(preference).substr(5));
            if (!seconds) continue;
            const std::uint64_t most = static_cast<std::uint64_t>(settings.longest_wait.count()) / 1000;
            const std::uint64_t granted = std::min<std::uint64_t>(*seconds, most);
            out = {Millis{static_cast<Millis::rep>(granted * 1000)}, "wait=" + std::to_string(granted)};
        }
    }
    return out;
}

std::string time_text(UnixMillis at_ms) {
    return observe::timestamp(at_ms);
}

void add_api(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    add_process_invoice(router, services, rehearsed);
    add_dashboard(router, services);
    add_limits(router, services, rehearsed);
    add_invoices(router, services, rehearsed);
    add_payments(router, services, rehearsed);
    add_unknowns(router, services, rehearsed);
    add_approvals(router, services, rehearsed);
    add_vendors(router, services, rehearsed);
    add_ledger(router, services);
    add_reconciliation(router, services);
    add_breaks(router, services, rehearsed);
    add_quarantine(router, services, rehearsed);
    add_policy(router, services, rehearsed);
    add_audit(router, services);
}

}  // namespace treasurer::http
