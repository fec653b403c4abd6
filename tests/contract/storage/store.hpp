/// What every storage plugin must do, told as tests. They are compiled once and linked into one program a plugin, which
/// defines class Site: where the plugin keeps its data.
///
/// Here: one host on such a site, with a clock moved by hand, and short words for the operations of a batch.
#pragma once

#include <algorithm>
#include <atomic>
#include <atr/storage.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/contract/storage/ops.hpp"
#include "tests/support/fake_host.hpp"

namespace storage_contract {

/// One place for data, empty at first, with a clock of its own that stands still until it is set. Several hosts may be
/// open on it at once. Threads: open() may be called concurrently.
class Site {
public:
    Site();
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    /// Another host, not migrated. Errors: thrown.
    std::unique_ptr<atr::Storage> open();
    void set_clock(std::int64_t now_ms);

private:
    struct Data;
    std::unique_ptr<Data> data_;
};

/// The site's clock as one host's test moves it.
class HandClock {
public:
    explicit HandClock(Site& site) : site_(site) { site_.set_clock(now_ms_); }
    operator std::int64_t() const { return now_ms_; }
    HandClock& operator+=(std::int64_t milliseconds) {
        now_ms_ += milliseconds;
        site_.set_clock(now_ms_);
        return *this;
    }

private:
    Site& site_;
    std::int64_t now_ms_ = start_ms;
};

/// One migrated host.
class Store {
public:
    explicit Store(Site& site, const atr::Schema& schema = test_schema()) : now_ms(site), storage(site.open()) {
        const auto migrated = storage->migrate(call(), schema);
        if (!migrated) throw std::runtime_error(migrated.error().message);
    }

    /// A call that may take `budget_ms`. Lives until the thread's next call.
    atr::Call call(std::int64_t budget_ms = 60'000) const {
        thread_local atr_call raw;
        raw = support::make_call(now_ms, budget_ms);
        return atr::Call(&raw);
    }
    std::vector<atr::Commit> commit(const std::vector<atr::Batch>& batches) {
        std::vector<atr::Commit> results(batches.size());
        const auto done = storage->commit(call(), batches, results);
        if (!done) {
            for (auto& result : results) {
                result.outcome = done.outcome();
                result.error = done.error();
            }
        }
        return results;
    }
    atr::Commit commit(atr::Batch batch) { return commit(std::vector<atr::Batch>{std::move(batch)}).front(); }

    atr::Record record(const std::string& collection, const std::string& key) {
        const auto found = storage->get(call(), {{collection, key}}, 0, 0);
        if (!found) throw std::runtime_error(found.error().message);
        return found->empty() ? atr::Record{} : found->front();
    }
    std::string body(const std::string& collection, const std::string& key) { return record(collection, key).body; }

    HandClock now_ms;
    std::unique_ptr<atr::Storage> storage;
};

}  // namespace storage_contract
