// GET and PUT /api/v1/policy: the policy in force, read and replaced as a whole.
#include "auth/digest.hpp"
#include "http/conditional.hpp"
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/cached_answers.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/policy_bounds.hpp"

namespace treasurer::http {
namespace {

constexpr std::int64_t year_s = 366 * 86'400LL;

/// The hash that decisions name as their policy_hash.
std::string hash_of(const Policy& policy) {
    return auth::sha256_hex(dump(policy.to_json()));
}

/// By what the policy says, not by how often it was changed: a store that was restored counts anew.
std::string tag_of(const Policy& policy) {
    return '"' + hash_of(policy).substr(0, 32) + '"';
}

/// "0.7" for 7000 ten-thousandths.
std::string confidence_text(std::uint32_t basis_points) {
    const auto out = atr::Decimal::from_units(basis_points, 4);
    return out ? out->to_string() : std::string();
}

Json tiers_json(const std::vector<ApprovalTier>& tiers) {
    Json out = Json::array();
    for (const auto& tier : tiers) out.push_back({{"above", tier.above.to_string()}, {"approvals", tier.approvals}});
    return out;
}

Json policy_json(const Policy& policy) {
    return {{"auto_approval_limit", money_json({policy.auto_approval_limit, policy.asset})},
            {"critical_runway_months", policy.critical_runway_months.to_string()},
            {"min_confidence", confidence_text(policy.min_confidence_bp)},
            {"payee_cool_off_s", policy.payee_cool_off_ms / 1000},
            {"approval_ttl_s", policy.approval_expiry_ms / 1000},
            {"approval_reserves_funds", policy.approval_reserves_funds},
            {"approval_tiers", tiers_json(policy.approval_tiers)},
            {"paused", policy.paused},
            {"hash", hash_of(policy)}};
}

Response policy_response(const Policy& policy) {
    Response out = json_response(200, policy_json(policy));
    out.headers.add("ETag", tag_of(policy));
    return out;
}

atr::Decimal decimal_within(JsonBody& reader, const char* name, const atr::Decimal& most) {
    const atr::Decimal out = reader.required_decimal(name);
    refuse_beyond(reader, name, out, most);
    return out;
}

void require(const JsonValue& body, JsonBody& reader, const char* name) {
    const JsonValue* value = body.find(name);
    if (!value || value->is_null()) reader.refuse(name, "is required");
}

/// {"amount","asset"}
void read_limit(const JsonValue& limit, Policy& into, std::vector<FieldError>& errors) {
    JsonBody reader(limit, "/auto_approval_limit");
    reader.only({"amount", "asset"});
    into.auto_approval_limit = decimal_within(reader, "amount", largest_limit);
    into.asset = reader.required_text("asset", 64);
    if (!reader.ok()) errors = reader.problem().errors;
}

/// [{"above","approvals"}], rising in both.
void read_tiers(const JsonValue::Array& tiers, Policy& into, std::vector<FieldError>& errors) {
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        const std::string pointer = "/approval_tiers/" + std::to_string(i);
        if (!tiers[i].object()) {
            errors.push_back({pointer, "is an object of above and approvals"});
            continue;
        }
        JsonBody reader(tiers[i], pointer);
        reader.only({"above", "approvals"});
        require(tiers[i], reader, "approvals");
        ApprovalTier tier;
        tier.above = decimal_within(reader, "above", largest_limit);
        tier.approvals = static_cast<unsigned>(reader.integer("approvals", 2, most_approvals).value_or(2));
        if (reader.ok() && !into.approval_tiers.empty()) {
            const ApprovalTier& before = into.approval_tiers.back();
            if (tier.above <= before.above) reader.refuse("above", "is not more than in the tier before");
            if (tier.approvals <= before.approvals) reader.refuse("approvals", "is not more than in the tier before");
        }
        if (reader.ok()) into.approval_tiers.push_back(tier);
        const Problem problem = reader.problem();
        errors.insert(errors.end(), problem.errors.begin(), problem.errors.end());
    }
}

/// Every member of it: what is left out would silently become something else.
Parsed<Policy> wanted_by(const Request& request) {
    const auto body = json_object_of(request);
    if (!body) return body.problem();
    JsonBody reader(*body);
    reader.only({"auto_approval_limit", "critical_runway_months", "min_confidence", "payee_cool_off_s",
                 "approval_ttl_s", "approval_reserves_funds", "approval_tiers", "paused", "hash"});
    for (const char* name : {"payee_cool_off_s", "approval_ttl_s", "approval_reserves_funds", "paused"})
        require(*body, reader, name);
    Policy out;
    std::vector<FieldError> errors;
    const JsonValue* limit = body->find("auto_approval_limit");
    if (limit && limit->object())
        read_limit(*limit, out, errors);
    else
        reader.refuse("auto_approval_limit", "is an object of amount and asset");
    const JsonValue* tiers = body->find("approval_tiers");
    if (tiers && tiers->array() && tiers->array()->size() <= most_tiers)
        read_tiers(*tiers->array(), out, errors);
    else
        reader.refuse("approval_tiers", "is a list of at most " + std::to_string(most_tiers) + " tiers; none: []");
    out.critical_runway_months = decimal_within(reader, "critical_runway_months", longest_runway);
    const auto confidence = decimal_within(reader, "min_confidence", atr::Decimal{1}).to_units(4);
    if (!confidence) reader.refuse("min_confidence", "has more than four decimals");
    out.min_confidence_bp = static_cast<std::uint32_t>(confidence.value_or(0));
    out.payee_cool_off_ms = reader.integer("payee_cool_off_s", 0, year_s).value_or(0) * 1000;
    out.approval_expiry_ms = reader.integer("approval_ttl_s", 60, year_s).value_or(0) * 1000;
    out.approval_reserves_funds = reader.boolean("approval_reserves_funds").value_or(false);
    out.paused = reader.boolean("paused").value_or(false);
    Problem problem = reader.problem();
    problem.errors.insert(problem.errors.end(), errors.begin(), errors.end());
    if (!problem.errors.empty()) return problem;
    return out;
}

Task<Response> tell_policy(const ApiServices& services, RequestContext context) {
    Task<atr::Result<Policy>> reading = services.policy.current();
    const atr::Result<Policy> policy = co_await reading;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return policy_response(*policy);
}

Task<Response> get_policy(const cache::CachedValue& cached, RequestContext context) {
    Task<atr::Result<Policy>> getting = policy_of(cached);
    const atr::Result<Policy> policy = co_await getting;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return policy_response(*policy);
}

Task<Response> put_policy(const ApiServices& services, RequestContext context) {
    const std::string expected = list_field(context.request.headers, "If-Match");
    if (expected.empty())
        co_return respond(Problem{.code = ErrorCode::precondition_required,
                                  .detail = "Say by If-Match which policy this takes the place of: the ETag of the one "
                                            "that was read."},
                          context);
    auto wanted = wanted_by(context.request);
    if (!wanted) co_return respond(wanted.problem(), context);
    Task<atr::Result<intake::PolicyReplaced>> replacing = services.policy.replace(
        std::move(*wanted), [expected](const Policy& now) { return names_tag_strongly(expected, tag_of(now)); },
        context.principal.user, context.request_id(), context.once);
    const atr::Result<intake::PolicyReplaced> replaced = co_await replacing;
    if (!replaced) co_return respond(problem_of(replaced.error()), context);
    if (replaced->done) co_return policy_response(replaced->policy);
    Response refused = respond(Problem{.code = ErrorCode::precondition_failed,
                                       .detail = "Another policy is in force than If-Match names: read it again."},
                               context);
    refused.headers.add("ETag", tag_of(replaced->policy));
    co_return refused;
}

}  // namespace

void add_policy(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const auto cached = std::make_shared<const cache::CachedValue>(cached_policy(services));
    router.add(
        {.method = "GET",
         .pattern = "/api/v1/policy",
         .name = "policy.get",
         .access = Access::needs(auth::Permission::read),
         .handler = AsyncHandler([cached](RequestContext context) { return get_policy(*cached, std::move(context)); }),
         .produces = json_only,
         .parameters = no_parameters});
    router.add({.method = "PUT",
                .pattern = "/api/v1/policy",
                .name = "policy.put",
                .access = Access::needs(auth::Permission::manage_policy),
                .handler = with_dry_run(services, rehearsed, put_policy),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, const std::string& /*the only policy*/) {
                    return tell_policy(services, std::move(context));
                }});
}

}  // namespace treasurer::http
