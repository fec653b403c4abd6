#include "copy/record_source.hpp"

#include "records/store.hpp"
#include "records/store_records.hpp"

#include <algorithm>

namespace treasurer::copy {
namespace {

bool holds(const SourceInfo& info, std::string_view collection) {
    return std::find(info.collections.begin(), info.collections.end(), collection) != info.collections.end();
}

}  // namespace

Task<atr::Result<SnapshotSource>> SnapshotSource::open(PatientStorage& storage, bool unfinished_allowed) {
    Task<atr::Result<atr::OpenSnapshot>> opening = storage.open_snapshot();
    atr::Result<atr::OpenSnapshot> opened = co_await opening;
    if (!opened) co_return opened.error();
    SnapshotSource out(storage, opened->id);
    out.info_.state = opened->state;
    out.info_.collections = std::move(opened->collections);
    std::sort(out.info_.collections.begin(), out.info_.collections.end());
    if (out.info_.state.schema_version == 0)
        co_return atr::rejected(ATR_E_BAD_INPUT, "there are no books in it: no host ever used this storage");
    if (!holds(out.info_, store_collection)) co_return out;
    Task<atr::Result<std::vector<atr::Record>>> reading = out.page(store_collection, {});
    const atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        if (record.key == CopyMarker::key && !unfinished_allowed)
            co_return atr::rejected(ATR_E_BAD_INPUT, "it is itself a copy that was never finished");
        if (record.key != StoreIdentity::key) continue;
        const atr::Result<StoreIdentity> identity = decode<StoreIdentity>(record);
        if (!identity) co_return identity.error();
        out.info_.store_id = identity->store_id;
    }
    co_return out;
}

Task<atr::Result<std::vector<atr::Record>>> SnapshotSource::page(std::string collection, std::string after_key) {
    return storage_->read_snapshot(snapshot_, std::move(collection), std::move(after_key), page_size);
}

}  // namespace treasurer::copy
