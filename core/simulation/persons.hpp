/// What persons do after storage has lost commits (docs/operate.md): they find the invoice of each payment that only
/// the bank knows, deal with what the comparison names, two of them, and release the store from quarantine.
///
/// They look at the bank's own account, and at storage as it is.
#pragma once

#include "simulation/errands.hpp"

#include <map>
#include <string>

namespace treasurer::simulation {

class Persons {
public:
    Persons(Surroundings around, Errands& errands)
        : around_(around), errands_(errands), random_(around.plan.seed ^ 0x70657273U) {}

    /// Each of these begins what there is to do; true: there was nothing.
    /// Invoices that are lost come again; what is paid already is not paid by another payment.
    bool have_found_every_invoice();
    bool have_dealt_with(const reconcile::ReconciliationReport& report);
    /// After nothing else is left. A quarantine that can be lifted by itself is left to that for a while.
    void release();

private:
    void see_to(const Invoice& invoice, const Payment& payment);
    bool begin(const std::string& what);
    void have_decided(const reconcile::Break& what, std::string action);
    Task<bool> vote(Host& host, std::string break_id, std::string action, std::shared_ptr<unsigned> turn);
    Task<bool> record_elsewhere(Host& host, std::string payment_id, std::shared_ptr<unsigned> turn);
    Task<bool> release_at(Host& host);

    Surroundings around_;
    Errands& errands_;
    SeededRandom random_;
    std::map<std::string, unsigned> begun_;  ///< how often
    bool dealt_ = false;
    UnixMillis waiting_since_ = 0;
};

}  // namespace treasurer::simulation
