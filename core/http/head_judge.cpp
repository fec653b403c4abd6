#include "http/head_judge.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/media_type.hpp"

namespace treasurer::http {
namespace {

std::optional<std::string_view> token_in_head(const Request& request) {
    const auto header = request.headers.find("Authorization");
    if (!header) return std::nullopt;
    const auto space = header->find(' ');
    if (space == std::string_view::npos || !equal_ignoring_case(header->substr(0, space), "Bearer"))
        return std::nullopt;
    return trimmed(header->substr(space));
}

bool takes_type(const Route& route, const Request& head) {
    if (route.consumes.empty()) return true;
    const auto header = head.headers.find("Content-Type");
    const auto type = header ? parse_media_type(*header) : std::nullopt;
    return type && std::find(route.consumes.begin(), route.consumes.end(), type->name) != route.consumes.end();
}

std::optional<Problem> objection_to_body(const Route& route, const Request& head, std::uint64_t announced) {
    if (announced > route.max_body_bytes)
        return Problem{.code = ErrorCode::body_too_large,
                       .detail = "The body may have at most " + std::to_string(route.max_body_bytes) + " bytes here."};
    if (!takes_type(route, head))
        return Problem{.code = ErrorCode::unsupported_media_type,
                       .detail = "The body's Content-Type is not one this takes."};
    return std::nullopt;
}

}  // namespace

/// A token that is ours and has not expired is enough; whether it was revoked is asked when the body is here.
HeadJudge::Sender HeadJudge::sender_of(const Route& route, const Request& head) const {
    if (!route.access.needs_sign_in()) return Sender::unproven;
    const auto token = token_in_head(head);
    const bool may_be_key = head.headers.contains("X-API-Key") || (token && token->find('.') == std::string_view::npos);
    if (may_be_key) return Sender::unproven;
    if (!token) return Sender::refused;
    const auto principal = tokens_->cached(*token);
    const bool may_send = principal ? route.access.admits(*principal) : tokens_->is_genuine(*token);
    return may_send ? Sender::known : Sender::refused;
}

BodyLeave HeadJudge::operator()(const Request& head, std::uint64_t announced, std::string_view client) const {
    constexpr BodyLeave refused{.is_given = false};
    const auto match = table_->find(head.method, head.path);
    if (!match.route) return refused;
    const Route& route = *match.route;
    const Sender sender = sender_of(route, head);
    const bool is_stranger = sender == Sender::unproven;
    if (sender == Sender::refused) return refused;
    if (is_stranger && route.is_rate_limited && limiter_->is_spent(client)) return refused;
    if (objection_to_body(route, head, announced)) return refused;
    return {.is_given = true, .max_bytes = route.max_body_bytes, .is_strangers = is_stranger};
}

std::optional<Problem> refusal_at_head(const Route& route, const Request& request) {
    if (!request.unread_bytes) return std::nullopt;
    if (auto objection = objection_to_body(route, request, *request.unread_bytes)) return objection;
    return Problem{.code = ErrorCode::overloaded,
                   .detail = "The request was refused before its body was read; send it again.",
                   .retry_after_s = 1};
}

}  // namespace treasurer::http
