/// What open_loop is asked to send: streams of requests of one kind or of several.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::bench {

[[noreturn]] inline void fail(const std::string& what) {
    std::cerr << "open_loop: " << what << "\n";
    std::exit(2);
}

struct KindSpec {
    std::string name = {}, request = {}, expect = {}, answers = {};
    double share = 1;  ///< of the stream's requests, when it has several kinds
    std::uint64_t first = 0;
};

struct StreamSpec {
    std::vector<KindSpec> kinds = {{}};
    double rate = 0;
    std::size_t connections = 1;
    double apart = 0;  ///< seconds from the begin, whose answers are told apart
};

inline std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline StreamSpec stream_spec_of(const std::string& text) {
    StreamSpec out;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const auto equals = part.find('=');
        if (equals == std::string::npos) fail("not NAME=VALUE: " + part);
        const auto key = part.substr(0, equals), value = part.substr(equals + 1);
        auto& kind = out.kinds.back();
        if (key == "name")
            kind.name = value;
        else if (key == "rate")
            out.rate = std::stod(value);
        else if (key == "connections")
            out.connections = std::stoul(value);
        else if (key == "apart")
            out.apart = std::stod(value);
        else if (key == "request")
            kind.request = bytes_of(value);
        else if (key == "expect")
            kind.expect = value;
        else if (key == "first")
            kind.first = std::stoull(value);
        else if (key == "answers")
            kind.answers = value;
        else if (key == "or")
            out.kinds.push_back({.share = std::stod(value)});
        else
            fail("unknown: " + key);
    }
    for (std::size_t i = 1; i < out.kinds.size(); ++i) out.kinds[0].share -= out.kinds[i].share;
    for (const auto& kind : out.kinds)
        if (kind.request.empty() || kind.share <= 0) fail("a kind needs a request and a share");
    if (out.rate < 0 || out.apart < 0 || out.connections == 0) fail("a stream needs rate and connections");
    return out;
}

}  // namespace treasurer::bench
