/// The collections and indexes that the core asks of a storage plugin. Plugins know nothing of invoices; this is where
/// the domain's shape is declared.
#pragma once

#include <atr/storage.hpp>

namespace treasurer {

/// Put-if-absent marks that make an invoice unique between all hosts; the body names the invoice that holds it.
inline constexpr const char* claims_collection = "claims";
/// COUNTER: account balances, in units of the asset's smallest part.
inline constexpr const char* balances_collection = "balances";
/// COUNTER: sums kept in the same commit as what they sum.
inline constexpr const char* rollups_collection = "rollups";
/// Positions in streams that are followed, such as a rail's statement.
inline constexpr const char* key_marks_collection = "key_marks";
inline constexpr const char* cursors_collection = "cursors";
/// The decimals of each asset, fixed when it is first seen: the ledger counts in these units for ever.
inline constexpr const char* assets_collection = "assets";

/// The queue of payment sagas.
inline constexpr const char* payments_queue = "payments";

atr::Schema record_schema();

}  // namespace treasurer
