#include "http/request_head.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <limits>

#include "http/characters.hpp"
#include "http/request_target.hpp"

namespace treasurer::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr Refusal kBadFraming{400, "ambiguous_framing",
                              "Content-Length and Transfer-Encoding leave it unclear where the body ends."};
constexpr Refusal kBadLength{400, "bad_content_length", "Content-Length must be given once, as a decimal number."};

std::string_view to_std(string_view text) {
    return {text.data(), text.size()};
}

/// A field that may come only once: its value, and how often it came.
struct Single {
    std::string_view value;
    int count = 0;
    void see(std::string_view seen) {
        value = seen;
        ++count;
    }
};

/// Beast's parser, keeping what it splits instead of building its own message.
class HeadParser final : public beast::basic_parser<true> {
public:
    explicit HeadParser(Request& request) : request_(request) {}

    Single host, content_length, transfer_encoding, expect;
    bool close_asked = false;

private:
    void on_request_impl(beast::verb, string_view method, string_view target, int version, error_code&) override {
        request_.method = to_std(method);
        request_.target = to_std(target);
        request_.version = version;
    }
    void on_field_impl(beast::field field, string_view name, string_view raw_value, error_code&) override {
        const auto value = to_std(raw_value);
        request_.headers.add(to_std(name), value);
        if (field == beast::field::host) host.see(value);
        if (field == beast::field::content_length) content_length.see(value);
        if (field == beast::field::transfer_encoding) transfer_encoding.see(value);
        if (field == beast::field::expect) expect.see(value);
        if (field == beast::field::connection) {
            for_each_element(value, [this](auto option) { close_asked |= equal_ignoring_case(option, "close"); });
        }
    }
    // A parser that is fed the head alone never gets to a body.
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override { return body.size(); }
    void on_finish_impl(error_code&) override {}

    Request& request_;
};

std::optional<Refusal> check_version(std::string_view head) {
    const auto line = head.substr(0, head.find('\r'));
    const auto version = line.substr(line.rfind(' ') + 1);
    if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
    if (version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
        is_digit(version[7])) {
        return Refusal{505, "version_not_supported", "This server speaks HTTP/1.1 and HTTP/1.0."};
    }
    return Refusal{400, "bad_version", "The HTTP version is malformed."};
}

Refusal to_refusal(const error_code& ec) {
    if (ec == beast::error::bad_content_length) return kBadLength;
    if (ec == beast::error::bad_transfer_encoding) return kBadFraming;
    return {400, "malformed_request", "The request is not valid HTTP."};
}

std::optional<Refusal> check_host(const HeadParser& parser, Request& request, const std::string& target_authority) {
    const bool is_missing = parser.host.count == 0;
    if (parser.host.count > 1 || (is_missing && request.version == 11)) {
        return Refusal{400, "bad_host", "Exactly one Host header is required."};
    }
    if (!is_missing && !is_valid_authority(parser.host.value)) {
        return Refusal{400, "bad_host", "The Host header is not a valid host and port."};
    }
    request.host = target_authority.empty() ? std::string(parser.host.value) : target_authority;
    return std::nullopt;
}

std::optional<Refusal> plan_length(const HeadParser& parser, BodyPlan& plan) {
    const auto text = parser.content_length.value;
    if (parser.content_length.count != 1 || text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
        return kBadLength;
    }
    if (std::from_chars(text.data(), text.data() + text.size(), plan.length).ec != std::errc{}) return kBadLength;
    plan.framing = plan.length > 0 ? BodyFraming::length : BodyFraming::none;
    return std::nullopt;
}

std::optional<Refusal> plan_coding(const HeadParser& parser, int version, BodyPlan& plan) {
    if (version == 10 || parser.content_length.count > 0 || parser.transfer_encoding.count > 1) return kBadFraming;
    if (!equal_ignoring_case(parser.transfer_encoding.value, "chunked")) {
        return Refusal{501, "coding_not_implemented", "The only transfer coding this server reads is chunked."};
    }
    plan.framing = BodyFraming::chunked;
    return std::nullopt;
}

std::optional<Refusal> plan_body(const HeadParser& parser, int version, BodyPlan& plan) {
    if (parser.transfer_encoding.count > 0) return plan_coding(parser, version, plan);
    if (parser.content_length.count > 0) return plan_length(parser, plan);
    return std::nullopt;
}

std::optional<Refusal> check_expectation(const HeadParser& parser, int version, BodyPlan& plan) {
    if (parser.expect.count == 0 || version == 10) return std::nullopt;
    if (parser.expect.count > 1 || !equal_ignoring_case(parser.expect.value, "100-continue")) {
        return Refusal{417, "expectation_failed", "The only expectation this server meets is 100-continue."};
    }
    plan.continue_expected = plan.framing != BodyFraming::none;
    return std::nullopt;
}

}  // namespace

std::optional<Refusal> parse_head(std::string_view head, Request& request, BodyPlan& plan) {
    if (const auto refusal = check_version(head)) return refusal;
    HeadParser parser(request);
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // bodies are judged by BodyBuffer
    error_code ec;
    parser.put(boost::asio::buffer(head.data(), head.size()), ec);
    if (ec) return to_refusal(ec);
    if (!parser.is_header_done()) return to_refusal(beast::error::partial_message);

    request.keep_alive = parser.keep_alive() && !parser.close_asked;
    RequestTarget target;
    if (const auto refusal = parse_target(request.method, request.target, target)) return refusal;
    request.path = std::move(target.path);
    request.query = std::move(target.query);
    if (const auto refusal = check_host(parser, request, target.authority)) return refusal;
    if (const auto refusal = plan_body(parser, request.version, plan)) return refusal;
    return check_expectation(parser, request.version, plan);
}

}  // namespace treasurer::http
