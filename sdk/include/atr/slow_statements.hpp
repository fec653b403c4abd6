/// Tells operators which SQL statements took long, and how the database goes about them: for storage plugins that speak
/// SQL. A line has a statement's text with its placeholders, never a value.
#pragma once

#include <atr/plugin.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atr {
inline namespace v1 {

/// Whoever runs statements notes the slow ones; another thread looks up their plans and writes the lines. Each
/// statement has one line a minute at most; `left_out` says how often it was slow without one.
/// Threads: any. Memory: a few hundred statements.
class SlowStatements {
public:
    using Millis = std::chrono::milliseconds;
    /// Texts that went to the database together, and how long they took together.
    struct Slow {
        std::vector<std::string> texts = {};
        Millis took{0};
        std::int64_t rows = 0;
        bool failed = false;
    };
    /// The plan of one statement, which must not be executed for it; may throw.
    using Explain = std::function<std::string(const std::string& text)>;

    /// `threshold` 0: nothing is slow.
    SlowStatements(const Host& host, Millis threshold, Millis quiet = Millis{60'000})
        : host_(host), threshold_(threshold), quiet_(quiet) {}

    bool is_slow(std::chrono::nanoseconds took) const { return threshold_ > Millis::zero() && took >= threshold_; }
    /// Takes no time to speak of.
    void note(Slow slow) noexcept;
    /// Writes what was noted. Not on the time of a call.
    void tell(const Explain& explain);

private:
    struct Told {
        std::chrono::steady_clock::time_point at{};
        std::uint64_t left_out = 0;
    };
    struct Noted {
        Slow slow;
        std::string text;
        std::uint64_t left_out = 0;
    };
    static constexpr std::size_t most_waiting = 16, most_known = 256, most_text = 4'000, most_plan = 8'000,
                                 most_fields = 15'000;

    static bool is_frame(std::string_view text);
    static bool has_plan(std::string_view text);
    static std::string plan_of(const Slow& slow, const Explain& explain);
    static std::string written(nlohmann::json fields);
    bool is_due(const std::string& text, std::uint64_t& left_out);

    const Host host_;
    const Millis threshold_, quiet_;
    std::mutex mutex_;
    std::deque<Noted> waiting_;
    std::map<std::string, Told> told_;
};

/// What stands around statements, and may hold a number that differs each time.
inline bool SlowStatements::is_frame(std::string_view text) {
    for (const std::string_view word : {"BEGIN", "COMMIT", "ROLLBACK", "SET ", "SELECT set_config("})
        if (text.starts_with(word)) return true;
    return false;
}

inline bool SlowStatements::has_plan(std::string_view text) {
    for (const std::string_view word : {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"})
        if (text.starts_with(word)) return true;
    return false;
}

inline void SlowStatements::note(Slow slow) noexcept {
    try {
        Noted noted;
        const std::string first = slow.texts.empty() ? std::string() : slow.texts.front();
        std::erase_if(slow.texts, [](const std::string& text) { return is_frame(text); });
        if (slow.texts.empty()) slow.texts.push_back(first.substr(0, first.find(' ')));
        for (const auto& text : slow.texts) noted.text += (noted.text.empty() ? "" : ";\n") + text;
        noted.slow = std::move(slow);
        const std::lock_guard lock(mutex_);
        if (!is_due(noted.text, noted.left_out)) return;
        waiting_.push_back(std::move(noted));
    } catch (...) {  // a statement was slow; its caller is not to suffer twice
        return;
    }
}

/// Under the lock. What is told of is known for a minute, and when too much is known the rest is left out.
inline bool SlowStatements::is_due(const std::string& text, std::uint64_t& left_out) {
    const auto now = std::chrono::steady_clock::now();
    const auto is_quiet = [&](const Told& told) { return now - told.at < quiet_; };
    const auto found = told_.find(text);
    if (found == told_.end() && told_.size() >= most_known)
        std::erase_if(told_, [&](const auto& one) { return !is_quiet(one.second); });
    if (found == told_.end() && told_.size() >= most_known) return false;
    if ((found != told_.end() && is_quiet(found->second)) || waiting_.size() >= most_waiting) {
        if (found != told_.end()) ++found->second.left_out;
        return false;
    }
    auto& told = told_[text];
    left_out = std::exchange(told.left_out, 0);
    told.at = now;
    return true;
}

inline std::string SlowStatements::plan_of(const Slow& slow, const Explain& explain) {
    std::string out;
    for (const auto& text : slow.texts) {
        if (!has_plan(text)) continue;
        if (!out.empty()) out += '\n';
        try {
            out += explain(text);
        } catch (const std::exception& error) {
            out += std::string("no plan: ") + error.what();
        }
    }
    return out;
}

/// A host takes no more than so much; what is escaped is longer than it was.
inline std::string SlowStatements::written(nlohmann::json fields) {
    const auto dump = [&] { return fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); };
    std::string out = dump();
    while (out.size() > most_fields) {
        for (const char* name : {"plan", "sql"}) {
            const std::string text = fields.value(name, "");
            if (!text.empty()) fields[name] = text.substr(0, text.size() / 2);
        }
        out = dump();
    }
    return out;
}

inline void SlowStatements::tell(const Explain& explain) {
    std::deque<Noted> noted;
    {
        const std::lock_guard lock(mutex_);
        noted.swap(waiting_);
    }
    for (const auto& one : noted) {
        nlohmann::json fields = {{"ms", one.slow.took.count()},
                                 {"statements", one.slow.texts.size()},
                                 {"rows", one.slow.rows},
                                 {"left_out", one.left_out},
                                 {"sql", one.text.substr(0, most_text)}};
        if (one.slow.failed) fields["failed"] = true;
        const std::string plan = plan_of(one.slow, explain);
        if (!plan.empty()) fields["plan"] = plan.substr(0, most_plan);
        host_.log(LogLevel::warn, "a SQL statement took long", written(std::move(fields)));
    }
}

}  // namespace v1
}  // namespace atr
