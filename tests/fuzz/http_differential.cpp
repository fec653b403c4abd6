/// The HTTP request reader beside libhttp-parser (which many servers are built on): whatever both take for a request is
/// the same request, of the same length, so that nobody can hide one from either. Where only one of them takes it, a
/// rule below says why.
#include <http_parser.h>

#include <algorithm>
#include <array>
#include <vector>

#include "http/characters.hpp"
#include "http/request_reader.hpp"
#include "input.hpp"

namespace {

using namespace treasurer::http;

struct Heard {
    std::string method, target, body;
    bool has_alike = false;   ///< ours: a field whose name only begins with Transfer-Encoding
    bool is_chunked = false;  ///< ours: so that it may have trailers
    bool operator==(const Heard& other) const {
        return method == other.method && target == other.target && body == other.body;
    }
};

struct Ours {
    std::vector<Heard> requests;
    std::string_view refusal;  ///< its code; empty: none
    bool says_close = false;
};

struct Theirs {
    std::vector<Heard> requests;
    Heard begun;
    bool is_upgrade = false;  ///< the rest is no HTTP to them
    http_errno error = HPE_OK;
};

/// Refusals of ours that they need not share, and what they do instead.
struct Stricter {
    std::string_view code, they;
};
constexpr std::array stricter{
    Stricter{"bare_cr", "take a line feed alone for the end of a line"},
    Stricter{"bad_field_value", "take a line feed alone, and control characters, in a value"},
    Stricter{"folded_field", "join folded lines"},
    Stricter{"malformed_request_line", "take several spaces, no version (HTTP/0.9), and any empty lines before it"},
    Stricter{"bad_version", "look at the numbers of a version alone, not at the letters before them"},
    Stricter{"bad_field_name", "take spaces in a name"},
    Stricter{"bad_chunk", "take a space behind a chunk's size, and what stands behind its data for its line end"},
    Stricter{"malformed_request", "take what is no list of tokens in Connection"},
    Stricter{"version_not_supported", "take any one-digit version"},
    Stricter{"bad_host", "leave Host to the application"},
    Stricter{"bad_target", "leave the target to the application"},
    Stricter{"bad_escape", "leave escapes to the application"},
    Stricter{"not_implemented", "know CONNECT"},
    Stricter{"coding_not_implemented", "leave other codings than chunked to the application"},
    Stricter{"expectation_failed", "leave Expect to the application"},
    Stricter{"ambiguous_framing", "take Transfer-Encoding in HTTP/1.0"},
    Stricter{"header_too_large", "have another limit"},
    Stricter{"target_too_long", "have another limit"},
    Stricter{"body_too_large", "have no limit"},
};

bool has_alike(const Request& request) {
    constexpr std::string_view coding = "Transfer-Encoding";
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
        const auto name = request.headers[i].name;
        if (name.size() > coding.size() && equal_ignoring_case(name.substr(0, coding.size()), coding)) return true;
    }
    return false;
}

Ours read_ours(std::string_view bytes) {
    const auto budget = std::make_shared<BodyBudget>(1 << 20);
    RequestReader reader({.max_header_bytes = 1024, .max_target_bytes = 256, .max_body_bytes = 512});
    Ours out;
    while (!bytes.empty() && !out.says_close && out.refusal.empty()) {
        auto progress = reader.read(bytes);
        bytes.remove_prefix(progress.taken);
        if (progress.step == RequestReader::Step::head) progress.step = reader.admit_body(512, budget);
        if (progress.step == RequestReader::Step::request) {
            const Request request = reader.take();
            out.requests.push_back({request.method, request.target, request.body, has_alike(request),
                                    request.headers.contains("Transfer-Encoding")});
            out.says_close = !request.keep_alive;
        }
        if (progress.step == RequestReader::Step::refused) out.refusal = reader.refusal().code;
    }
    return out;
}

Theirs& of(http_parser* parser) {
    return *static_cast<Theirs*>(parser->data);
}

Theirs read_theirs(std::string_view bytes) {
    http_parser_settings calls;
    http_parser_settings_init(&calls);
    calls.on_message_begin = [](http_parser* parser) {
        of(parser).begun = {};
        return 0;
    };
    calls.on_url = [](http_parser* parser, const char* text, std::size_t size) {
        of(parser).begun.target.append(text, size);
        return 0;
    };
    calls.on_body = [](http_parser* parser, const char* text, std::size_t size) {
        of(parser).begun.body.append(text, size);
        return 0;
    };
    calls.on_message_complete = [](http_parser* parser) {
        auto& theirs = of(parser);
        theirs.begun.method = http_method_str(static_cast<http_method>(parser->method));
        theirs.requests.push_back(theirs.begun);
        theirs.is_upgrade = parser->upgrade != 0;
        return 0;
    };
    Theirs out;
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &out;
    http_parser_execute(&parser, &calls, bytes.data(), bytes.size());
    out.error = HTTP_PARSER_ERRNO(&parser);
    return out;
}

bool knows_method(const std::string& method) {
    for (int number = 0; number <= HTTP_SOURCE; ++number)
        if (method == http_method_str(static_cast<http_method>(number))) return true;
    return false;
}

/// Whether they may refuse, or not see, a request that we take.
bool is_explained(const Theirs& theirs, const Heard& ours) {
    if (theirs.is_upgrade) return true;           // what follows an upgrade they leave to others
    if (!knows_method(ours.method)) return true;  // any token is a method to us, and 405 in the end
    switch (theirs.error) {
        case HPE_INVALID_URL:             // they read the authority of an absolute target themselves
        case HPE_INVALID_CONTENT_LENGTH:  // they know no tab behind a length
        case HPE_HEADER_OVERFLOW:         // another limit
            return true;
        case HPE_INVALID_TRANSFER_ENCODING:
        case HPE_UNEXPECTED_CONTENT_LENGTH:
            // They take "Transfer-Encoding-X" for that field, and what a trailer says of framing for the head's word.
            return ours.has_alike || ours.is_chunked;
        default:
            return false;
    }
}

bool is_explained(const Ours& ours) {
    return std::any_of(stricter.begin(), stricter.end(),
                       [&](const Stricter& rule) { return rule.code == ours.refusal; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    input.number<std::uint8_t>();  // the seeds of http_reader have one byte before the stream
    const Ours ours = read_ours(input.rest());
    const Theirs theirs = read_theirs(input.rest());
    const auto both = std::min(ours.requests.size(), theirs.requests.size());
    for (std::size_t i = 0; i < both; ++i)
        fuzz::require(ours.requests[i] == theirs.requests[i], "both find the same request");
    if (ours.requests.size() > both)
        fuzz::require(is_explained(theirs, ours.requests[both]), "they refuse what we take only for a known reason");
    if (theirs.requests.size() > both && !ours.says_close)
        fuzz::require(!ours.refusal.empty(), "they find no request in what we take for the rest of another");
    if (theirs.requests.size() > both && !ours.says_close && !ours.refusal.empty() && !is_explained(ours)) {
        std::fprintf(stderr, "we refuse with %s what they take\n", std::string(ours.refusal).c_str());
        std::abort();
    }
    return 0;
}
