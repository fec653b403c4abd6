#include "app/process_faults.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <thread>

namespace treasurer::app {

atr::Result<std::unique_ptr<FaultPoints>> ProcessFaults::parse(const std::string& text) {
    if (text.empty()) return std::unique_ptr<FaultPoints>(std::make_unique<NoFaults>());
    auto out = std::make_unique<ProcessFaults>();
    const auto malformed = [&] {
        return atr::rejected(ATR_E_CONFIG,
                             "testing.fault_point '" + text + "' is not NAME, NAME:N or NAME:N:hold=FILE");
    };
    const auto first = text.find(':');
    out->name_ = text.substr(0, first);
    if (first != std::string::npos) {
        const auto second = text.find(':', first + 1);
        const std::string count = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
        const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), out->at_);
        if (error != std::errc{} || end != count.data() + count.size() || out->at_ == 0) return malformed();
        if (second != std::string::npos) {
            const std::string action = text.substr(second + 1);
            if (!action.starts_with("hold=") || action.size() == 5) return malformed();
            out->hold_file_ = action.substr(5);
        }
    }
    return std::unique_ptr<FaultPoints>(std::move(out));
}

void ProcessFaults::reach(std::string_view point) {
    if (point != name_ || ++times_ != at_) return;
    if (hold_file_.empty()) {
        ::kill(::getpid(), SIGKILL);
        for (;;) ::pause();
    }
    const int file = ::open(hold_file_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
    struct stat ignored {};
    while (::stat(hold_file_.c_str(), &ignored) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace treasurer::app
