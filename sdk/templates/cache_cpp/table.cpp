#include "table.hpp"

namespace plugin {

namespace {

/// An entry's share of the lists and the allocator, beside its bytes.
constexpr std::size_t bookkeeping = 200;

std::size_t cost(const Entry& entry) {
    return bookkeeping + entry.key.size() + entry.value.size();
}

}  // namespace

Entry* Table::find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return &*found->second;
}

Entry* Table::store(std::string_view key, std::string_view value) {
    Entry* entry = find(key);
    const std::size_t largest = max_bytes_ / 4;
    if (key.size() > largest || value.size() > largest - key.size()) {
        if (entry) bury(*entry);
        return nullptr;
    }
    if (entry) {
        bytes_ -= cost(*entry);
        entry->value = value;
    } else {
        entry = &by_use_.emplace_front(Entry{.key = std::string(key), .value = std::string(value)});
        by_key_.emplace(entry->key, by_use_.begin());
    }
    bytes_ += cost(*entry);
    while (bytes_ > max_bytes_ && by_use_.size() > 1) drop_oldest();
    return entry;
}

void Table::bury(Entry& entry) {
    bytes_ -= entry.value.size();
    entry.value.clear();
    entry.value.shrink_to_fit();
    entry.expires_unix_ms = 0;
}

void Table::drop_oldest() {
    bytes_ -= cost(by_use_.back());
    by_key_.erase(by_use_.back().key);
    by_use_.pop_back();
}

}  // namespace plugin
