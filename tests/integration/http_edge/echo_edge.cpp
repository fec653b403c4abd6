/// An edge as a process, for what is tried from outside or behind other programs:
///
///     echo_edge --table         writes the exchanges of http_exchanges.hpp: rule, statuses, "closes" or "keeps" and
///     the
///                               bytes in hexadecimal, separated by tabs, one exchange a line
///     echo_edge PATIENCE_MS     serves under the table's limits; "ready PORT" when it does. Each line on its input is
///                               answered by one with what it was asked since: how many requests it refused, then each
///                               that its handler got. It ends when its input does.
///
/// A request is told as its method, target, host, own fields (X-..., sorted) and body, each in hexadecimal behind a
/// dot; the same stands in the field X-Echo of its answer.
#include <algorithm>
#include <iostream>
#include <mutex>
#include <utility>

#include "http/characters.hpp"
#include "http/edge.hpp"
#include "tests/support/http_exchanges.hpp"

namespace {

using namespace treasurer;

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

/// Fields that proxies pass on as they are; what they add of their own is not told.
std::string own_fields(const http::Headers& headers) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        std::string name(headers[i].name);
        std::transform(name.begin(), name.end(), name.begin(), http::to_lower);
        if (!name.starts_with("x-") || name.starts_with("x-forwarded") || name == "x-request-id" || name == "x-real-ip")
            continue;
        out.push_back(name + ": " + std::string(headers[i].value) + "\n");
    }
    std::sort(out.begin(), out.end());
    std::string all;
    for (const auto& line : out) all += line;
    return all;
}

std::string told(const http::Request& request) {
    std::string out;
    for (const auto& part : {request.method, request.target, request.host, own_fields(request.headers), request.body})
        out += '.' + hex(part);
    return out;
}

int write_table() {
    for (const auto& exchange : test::http_exchanges()) {
        std::cout << exchange.rule << '\t';
        for (const int status : exchange.statuses) std::cout << status << ' ';
        std::cout << '\t' << (exchange.closes ? "closes" : "keeps") << '\t' << hex(exchange.bytes) << '\n';
    }
    return 0;
}

http::EdgeSettings settings(std::chrono::milliseconds patience) {
    http::EdgeSettings out;
    out.limits = {.max_header_bytes = test::kTableHeaderBytes,
                  .max_target_bytes = test::kTableTargetBytes,
                  .max_body_bytes = test::kTableBodyBytes};
    out.max_connections_per_address = out.max_connections;
    out.header_timeout = out.body_timeout = out.idle_timeout = patience;
    return out;
}

int serve(std::chrono::milliseconds patience) {
    std::mutex mutex;
    std::vector<std::string> asked;
    http::Edge edge(settings(patience), [&](http::Request&& request, http::Responder responder) {
        auto echo = told(request);
        {
            const std::lock_guard lock(mutex);
            asked.push_back(echo);
        }
        auto response = http::Response::text(200, "asked\n");
        response.headers.add("X-Echo", echo);
        responder.send(std::move(response));
    });
    if (const auto started = edge.start(); !started) {
        std::cerr << started.error().message << '\n';
        return 1;
    }
    std::cout << "ready " << edge.port() << std::endl;
    std::uint64_t refused = 0;
    for (std::string line; std::getline(std::cin, line);) {
        const std::lock_guard lock(mutex);
        const auto now = edge.stats().refused;
        std::cout << now - std::exchange(refused, now);
        for (const auto& echo : std::exchange(asked, {})) std::cout << ' ' << echo;
        std::cout << std::endl;
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    return words[1] == std::string_view("--table") ? write_table()
                                                   : serve(std::chrono::milliseconds(std::stoi(words[1])));
}
