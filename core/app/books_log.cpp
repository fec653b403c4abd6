#include "app/books_log.hpp"

#include <set>
#include <string>

namespace treasurer::app {
namespace {

using reconcile::ReconciliationReport;

constexpr std::size_t most_named = 20;  ///< breaks, by one report

std::set<std::string> ids_of(const ReconciliationReport* report) {
    std::set<std::string> out;
    if (report)
        for (const auto& one : report->breaks) out.insert(reconcile::break_id(one));
    return out;
}

}  // namespace

void log_report(observe::Log& log, const ReconciliationReport* before, const ReconciliationReport& now) {
    const std::set<std::string> known = ids_of(before);
    std::size_t named = 0;
    for (const auto& one : now.breaks) {
        const std::string id = reconcile::break_id(one);
        if (known.contains(id) || ++named > most_named) continue;
        log.error("the books differ from what the rail says",
                  {{"break", id}, {"amount", one.amount.to_string()}, {"detail", one.detail}});
    }
    const std::size_t were = before ? before->breaks_total : 0;
    if (were != now.breaks_total && now.breaks_total > 0)
        log.warn("breaks that persons have to work off", {{"count", now.breaks_total}, {"before", were}});
    if (were > 0 && now.equal()) log.info("the books equal every rail again", {{"breaks_before", were}});
}

void log_changes_of_the_books(observe::Log& log, reconcile::ReconciliationService& reconciliation,
                              reconcile::QuarantineKeeper& quarantine, reconcile::BreakDesk& breaks) {
    reconciliation.on_report([&log](const auto& before, const auto& now) { log_report(log, before.get(), *now); });
    quarantine.on_change([&log](const Quarantine& now) {
        if (now.active)
            log.error("the store is in quarantine: nothing is sent", {{"reason", now.reason}});
        else
            log.warn("the quarantine was lifted", {{"by", now.released_by}, {"reason", now.release_reason}});
    });
    breaks.on_decided([&log](const reconcile::BreakRecord& decided) {
        log.warn("two persons have decided a break", {{"break", decided.id}, {"as", decided.state}});
    });
}

}  // namespace treasurer::app
