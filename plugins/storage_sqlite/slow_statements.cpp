#include "slow_statements.hpp"

namespace storage_sqlite {
namespace {

constexpr std::chrono::seconds time_for_a_plan{5};

/// One step a line, those within another indented under it.
std::string explain(Connection& connection, const std::string& text) {
    Statement statement(connection.handle(), "EXPLAIN QUERY PLAN " + text);
    Run plan(statement);
    std::string out;
    std::unordered_map<std::int64_t, std::size_t> depths;
    while (plan.step()) {  // id, parent, unused, detail
        const auto parent = depths.find(plan.integer_at(1));
        const std::size_t depth = parent == depths.end() ? 0 : parent->second + 1;
        depths[plan.integer_at(0)] = depth;
        if (!out.empty()) out += '\n';
        out += std::string(2 * depth, ' ');
        out += plan.text_at(3);
    }
    return out;
}

}  // namespace

void note_slow(atr::SlowStatements& slow, const char* sql, std::chrono::nanoseconds took, std::int64_t rows,
               bool failed) noexcept {
    try {
        slow.note({.texts = {sql ? sql : ""},
                   .took = std::chrono::duration_cast<std::chrono::milliseconds>(took),
                   .rows = rows,
                   .failed = failed});
    } catch (...) {  // out of memory: the statement is done, and that is what counts
        return;
    }
}

void tell_slow(atr::SlowStatements& slow, ReaderPool& readers) {
    slow.tell([&](const std::string& text) -> std::string {
        const auto deadline = std::chrono::steady_clock::now() + time_for_a_plan;
        const auto plan = readers.with(
            deadline, [&](Connection& connection) -> atr::Result<std::string> { return explain(connection, text); });
        return plan ? *plan : "no plan: " + plan.error().message;
    });
}

}  // namespace storage_sqlite
