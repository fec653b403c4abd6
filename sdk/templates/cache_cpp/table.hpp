/// A table of values with a time to live and a version, bounded in bytes: what was not used lately goes first.
///
/// A deleted or expired value stays as a tombstone with its version until its place is needed: a filler that read
/// before the deletion must not win. Not thread-safe: its user locks it. Times are Unix milliseconds, as the host tells
/// them.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace plugin {

struct Entry {
    std::string key, value;
    std::uint64_t version = 0;         ///< the highest that was seen
    std::int64_t expires_unix_ms = 0;  ///< 0: a tombstone

    bool is_live(std::int64_t now_unix_ms) const { return expires_unix_ms > now_unix_ms; }
};

class Table {
public:
    explicit Table(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// What is known of the key, a tombstone too, which then counts as used; nullptr: nothing. Lives until store().
    Entry* find(std::string_view key);
    /// Puts the value under its key, and drops old entries where they are too many. nullptr: larger than a quarter of
    /// the table; what was there is buried then.
    Entry* store(std::string_view key, std::string_view value);
    void bury(Entry& entry);

private:
    void drop_oldest();

    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::list<Entry> by_use_;  ///< the one used last comes first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

}  // namespace plugin
