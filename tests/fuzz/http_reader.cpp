/// The HTTP request reader: the same bytes give the same requests and refusals in whatever portions they come.
/// The first byte of an input seeds the portions; the rest is the stream.
#include <vector>

#include "http/request_reader.hpp"
#include "input.hpp"

namespace {

using namespace treasurer::http;

struct Heard {
    std::vector<std::string> requests;
    int refused = 0;
    bool operator==(const Heard&) const = default;
};

std::string told(const Request& request) {
    std::string out = request.method + ' ' + request.target + ' ' + request.path + ' ' + request.host + '\n';
    for (const auto& [name, value] : request.query) out += name + '=' + value + '\n';
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
        out += std::string(request.headers[i].name) + ": " + std::string(request.headers[i].value) + '\n';
        fuzz::require(request.headers[i].value.find_first_of("\r\n") == std::string_view::npos,
                      "no line end in a value");
    }
    return out + request.body;
}

template <class NextSize>
Heard read(std::string_view bytes, const std::shared_ptr<BodyBudget>& budget, NextSize next_size) {
    RequestReader reader({.max_header_bytes = 1024, .max_target_bytes = 256, .max_body_bytes = 512});
    Heard out;
    bool open = true;
    while (!bytes.empty() && open) {
        std::string_view portion = bytes.substr(0, next_size());
        bytes.remove_prefix(portion.size());
        while (!portion.empty() && open) {
            auto progress = reader.read(portion);
            fuzz::require(progress.taken <= portion.size(), "no more is taken than was offered");
            portion.remove_prefix(progress.taken);
            if (progress.step == RequestReader::Step::head) {
                progress.step = reader.admit_body(512, budget);
                if (progress.step != RequestReader::Step::refused) continue;
            }
            if (progress.step == RequestReader::Step::request) {
                const Request request = reader.take();
                out.requests.push_back(told(request));
                open = request.keep_alive;
            } else if (progress.step == RequestReader::Step::refused) {
                out.refused = reader.refusal().status;
                open = false;
            } else if (progress.step == RequestReader::Step::need_more) {
                fuzz::require(portion.empty(), "all is taken before more is asked for");
            }
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    std::uint32_t state = input.number<std::uint8_t>() + 1u;
    const auto budget = std::make_shared<BodyBudget>(1 << 20);
    const Heard whole = read(input.rest(), budget, [&] { return size; });
    const Heard single = read(input.rest(), budget, [] { return std::size_t{1}; });
    const Heard mixed = read(input.rest(), budget, [&] {
        state = state * 1664525u + 1013904223u;
        return std::size_t{1} + (state >> 27);
    });
    fuzz::require(whole == single && whole == mixed, "portions make no difference");
    fuzz::require(budget->used() == 0, "the body budget comes back");
    return 0;
}
