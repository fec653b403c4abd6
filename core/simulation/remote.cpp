#include "simulation/remote.hpp"

namespace treasurer::simulation {

Fate Weather::fate(Trouble lost, Trouble late, unsigned times) {
    Fate out;
    out.there = Millis{static_cast<std::int64_t>(below(5))};
    out.back = Millis{static_cast<std::int64_t>(below(5))};
    if (strikes(lost)) out.arrives = false;
    if (strikes(lost)) out.returns = false;
    if (strikes(late, times)) out.there = Millis{static_cast<std::int64_t>(below(30'000))};
    if (strikes(late)) out.back = Millis{static_cast<std::int64_t>(below(20'000))};
    return out;
}

namespace {

/// At the storage: also when the host that sent them is gone.
std::vector<atr::Commit> take(Weather& weather, MemoryStorage& storage, Checks& checks, const Batches& batches,
                              const Told& told) {
    const auto refused = [&](atr::Error error) {
        atr::Commit out;
        out.outcome = error.outcome;
        out.error = std::move(error);
        return std::vector<atr::Commit>(batches.size(), out);
    };
    if (weather.storage_is_away())
        return refused(weather.disk_is_full() ? atr::retry(ATR_E_LIMIT, "the disk is full")
                                              : atr::retry(ATR_E_UNREACHABLE, "storage is away"));
    if (weather.strikes(Trouble::storage_fails)) return refused(atr::retry(ATR_E_UNSPEC, "serialization failure"));
    std::vector<atr::Commit> out = at_once(storage.commit(batches, {}));
    std::vector<const atr::Batch*> taken;
    bool shows_a_loss = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i].outcome != atr::Outcome::ok || out[i].replayed) continue;
        taken.push_back(&batches[i]);
        shows_a_loss = shows_a_loss || checks.losses().shows(out[i].commit_seq, told);
    }
    checks.committed(taken, storage.last_seq(), shows_a_loss);
    if (weather.strikes(Trouble::storage_lost)) return refused(atr::unknown(ATR_E_UNREACHABLE, "lost in COMMIT"));
    return out;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ storage

template <class T>
Task<atr::Result<T>> RemoteStorage::ask(std::function<atr::Result<T>()> what, Millis patience) {
    std::function<atr::Result<T>()> happens = [&weather = wire_.weather, what = std::move(what)]() -> atr::Result<T> {
        if (weather.storage_is_away() && !weather.disk_is_full())
            return atr::retry(ATR_E_UNREACHABLE, "storage is away");
        return what();
    };
    return wire_.ask<T>(Trouble::storage_lost, Trouble::storage_lost, std::move(happens), patience);
}

Task<atr::Result<>> RemoteStorage::migrate(atr::Schema, CallOptions) {
    co_return atr::Result<>();
}

Task<atr::Result<std::vector<atr::Record>>> RemoteStorage::get(std::vector<atr::Key> keys, CallOptions options) {
    return ask<std::vector<atr::Record>>([&storage = storage_, keys] { return at_once(storage.get(keys, {})); },
                                         options.timeout);
}

Task<atr::Result<atr::Page>> RemoteStorage::query(atr::Query query, CallOptions options) {
    return ask<atr::Page>([&storage = storage_, query] { return at_once(storage.query(query, {})); }, options.timeout);
}

Task<atr::Result<std::vector<atr::Job>>> RemoteStorage::lease(std::string queue, std::string worker, std::uint32_t max,
                                                              Millis lease, CallOptions options) {
    return ask<std::vector<atr::Job>>([&storage = storage_, queue, worker, max,
                                       lease] { return at_once(storage.lease(queue, worker, max, lease, {})); },
                                      options.timeout);
}

Task<atr::Result<std::uint32_t>> RemoteStorage::extend_leases(std::string worker, Millis lease, CallOptions options) {
    return ask<std::uint32_t>(
        [&storage = storage_, worker, lease] { return at_once(storage.extend_leases(worker, lease, {})); },
        options.timeout);
}

Task<atr::Result<atr::Changes>> RemoteStorage::changes(std::uint64_t after_seq, std::uint32_t limit,
                                                       CallOptions options) {
    return ask<atr::Changes>(
        [&storage = storage_, after_seq, limit] { return at_once(storage.changes(after_seq, limit, {})); },
        options.timeout);
}

Task<atr::Result<>> RemoteStorage::blob_put(std::string key, std::string bytes, CallOptions options) {
    return ask<atr::Unit>([&storage = storage_, key, bytes] { return at_once(storage.blob_put(key, bytes, {})); },
                          options.timeout);
}

Task<atr::Result<atr::Blob>> RemoteStorage::blob_get(std::string key, CallOptions options) {
    return ask<atr::Blob>([&storage = storage_, key] { return at_once(storage.blob_get(key, {})); }, options.timeout);
}

Task<atr::Result<std::string>> RemoteStorage::health(CallOptions) {
    co_return std::string("{}");
}

Task<atr::Result<std::uint32_t>> RemoteStorage::purge(std::string collection, std::int64_t older_than_ms,
                                                      std::uint32_t max, CallOptions options) {
    return ask<std::uint32_t>([&storage = storage_, collection, older_than_ms,
                               max] { return at_once(storage.purge(collection, older_than_ms, max, {})); },
                              options.timeout);
}

Task<atr::Result<std::string>> RemoteStorage::newest(CallOptions options) {
    return ask<std::string>(
        [&storage = storage_] { return atr::Result<std::string>(std::to_string(storage.last_seq())); },
        options.timeout);
}

Task<std::vector<atr::Commit>> RemoteStorage::commit(Batches batches, CallOptions options) {
    atr::Commit lost;
    lost.outcome = atr::Outcome::unknown;
    lost.error = atr::unknown(ATR_E_TIMEOUT, "storage did not answer in time");
    std::vector<atr::Commit> no_answer(batches.size(), lost);
    const auto lineage = std::make_shared<std::uint64_t>(0);
    std::function<std::vector<atr::Commit>()> happens = [&weather = wire_.weather, &storage = storage_,
                                                         &checks = checks_, batches = std::move(batches), told = told_,
                                                         lineage] {
        *lineage = storage.lineage();
        return take(weather, storage, checks, batches, told);
    };
    Task<std::vector<atr::Commit>> crossing = cross<std::vector<atr::Commit>>(
        wire_.loop, wire_.host, wire_.weather.fate(Trouble::storage_lost, Trouble::storage_lost), std::move(happens),
        options.timeout, std::move(no_answer));
    std::vector<atr::Commit> results = co_await crossing;
    for (const auto& result : results)
        if (result.outcome == atr::Outcome::ok) told_[*lineage] = std::max(told_[*lineage], result.commit_seq);
    co_return results;
}

// ------------------------------------------------------------------------------------------------ rail

Task<atr::Result<atr::Prepared>> RemoteRail::prepare(atr::RailPayment payment, CallOptions options) {
    return wire_.ask<atr::Prepared>(
        Trouble::rail_lost, Trouble::rail_late, [&bank = bank_, payment] { return bank.prepare(payment); },
        options.timeout);
}

Task<atr::Result<atr::RailStatus>> RemoteRail::submit(atr::RailPayment payment, std::string prepared,
                                                      CallOptions options) {
    using Answer = atr::Result<atr::RailStatus>;
    checks_.sent(payment);
    const Fate fate = wire_.weather.fate(Trouble::rail_lost, Trouble::rail_late, 4);
    const auto never_arrived = std::make_shared<bool>(false);
    std::function<Answer()> happens = [&bank = bank_, payment, prepared, never_arrived] {
        Answer answer = bank.submit(payment, prepared);
        *never_arrived = answer.outcome() == atr::Outcome::retry;
        return answer;
    };
    // Where a repeat moves nothing, the wire may bring the same message twice; but not one that never arrived.
    if (bank_.capabilities().idempotent && wire_.weather.strikes(Trouble::rail_lost))
        wire_.loop.after(Millis{static_cast<std::int64_t>(wire_.weather.below(20'000))}, the_world,
                         [&bank = bank_, payment, prepared, never_arrived] {
                             if (!*never_arrived) static_cast<void>(bank.submit(payment, prepared));
                         });
    Answer no_answer = atr::unknown(ATR_E_TIMEOUT, "the rail did not answer in time");
    Task<Answer> crossing =
        cross<Answer>(wire_.loop, wire_.host, fate, std::move(happens), options.timeout, std::move(no_answer));
    co_return co_await crossing;
}

Task<atr::Result<atr::RailStatus>> RemoteRail::lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                                      std::string, CallOptions options) {
    return wire_.ask<atr::RailStatus>(
        Trouble::rail_lost, Trouble::rail_late, [&bank = bank_, payment, blobs] { return bank.lookup(payment, blobs); },
        options.timeout);
}

Task<atr::Result<atr::RailStatus>> RemoteRail::cancel(atr::RailPayment payment, std::vector<std::string>,
                                                      CallOptions options) {
    using Answer = atr::Result<atr::RailStatus>;
    std::function<Answer()> happens = [&bank = bank_, payment] { return bank.cancel(payment); };
    Answer no_answer = atr::unknown(ATR_E_TIMEOUT, "the rail did not answer in time");
    Task<Answer> crossing =
        cross<Answer>(wire_.loop, wire_.host, wire_.weather.fate(Trouble::rail_lost, Trouble::rail_late),
                      std::move(happens), options.timeout, std::move(no_answer));
    co_return co_await crossing;
}

Task<atr::Result<std::string>> RemoteRail::balance(CallOptions options) {
    return wire_.ask<std::string>(
        Trouble::rail_lost, Trouble::rail_late, [&bank = bank_] { return bank.balance(); }, options.timeout);
}

Task<atr::Result<atr::StatementPage>> RemoteRail::statement(std::string from_position, std::uint32_t limit,
                                                            CallOptions options) {
    return wire_.ask<atr::StatementPage>(
        Trouble::rail_lost, Trouble::rail_late,
        [&bank = bank_, from_position, limit] { return bank.statement(from_position, limit); }, options.timeout);
}

Task<atr::Result<std::string>> RemoteRail::health(CallOptions) {
    co_return std::string("{}");
}

// ------------------------------------------------------------------------------------------------ cache

template <class T>
Task<atr::Result<T>> RemoteCache::ask(std::function<atr::Result<T>()> what, Millis patience) {
    std::function<atr::Result<T>()> happens = [&weather = wire_.weather, &box = box_,
                                               what = std::move(what)]() -> atr::Result<T> {
        if (weather.strikes(Trouble::cache_lost)) box.kept.clear();
        if (weather.strikes(Trouble::cache_lost)) return atr::retry(ATR_E_UNREACHABLE, "the cache is away");
        return what();
    };
    return wire_.ask<T>(Trouble::cache_lost, Trouble::cache_lost, std::move(happens), patience);
}

Task<atr::Result<atr::CacheEntry>> RemoteCache::get(std::string key, CallOptions options) {
    return ask<atr::CacheEntry>(
        [&loop = wire_.loop, &box = box_, key]() -> atr::Result<atr::CacheEntry> {
            const auto found = box.kept.find(key);
            if (found == box.kept.end() || found->second.until_ms <= loop.unix_ms())
                return atr::not_found("not in the cache");
            return atr::CacheEntry{found->second.value, found->second.until_ms - loop.unix_ms()};
        },
        options.timeout);
}

Task<atr::Result<>> RemoteCache::set(std::string key, std::string value, std::uint64_t version, Millis ttl,
                                     std::uint32_t flags, CallOptions options) {
    return ask<atr::Unit>(
        [&loop = wire_.loop, &box = box_, key, value, version, ttl, flags]() -> atr::Result<> {
            auto& kept = box.kept[key];
            if ((flags & ATR_SET_IF_NEWER) != 0 && version <= kept.version)
                return atr::conflict(ATR_E_UNSPEC, "a newer version is known");
            kept = {value, version, loop.unix_ms() + ttl.count()};
            return atr::Result<>();
        },
        options.timeout);
}

Task<atr::Result<>> RemoteCache::del(std::vector<std::string> keys, CallOptions options) {
    return ask<atr::Unit>(
        [&box = box_, keys] {
            for (const auto& key : keys)
                if (const auto found = box.kept.find(key); found != box.kept.end()) found->second.until_ms = 0;
            return atr::Result<>();
        },
        options.timeout);
}

Task<atr::Result<atr::CacheCounter>> RemoteCache::incr(std::string, std::int64_t, Millis, CallOptions) {
    co_return atr::unsupported();
}

Task<atr::Result<std::string>> RemoteCache::health(CallOptions) {
    co_return std::string("{}");
}

}  // namespace treasurer::simulation
