#include "app/first_start.hpp"

#include "records/schema.hpp"
#include "records/store_records.hpp"

namespace treasurer::app {
namespace {

struct AssetRecord {
    static constexpr const char* collection = assets_collection;
    std::string id;
    int decimals = 0;

    Json to_json() const { return {{"id", id}, {"decimals", decimals}}; }
    static AssetRecord from_json(const Json& json) { return {json.at("id"), json.at("decimals")}; }
    std::vector<atr::IndexEntry> index() const { return {}; }
};

atr::Error failure_of(const Committed& committed) {
    atr::Error out = committed.error;
    out.outcome = committed.outcome;
    return out;
}

Task<atr::Result<int>> settle_asset(Store& store, RailAsset wanted) {
    UnitOfWork unit = store.begin();
    unit.create(AssetRecord{wanted.asset, wanted.decimals});
    Task<Committed> committing = store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.ok()) co_return wanted.decimals;
    if (committed.outcome != atr::Outcome::conflict) co_return failure_of(committed);
    Task<atr::Result<std::optional<AssetRecord>>> finding = store.find<AssetRecord>(wanted.asset);
    atr::Result<std::optional<AssetRecord>> found = co_await finding;
    if (!found) co_return found.error();
    if (!*found) co_return atr::retry(ATR_E_INTERNAL, "the decimals of " + wanted.asset + " were just removed");
    co_return (*found)->decimals;
}

}  // namespace

Task<atr::Result<>> settle_store(Store& store, const Clock& clock) {
    Task<atr::Result<std::optional<CopyMarker>>> looking = store.find<CopyMarker>(CopyMarker::key);
    const atr::Result<std::optional<CopyMarker>> marker = co_await looking;
    if (!marker) co_return marker.error();
    if (*marker)
        co_return atr::rejected(ATR_E_CONFIG, "this storage is an unfinished copy, from " + (*marker)->origin +
                                                  ": run the same copy or restore again, or use another storage");
    StoreIdentity identity;
    identity.store_id = store.ids().next();
    identity.made_ms = clock.unix_ms();
    UnitOfWork unit = store.begin();
    unit.create(identity);
    Task<Committed> committing = store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (!committed.ok() && committed.outcome != atr::Outcome::conflict) co_return failure_of(committed);
    co_return atr::Unit{};
}

Task<atr::Result<ledger::Assets>> known_assets(Store& store) {
    std::map<std::string, int> decimals;
    atr::Query query;
    query.limit = 200;
    do {
        Task<atr::Result<Listing<AssetRecord>>> listing = store.list<AssetRecord>(query);
        atr::Result<Listing<AssetRecord>> page = co_await listing;
        if (!page) co_return page.error();
        for (const auto& asset : page->items) decimals[asset.id] = asset.decimals;
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return ledger::Assets(std::move(decimals));
}

Task<atr::Result<ledger::Assets>> settle_assets(Store& store, const payments::Rails& rails) {
    for (const auto& [name, rail] : rails.all()) {
        for (const auto& wanted : rail->capabilities().assets) {
            Task<atr::Result<int>> settling = settle_asset(store, wanted);
            const atr::Result<int> decimals = co_await settling;
            if (!decimals) co_return decimals.error();
            if (*decimals != wanted.decimals)
                co_return atr::rejected(
                    ATR_E_CONFIG, "rail '" + name + "' says that " + wanted.asset + " has " +
                                      std::to_string(wanted.decimals) + " decimals, but the books count it with " +
                                      std::to_string(*decimals) +
                                      ": set the rail's decimals to what they were when the books began");
        }
    }
    Task<atr::Result<ledger::Assets>> knowing = known_assets(store);
    co_return co_await knowing;
}

Task<atr::Result<>> settle_blob_key(Store& store, payments::BlobSealer& sealer, bool replaces_lost) {
    const std::string mark = "blobs";
    UnitOfWork unit = store.begin();
    unit.put(key_marks_collection, mark, dump({{"sealed", sealer.seal("the key of this storage", mark)}}), {},
             replaces_lost ? ATR_VER_ANY : ATR_VER_ABSENT, "mark");
    Task<Committed> committing = store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.ok()) co_return atr::Unit{};
    if (committed.outcome != atr::Outcome::conflict) co_return failure_of(committed);
    std::vector<atr::Key> keys;
    keys.push_back({key_marks_collection, mark});
    Task<atr::Result<std::vector<atr::Record>>> reading = store.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    const Json body = found->empty() ? Json() : Json::parse(found->front().body, nullptr, false);
    if (body.is_object() && sealer.open(text_or(body, "sealed"), mark)) co_return atr::Unit{};
    co_return atr::rejected(ATR_E_CONFIG,
                            "it is not the one that seals this storage's payments: give every host the same "
                            "payments.blob_key, or the first host's blobs.key in its data folder; if that key is lost, "
                            "serve --new-blob-key puts this one in its place");
}

Policy first_policy(const PolicySettings& seed, std::string asset) {
    Policy first;
    first.asset = std::move(asset);
    first.auto_approval_limit = seed.auto_approval_limit;
    first.critical_runway_months = seed.critical_runway_months;
    const auto confidence = seed.min_confidence.to_units(4);
    first.min_confidence_bp = confidence ? static_cast<std::uint32_t>(*confidence) : 10000u;
    first.payee_cool_off_ms = std::chrono::duration_cast<Millis>(seed.payee_cool_off).count();
    first.approval_expiry_ms = std::chrono::duration_cast<Millis>(seed.approval_ttl).count();
    first.approval_reserves_funds = seed.approval_reserves_funds;
    for (const auto& tier : seed.approval_tiers)
        first.approval_tiers.push_back({tier.above, static_cast<unsigned>(tier.approvals)});
    first.paused = seed.paused;
    return first;
}

Task<atr::Result<Policy>> settle_policy(Store& store, PolicySettings seed, std::string asset) {
    UnitOfWork unit = store.begin();
    unit.create(first_policy(seed, std::move(asset)));
    Task<Committed> committing = store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (!committed.ok() && committed.outcome != atr::Outcome::conflict) co_return failure_of(committed);
    Task<atr::Result<std::optional<Policy>>> finding = store.find<Policy>(Policy::current);
    atr::Result<std::optional<Policy>> found = co_await finding;
    if (!found) co_return found.error();
    if (!*found) co_return atr::retry(ATR_E_INTERNAL, "the policy was just removed");
    co_return std::move(**found);
}

}  // namespace treasurer::app
