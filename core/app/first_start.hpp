/// What a host makes sure of before it serves: the collections, the assets' decimals, the first policy.
/// Safe when N hosts start at once.
#pragma once

#include "config/settings.hpp"
#include "ledger/assets.hpp"
#include "payments/blob_sealer.hpp"
#include "payments/rails.hpp"
#include "records/policy.hpp"
#include "records/store.hpp"

namespace treasurer::app {

/// Gives new books their name. Errors: rejected, ATR_E_CONFIG, when the storage is a copy that was never finished.
Task<atr::Result<>> settle_store(Store& store, const Clock& clock);

/// Fixes the decimals of every asset the rails carry, or checks that they are still the same.
/// Errors: rejected, ATR_E_CONFIG, when a rail claims other decimals than the books count in.
Task<atr::Result<ledger::Assets>> settle_assets(Store& store, const payments::Rails& rails);

/// The assets that storage knows already, for commands that load no rail.
Task<atr::Result<ledger::Assets>> known_assets(Store& store);

/// Leaves a mark, sealed with this host's key, or opens the one that is there: hosts that share a storage must share
/// the key, or none can send what another prepared. `replaces_lost` puts this key in the place of one that is lost:
/// payments sealed with that wait for a person.
/// Errors: rejected, ATR_E_CONFIG  the key is not the one that seals this storage's payments.
Task<atr::Result<>> settle_blob_key(Store& store, payments::BlobSealer& sealer, bool replaces_lost);

/// The policy that the settings seed.
Policy first_policy(const PolicySettings& seed, std::string asset);

/// Stores the policy of the settings if there is none yet; returns the one in force.
Task<atr::Result<Policy>> settle_policy(Store& store, PolicySettings seed, std::string asset);

}  // namespace treasurer::app
