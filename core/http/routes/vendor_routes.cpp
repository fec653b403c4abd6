// /api/v1/vendors: the vendor master.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "intake/utf8.hpp"

namespace treasurer::http {
namespace {

intake::NewAccount account_of(const JsonValue& value, const std::string& pointer, std::vector<FieldError>& errors) {
    intake::NewAccount out;
    if (!value.object()) {
        errors.push_back({pointer, "is not an object"});
        return out;
    }
    JsonBody reader(value, pointer);
    reader.only({"rail", "asset", "address"});
    out.rail = reader.required_text("rail", 64);
    out.asset = reader.required_text("asset", 64);
    out.address = reader.required_text("address", 256);
    if (!reader.ok())
        for (const auto& error : reader.problem().errors) errors.push_back(error);
    return out;
}

Parsed<intake::NewVendor> vendor_of(const JsonValue& body) {
    JsonBody reader(body);
    intake::NewVendor out;
    std::vector<FieldError> errors;
    reader.only({"name", "tax_id", "aliases", "accounts"});
    out.name = reader.required_text("name", 200);
    out.tax_id = reader.text("tax_id", 64).value_or("");
    if (const JsonValue* aliases = body.find("aliases"); aliases && !aliases->is_null()) {
        if (!aliases->array())
            errors.push_back({"/aliases", "is not an array"});
        else
            for (const auto& alias : *aliases->array())
                if (alias.string())
                    out.aliases.push_back(*alias.string());
                else
                    errors.push_back({"/aliases", "holds something that is not a text"});
    }
    if (const JsonValue* accounts = body.find("accounts"); accounts && !accounts->is_null()) {
        if (!accounts->array())
            errors.push_back({"/accounts", "is not an array"});
        else
            for (std::size_t i = 0; i < accounts->array()->size(); ++i)
                out.accounts.push_back(account_of((*accounts->array())[i], "/accounts/" + std::to_string(i), errors));
    }
    if (!reader.ok())
        for (const auto& error : reader.problem().errors) errors.push_back(error);
    if (!errors.empty())
        return Problem{.code = ErrorCode::validation_failed,
                       .detail = "The vendor is not well-formed.",
                       .errors = std::move(errors)};
    return out;
}

Response failed(const atr::Error& error, const RequestContext& context) {
    return respond(problem_of(error), context);
}

Response created(const Vendor& vendor, const ApiServices& services) {
    Response out = json_response(201, shown(vendor, services.clock.unix_ms()));
    out.headers.add("Location", "/api/v1/vendors/" + vendor.id);
    return out;
}

/// A vendor that was added, or given an account.
Task<Response> retell_vendor(const ApiServices& services, RequestContext context, std::string vendor_id) {
    Task<atr::Result<std::optional<Vendor>>> finding = services.vendors.find(std::move(vendor_id));
    const atr::Result<std::optional<Vendor>> vendor = co_await finding;
    if (!vendor) co_return failed(vendor.error(), context);
    if (!*vendor) co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No vendor has this id."}, context);
    co_return created(**vendor, services);
}

Task<Response> create(const ApiServices& services, RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    auto wanted = vendor_of(*body);
    if (!wanted) co_return respond(wanted.problem(), context);
    Task<atr::Result<Vendor>> adding =
        services.vendors.add(std::move(*wanted), context.principal.user, context.request_id(), context.once);
    const atr::Result<Vendor> vendor = co_await adding;
    if (!vendor) co_return failed(vendor.error(), context);
    co_return created(*vendor, services);
}

Task<Response> add_account(const ApiServices& services, RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    std::vector<FieldError> errors;
    intake::NewAccount account = account_of(*body, "", errors);
    if (!errors.empty())
        co_return respond(Problem{.code = ErrorCode::validation_failed,
                                  .detail = "The account is not well-formed.",
                                  .errors = std::move(errors)},
                          context);
    Task<atr::Result<Policy>> reading = services.policy.current();
    const atr::Result<Policy> policy = co_await reading;
    if (!policy) co_return failed(policy.error(), context);
    Task<atr::Result<Vendor>> adding = services.vendors.add_account(
        std::string(context.path_parameter("id")), std::move(account), Millis{policy->payee_cool_off_ms},
        context.principal.user, context.request_id(), context.once);
    const atr::Result<Vendor> vendor = co_await adding;
    if (!vendor) co_return failed(vendor.error(), context);
    co_return created(*vendor, services);
}

void take_new_vendor_ids(Json& vendor) {
    vendor["id"] = nullptr;
    for (auto& account : vendor["accounts"]) account["id"] = nullptr;
}

void take_new_account_id(Json& vendor) {
    vendor["accounts"].back()["id"] = nullptr;
}

/// Empty: every vendor.
Parsed<std::string> name_prefix_of(const RequestContext& context) {
    const auto prefix = context.request.query_value("name_prefix");
    if (!prefix) return std::string();
    if (!prefix->empty() && prefix->size() <= 200 && !intake::invalid_utf8_at(*prefix)) return std::string(*prefix);
    return Problem{.code = ErrorCode::validation_failed,
                   .detail = "name_prefix is the beginning of a name, in UTF-8.",
                   .errors = {{"/name_prefix", "is empty, longer than 200 bytes or no UTF-8"}}};
}

Task<Response> get_list(const ApiServices& services, RequestContext context) {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    const auto prefix = name_prefix_of(context);
    if (!prefix) co_return respond(prefix.problem(), context);
    Task<atr::Result<Listing<Vendor>>> listing = services.vendors.list(page->limit, page->cursor, *prefix);
    const atr::Result<Listing<Vendor>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& vendor : found->items) items.push_back(shown(vendor, services.clock.unix_ms()));
    co_return list_response(context, std::move(items), found->next_cursor);
}

}  // namespace

void add_vendors(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const auto read = Access::needs(auth::Permission::read), manage = Access::needs(auth::Permission::manage_vendors);
    const Retell retold = [&services](RequestContext context, std::string subject) {
        return retell_vendor(services, std::move(context), std::move(subject));
    };
    router.add({.method = "POST",
                .pattern = "/api/v1/vendors",
                .name = "vendors.create",
                .access = manage,
                .handler = with_dry_run(services, rehearsed, create, take_new_vendor_ids),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = retold});
    router.add({.method = "GET",
                .pattern = "/api/v1/vendors",
                .name = "vendors.list",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_list(services, std::move(context)); }),
                .produces = json_only,
                .parameters = std::vector<std::string>{"limit", "cursor", "name_prefix"}});
    router.add({.method = "GET",
                .pattern = "/api/v1/vendors/{id}",
                .name = "vendors.get",
                .access = read,
                .handler = AsyncHandler([&services](RequestContext context) {
                    return get_record<Vendor>(
                        services.store, std::move(context), "vendor",
                        [&services](const Vendor& one) { return shown(one, services.clock.unix_ms()); });
                }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/vendors/{id}/accounts",
                .name = "vendors.accounts.create",
                .access = manage,
                .handler = with_dry_run(services, rehearsed, add_account, take_new_account_id),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = retold});
}

}  // namespace treasurer::http
