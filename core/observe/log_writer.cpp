#include "observe/log_writer.hpp"

#include "observe/line_queue.hpp"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace treasurer::observe {
namespace {

/// What a sink is given at once, so that files are rotated where they should be.
constexpr std::size_t most_at_once = std::size_t{32} << 10;
/// Of memory for lines, while there are none.
constexpr std::size_t most_kept_bytes = std::size_t{256} << 10;
/// For how long lines are gathered after some were written.
constexpr std::chrono::milliseconds gather{10};

class LogWriter final : public Log {
public:
    LogWriter(const LogWriterSettings& settings, const Clock& clock, std::vector<spdlog::sink_ptr> sinks)
        : Log(clock, settings.threshold),
          sinks_(std::move(sinks)),
          piece_bytes_(std::min(most_at_once, settings.max_file_bytes)),
          many_(settings.max_queued / 2 + 1),
          queue_(settings.max_queued) {
        for (const auto& sink : sinks_) sink->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
        writer_ = std::thread([this] { write_on(); });
    }
    ~LogWriter() override {
        {
            const std::lock_guard lock(mutex_);
            is_ending_ = true;
        }
        news_.notify_all();
        writer_.join();
    }

    std::uint64_t lost() const override {
        const std::lock_guard lock(mutex_);
        return queue_.lost() + unwritten_.load(std::memory_order_relaxed);
    }
    std::size_t waiting() const override {
        const std::lock_guard lock(mutex_);
        return queue_.lines();
    }
    void flush() override { write_queued(); }

protected:
    void line(Level level, std::string_view json) override {
        bool wakes = false;
        {
            const std::lock_guard lock(mutex_);
            queue_.push(json);
            const bool hurries = level >= Level::error || queue_.lines() >= many_;
            wakes = queue_.lines() == 1 || (hurries && !hurries_);
            hurries_ |= hurries;
        }
        if (wakes) news_.notify_one();
    }

private:
    /// A line that comes alone is written at once, those that come one upon the other together.
    void write_on() {
        std::unique_lock lock(mutex_);
        for (;;) {
            news_.wait(lock, [this] { return is_ending_ || queue_.lines() > 0; });
            if (queue_.lines() == 0) return;
            lock.unlock();
            write_queued();
            lock.lock();
            news_.wait_for(lock, gather, [this] { return is_ending_ || hurries_; });
        }
    }
    void write_queued() {
        const std::lock_guard writing(writing_);
        {
            const std::lock_guard lock(mutex_);
            queue_.take(taken_);
            hurries_ = false;
        }
        for (std::string_view rest = taken_; !rest.empty();) {
            const auto piece = whole_lines(rest, piece_bytes_);
            rest.remove_prefix(piece.size());
            for (const auto& sink : sinks_) write(*sink, piece);
        }
        for (const auto& sink : sinks_) flush(*sink);
        if (taken_.capacity() > most_kept_bytes) std::string().swap(taken_);
    }
    /// Lines that cannot be written are counted. The sink ends them with a line end of its own.
    void write(spdlog::sinks::sink& sink, std::string_view lines) {
        try {
            const auto text = lines.substr(0, lines.size() - 1);
            sink.log(spdlog::details::log_msg("treasurer", spdlog::level::info, {text.data(), text.size()}));
        } catch (const std::exception&) {
            const auto count = std::count(lines.begin(), lines.end(), '\n');
            unwritten_.fetch_add(static_cast<std::uint64_t>(count), std::memory_order_relaxed);
        }
    }
    void flush(spdlog::sinks::sink& sink) {
        try {
            sink.flush();
        } catch (const std::exception&) {
            unwritten_.fetch_add(1, std::memory_order_relaxed);
        }
    }

    const std::vector<spdlog::sink_ptr> sinks_;
    const std::size_t piece_bytes_, many_;
    std::atomic<std::uint64_t> unwritten_{0};
    std::mutex writing_;  ///< held while the sinks are used; taken before the other
    std::string taken_;   ///< what is being written
    mutable std::mutex mutex_;
    std::condition_variable news_;
    LineQueue queue_;
    bool is_ending_ = false, hurries_ = false;
    std::thread writer_;
};

}  // namespace

atr::Result<std::unique_ptr<Log>> open_log(LogWriterSettings settings, const Clock& clock) {
    try {
        std::vector<spdlog::sink_ptr> sinks;
        if (!settings.file.empty())
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                settings.file.string(), settings.max_file_bytes, settings.files));
        if (settings.to_stderr) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        return std::unique_ptr<Log>(std::make_unique<LogWriter>(settings, clock, std::move(sinks)));
    } catch (const std::exception& error) {
        return atr::rejected(ATR_E_CONFIG, "log file " + settings.file.string() + " cannot be opened: " + error.what());
    }
}

}  // namespace treasurer::observe
