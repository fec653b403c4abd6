#include "treasury/logs.hpp"

#include <algorithm>
#include <optional>

#include "treasury/json_text.hpp"

namespace treasurer::treasury {
namespace {

constexpr std::uint64_t skip_size = 1000;

atr::Query newest_first(const LogsRequest& request, std::uint32_t limit) {
    atr::Query out;
    if (request.from_ms) out.lo = atr::Value::of(*request.from_ms);
    if (request.to_ms) out.hi = atr::Value::of(*request.to_ms);
    out.collection = Activity::collection;
    out.index = "by_time";
    out.descending = true;
    out.limit = limit;
    return out;
}

}  // namespace

std::string to_json(const Activity& line) {
    const bool has_amount = !line.amount.asset.empty();
    JsonObject out;
    out.add("id", json_string(line.id))
        .add("timestamp", json_number(atr::Decimal::from_units(line.at_ms, 3)))
        .add("event", json_string(line.event))
        .add("vendor", json_string_or_null(line.vendor))
        .add("amount", has_amount ? json_number(line.amount.amount) : "null")
        .add("currency", json_string_or_null(line.amount.asset))
        .add("status", json_string(line.status))
        .add("tx_hash", json_string_or_null(line.tx_hash))
        .add("balance", json_number_of(line.balance))
        .add("required", json_number_of(line.required))
        .add("reason", json_string_or_null(line.reason))
        .add("approval_id", json_string_or_null(line.approval_id))
        .add("agent_thought", json_string_or_null(line.thought))
        .add("invoice_id", json_string_or_null(line.invoice_id))
        .add("payment_id", json_string_or_null(line.payment_id));
    return std::move(out).done();
}

std::optional<LogsPage> LogsPage::from_text(std::string_view text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return LogsPage{std::string(text.substr(end + 1)), std::string(text.substr(0, end))};
}

Task<atr::Result<LogsPage>> Logs::read(LogsRequest request, Freshness freshness) {
    if (request.limit < 1 || request.limit > max_limit)
        co_return atr::rejected(ATR_E_BAD_INPUT, "limit is 1 to " + std::to_string(max_limit));
    if (request.page < 1) co_return atr::rejected(ATR_E_BAD_INPUT, "page counts from 1");
    atr::Query query = newest_first(request, request.limit);
    query.cursor = request.cursor;
    if (request.cursor.empty() && request.page > 1) {
        const std::uint64_t skipped = (std::uint64_t{request.page} - 1) * request.limit;
        if (skipped + request.limit > last_row)
            co_return atr::rejected(ATR_E_BAD_INPUT, "page " + std::to_string(request.page) + " lies past row " +
                                                         std::to_string(last_row) +
                                                         ": follow `cursor`, which each page names for the next");
        Task<atr::Result<std::string>> skipping = cursor_after(request, skipped, freshness);
        atr::Result<std::string> cursor = co_await skipping;
        if (!cursor) co_return cursor.error();
        if (cursor->empty()) co_return LogsPage{"[]", {}};
        query.cursor = std::move(*cursor);
    }
    Task<atr::Result<Listing<Activity>>> reading = store_.list<Activity>(std::move(query), freshness);
    atr::Result<Listing<Activity>> lines = co_await reading;
    if (!lines) co_return lines.error();
    LogsPage out{"[", std::move(lines->next_cursor)};
    for (const auto& line : lines->items) {
        if (out.json.size() > 1) out.json += ',';
        out.json += to_json(line);
    }
    out.json += ']';
    co_return out;
}

/// The cursor behind the newest `rows` lines; empty when there are no more.
Task<atr::Result<std::string>> Logs::cursor_after(LogsRequest request, std::uint64_t rows, Freshness freshness) {
    std::string cursor;
    while (rows > 0) {
        atr::Query query = newest_first(request, static_cast<std::uint32_t>(std::min(rows, skip_size)));
        query.cursor = std::move(cursor);
        rows -= query.limit;
        Task<atr::Result<atr::Page>> reading = store_.query(std::move(query), freshness);
        atr::Result<atr::Page> page = co_await reading;
        if (!page) co_return page.error();
        cursor = std::move(page->next_cursor);
        if (cursor.empty()) break;
    }
    co_return cursor;
}

}  // namespace treasurer::treasury
