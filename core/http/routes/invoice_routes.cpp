// /api/v1/invoices: submit, get, list, and the document itself.
#include "http/characters.hpp"
#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "http/routes/submit_answer.hpp"
#include "intake/desk_records.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

using intake::SubmitKind;
using intake::SubmitResult;

/// "text/plain" of "Text/Plain; charset=utf-8".
std::string media_type_of(std::string_view content_type) {
    std::string out(trimmed(content_type.substr(0, content_type.find(';'))));
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

bool is_document(const FormPart& part) {
    return !part.filename.empty() || part.name == "file" || part.name == "text";
}

/// Where a field of a form goes; null for one that is no hint.
std::optional<std::string>* hint_of(intake::Hints& hints, std::string_view name) {
    if (name == "vendor_wallet") return &hints.vendor_wallet;
    if (name == "invoice_id") return &hints.invoice_number;
    if (name == "amount") return &hints.amount;
    if (name == "currency") return &hints.currency;
    if (name == "due_date") return &hints.due_date;
    return nullptr;
}

/// The document as a file or as the field `text`, and the hints that process-invoice takes beside it.
Parsed<intake::Submission> submission_of_form(const Request& request, std::string& pointer) {
    auto form = form_of(request);
    if (!form) return form.problem();
    intake::Submission out;
    Problem problem{.code = ErrorCode::validation_failed, .detail = "The form has fields that cannot be used."};
    const auto refuse = [&](const std::string& name, const char* why) { problem.errors.push_back({"/" + name, why}); };
    for (auto& part : form->parts) {
        if (is_document(part)) {
            if (out.bytes) refuse(part.name, "is a second document: one invoice at a time");
            if (part.filename.size() > 255) refuse(part.name, "has a name of more than 255 bytes");
            pointer = "/" + part.name;
            if (!part.media_type.empty()) out.media_type = media_type_of(part.media_type);
            out.filename = std::move(part.filename);
            out.bytes = std::make_shared<const std::string>(std::move(part.value));
            continue;
        }
        auto* hint = hint_of(out.hints, part.name);
        if (!hint) {
            refuse(part.name,
                   "is neither the document nor one of vendor_wallet, invoice_id, amount, currency, due_date");
            continue;
        }
        if (*hint) refuse(part.name, "is given twice");
        if (part.value.size() > 256) refuse(part.name, "may have at most 256 bytes");
        *hint = std::move(part.value);
    }
    if (!out.bytes || out.bytes->empty()) refuse("file", "is required: the invoice itself");
    if (out.hints.amount) {
        const auto amount = atr::Decimal::parse(*out.hints.amount);
        if (!amount) refuse("amount", "must be a decimal number of at most 38 digits");
        if (amount) out.hints.amount = amount->to_string();
    }
    if (!problem.errors.empty()) return problem;
    return out;
}

/// A JSON object with "text" (or the older "raw_text") and the hints of the form, a form with a file, or the document
/// itself under its own media type. `pointer` becomes where in the request the document stands.
Parsed<intake::Submission> submission_of(RequestContext& context, const ApiSettings& settings, std::string& pointer) {
    intake::Submission out;
    const std::string type = media_type_of(context.request.headers.find("Content-Type").value_or("application/json"));
    if (type == "multipart/form-data") return submission_of_form(context.request, pointer);
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
    reader.only({"text", "raw_text", "filename", "vendor_wallet", "invoice_id", "amount", "currency", "due_date"});
    if (body->find("raw_text") && body->find("text"))
        reader.refuse("text", "is a second document beside raw_text: one invoice at a time");
    out.bytes = std::make_shared<const std::string>(reader.required_text(name, settings.max_text_bytes));
    out.filename = reader.text("filename", 255).value_or("");
    for (const char* hint : {"vendor_wallet", "invoice_id", "currency", "due_date"})
        *hint_of(out.hints, hint) = reader.text(hint, 256);
    if (const auto amount = reader.decimal("amount")) out.hints.amount = amount->to_string();
    if (!reader.ok()) return reader.problem();
    return out;
}

/// The same, said by whom.
Parsed<intake::Submission> signed_submission_of(RequestContext& context, const ApiSettings& settings,
                                                std::string& pointer) {
    auto out = submission_of(context, settings, pointer);
    if (!out) return out;
    out->submitted_by = context.principal.user;
    out->request_id = context.request_id();
    out->once = context.once;
    out->traceparent = context.traceparent;
    out->wait = preference_of(context, settings).wait;
    return out;
}

Response submit_answer(const SubmitResult& result, const RequestContext& context, const Preference& preference,
                       const std::string& pointer) {
    if (auto refused = refusal_of(result, context, pointer)) return std::move(*refused);
    const bool is_paid = result.kind == SubmitKind::paid;
    Json body = shown(result.invoice);
    if (!is_paid) body["next"] = next_of(result);
    Response out = json_response(is_paid ? 201 : 202, body);
    out.headers.add("Location", "/api/v1/invoices/" + result.invoice.id);
    if (!preference.applied.empty()) out.headers.add("Preference-Applied", preference.applied);
    return out;
}

Task<Response> submit(const ApiServices& services, RequestContext context) {
    std::string pointer;
    auto submission = signed_submission_of(context, services.settings, pointer);
    if (!submission) co_return respond(submission.problem(), context);
    Task<SubmitResult> submitting = services.invoices.submit(std::move(*submission));
    const SubmitResult result = co_await submitting;
    count(services.kpis, result);
    co_return submit_answer(result, context, preference_of(context, services.settings), pointer);
}

Task<Response> rehearse_submit(const ApiServices& rehearsed, RequestContext context) {
    std::string pointer;
    auto submission = signed_submission_of(context, rehearsed.settings, pointer);
    if (!submission) co_return respond(submission.problem(), context);
    Task<SubmitResult> submitting = rehearsed.invoices.submit(std::move(*submission));
    const SubmitResult result = co_await submitting;
    co_return rehearsed_answer(result, context, pointer);
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
    out.headers.add("Content-Type", (*invoice)->media_type.starts_with("text/") ? "text/plain; charset=utf-8"
                                                                                : "application/octet-stream");
    out.headers.add("Content-Disposition", "attachment; filename=\"invoice-" + (*invoice)->id + "\"");
    out.body = std::move(found->front().body);
    co_return out;
}

const auto show_invoice = [](const Invoice& one) { return shown(one); };

}  // namespace

void add_invoices(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const ListShape listed{.filters = {{"status", "by_status", invoice_statuses()}, {"vendor_id", "by_vendor", {}}}};
    const auto read = Access::needs(auth::Permission::read);
    router.add(
        {.method = "POST",
         .pattern = "/api/v1/invoices",
         .name = "invoices.submit",
         .access = Access::needs(auth::Permission::submit_invoices),
         .handler = with_dry_run(
             [&services](RequestContext context) { return submit(services, std::move(context)); },
             [&rehearsed](RequestContext context) { return rehearse_submit(rehearsed, std::move(context)); }),
         .max_body_bytes = services.settings.max_document_bytes,
         .consumes = {"application/json", "multipart/form-data", "*/*"},  // whatever a parser takes: intake looks
         .produces = json_only,
         .parameters = dry_run_only,
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
