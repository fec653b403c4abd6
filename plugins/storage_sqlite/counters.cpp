#include "counters.hpp"

#include <algorithm>

#include "names.hpp"

namespace storage_sqlite {

Counters::Counter& Counters::load(const Collection& collection, const std::string& key) {
    const std::string place = key + '\n' + collection.name;  // a name has no line end, so the last one parts the two
    const auto [found, added] = counters_.try_emplace(place);
    Counter& counter = found->second;
    if (!added) return counter;
    try {
        Run run(connection_.prepared("SELECT body FROM " + sql_name(collection.table) + " WHERE key = ?"));
        if (run.text(key).step()) {
            const auto value = atr::units_from_string(run.text_at(0));
            if (!value) throw SqlError(SQLITE_CORRUPT, "counter " + collection.name + "/" + key);
            counter.value = *value;
        }
    } catch (...) {
        counters_.erase(found);
        throw;
    }
    counter.collection = &collection;
    counter.key = &found->first;
    return counter;
}

bool Counters::add(const Collection& collection, const std::string& key, atr::Int128 delta,
                   const std::optional<atr::Int128>& min, const std::optional<atr::Int128>& max) {
    Counter& counter = load(collection, key);
    atr::Int128 sum = 0;
    if (__builtin_add_overflow(counter.value, delta, &sum) || !atr::Decimal::from_units(sum, 0)) return false;
    if ((min && sum < *min) || (max && sum > *max)) return false;
    undo_.push_back({&counter, counter.value});
    counter.value = sum;
    return true;
}

void Counters::keep_batch(std::uint64_t commit_seq) {
    for (const auto& change : undo_) change.counter->commit_seq = commit_seq;
    undo_.clear();
}

void Counters::undo_batch() {
    for (; !undo_.empty(); undo_.pop_back()) undo_.back().counter->value = undo_.back().value;
}

void Counters::write(std::int64_t now_ms) {
    std::vector<const Counter*> changed;
    for (const auto& [place, counter] : counters_)
        if (counter.commit_seq != 0) changed.push_back(&counter);
    std::sort(changed.begin(), changed.end(), [](const Counter* a, const Counter* b) { return *a->key < *b->key; });
    for (const Counter* counter : changed) {
        const std::string key = counter->key->substr(0, counter->key->rfind('\n'));
        const std::string value = atr::units_to_string(counter->value);
        Run(connection_.prepared("INSERT INTO " + sql_name(counter->collection->table) +
                                 "(key, version, updated_ms, body) VALUES(?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
                                 "version = excluded.version, updated_ms = excluded.updated_ms, body = excluded.body"))
            .text(key)
            .integer(counter->commit_seq)
            .integer(now_ms)
            .text(value)
            .finish();
    }
}

void Counters::clear() {
    counters_.clear();
    undo_.clear();
}

}  // namespace storage_sqlite
