/// The bank behind the rail: a file with one JSON object a line, each a fact, shared by every process that opens it.
/// Whoever uses the book holds the file's lock. A line counts when its end is on the disk; a torn one is cut off.
///
/// This is what a real rail does on its own side. Put its client in this place: the plugin keeps no state.
#pragma once

#include <atr/money.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plugin {

struct Order {
    std::string payment_id;
    atr::Decimal amount;
    std::string creditor;
    friend bool operator==(const Order&, const Order&) = default;
};

struct Fact {
    Order order;
    std::int32_t refused = 0;  ///< 0: it was paid; else the ATR_E_* it was refused with
    std::int64_t at_unix_ms = 0;
};

/// The book as it stands while this object holds its lock. Threads: one object in one thread.
class Book {
public:
    /// Opens or makes the file and waits for its lock. Throws std::system_error, or std::runtime_error for a line that
    /// is no fact.
    explicit Book(const std::string& path);
    ~Book();
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    /// What became of a payment: its first fact decides for ever. nullptr: it was never received.
    const Fact* find(std::string_view payment_id) const;
    /// In the order in which they were paid.
    std::vector<const Fact*> paid() const;
    /// Writes the fact, and returns when it is on the disk. Throws std::system_error: perhaps it is there.
    void add(const Fact& fact);

private:
    void read();

    int file_ = -1;
    std::vector<Fact> facts_;
};

}  // namespace plugin
