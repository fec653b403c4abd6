#include "http/routes/docs_routes.hpp"

#include "auth/digest.hpp"
#include "http/characters.hpp"
#include "http/content_coding.hpp"
#include "http/openapi/document.hpp"
#include "http/openapi/reference_page.hpp"

namespace treasurer::http {
namespace {

/// What is served, ready to be sent.
struct Texts {
    std::optional<PackedBody> document, page;
    std::string policy;  ///< the page's Content-Security-Policy
};

std::string base64_of(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) {
            return at < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) : 0U;
        };
        const unsigned three = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        out += digits[three >> 18U & 63U];
        out += digits[three >> 12U & 63U];
        out += i + 1 < bytes.size() ? digits[three >> 6U & 63U] : '=';
        out += i + 2 < bytes.size() ? digits[three & 63U] : '=';
    }
    return out;
}

/// The source of a policy that lets exactly this text run.
std::string by_hash(std::string_view text) {
    const std::string hex = auth::sha256_hex(text);
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
    return "'sha256-" + base64_of(bytes) + "'";
}

std::string policy_of(const openapi::ReferencePage& page) {
    return "default-src 'none'; style-src " + by_hash(page.style) + "; script-src " + by_hash(page.script) +
           "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

std::optional<std::string_view> accepted_by(const RequestContext& context) {
    return context.request.headers.find("Accept-Encoding");
}

/// May be kept, and is asked about before it is used again: the next version of the host has another.
Response revalidated(Response response) {
    response.headers.add("Cache-Control", "no-cache");
    return response;
}

Response page_response(const Texts& texts, std::optional<std::string_view> accepted) {
    Response out = texts.page->answer(accepted);
    out.headers.add("Content-Security-Policy", texts.policy);
    return revalidated(std::move(out));
}

Response to_docs() {
    Response out = Response::empty(303);
    out.headers.add("Location", "/docs");
    return out;
}

}  // namespace

void add_docs(Router& router, std::string_view version) {
    const auto texts = std::make_shared<Texts>();
    const auto add = [&](const char* pattern, const char* name, const char* media_type, SyncHandler handler) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .name = name,
                    .access = Access::anyone(),
                    .handler = std::move(handler),
                    .produces = {media_type},
                    .parameters = std::vector<std::string>{}});
    };
    add("/openapi.json", "openapi", "application/json",
        [texts](const RequestContext& context) { return revalidated(texts->document->answer(accepted_by(context))); });
    add("/docs", "docs", "text/html",
        [texts](const RequestContext& context) { return page_response(*texts, accepted_by(context)); });

    // Who types the host's name alone gets to read what it is; 303, for another page may stand there some day.
    router.add({.method = "GET",
                .pattern = "/",
                .name = "root",
                .access = Access::anyone(),
                .handler = SyncHandler([](const RequestContext&) { return to_docs(); }),
                .parameters = std::vector<std::string>{}});

    const auto document = openapi::document_of(router.routes(), version).json;
    const auto page = openapi::reference_page_of(document);
    texts->document.emplace("application/json", document.dump());
    texts->policy = policy_of(page);
    texts->page.emplace("text/html; charset=utf-8", page.html);
}

}  // namespace treasurer::http
