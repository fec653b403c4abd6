// How it is asked: lists by an index, page by page, from a moment or from now.
#include <algorithm>

#include "simulation/memory_query.hpp"
#include "simulation/memory_storage.hpp"

namespace treasurer::simulation {
namespace {

atr::Error not_asked_so(std::string message) {
    return atr::rejected(ATR_E_BAD_INPUT, std::move(message));
}

}  // namespace

atr::Result<std::vector<const atr::Record*>> MemoryStorage::rows(const std::string& name,
                                                                 std::vector<atr::Record>& made) const {
    std::vector<const atr::Record*> out;
    if (name == "atr.jobs") {
        for (const auto& [key, job] : jobs_) made.push_back(job_record(key, job));
    } else if (name == "atr.keys") {
        for (const auto& [key, kept] : keys_)
            made.push_back({.collection = name, .key = key, .version = 1, .updated_unix_ms = kept.made_ms});
    } else {
        const auto found = collections_.find(name);
        if (found == collections_.end()) return not_asked_so("unknown collection " + name);
        for (const auto& [key, record] : found->second.records) out.push_back(&record);
    }
    for (const auto& record : made) out.push_back(&record);
    return out;
}

atr::Result<std::vector<atr::Record>> MemoryStorage::select(const atr::Query& query) const {
    std::vector<atr::Record> made;
    const auto all = rows(query.collection, made);
    if (!all) return all.error();
    const atr::IndexDef* index = nullptr;
    if (const auto in = collections_.find(query.collection); in != collections_.end())
        for (const auto& def : in->second.def.indexes)
            if (def.name == query.index) index = &def;
    if (!query.index.empty() && !index) return not_asked_so("unknown index " + query.index);
    const auto after = query.cursor.empty() ? std::nullopt : from_cursor(query.cursor);
    if (!query.cursor.empty() && !after) return not_asked_so("malformed cursor");

    std::vector<std::pair<Position, const atr::Record*>> found;
    for (const auto* record : *all) {
        auto values = index ? index_values(*record, *index) : std::vector<atr::Value>{};
        if (!values) continue;
        Position position{std::move(*values), record->key};
        if (!matches(query, position)) continue;
        if (after && compare(position, *after) * (query.descending ? -1 : 1) <= 0) continue;
        found.emplace_back(std::move(position), record);
    }
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
        return compare(a.first, b.first) * (query.descending ? -1 : 1) < 0;
    });
    std::vector<atr::Record> out;
    for (const auto& [position, record] : found) out.push_back(*record);
    return out;
}

Task<atr::Result<atr::Page>> MemoryStorage::query(atr::Query query, CallOptions) {
    const std::lock_guard lock(mutex_);
    ++reads_;
    if (read_failure_) co_return *read_failure_;
    if (query.min_seq > seq_) co_return atr::retry(ATR_E_UNSPEC, "this commit is not visible yet");
    const std::size_t limit = query.limit == 0 ? 50 : std::min<std::uint32_t>(query.limit, 1000);
    const bool snapshot = (query.flags & ATR_Q_SNAPSHOT) != 0;
    atr::Page page;
    if (snapshot && !query.cursor.empty()) {
        const auto kept = snapshots_.find(std::strtoull(query.cursor.c_str(), nullptr, 10));
        if (kept == snapshots_.end()) co_return not_asked_so("this snapshot is gone");
        page.records = std::move(kept->second);
        snapshots_.erase(kept);
    } else {
        atr::Result<std::vector<atr::Record>> found = select(query);
        if (!found) co_return found.error();
        page.records = std::move(*found);
    }
    if (page.records.size() <= limit) co_return page;
    const auto rest = page.records.begin() + static_cast<std::ptrdiff_t>(limit);
    if (snapshot) {
        page.next_cursor = std::to_string(next_snapshot_);
        snapshots_[next_snapshot_++].assign(rest, page.records.end());
    }
    page.records.erase(rest, page.records.end());
    if (!snapshot) {
        Position last{{}, page.records.back().key};
        if (!query.index.empty())
            for (const auto& def : collections_.at(query.collection).def.indexes)
                if (def.name == query.index) last.values = *index_values(page.records.back(), def);
        page.next_cursor = to_cursor(last);
    }
    co_return page;
}

}  // namespace treasurer::simulation
