/// What an operator has to read in the log about the books: that they differ, that persons have decided, and that the
/// store went into quarantine or left it.
#pragma once

#include "observe/log.hpp"
#include "reconcile/break_desk.hpp"
#include "reconcile/quarantine_keeper.hpp"
#include "reconcile/reconciliation_service.hpp"

namespace treasurer::app {

/// Before any of them is used. Lifetime: `log` outlives them.
void log_changes_of_the_books(observe::Log& log, reconcile::ReconciliationService& reconciliation,
                              reconcile::QuarantineKeeper& quarantine, reconcile::BreakDesk& breaks);

/// Nothing where the report says what the one before said; null: there was none.
void log_report(observe::Log& log, const reconcile::ReconciliationReport* before,
                const reconcile::ReconciliationReport& now);

}  // namespace treasurer::app
