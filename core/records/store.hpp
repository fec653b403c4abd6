/// Typed reading of records, and the way to commit units of work.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/commit_pipeline.hpp"
#include "runtime/ids.hpp"

namespace treasurer {

/// One page of typed records.
template <class R>
struct Listing {
    std::vector<R> items;
    std::string next_cursor;  ///< empty: no more
};

/// Turns a stored record into its type. Errors: rejected, ATR_E_CORRUPT, naming collection and key.
template <class R>
atr::Result<R> decode(const atr::Record& record) {
    try {
        R out = R::from_json(Json::parse(record.body));
        if constexpr (requires { out.version; }) out.version = record.version;
        return out;
    } catch (const std::exception& error) {
        return atr::rejected(ATR_E_CORRUPT,
                             "record " + record.collection + "/" + record.key + " cannot be read: " + error.what());
    }
}

/// What a failed read means to who asked for it: a storage that refuses one failed, whatever it blames (a request is
/// never told that *its* rights or *its* input are wrong), except for a cursor, which comes from outside.
atr::Error read_failure(atr::Error error, bool has_cursor = false);

/// Threads: any. Errors: returned. Must outlive its tasks.
class Store {
public:
    Store(StoragePort& storage, CommitPipeline& pipeline, Ids& ids, Millis read_timeout = Millis{5000})
        : storage_(storage), pipeline_(pipeline), ids_(ids), read_timeout_(read_timeout) {}

    UnitOfWork begin() { return UnitOfWork(ids_.next()); }
    Task<Committed> commit(UnitOfWork unit) { return pipeline_.commit(std::move(unit)); }

    template <class R>
    Task<atr::Result<std::optional<R>>> find(std::string key) {
        std::vector<atr::Key> keys;
        keys.push_back({R::collection, std::move(key)});
        Task<atr::Result<std::vector<atr::Record>>> call = storage_.get(std::move(keys), options());
        atr::Result<std::vector<atr::Record>> found = co_await call;
        if (!found) co_return read_failure(found.error());
        if (found->empty()) co_return std::optional<R>{};
        atr::Result<R> record = decode<R>(found->front());
        if (!record) co_return record.error();
        co_return std::optional<R>(std::move(*record));
    }

    template <class R>
    Task<atr::Result<Listing<R>>> list(atr::Query query) {
        query.collection = R::collection;
        const bool has_cursor = !query.cursor.empty();
        Task<atr::Result<atr::Page>> call = storage_.query(std::move(query), options());
        atr::Result<atr::Page> page = co_await call;
        if (!page) co_return read_failure(page.error(), has_cursor);
        Listing<R> out;
        out.next_cursor = std::move(page->next_cursor);
        for (const auto& raw : page->records) {
            atr::Result<R> record = decode<R>(raw);
            if (!record) co_return record.error();
            out.items.push_back(std::move(*record));
        }
        co_return out;
    }

    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys);
    Task<atr::Result<atr::Page>> query(atr::Query query);
    /// COUNTER records by key; absent ones are zero.
    Task<atr::Result<std::map<std::string, atr::Int128>>> counters(std::string collection,
                                                                   std::vector<std::string> keys);
    /// Every COUNTER record whose key begins with `prefix`.
    Task<atr::Result<std::map<std::string, atr::Int128>>> counters_with_prefix(std::string collection,
                                                                               std::string prefix);

    StoragePort& storage() { return storage_; }
    Ids& ids() { return ids_; }

private:
    CallOptions options() const {
        CallOptions out;
        out.timeout = read_timeout_;
        return out;
    }

    StoragePort& storage_;
    CommitPipeline& pipeline_;
    Ids& ids_;
    Millis read_timeout_;
};

}  // namespace treasurer
