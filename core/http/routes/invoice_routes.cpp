// /api/v1/invoices: submit, get, list, and the document itself.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "http/routes/submit_answer.hpp"
#include "intake/desk_records.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

using intake::SubmitKind;
using intake::SubmitResult;

std::string media_type_of(const Request& request) {
    std::string out(request.headers.find("Content-Type").value_or("application/json"));
    out.resize(std::min(out.find(';'), out.size()));
    while (!out.empty() && out.back() == ' ') out.pop_back();
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return out;
}

/// A JSON object with "text" (or the older "raw_text"), or the document itself under its own media type.
/// `pointer` becomes where in the request the document stands.
Parsed<intake::Submission> submission_of(RequestContext& context, const ApiSettings& settings, std::string& pointer) {
    intake::Submission out;
    const std::string type = media_type_of(context.request);
    if (type != "application/json") {
        out.media_type = type;
        out.bytes = std::make_shared<const std::string>(std::move(context.request.body));
        return out;
    }
    const auto body = json_object_of(context.request);
    if (!body) return body.problem();
    const char* name = body->find("raw_text") ? "raw_text" : "text";
    pointer = std::string("/") + name;
    JsonBody reader(*body);
    out.bytes = std::make_shared<const std::string>(reader.required_text(name, settings.max_text_bytes));
    out.filename = reader.text("filename", 255).value_or("");
    if (!reader.ok()) return reader.problem();
    return out;
}

Response submit_answer(const SubmitResult& result, const RequestContext& context, const Preference& preference,
                       const std::string& pointer) {
    if (auto refused = refusal_of(result, context, pointer)) return std::move(*refused);
    Response out = json_response(result.kind == SubmitKind::paid ? 201 : 202, shown(result.invoice));
    out.headers.add("Location", "/api/v1/invoices/" + result.invoice.id);
    if (!preference.applied.empty()) out.headers.add("Preference-Applied", preference.applied);
    return out;
}

Task<Response> submit(const ApiServices& services, RequestContext context) {
    std::string pointer;
    auto submission = submission_of(context, services.settings, pointer);
    if (!submission) co_return respond(submission.problem(), context);
    const Preference preference = preference_of(context, services.settings);
    submission->submitted_by = context.principal.user;
    submission->request_id = context.request_id();
    submission->once = context.once;
    submission->wait = preference.wait;
    Task<SubmitResult> submitting = services.invoices.submit(std::move(*submission));
    const SubmitResult result = co_await submitting;
    count(services.kpis, result);
    co_return submit_answer(result, context, preference, pointer);
}

Task<Response> retell_submit(const ApiServices& services, RequestContext context, std::string invoice_id) {
    Task<SubmitResult> looking = services.invoices.standing(std::move(invoice_id));
    const SubmitResult result = co_await looking;
    co_return submit_answer(result, context, preference_of(context, services.settings), {});
}

Task<Response> get_document(const ApiServices& services, RequestContext context) {
    Task<atr::Result<std::optional<Invoice>>> finding =
        services.store.find<Invoice>(std::string(context.path_parameter("id")));
    const atr::Result<std::optional<Invoice>> invoice = co_await finding;
    if (!invoice) co_return respond(problem_of(invoice.error()), context);
    if (!*invoice)
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No invoice has this id."}, context);
    std::vector<atr::Key> keys;
    keys.push_back({intake::documents_collection, (*invoice)->document_sha256});
    Task<atr::Result<std::vector<atr::Record>>> reading = services.store.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (found->empty())
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = "Its document is not kept any more."},
                          context);
    Response out;
    out.headers.add("ETag", '"' + (*invoice)->document_sha256 + '"');
    out.headers.add("Cache-Control", "private, max-age=31536000, immutable");  // an invoice never gets another document
    out.headers.add("Content-Type", (*invoice)->media_type.starts_with("text/") ? "text/plain; charset=utf-8"
                                                                                : "application/octet-stream");
    out.headers.add("Content-Disposition", "attachment; filename=\"invoice-" + (*invoice)->id + "\"");
    out.body = std::move(found->front().body);
    co_return out;
}

const auto show_invoice = [](const Invoice& one) { return shown(one); };

}  // namespace

void add_invoices(Router& router, const ApiServices& services) {
    const ListShape listed{.filters = {{"status", "by_status", invoice_statuses()}, {"vendor_id", "by_vendor", {}}}};
    const auto read = Access::needs(auth::Permission::read);
    router.add(
        {.method = "POST",
         .pattern = "/api/v1/invoices",
         .name = "invoices.submit",
         .access = Access::needs(auth::Permission::submit_invoices),
         .handler = AsyncHandler([&services](RequestContext context) { return submit(services, std::move(context)); }),
         .max_body_bytes = services.settings.max_document_bytes,
         .consumes = {"application/json", "*/*"},  // whatever a parser takes: intake looks
         .produces = json_only,
         .retell = [&services](RequestContext context, std::string subject) {
             return retell_submit(services, std::move(context), std::move(subject));
         }});
    router.add({.method = "GET",
                .pattern = "/api/v1/invoices",
                .name = "invoices.list",
                .access = read,
                .handler = AsyncHandler([&services, listed](RequestContext context) {
                    return list_records<Invoice>(services.store, std::move(context), listed, show_invoice);
                }),
                .produces = json_only,
                .parameters = listed.parameters()});
    router.add({.method = "GET",
                .pattern = "/api/v1/invoices/{id}",
                .name = "invoices.get",
                .access = read,
                .handler = AsyncHandler([&services](RequestContext context) {
                    return get_record<Invoice>(services.store, std::move(context), "invoice", show_invoice);
                }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "GET",
                .pattern = "/api/v1/invoices/{id}/document",
                .name = "invoices.document",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_document(services, std::move(context)); }),
                .produces = {"application/octet-stream", "text/plain"},
                .parameters = no_parameters});
}

}  // namespace treasurer::http
