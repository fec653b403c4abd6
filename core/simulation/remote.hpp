/// What one life of a host talks to, over wires that the plan makes bad: the shared storage, the bank, the cache.
#pragma once

#include "ports/cache_port.hpp"
#include "ports/rail_port.hpp"
#include "ports/storage_port.hpp"
#include "simulation/bank.hpp"
#include "simulation/checks.hpp"
#include "simulation/memory_storage.hpp"
#include "simulation/plan.hpp"
#include "simulation/wire.hpp"

#include <string>
#include <utility>
#include <vector>

namespace treasurer::simulation {

/// The state of the wires, shared by all hosts.
class Weather {
public:
    Weather(EventLoop& loop, const Plan& plan) : loop_(loop), plan_(plan), random_(plan.seed ^ 0x77656174U) {}
    void calm_down() { calm_ = true; }
    void begin_trouble() { calm_ = false; }
    bool strikes(Trouble what, unsigned times = 1) {
        return !calm_ && plan_.has(what) && random_.below(1000) < std::uint64_t{plan_.per_mille} * times;
    }
    /// `times`: as likely as the plan says to be late.
    Fate fate(Trouble lost, Trouble late, unsigned times = 1);
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    /// Storage refuses everything until then.
    void storage_away(Millis time, bool disk_full) {
        storage_away_until_ = loop_.unix_ms() + time.count();
        disk_full_ = disk_full;
    }
    bool storage_is_away() const { return !calm_ && loop_.unix_ms() < storage_away_until_; }
    bool disk_is_full() const { return disk_full_; }

private:
    EventLoop& loop_;
    const Plan& plan_;
    SeededRandom random_;
    bool calm_ = false, disk_full_ = false;
    UnixMillis storage_away_until_ = 0;
};

/// One host's way to one of them.
struct Wire {
    EventLoop& loop;
    ActorExecutor& host;
    Weather& weather;

    /// A call that changes nothing: no answer is as good as a refusal.
    template <class T>
    Task<atr::Result<T>> ask(Trouble lost, Trouble late, std::function<atr::Result<T>()> what, Millis patience) {
        atr::Result<T> no_answer = atr::retry(ATR_E_TIMEOUT, "there was no answer in time");
        return cross<atr::Result<T>>(loop, host, weather.fate(lost, late), std::move(what), patience,
                                     std::move(no_answer));
    }
};

class RemoteStorage final : public StoragePort {
public:
    RemoteStorage(Wire wire, MemoryStorage& storage, Checks& checks)
        : wire_(wire), storage_(storage), checks_(checks) {}

    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override;
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override;
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override;
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override;
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override;
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override;
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit, CallOptions options) override;
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override;
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;
    Task<atr::Result<std::uint32_t>> purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                           CallOptions options) override;
    /// The commit that storage reflects.
    Task<atr::Result<std::string>> newest(CallOptions options);

private:
    template <class T>
    Task<atr::Result<T>> ask(std::function<atr::Result<T>()> what, Millis patience);

    Wire wire_;
    MemoryStorage& storage_;
    Checks& checks_;
    Told told_;
};

class RemoteRail final : public RailPort {
public:
    RemoteRail(Wire wire, Bank& bank, Checks& checks) : wire_(wire), bank_(bank), checks_(checks) {}

    const std::string& name() const override { return name_; }
    const RailCapabilities& capabilities() const override { return bank_.capabilities(); }
    Task<atr::Result<atr::Prepared>> prepare(atr::RailPayment payment, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> submit(atr::RailPayment payment, std::string prepared,
                                              CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                              std::string rail_reference, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> cancel(atr::RailPayment payment, std::vector<std::string> blobs,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> balance(CallOptions options) override;
    Task<atr::Result<atr::StatementPage>> statement(std::string from_position, std::uint32_t limit,
                                                    CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    Wire wire_;
    Bank& bank_;
    Checks& checks_;
    const std::string name_ = the_rail;
};

/// What all hosts cache.
struct CacheBox {
    struct Kept {
        std::string value;
        std::uint64_t version = 0;
        UnixMillis until_ms = 0;
    };
    std::map<std::string, Kept> kept;
};

class RemoteCache final : public CachePort {
public:
    RemoteCache(Wire wire, CacheBox& box) : wire_(wire), box_(box) {}

    Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions options) override;
    Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl, std::uint32_t flags,
                            CallOptions options) override;
    Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions options) override;
    Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    template <class T>
    Task<atr::Result<T>> ask(std::function<atr::Result<T>()> what, Millis patience);

    Wire wire_;
    CacheBox& box_;
};

}  // namespace treasurer::simulation
