#include "slow_statements.hpp"

#include <algorithm>
#include <atomic>

namespace storage_postgres {
namespace {

constexpr std::chrono::seconds time_for_a_plan{5};

/// How many parameters a text has, and a NULL for each.
std::string nulls_for(const std::string& text) {
    long most = 0;
    for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1))
        most = std::max(most, std::strtol(text.c_str() + at + 1, nullptr, 10));
    if (most == 0) return {};
    std::string out = "(NULL";
    for (long i = 1; i < most; ++i) out += ", NULL";
    return out + ")";
}

}  // namespace

void note_slow(atr::SlowStatements& slow, const std::vector<Statement>& statements, std::chrono::nanoseconds took,
               const std::vector<Rows>* rows) noexcept {
    try {
        atr::SlowStatements::Slow out;
        for (const auto& statement : statements) out.texts.push_back(statement.sql);
        out.took = std::chrono::duration_cast<std::chrono::milliseconds>(took);
        out.failed = rows == nullptr;
        if (rows)
            for (const auto& one : *rows) out.rows += one.affected();
        slow.note(std::move(out));
    } catch (...) {  // out of memory: the statement is done, and that is what counts
        return;
    }
}

/// A plan for any values: one for the values would show them. Each time another name, because behind a pooler one that
/// a failure left may meet the next.
std::string explain(Session& session, const std::string& text, Deadline deadline) {
    static std::atomic<std::uint64_t> number{0};
    const std::string name =
        "atr_explained_" + std::to_string(session.announced_backend()) + "_" + std::to_string(++number);
    auto statements = session.begin("BEGIN READ ONLY");
    statements.push_back(session.time_limit(deadline));
    statements.push_back({"SET LOCAL plan_cache_mode = force_generic_plan"});
    statements.push_back({"PREPARE " + name + " AS " + text});
    const auto place = statements.size();
    statements.push_back({"EXPLAIN EXECUTE " + name + nulls_for(text)});
    statements.push_back({"DEALLOCATE " + name});
    statements.push_back({"COMMIT"});
    const auto rows = session.run(std::move(statements), deadline);
    std::string out;
    for (int row = 0; row < rows[place].count(); ++row)
        out += (row > 0 ? "\n" : "") + std::string(rows[place].text(row, 0));
    return out;
}

void tell_slow(atr::SlowStatements& slow, SessionPool& pool) {
    std::unique_ptr<Session> session;
    slow.tell([&](const std::string& text) {
        const auto deadline = std::chrono::steady_clock::now() + time_for_a_plan;
        if (!session) {
            auto made = pool.connect(deadline);
            if (!made) throw ConnectError("", made.error().message);
            session = std::move(*made);
            session->keep_to_yourself();
        }
        try {
            return explain(*session, text, deadline);
        } catch (const SqlError&) {
            if (!session->roll_back(deadline)) session.reset();
            throw;
        }
    });
}

}  // namespace storage_postgres
