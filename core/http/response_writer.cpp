#include "http/response_writer.hpp"

#include <array>
#include <charconv>

#include "http/characters.hpp"
#include "http/problem.hpp"

namespace treasurer::http {
namespace {

bool is_sendable(const Response& response) {
    if (response.status < 200 || response.status > 599) return false;
    for (std::size_t i = 0; i < response.headers.size(); ++i) {
        const auto field = response.headers[i];
        if (!is_token(field.name)) return false;
        if (field_chars_at_begin(field.value) != field.value.size()) return false;
    }
    return true;
}

/// Fields that only the edge can write truly.
bool is_edges_own(std::string_view name) {
    switch (name.size()) {
        case 4:
            return equal_ignoring_case(name, "Date");
        case 10:
            return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Keep-Alive");
        case 12:
            return equal_ignoring_case(name, "X-Request-ID");
        case 14:
            return equal_ignoring_case(name, "Content-Length");
        case 17:
            return equal_ignoring_case(name, "Transfer-Encoding");
        default:
            return false;
    }
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void ResponseWriter::write(Response&& response, const Exchange& exchange, std::time_t now, OutputBuffer& out) {
    if (!is_sendable(response)) {
        response =
            problem_response(500, "internal_error", "The server made an answer it cannot send.", exchange.request_id);
    }
    auto& head = out.tail();
    head.append("HTTP/1.1 ");
    append_number(head, static_cast<std::size_t>(response.status));
    head.append(" ").append(reason_phrase(response.status)).append("\r\n");
    append_field(head, "Date", date(now));
    for (std::size_t i = 0; i < response.headers.size(); ++i) {
        const auto field = response.headers[i];
        if (!is_edges_own(field.name)) append_field(head, field.name, field.value);
    }
    append_field(head, "X-Request-ID", exchange.request_id);
    const bool has_length = has_content(response.status) && !response.stream;
    // To a client of HTTP/1.0 the end of the connection is the end of the answer.
    if (response.stream && has_content(response.status) && exchange.version != 10)
        head.append("Transfer-Encoding: chunked\r\n");
    if (has_length) {
        head.append("Content-Length: ");
        append_number(head, response.content().size());
        head.append("\r\n");
    }
    if (!exchange.keep_alive) {
        head.append("Connection: close\r\n");
    } else if (exchange.version == 10) {
        head.append("Connection: keep-alive\r\n");
    }
    head.append("\r\n");
    if (!has_length || exchange.is_head) return;
    if (response.shared_body) {
        out.append(std::move(response.shared_body));
    } else {
        out.append(std::move(response.body));
    }
}

std::string_view ResponseWriter::date(std::time_t now) {
    if (now == date_of_) return date_;
    // strftime would follow the locale; HTTP knows only these names.
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    const auto two = [](int number) {
        return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    };
    date_ = std::string(days.at(utc.tm_wday)) + ", " + two(utc.tm_mday) + " " + months.at(utc.tm_mon) + " " +
            std::to_string(1900 + utc.tm_year) + " " + two(utc.tm_hour) + ":" + two(utc.tm_min) + ":" +
            two(utc.tm_sec) + " GMT";
    date_of_ = now;
    return date_;
}

}  // namespace treasurer::http
