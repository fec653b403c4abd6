/// GET /api/dashboard/logs: what happened, newest first.
#pragma once

#include <optional>
#include <string>

#include "records/journal.hpp"
#include "records/store.hpp"

namespace treasurer::treasury {

struct LogsRequest {
    std::uint32_t limit = 50;  ///< 1..50
    std::uint32_t page = 1;    ///< from 1; counts from the newest line at the moment it is asked
    std::string cursor = {};   ///< of the page before; goes before `page`
    std::optional<UnixMillis> from_ms = {}, to_ms = {};  ///< only lines of [from, to)
    bool operator==(const LogsRequest&) const = default;
};

struct LogsPage {
    std::string json;         ///< an array of lines
    std::string next_cursor;  ///< empty: no more

    /// As one text, and back; nullopt for a text that is none.
    std::string to_text() const { return next_cursor + '\n' + json; }
    static std::optional<LogsPage> from_text(std::string_view text);
};

/// {"id","timestamp","event","vendor","amount","currency","status","tx_hash","balance","required","reason",
///  "approval_id","agent_thought","invoice_id","payment_id"}: every member always there, null when it has nothing to
/// say; timestamp in unix seconds, amounts as JSON numbers.
std::string to_json(const Activity& line);

/// A replica may answer, unless the newest is asked for.
/// Threads: any. Lifetime: the store outlives it and its tasks.
/// Errors: rejected, bad_input  limit outside 1..50, page 0, or a page that ends past row 10,000: its cost would grow
///                              with its number, a cursor's does not
class Logs {
public:
    static constexpr std::uint32_t max_limit = 50;
    static constexpr std::uint64_t last_row = 10'000;

    explicit Logs(Store& store) : store_(store) {}
    Task<atr::Result<LogsPage>> read(LogsRequest request, Freshness freshness = Freshness::may_lag);

private:
    Task<atr::Result<std::string>> cursor_after(LogsRequest request, std::uint64_t rows, Freshness freshness);

    Store& store_;
};

}  // namespace treasurer::treasury
