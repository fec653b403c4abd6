/// Typed reading of records, and the way to commit units of work.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
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

/// What a list must show. Whatever decides about money reads the newest.
enum class Freshness {
    newest,   ///< every commit there is
    may_lag,  ///< a replica may answer, as long as it shows all that this host has shown or told anybody
};

/// Threads: any. Errors: returned. Must outlive its tasks.
class Store {
public:
    /// How long the key of a unit of work is remembered after the unit began; see
    /// docs/decisions/0014-what-is-forgotten.md.
    static constexpr Millis keys_kept{7LL * 24 * 3600 * 1000};

    Store(StoragePort& storage, CommitPipeline& pipeline, Ids& ids, Millis read_timeout = Millis{5000},
          Millis kept = keys_kept)
        : storage_(storage), pipeline_(pipeline), ids_(ids), read_timeout_(read_timeout), keys_kept_(kept) {}

    UnitOfWork begin() {
        std::string id = ids_.next();
        const std::int64_t until = id_time(id) + keys_kept_.count();
        return UnitOfWork(std::move(id), until);
    }
    Task<Committed> commit(std::shared_ptr<const UnitOfWork> unit) { return pipeline_.commit(std::move(unit)); }
    Task<Committed> commit(UnitOfWork unit, CommitPipeline::Answer answer = CommitPipeline::Answer::when_sure) {
        return pipeline_.commit(std::move(unit), answer);
    }

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
    Task<atr::Result<Listing<R>>> list(atr::Query wanted, Freshness freshness = Freshness::newest) {
        wanted.collection = R::collection;
        Task<atr::Result<atr::Page>> call = query(std::move(wanted), freshness);
        atr::Result<atr::Page> page = co_await call;
        if (!page) co_return page.error();
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
    Task<atr::Result<atr::Page>> query(atr::Query query, Freshness freshness = Freshness::newest);
    /// COUNTER records by key; absent ones are zero.
    Task<atr::Result<std::map<std::string, atr::Int128>>> counters(std::string collection,
                                                                   std::vector<std::string> keys);
    /// Every COUNTER record whose key begins with `prefix`.
    Task<atr::Result<std::map<std::string, atr::Int128>>> counters_with_prefix(std::string collection,
                                                                               std::string prefix);

    /// A commit that somebody may have been told of: what lags is no older from here on.
    void saw(std::uint64_t seq) {
        std::uint64_t before = seen_;
        while (before < seq && !seen_.compare_exchange_weak(before, seq)) {
        }
    }
    /// `position` tells up to which commit this host has heard of what others did. Before the first query that may lag.
    void hears_of(std::function<std::uint64_t()> position) { heard_ = std::move(position); }

    StoragePort& storage() { return storage_; }
    CommitPipeline& pipeline() { return pipeline_; }
    Ids& ids() { return ids_; }

private:
    CallOptions options() const {
        CallOptions out;
        out.timeout = read_timeout_;
        return out;
    }

    std::uint64_t newest_known() const { return std::max<std::uint64_t>(seen_, heard_ ? heard_() : 0); }

    StoragePort& storage_;
    CommitPipeline& pipeline_;
    Ids& ids_;
    const Millis read_timeout_, keys_kept_;
    std::atomic<std::uint64_t> seen_{0};
    std::function<std::uint64_t()> heard_;
};

}  // namespace treasurer
