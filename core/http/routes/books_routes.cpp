// /api/v1/ledger/trial-balance and /api/v1/reconciliation: do the books balance, and do they equal the rail.
#include "http/routes/api_services.hpp"
#include "ledger/balances.hpp"
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

Task<Response> run_reconciliation(const ApiServices& services, RequestContext context) {
    Task<atr::Result<reconcile::ReconciliationService::Report>> running =
        services.reconciliation.run(reconcile::Extent::full);
    const atr::Result<reconcile::ReconciliationService::Report> report = co_await running;
    if (!report) co_return respond(problem_of(report.error()), context);
    co_return Response::json(200, reconcile::to_json(**report));
}

Task<Response> last_reconciliation(const ApiServices& services, RequestContext context) {
    if (const auto report = services.reconciliation.last()) co_return Response::json(200, reconcile::to_json(*report));
    Task<Response> running = run_reconciliation(services, std::move(context));
    co_return co_await running;
}

}  // namespace

void add_ledger(Router& router, const ApiServices& services) {
    router.add({.method = "GET",
                .pattern = "/api/v1/ledger/trial-balance",
                .name = "ledger.trial_balance",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return trial_balance(services, std::move(context)); })});
}

void add_reconciliation(Router& router, const ApiServices& services) {
    router.add({.method = "GET",
                .pattern = "/api/v1/reconciliation",
                .name = "reconciliation.get",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler([&services](RequestContext context) {
                    return last_reconciliation(services, std::move(context));
                })});
    router.add({.method = "POST",
                .pattern = "/api/v1/reconciliation",
                .name = "reconciliation.run",
                .access = Access::needs(auth::Permission::run_reconciliation),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return run_reconciliation(services, std::move(context)); })});
}

}  // namespace treasurer::http
