#include "http/answer.hpp"

#include "http/conditional.hpp"
#include "http/content_coding.hpp"
#include "http/security_headers.hpp"

namespace treasurer::http {
namespace {

bool is_representation(const Response& response, const AnswerFacts& facts) {
    const bool is_read = facts.method == "GET" || facts.method == "HEAD";
    return is_read && response.status == 200 && response.headers.find("Cache-Control") != "no-store";
}

bool is_worth_coding(const Response& response) {
    const auto size = response.content().size();
    return !response.shared_body && !response.headers.contains("Content-Encoding") && size >= smallest_gzipped &&
           size <= largest_gzipped && is_compressible(response.headers.find("Content-Type").value_or(""));
}

/// The client has it: what remains says which one, and how long that is so.
void become_not_modified(Response& response) {
    response.status = 304;
    response.body.clear();
    response.shared_body.reset();
    for (const char* name : {"Content-Type", "Content-Encoding", "Content-Disposition", "Link"})
        response.headers.remove(name);
}

void offer(Response& response, const AnswerFacts& facts) {
    auto& headers = response.headers;
    if (!headers.contains("Cache-Control")) headers.add("Cache-Control", "private, no-cache");
    add_vary(response, "Accept-Encoding");
    const bool coded = is_worth_coding(response) && coding_for(facts.accept_encoding) == Coding::gzip;
    if (!headers.contains("ETag")) headers.add("ETag", entity_tag(response.content()));
    if (coded) headers.set("ETag", tag_of_coding(*headers.find("ETag"), "gz"));
    if (!facts.if_none_match.empty() && names_tag(facts.if_none_match, *headers.find("ETag")))
        return become_not_modified(response);
    if (!coded) return;
    response.body = gzip(response.body);
    headers.add("Content-Encoding", "gzip");
}

CorsQuestion cors_question_of(const Request& request) {
    CorsQuestion out;
    out.origin = request.headers.find("Origin").value_or("");
    if (request.method == "OPTIONS")
        out.requested_method = request.headers.find("Access-Control-Request-Method").value_or("");
    return out;
}

}  // namespace

AnswerFacts AnswerFacts::of(const Request& request) {
    AnswerFacts out{.method = request.method};
    if (request.headers.contains("Accept-Encoding"))
        out.accept_encoding = list_field(request.headers, "Accept-Encoding");
    out.if_none_match = list_field(request.headers, "If-None-Match");
    out.cors = cors_question_of(request);
    out.trace = TraceContext::read(list_field(request.headers, "traceparent"));  // two of them are none
    if (out.trace) out.span_id = span_id_of(request.request_id, request.arrival.time_since_epoch().count(), *out.trace);
    return out;
}

void add_vary(Response& response, std::string_view name) {
    const auto before = response.headers.find("Vary");
    response.headers.set("Vary", before ? std::string(*before).append(", ").append(name) : std::string(name));
}

void finish_answer(Response& response, const AnswerFacts& facts, const AnswerSettings& settings) {
    if (is_representation(response, facts)) offer(response, facts);
    add_cors(response, facts.cors, settings.cors);
    if (facts.trace) response.headers.set("traceparent", facts.trace->traceparent(facts.span_id));
    add_security_headers(response);
}

}  // namespace treasurer::http
