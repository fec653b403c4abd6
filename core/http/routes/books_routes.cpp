// /api/v1/ledger/* and /api/v1/reconciliation: what the books hold, whether they balance, and whether they equal the
// rail.
#include "http/routes/api_services.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "intake/desk_records.hpp"
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "reconcile/books.hpp"
#include "reconcile/history.hpp"
#include "records/schema.hpp"

namespace treasurer::http {
namespace {

Task<Response> trial_balance(const ApiServices& services, RequestContext context) {
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        services.store.counters_with_prefix(balances_collection, "");
    const atr::Result<std::map<std::string, atr::Int128>> balances = co_await reading;
    if (!balances) co_return respond(problem_of(balances.error()), context);
    Json lines = Json::array();
    for (const auto& line : ledger::trial_balance(*balances)) {
        const auto text = [&](atr::Int128 units) {
            const auto amount = services.assets.amount(line.asset, units);
            return amount ? amount->to_string() : atr::units_to_string(units);
        };
        lines.push_back({{"asset", line.asset},
                         {"debits", text(line.debits)},
                         {"credits", text(line.credits)},
                         {"difference", text(line.difference())}});
    }
    co_return json_response(200, {{"assets", std::move(lines)}, {"as_of", time_text(services.clock.unix_ms())}});
}

Task<Response> list_accounts(const ApiServices& services, RequestContext context) {
    const auto moment = moment_of(context, "as_of", OfDay::end);
    if (!moment) co_return respond(moment.problem(), context);
    const std::string under(context.request.query_value("under").value_or(""));
    atr::Result<ledger::Balances> balances = ledger::Balances{};
    if (*moment) {
        Task<atr::Result<ledger::Balances>> reading = services.history.before(**moment);
        balances = co_await reading;
    } else {
        Task<atr::Result<ledger::Balances>> reading = reconcile::read_balances(services.store);
        balances = co_await reading;
    }
    if (!balances) co_return respond(problem_of(balances.error()), context);
    Json items = Json::array();
    for (const auto& line : ledger::account_tree(*balances)) {
        if (!under.empty() && line.account != under && !line.account.starts_with(under + ':')) continue;
        const auto text = [&](atr::Int128 units) {
            const auto amount = services.assets.amount(line.asset, units);
            return amount ? amount->to_string() : atr::units_to_string(units);
        };
        Json item = {{"account", line.account},     {"asset", line.asset},           {"leaf", line.is_leaf},
                     {"debits", text(line.debits)}, {"credits", text(line.credits)}, {"balance", text(line.balance())}};
        if (ledger::is_funded(line.account + ':')) item["available"] = text(line.available);
        items.push_back(std::move(item));
    }
    co_return json_response(
        200, {{"items", std::move(items)}, {"as_of", time_text(*moment ? **moment : services.clock.unix_ms())}});
}

const auto show_transfer = [](const ledger::Transfer& one) { return shown(one); };

Task<Response> run_reconciliation(const ApiServices& services, RequestContext context) {
    Task<atr::Result<reconcile::ReconciliationService::Report>> running =
        services.reconciliation.run(reconcile::Extent::full);
    const atr::Result<reconcile::ReconciliationService::Report> report = co_await running;
    if (!report) co_return respond(problem_of(report.error()), context);
    co_return Response::json(200, reconcile::to_json(**report));
}

/// A run books each movement once, however often it is made. What a key can promise is the same answer, and that the
/// order to run stands in the audit trail once.
Task<Response> order_reconciliation(const ApiServices& services, RequestContext context) {
    UnitOfWork unit = services.store.begin();
    unit.create(intake::audit_line(services.store.ids(), services.clock.unix_ms(), context.principal.user,
                                   "reconciliation.run", "reconciliation", {}, context.request_id()));
    context.once.mark(unit, "reconciliation");
    Task<Committed> committing = services.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (!committed.ok()) co_return respond(problem_of(committed.failure()), context);
    Task<Response> running = run_reconciliation(services, std::move(context));
    co_return co_await running;
}

Task<Response> last_reconciliation(const ApiServices& services, RequestContext context) {
    if (const auto report = services.reconciliation.last()) {
        Task<atr::Result<reconcile::KnownBreaks>> reading = services.reconciliation.known();
        const atr::Result<reconcile::KnownBreaks> known = co_await reading;
        if (!known) co_return respond(problem_of(known.error()), context);
        reconcile::ReconciliationReport shown = *report;
        known->tell(shown);
        co_return Response::json(200, reconcile::to_json(shown));
    }
    Task<Response> running = run_reconciliation(services, std::move(context));
    co_return co_await running;
}

}  // namespace

void add_ledger(Router& router, const ApiServices& services) {
    const ListShape listed{.filters = {{"payment_id", "by_payment", {}}}, .index = "by_time"};
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/v1/ledger/accounts",
                .name = "ledger.accounts",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return list_accounts(services, std::move(context)); }),
                .produces = json_only,
                .parameters = std::vector<std::string>{"under", "as_of"}});
    router.add({.method = "GET",
                .pattern = "/api/v1/ledger/transfers",
                .name = "ledger.transfers",
                .access = read,
                .handler = AsyncHandler([&services, listed](RequestContext context) {
                    return list_records<ledger::Transfer>(services.store, std::move(context), listed, show_transfer);
                }),
                .produces = json_only,
                .parameters = listed.parameters()});
    router.add({.method = "GET",
                .pattern = "/api/v1/ledger/trial-balance",
                .name = "ledger.trial_balance",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return trial_balance(services, std::move(context)); }),
                .produces = json_only,
                .parameters = no_parameters});
}

void add_reconciliation(Router& router, const ApiServices& services) {
    router.add({.method = "GET",
                .pattern = "/api/v1/reconciliation",
                .name = "reconciliation.get",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return last_reconciliation(services, std::move(context)); }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/reconciliation",
                .name = "reconciliation.run",
                .access = Access::needs(auth::Permission::run_reconciliation),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return order_reconciliation(services, std::move(context)); }),
                .consumes = json_only,
                .produces = json_only,
                .retell = [&services](RequestContext context, const std::string& /*all books*/) {
                    return run_reconciliation(services, std::move(context));
                }});
}

}  // namespace treasurer::http
