#include "records/store.hpp"

namespace treasurer {
namespace {

atr::Result<std::map<std::string, atr::Int128>> read_counters(const std::vector<atr::Record>& records) {
    std::map<std::string, atr::Int128> out;
    for (const auto& record : records) {
        const auto units = atr::units_from_string(record.body);
        if (!units)
            return atr::rejected(ATR_E_CORRUPT,
                                 "counter " + record.collection + "/" + record.key + " is not a whole number");
        out[record.key] = *units;
    }
    return out;
}

/// A storage that has not reached a commit says no more than "retry". One that never will, because a failover lost the
/// commit, still has the newest there is.
bool may_be_behind(const atr::Error& error) {
    return error.outcome == atr::Outcome::retry && error.code != ATR_E_OVERLOADED && error.code != ATR_E_TIMEOUT &&
           error.code != ATR_E_UNREACHABLE;
}

}  // namespace

atr::Error read_failure(atr::Error error, bool has_cursor) {
    const bool blames_cursor = has_cursor && error.code == ATR_E_BAD_INPUT;
    if (error.outcome == atr::Outcome::rejected && !blames_cursor) error.code = ATR_E_INTERNAL;
    return error;
}

Task<atr::Result<std::vector<atr::Record>>> Store::get(std::vector<atr::Key> keys) {
    Task<atr::Result<std::vector<atr::Record>>> call = storage_.get(std::move(keys), options());
    atr::Result<std::vector<atr::Record>> found = co_await call;
    if (!found) co_return read_failure(found.error());
    co_return found;
}

Task<atr::Result<atr::Page>> Store::query(atr::Query query, Freshness freshness) {
    const bool has_cursor = !query.cursor.empty();
    const std::uint64_t known = freshness == Freshness::may_lag ? newest_known() : 0;
    if (known != 0) {
        query.flags |= ATR_Q_MAY_LAG;
        query.min_seq = known;
        Task<atr::Result<atr::Page>> lagging = storage_.query(query, options());
        atr::Result<atr::Page> page = co_await lagging;
        if (page) co_return page;
        if (!may_be_behind(page.error())) co_return read_failure(page.error(), has_cursor);
        query.flags &= ~static_cast<std::uint32_t>(ATR_Q_MAY_LAG);
        query.min_seq = 0;
    }
    Task<atr::Result<atr::Page>> call = storage_.query(std::move(query), options());
    atr::Result<atr::Page> page = co_await call;
    if (!page) co_return read_failure(page.error(), has_cursor);
    co_return page;
}

Task<atr::Result<std::map<std::string, atr::Int128>>> Store::counters(std::string collection,
                                                                      std::vector<std::string> keys) {
    std::vector<atr::Key> wanted;
    for (auto& key : keys) wanted.push_back({collection, key});
    Task<atr::Result<std::vector<atr::Record>>> call = storage_.get(std::move(wanted), options());
    atr::Result<std::vector<atr::Record>> found = co_await call;
    if (!found) co_return read_failure(found.error());
    atr::Result<std::map<std::string, atr::Int128>> out = read_counters(*found);
    if (out)
        for (const auto& key : keys) out->try_emplace(key, 0);
    co_return out;
}

Task<atr::Result<std::map<std::string, atr::Int128>>> Store::counters_with_prefix(std::string collection,
                                                                                  std::string prefix) {
    atr::Query query;
    query.collection = std::move(collection);
    query.lo = atr::Value::of(prefix);
    query.hi = atr::Value::of(prefix + "\x7f");  // keys are ASCII
    query.limit = 1000;
    std::map<std::string, atr::Int128> out;
    do {
        Task<atr::Result<atr::Page>> call = storage_.query(query, options());
        atr::Result<atr::Page> page = co_await call;
        if (!page) co_return read_failure(page.error());
        atr::Result<std::map<std::string, atr::Int128>> part = read_counters(page->records);
        if (!part) co_return part.error();
        out.merge(*part);
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return out;
}

}  // namespace treasurer
