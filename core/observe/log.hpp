/// Structured logs: one JSON object a line, {"ts","level","msg",…fields}. Given to whoever logs by reference; there is
/// no global logger.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "runtime/clock.hpp"

namespace treasurer::observe {

enum class Level { trace, debug, info, warn, error };

std::string_view to_string(Level level);
std::optional<Level> level_from(std::string_view name);

/// One member of a line. A text is borrowed for the call. A field whose name speaks of a secret or of a payee's account
/// (password, token, secret, authorization, cookie, api_key, address, wallet, iban …) is written as "[redacted]".
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

    Field(std::string_view name_, std::string_view text) : name(name_), value(text) {}
    Field(std::string_view name_, const std::string& text) : name(name_), value(std::string_view(text)) {}
    Field(std::string_view name_, const char* text) : name(name_), value(std::string_view(text)) {}
    Field(std::string_view name_, double number) : name(name_), value(number) {}
    Field(std::string_view name_, bool truth) : name(name_), value(truth) {}
    template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
        Field(std::string_view name_, Integer number)
        : name(name_) {
        if constexpr (std::is_signed_v<Integer>)
            value = static_cast<std::int64_t>(number);
        else
            value = static_cast<std::uint64_t>(number);
    }
};

bool is_redacted_name(std::string_view name);

/// Threads: every method from any, except that a subclass is made and ended by one. Never blocks the caller for I/O.
class Log {
public:
    explicit Log(const Clock& clock, Level threshold = Level::info) : clock_(clock), threshold_(threshold) {}
    virtual ~Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void set_threshold(Level level) { threshold_.store(level, std::memory_order_relaxed); }
    bool is_on(Level level) const { return level >= threshold_.load(std::memory_order_relaxed); }

    /// `message` is fixed text; whatever varies goes into fields.
    void write(Level level, std::string_view message, std::span<const Field> fields);
    void write(Level level, std::string_view message, std::initializer_list<Field> fields = {}) {
        write(level, message, std::span<const Field>(fields.begin(), fields.size()));
    }
    void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
        write(Level::debug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<Field> fields = {}) {
        write(Level::info, message, fields);
    }
    void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
        write(Level::warn, message, fields);
    }
    void error(std::string_view message, std::initializer_list<Field> fields = {}) {
        write(Level::error, message, fields);
    }

    /// Lines that were lost because they came faster than they could be written, or could not be written at all.
    virtual std::uint64_t lost() const { return 0; }
    /// Lines that are not written yet.
    virtual std::size_t waiting() const { return 0; }
    /// Asks that what was written so far reaches its file.
    virtual void flush() {}

protected:
    /// Takes one finished line, without its line end. Must not throw.
    virtual void line(Level level, std::string_view json) = 0;

private:
    const Clock& clock_;
    std::atomic<Level> threshold_;
};

/// Keeps nothing.
class NoLog final : public Log {
public:
    explicit NoLog(const Clock& clock) : Log(clock, Level::error) {}

protected:
    void line(Level, std::string_view) override {}
};

}  // namespace treasurer::observe
