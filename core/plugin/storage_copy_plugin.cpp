#include "plugin/storage_copy_plugin.hpp"

#include <deque>
#include <nlohmann/json.hpp>

#include "plugin/border.hpp"
#include "plugin/normalise.hpp"
#include "plugin/storage_encode.hpp"
#include "plugin/storage_sinks.hpp"

namespace treasurer {

using atr::Outcome;
using atr::Result;

namespace {

constexpr Operation op_open{9, "open_snapshot", Outcome::retry};
constexpr Operation op_read{10, "read_snapshot", Outcome::retry};
constexpr Operation op_close{11, "close_snapshot", Outcome::retry};
constexpr Operation op_import{12, "import_records", Outcome::unknown};

/// A document may be as large as a store takes it, and comes in one record.
constexpr RecordLimits copy_limits{.body = std::size_t{65} << 20, .bytes = std::size_t{80} << 20};

Result<atr::OpenSnapshot> read_opened(std::uint64_t id, const atr_store_state& state, const std::string& names) {
    const auto json = nlohmann::json::parse(names, nullptr, false);
    if (!json.is_array()) return border::malformed(Outcome::retry, "the collections' names are no array");
    atr::OpenSnapshot out{.id = id, .state = atr::detail::read(state)};
    for (const auto& name : json) {
        if (!name.is_string()) return border::malformed(Outcome::retry, "a collection's name is no text");
        out.collections.push_back(name.get<std::string>());
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<StorageCopyPlugin>> StorageCopyPlugin::make(PluginInstance& instance) {
    const void* raw = instance.find_interface(ATR_IF_STORAGE_COPY);
    if (raw == nullptr) return std::unique_ptr<StorageCopyPlugin>();
    const auto table = normalise_storage_copy(raw);
    if (!table) return table.error();
    return std::unique_ptr<StorageCopyPlugin>(new StorageCopyPlugin(instance, *table));
}

Task<Result<atr::OpenSnapshot>> StorageCopyPlugin::open_snapshot(CallOptions options) {
    auto run = [function = table_.open_snapshot, self = self_](const atr_call& call) -> Result<atr::OpenSnapshot> {
        std::uint64_t id = 0;
        atr_store_state state{};
        state.struct_size = sizeof state;
        atr::Buffer names(border::max_json);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, &id, &state, names.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return read_opened(id, state, names.bytes);
    };
    return instance_.call<atr::OpenSnapshot>(op_open, std::move(options), std::move(run));
}

Task<Result<std::vector<atr::Record>>> StorageCopyPlugin::read_snapshot(std::uint64_t snapshot, std::string collection,
                                                                        std::string after_key, std::uint32_t limit,
                                                                        CallOptions options) {
    auto run = [function = table_.read_snapshot, self = self_, snapshot, collection = std::move(collection),
                after_key = std::move(after_key), limit](const atr_call& call) -> Result<std::vector<atr::Record>> {
        RecordSink sink(limit, copy_limits);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, snapshot, atr::borrow(collection), atr::borrow(after_key),
                                             limit, sink.raw(), error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::retry, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        auto records = sink.take();
        const std::string* before = &after_key;
        for (const auto& record : records) {
            if (record.collection != collection || record.key <= *before)
                return border::malformed(Outcome::retry, "records of " + collection + " are not in the order of keys");
            before = &record.key;
        }
        return records;
    };
    return instance_.call<std::vector<atr::Record>>(op_read, std::move(options), std::move(run));
}

Task<Result<>> StorageCopyPlugin::close_snapshot(std::uint64_t snapshot, CallOptions options) {
    auto run = [function = table_.close_snapshot, self = self_, snapshot](const atr_call& call) -> Result<> {
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, snapshot, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_close, std::move(options), std::move(run));
}

Task<Result<>> StorageCopyPlugin::import_records(atr::Import import, CallOptions options) {
    auto run = [function = table_.import_records, self = self_,
                import = std::move(import)](const atr_call& call) -> Result<> {
        std::deque<atr::detail::RecordView> views;
        std::vector<atr_record> records;
        for (const auto& record : import.records) records.push_back(*views.emplace_back(record).get());
        std::vector<atr_key> removals;
        for (const auto& key : import.removals) removals.push_back({atr::borrow(key.collection), atr::borrow(key.key)});
        const atr_store_state state{sizeof state, 0, import.state.schema_version, import.state.commit_seq,
                                    import.state.lease_token};
        const atr_import raw{sizeof raw,
                             static_cast<std::uint32_t>(records.size()),
                             static_cast<std::uint32_t>(removals.size()),
                             0,
                             records.data(),
                             removals.data(),
                             &state};
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, &raw, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_import, std::move(options), std::move(run));
}

}  // namespace treasurer
