#include "http/head_judge.hpp"

#include "http/credentials.hpp"
#include "http/media_type.hpp"
#include "http/same_origin.hpp"

namespace treasurer::http {
namespace {

std::optional<Problem> objection_to_body(const Route& route, const Request& head, std::uint64_t announced) {
    if (announced > route.max_body_bytes)
        return Problem{.code = ErrorCode::body_too_large,
                       .detail = "The body may have at most " + std::to_string(route.max_body_bytes) + " bytes here."};
    if (!route.consumes.empty() && !is_one_of(head.headers.find("Content-Type"), route.consumes))
        return Problem{.code = ErrorCode::unsupported_media_type,
                       .detail = "The body's Content-Type is not one this takes."};
    return std::nullopt;
}

}  // namespace

/// Whether a token that is ours was revoked since it was last checked is asked when the body is here. A key that this
/// host has not seen is known to storage alone: until then its sender is a stranger. Nothing: it is refused.
std::optional<BodyShare> HeadJudge::share_of(const Route& route, const Request& head) const {
    if (!route.access.needs_sign_in()) return BodyShare::anyone;
    const auto found = credential_of(head);
    if (!found || !*found) return std::nullopt;
    const Credential& credential = **found;
    if (cross_site_problem(head, credential)) return std::nullopt;
    const bool is_key = credential.kind == Credential::Kind::api_key;
    const auto known = is_key ? keys_->recognise(credential.text) : tokens_->recognise(credential.text);
    if (!known) return is_key ? std::optional(BodyShare::unproven) : std::nullopt;
    if (!route.access.admits(known->principal)) return std::nullopt;
    return BodyShare::signed_in;
}

BodyLeave HeadJudge::operator()(const Request& head, std::uint64_t announced, std::string_view client) const {
    constexpr BodyLeave refused{.is_given = false};
    const auto match = table_->find(head.method, head.path);
    if (!match.route) return refused;
    const Route& route = *match.route;
    const auto share = share_of(route, head);
    if (!share) return refused;
    if (*share != BodyShare::signed_in && route.is_rate_limited && limiter_->is_spent(client)) return refused;
    if (objection_to_body(route, head, announced)) return refused;
    return {.is_given = true, .max_bytes = route.max_body_bytes, .share = *share};
}

std::optional<Problem> refusal_at_head(const Route& route, const Request& request) {
    if (!request.unread_bytes) return std::nullopt;
    if (auto objection = objection_to_body(route, request, *request.unread_bytes)) return objection;
    return Problem{.code = ErrorCode::overloaded,
                   .detail = "The request was refused before its body was read; send it again.",
                   .retry_after_s = 1};
}

}  // namespace treasurer::http
