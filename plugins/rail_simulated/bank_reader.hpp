/// What can be told without writing: balance and statement, each from one consistent moment of the book.
///
/// Threads: every method may be called concurrently; a few connections are shared, and waited for within the deadline.
/// Errors: retry, as explain() says; each method names its own besides.
#pragma once

#include <soci/soci.h>

#include <atr/rail.hpp>
#include <functional>
#include <optional>

#include "settings.hpp"

namespace rail_simulated {

class BankReader {
public:
    static constexpr std::size_t connections = 4;

    /// Throws soci_error when the book cannot be opened.
    explicit BankReader(const Terms& terms);

    /// True if the book must be written before it can be read: late payments have to be settled.
    atr::Result<bool> settlement_due(const atr::Call&);

    /// nullopt: the book does not show it, which proves nothing while a submit is under way.
    atr::Result<std::optional<atr::RailStatus>> lookup(const atr::Call&, const std::string& payment_id);

    /// {"account":…,"balances":[{"asset","amount","available"}],"position":…}; `amount` is the sum of the statement up
    /// to `position`, `available` is without what pending payments will take.
    atr::Result<std::string> balance(const atr::Call&);

    /// Errors: rejected, bad_input  a position this book never gave out
    atr::Result<atr::StatementPage> statement(const atr::Call&, std::string_view from_position, std::uint32_t limit);

private:
    template <class T>
    atr::Result<T> read(const atr::Call&, const std::function<atr::Result<T>(soci::session&)>&);

    const Terms& terms_;
    soci::connection_pool pool_;
};

}  // namespace rail_simulated
