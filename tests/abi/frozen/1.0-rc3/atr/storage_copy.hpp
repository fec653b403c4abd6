/// Whole copies of a store: the optional interface atr.storage.copy/1 as owning C++ types, and the base class of
/// storage plugins that offer it. atr.h says what each call means, and how the plugin's own collections look.
#pragma once

#include <atr/storage.hpp>
#include <nlohmann/json.hpp>

namespace atr {
inline namespace v1 {

/// Names of the collections that every store has beside those of its schema.
inline constexpr std::string_view jobs_collection = "atr.jobs";
inline constexpr std::string_view keys_collection = "atr.keys";
inline constexpr std::string_view blobs_collection = "atr.blobs";

struct StoreState {
    std::uint64_t schema_version = 0;  ///< 0: never migrated
    std::uint64_t commit_seq = 0;
    std::uint64_t lease_token = 0;  ///< the highest that was ever given

    friend bool operator==(const StoreState&, const StoreState&) = default;
};

/// One moment of a store, open for reading.
struct OpenSnapshot {
    std::uint64_t id = 0;
    StoreState state = {};
    std::vector<std::string> collections = {};
};

/// Records that replace what stands under their keys, keys that go, and what sequences become at least.
struct Import {
    std::vector<Record> records = {};
    std::vector<Key> removals = {};
    StoreState state = {};
};

/// Derive from this beside Storage to offer whole copies. Threads: every method may be called concurrently, the pages
/// of one snapshot one after the other. Errors: returned.
class StorageCopy {
public:
    virtual ~StorageCopy() = default;
    virtual Result<OpenSnapshot> open_snapshot(const Call&) = 0;
    virtual Result<std::vector<Record>> read_snapshot(const Call&, std::uint64_t snapshot,
                                                      const std::string& collection, const std::string& after_key,
                                                      std::uint32_t limit) = 0;
    virtual Result<> close_snapshot(const Call&, std::uint64_t snapshot) = 0;
    virtual Result<> import_records(const Call&, const Import&) = 0;

    template <class Impl>
    static const void* find_optional(std::string_view id);
};

namespace detail {

inline StoreState read(const atr_store_state& from) {
    return {.schema_version = from.schema_version, .commit_seq = from.commit_seq, .lease_token = from.lease_token};
}

inline Import read(const atr_import& from) {
    Import out;
    out.records.reserve(from.n_records);
    const atr_record* record = from.records;
    for (std::uint32_t i = 0; i < from.n_records; ++i) {
        out.records.push_back(read(*record));
        record = at(record, 1, record->struct_size);
    }
    for (std::uint32_t i = 0; i < from.n_removals; ++i)
        out.removals.push_back({copy(from.removals[i].collection), copy(from.removals[i].key)});
    if (from.state) out.state = read(*from.state);
    return out;
}

template <class Impl>
struct StorageCopyTable {
    static atr_outcome open(void* self, const atr_call* call, std::uint64_t* snapshot, atr_store_state* state,
                            atr_buf* names, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto opened = self_of<Impl>(self).open_snapshot(Call(call));
            if (!opened) return report(opened.error(), error);
            *snapshot = opened->id;
            state->schema_version = opened->state.schema_version;
            state->commit_seq = opened->state.commit_seq;
            state->lease_token = opened->state.lease_token;
            return append(names, nlohmann::json(opened->collections).dump()) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome page(void* self, const atr_call* call, std::uint64_t snapshot, atr_str collection,
                            atr_str after_key, std::uint32_t limit, const atr_record_sink* sink, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto found =
                self_of<Impl>(self).read_snapshot(Call(call), snapshot, copy(collection), copy(after_key), limit);
            if (!found) return report(found.error(), error);
            return deliver(sink, *found) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome close(void* self, const atr_call* call, std::uint64_t snapshot, atr_error* error) {
        return guarded(Outcome::retry, error,
                       [&] { return finish(self_of<Impl>(self).close_snapshot(Call(call), snapshot), error); });
    }
    static atr_outcome import(void* self, const atr_call* call, const atr_import* import, atr_error* error) {
        return guarded(Outcome::unknown, error,
                       [&] { return finish(self_of<Impl>(self).import_records(Call(call), read(*import)), error); });
    }
    static constexpr atr_storage_copy table = {sizeof(atr_storage_copy), 0, open, page, close, import};
};

}  // namespace detail

template <class Impl>
const void* StorageCopy::find_optional(std::string_view id) {
    return id == ATR_IF_STORAGE_COPY ? &detail::StorageCopyTable<Impl>::table : nullptr;
}

}  // namespace v1
}  // namespace atr
