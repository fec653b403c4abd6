#include "plugin/storage_plugin.hpp"

#include "plugin/border.hpp"
#include "plugin/normalise.hpp"
#include "plugin/storage_encode.hpp"
#include "plugin/storage_sinks.hpp"

namespace treasurer {

using atr::Outcome;
using atr::Result;

namespace {

constexpr Operation op_migrate{0, "migrate", Outcome::unknown};
constexpr Operation op_get{1, "get", Outcome::retry};
constexpr Operation op_commit{2, "commit", Outcome::unknown};
constexpr Operation op_query{3, "query", Outcome::retry};
constexpr Operation op_lease{4, "lease", Outcome::unknown};
constexpr Operation op_extend{.index = 5, .name = "extend_leases", .on_timeout = Outcome::unknown, .urgent = true};
constexpr Operation op_changes{6, "changes", Outcome::retry};
constexpr Operation op_blob_put{7, "blob_put", Outcome::unknown};
constexpr Operation op_blob_get{8, "blob_get", Outcome::retry};
constexpr Operation op_purge{13, "purge", Outcome::unknown};  // 9 to 12 are those of storage_copy_plugin.cpp

constexpr std::size_t max_stored_blob = std::size_t{64} << 20;

/// The batches' results when the call as a whole failed. "Not applied" counts only if no batch says otherwise.
std::vector<atr::Commit> failed_all(std::size_t batches, const atr::Error& error) {
    return std::vector<atr::Commit>(batches, atr::Commit{.outcome = error.outcome, .error = error});
}

}  // namespace

Result<std::unique_ptr<StoragePlugin>> StoragePlugin::make(PluginInstance& instance) {
    const auto table = normalise_storage(instance.find_interface(ATR_IF_STORAGE));
    if (!table) return table.error();
    return std::unique_ptr<StoragePlugin>(new StoragePlugin(instance, *table));
}

Task<Result<>> StoragePlugin::migrate(atr::Schema schema, CallOptions options) {
    auto run = [function = table_.migrate, self = self_, schema = std::move(schema)](const atr_call& call) -> Result<> {
        border::ErrorOut error;
        const SchemaView view(schema);
        const atr_outcome outcome = function(self, &call, view.raw(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_migrate, std::move(options), std::move(run));
}

Task<Result<std::vector<atr::Record>>> StoragePlugin::get(std::vector<atr::Key> keys, CallOptions options) {
    auto run = [function = table_.get, self = self_,
                keys = std::move(keys)](const atr_call& call) -> Result<std::vector<atr::Record>> {
        std::vector<atr_key> raw;
        raw.reserve(keys.size());
        for (const auto& key : keys) raw.push_back({atr::borrow(key.collection), atr::borrow(key.key)});
        RecordSink sink(keys.size());
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, raw.data(), static_cast<std::uint32_t>(raw.size()), 0, 0, sink.raw(), error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::retry, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        return sink.take();
    };
    return instance_.call<std::vector<atr::Record>>(op_get, std::move(options), std::move(run));
}

Task<std::vector<atr::Commit>> StoragePlugin::commit(Batches batches, CallOptions options) {
    const std::size_t wanted = batches.size();
    auto run = [function = table_.commit, self = self_,
                batches = std::move(batches)](const atr_call& call) -> Result<std::vector<atr::Commit>> {
        CommitGroupView group(batches);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, group.raw(), error.raw());
        if (outcome == ATR_OK) return group.answers();
        atr::Error failed = error.read(outcome);
        if (group.any_ok()) failed.outcome = Outcome::unknown;
        return failed;
    };
    auto task = instance_.call<std::vector<atr::Commit>>(op_commit, std::move(options), std::move(run));
    auto result = co_await task;
    if (!result) co_return failed_all(wanted, result.error());
    co_return std::move(*result);
}

Task<Result<atr::Page>> StoragePlugin::query(atr::Query query, CallOptions options) {
    auto run = [function = table_.query, self = self_,
                query = std::move(query)](const atr_call& call) -> Result<atr::Page> {
        const QueryView view(query);
        RecordSink sink(query.limit);
        atr::Buffer next(border::max_text);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, view.raw(), sink.raw(), next.sink(), error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::retry, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        return atr::Page{.records = sink.take(), .next_cursor = std::move(next.bytes)};
    };
    return instance_.call<atr::Page>(op_query, std::move(options), std::move(run));
}

Task<Result<std::vector<atr::Job>>> StoragePlugin::lease(std::string queue, std::string worker, std::uint32_t max,
                                                         Millis lease, CallOptions options) {
    auto run = [function = table_.lease, self = self_, queue = std::move(queue), worker = std::move(worker), max,
                lease](const atr_call& call) -> Result<std::vector<atr::Job>> {
        JobSink sink(max);
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, atr::borrow(queue), atr::borrow(worker), max, lease.count(), sink.raw(), error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::unknown, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        return sink.take();
    };
    return instance_.call<std::vector<atr::Job>>(op_lease, std::move(options), std::move(run));
}

Task<Result<std::uint32_t>> StoragePlugin::extend_leases(std::string worker, Millis lease, CallOptions options) {
    auto run = [function = table_.extend_leases, self = self_, worker = std::move(worker),
                lease](const atr_call& call) -> Result<std::uint32_t> {
        std::uint32_t held = 0;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, atr::borrow(worker), lease.count(), &held, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return held;
    };
    return instance_.call<std::uint32_t>(op_extend, std::move(options), std::move(run));
}

Task<Result<atr::Changes>> StoragePlugin::changes(std::uint64_t after_seq, std::uint32_t limit, CallOptions options) {
    auto run = [function = table_.changes, self = self_, after_seq,
                limit](const atr_call& call) -> Result<atr::Changes> {
        RecordSink sink(std::size_t{limit} * 4096);  // the limit counts commits, each of which may change many records
        std::uint64_t last = after_seq;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, after_seq, limit, sink.raw(), &last, error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::retry, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        auto records = sink.take();
        // An end before `after_seq`, and nothing with it, says that the store has lost commits.
        if (last < after_seq && !records.empty())
            return border::malformed(Outcome::retry, "the change feed went backwards");
        return atr::Changes{.records = std::move(records), .last_seq = last};
    };
    return instance_.call<atr::Changes>(op_changes, std::move(options), std::move(run));
}

Task<Result<>> StoragePlugin::blob_put(std::string key, std::string bytes, CallOptions options) {
    auto run = [function = table_.blob_put, self = self_, key = std::move(key),
                bytes = std::move(bytes)](const atr_call& call) -> Result<> {
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, atr::borrow(key), atr::borrow(bytes), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_blob_put, std::move(options), std::move(run));
}

Task<Result<atr::Blob>> StoragePlugin::blob_get(std::string key, CallOptions options) {
    auto run = [function = table_.blob_get, self = self_,
                key = std::move(key)](const atr_call& call) -> Result<atr::Blob> {
        atr::Buffer out(max_stored_blob);
        std::uint64_t total = 0;
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, atr::borrow(key), 0, max_stored_blob, out.sink(), &total, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return atr::Blob{.bytes = std::move(out.bytes), .total = total};
    };
    return instance_.call<atr::Blob>(op_blob_get, std::move(options), std::move(run));
}

Task<Result<std::uint32_t>> StoragePlugin::purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                                 CallOptions options) {
    auto run = [function = table_.purge, self = self_, collection = std::move(collection), older_than_ms,
                max](const atr_call& call) -> Result<std::uint32_t> {
        std::uint32_t purged = 0;
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, atr::borrow(collection), older_than_ms, max, &purged, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return purged;
    };
    return instance_.call<std::uint32_t>(op_purge, std::move(options), std::move(run));
}

Task<Result<std::string>> StoragePlugin::health(CallOptions options) {
    return instance_.health(std::move(options));
}

}  // namespace treasurer
