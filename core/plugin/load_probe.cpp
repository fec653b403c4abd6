#include "plugin/load_probe.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace treasurer {

namespace {

bool is_open(const std::filesystem::path& file) {
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (library != nullptr) ::dlclose(library);
    return library != nullptr;
}

/// The child's whole life. Its end closes `done`, which the parent waits for; `done` is answered only when dlopen has
/// returned, so that an initialiser that exits with 0 is told from one that ends. An exception ends the child here, and
/// not in what the parent was doing.
[[noreturn]] void open_and_leave(const std::filesystem::path& file, int done) noexcept {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);  // the host's handlers are not its own
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);  // it prints again when it is really opened
    ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    const char returned = 1;
    ::_exit(::write(done, &returned, 1) == 1 ? 0 : 1);
}

/// True when the child has said that dlopen returned, or has ended; false when the time is over.
bool wait_for(int done, Millis patience, bool& returned) {
    pollfd waits{.fd = done, .events = POLLIN, .revents = 0};
    const auto ms = static_cast<int>(std::clamp<Millis::rep>(patience.count(), 0, 3'600'000));
    int ready = 0;
    do {
        ready = ::poll(&waits, 1, ms);
    } while (ready < 0 && errno == EINTR);
    char byte = 0;
    returned = ready > 0 && ::read(done, &byte, 1) == 1;
    return ready > 0;
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status))
        return "loading it ends the process: " + std::string(::strsignal(WTERMSIG(status))) + " (signal " +
               std::to_string(WTERMSIG(status)) + ")";
    return "loading it ends the process with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

std::string harm_of_opening(const std::filesystem::path& file, Millis patience) {
    int ends[2];
    if (is_open(file) || ::pipe2(ends, O_CLOEXEC) != 0) return {};
    const pid_t child = ::fork();
    if (child == 0) open_and_leave(file, ends[1]);
    ::close(ends[1]);
    bool returned = child < 0;  // a machine that cannot fork opens the file untried
    const bool in_time = child < 0 || wait_for(ends[0], patience, returned);
    ::close(ends[0]);
    if (child < 0) return {};
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!in_time) return "loading it has not ended within " + std::to_string(patience.count()) + " ms: it hangs";
    return returned ? std::string() : how_it_ended(status);
}

}  // namespace treasurer
