/// What the API's routes work with, and the few things all of them do alike.
#pragma once

#include "cache/cache_service.hpp"
#include "http/route.hpp"
#include "http/router.hpp"
#include "intake/approval_desk.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/paid_elsewhere.hpp"
#include "intake/payment_desk.hpp"
#include "intake/policy_desk.hpp"
#include "intake/vendor_directory.hpp"
#include "observe/kpis.hpp"
#include "payments/resolver.hpp"
#include "reconcile/break_desk.hpp"
#include "reconcile/history.hpp"
#include "reconcile/quarantine_keeper.hpp"
#include "reconcile/reconciliation_service.hpp"
#include "treasury/dashboard.hpp"
#include "treasury/logs.hpp"

namespace treasurer::http {

struct ApiSettings {
    std::string asset = "MNEE";  ///< the treasury's own
    std::string rail;            ///< that carries it; empty: none
    std::size_t max_text_bytes = std::size_t{100} * 1024;
    std::size_t max_document_bytes = 10 << 20;
    Millis books_late_after{60'000};  ///< after which people are told that the books were not compared
    Millis wait{10000};               ///< for a payment to be final, unless Prefer says otherwise
    Millis longest_wait{60000};
};

/// All must outlive the router.
struct ApiServices {
    Store& store;
    intake::InvoiceDesk& invoices;
    intake::ApprovalDesk& approvals;
    intake::PaymentDesk& payments;
    payments::Resolver& resolver;
    intake::PaidElsewhere& elsewhere;
    intake::PolicyDesk& policy;
    intake::VendorDirectory& vendors;
    treasury::DashboardReader& dashboard;
    treasury::Logs& logs;
    cache::CacheService& cache;
    reconcile::LedgerHistory& history;
    reconcile::ReconciliationService& reconciliation;
    reconcile::BreakDesk& breaks;
    reconcile::QuarantineKeeper& quarantine;
    const ledger::Assets& assets;
    const Clock& clock;
    observe::Kpis& kpis;
    ApiSettings settings;
};

/// Each adds the routes of one resource. `services`, and `rehearsed` for its dry runs (dry_run.hpp), outlive the
/// router.
void add_process_invoice(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_dashboard(Router& router, const ApiServices& services);
void add_limits(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_invoices(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_payments(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_unknowns(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_approvals(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_vendors(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_ledger(Router& router, const ApiServices& services);
void add_reconciliation(Router& router, const ApiServices& services);
void add_breaks(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_quarantine(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_policy(Router& router, const ApiServices& services, const ApiServices& rehearsed);
void add_audit(Router& router, const ApiServices& services);

/// All of the above.
void add_api(Router& router, const ApiServices& services, const ApiServices& rehearsed);

/// `report` gives {"items":[…]} of what is loaded; it must neither wait nor call a plugin.
void add_plugins(Router& router, std::function<Json()> report);

/// For routes: what most of them take and give.
inline const std::vector<std::string> json_only{"application/json"};
inline const std::vector<std::string> no_parameters{};

/// A moment that the query names, such as 2026-03-14T15:09:26Z; nullopt without one. A day alone, 2026-03-14, is its
/// first moment, or the first after it. Problems: validation_failed for anything else.
enum class OfDay { begin, end };
Parsed<std::optional<UnixMillis>> moment_of(const RequestContext& context, const char* parameter, OfDay day);

/// created_from (included) and created_to (excluded, or that whole day). Problems: those of moment_of; a range that
/// holds nothing.
struct TimeRange {
    std::optional<UnixMillis> from_ms, to_ms;
    bool is_open() const { return !from_ms && !to_ms; }
};
Parsed<TimeRange> created_range_of(const RequestContext& context);

/// limit and cursor of a list. Problems: validation_failed for a limit outside 1..200.
struct PageRequest {
    std::uint32_t limit = 50;
    std::string cursor;
};
Parsed<PageRequest> page_of(const RequestContext& context, std::uint32_t most = 200);

/// The value of Link that names the next page: the same query, behind the cursor.
std::string next_link(const RequestContext& context, const std::string& next_cursor);

/// {"items":[…],"next_cursor":…|null} with Link: rel="next".
Response list_response(const RequestContext& context, Json items, const std::string& next_cursor);

/// The answer to a failed list: a cursor that storage refuses is the client's mistake.
Response list_failed(const RequestContext& context, const atr::Error& error);

Response json_response(int status, const Json& body);

/// A problem document with further members, such as the id of a duplicate's first invoice.
Response problem_with(const Problem& problem, const RequestContext& context, const Json& members);

/// Prefer (RFC 7240): how long to wait, and what to answer in Preference-Applied.
struct Preference {
    Millis wait;
    std::string applied;  ///< empty: none was asked for
};
Preference preference_of(const RequestContext& context, const ApiSettings& settings);

/// "2026-11-23T10:42:00.000Z"
std::string time_text(UnixMillis at_ms);

}  // namespace treasurer::http
