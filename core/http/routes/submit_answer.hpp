/// The answers that submitting an invoice has, shared by the original service's endpoint and /api/v1/invoices.
#pragma once

#include "http/routes/api_services.hpp"

namespace treasurer::http {

/// Counts what became of the invoice in the KPIs. Payments are counted as they end (Runner::on_ended).
void count(observe::Kpis& kpis, const intake::SubmitResult& result);

/// The answer when nothing is to be paid now: duplicate, rejected, failed, unreadable, unavailable.
/// `document_pointer` is where in the request the document stands.
/// nullopt: paid, on its way or waiting; the endpoint answers in its own shape.
std::optional<Response> refusal_of(const intake::SubmitResult& result, const RequestContext& context,
                                   const std::string& document_pointer);

/// What a dry run tells of an invoice: what would become of it, why, from what fields, and whom it would pay from which
/// funds; a duplicate and what policy refuses too. Unreadable and unavailable: the problem that submitting would meet.
Response rehearsed_answer(const intake::SubmitResult& result, const RequestContext& context,
                          const std::string& document_pointer);

/// For a 202: what happens next and who does it, in words.
std::string next_of(const intake::SubmitResult& result);

/// 503: outcome_unknown when something was perhaps stored, else unavailable.
Problem not_now(bool perhaps_stored);

/// 202 with Location of the payment and Preference-Applied.
void point_to_payment(Response& response, const intake::SubmitResult& result, const Preference& preference);

}  // namespace treasurer::http
