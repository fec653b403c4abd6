#include "observe/log_writer.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace treasurer::observe {
namespace {

spdlog::level::level_enum spd_level(Level level) {
    switch (level) {
        case Level::trace:
            return spdlog::level::trace;
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

class LogWriter final : public Log {
public:
    LogWriter(const LogWriterSettings& settings, const Clock& clock, std::vector<spdlog::sink_ptr> sinks)
        : Log(clock, settings.threshold),
          pool_(std::make_shared<spdlog::details::thread_pool>(settings.max_queued, 1)),
          logger_(std::make_shared<spdlog::async_logger>("treasurer", sinks.begin(), sinks.end(), pool_,
                                                         spdlog::async_overflow_policy::overrun_oldest)) {
        logger_->set_level(spdlog::level::trace);
        logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
        logger_->flush_on(spdlog::level::err);
        logger_->set_error_handler([this](const std::string&) { unwritten_.fetch_add(1, std::memory_order_relaxed); });
        flusher_ = std::thread([this] { flush_every_second(); });
    }
    ~LogWriter() override {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        end_.notify_all();
        flusher_.join();
        pool_.reset();  // writes what is queued, then joins its thread; the files flush as they close
    }

    std::uint64_t lost() const override {
        return pool_->overrun_counter() + unwritten_.load(std::memory_order_relaxed);
    }
    /// Flushes the sinks themselves: a request sent through the queue would push a line out of a full one.
    void flush() override {
        for (const auto& sink : logger_->sinks()) {
            try {
                sink->flush();
            } catch (const std::exception&) {
                unwritten_.fetch_add(1, std::memory_order_relaxed);
            }
        }
    }

protected:
    void line(Level level, std::string_view json) override {
        logger_->log(spd_level(level), spdlog::string_view_t(json.data(), json.size()));
    }

private:
    void flush_every_second() {
        std::unique_lock lock(mutex_);
        while (!end_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; })) flush();
    }

    std::atomic<std::uint64_t> unwritten_{0};
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> logger_;
    std::mutex mutex_;
    std::condition_variable end_;
    bool ending_ = false;
    std::thread flusher_;
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
