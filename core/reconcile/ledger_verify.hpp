/// Proves the ledger from its transfers alone, and these from payments and invoices, also while a host is writing it:
/// `treasurer ledger verify`.
#pragma once

#include <string>
#include <vector>

#include "records/store.hpp"

namespace treasurer::reconcile {

struct LedgerProof {
    /// Empty: the counters are exactly what the transfers say, and these what payments and invoices say.
    std::vector<std::string> findings;
    std::size_t transfers = 0;    ///< read and proven
    std::size_t payments = 0;     ///< compared with their transfers
    std::size_t later = 0;        ///< left out: booked after the balances were read
    std::uint64_t as_of_seq = 0;  ///< the commit it reflects; 0: the store keeps no sequence
};

/// The balances are read while nothing is booked; then all transfers, payments and invoices; the change feed names
/// those written after that commit, which are left out. Memory grows with what is written meanwhile and with all
/// payments. Errors: those of storage; retry, overloaded  transfers were booked so fast that the balances could not be
/// read between two. `store` outlives the task.
Task<atr::Result<LedgerProof>> verify_ledger(Store& store);

}  // namespace treasurer::reconcile
