/// The host's log: lines go through a bounded queue to a rotating file, or to standard error, on a thread of their own.
#pragma once

#include <atr/result.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>

#include "observe/log.hpp"

namespace treasurer::observe {

struct LogWriterSettings {
    Level threshold = Level::info;
    std::filesystem::path file = {};        ///< empty: no file
    bool to_stderr = true;                  ///< also with a file
    std::size_t max_file_bytes = 10 << 20;  ///< then it becomes file.1, file.1 becomes file.2 …
    std::size_t files = 5;                  ///< kept beside the current one
    std::size_t max_queued = 16'384;        ///< lines; beyond it the oldest is lost and counted
};

/// Opens the log. A line that comes alone is written at once; those that come one upon the other are written together,
/// within some ten milliseconds. Ending it writes what is queued; flush() does so on the caller's thread.
/// Errors: rejected, ATR_E_CONFIG, naming the file that cannot be opened.
atr::Result<std::unique_ptr<Log>> open_log(LogWriterSettings settings, const Clock& clock);

}  // namespace treasurer::observe
