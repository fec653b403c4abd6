#include "records/prefetch.hpp"

#include <algorithm>
#include <utility>

namespace treasurer {
namespace {

template <class List>
auto place_of(List& list, const atr::Key& key) {
    return std::find_if(list.begin(), list.end(),
                        [&](const auto& one) { return one.key == key.key && one.collection == key.collection; });
}

}  // namespace

Task<atr::Result<>> Prefetch::read(std::vector<atr::Key> keys) {
    foreseen_ = keys;
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    found_ = std::move(*found);
    co_return atr::Result<>{};
}

Task<atr::Result<std::vector<atr::Record>>> Prefetch::get(std::vector<atr::Key> keys) {
    const bool is_foreseen = std::all_of(
        keys.begin(), keys.end(), [this](const atr::Key& key) { return place_of(foreseen_, key) != foreseen_.end(); });
    if (!is_foreseen) {
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
        co_return co_await reading;
    }
    std::vector<atr::Record> out;
    for (const auto& key : keys)
        if (const auto found = place_of(found_, key); found != found_.end()) out.push_back(*found);
    co_return out;
}

}  // namespace treasurer
