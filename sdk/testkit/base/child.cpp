#include "base/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace atr::testkit {

namespace {

/// The last byte of a whole answer.
constexpr char end_mark = '\x04';

}  // namespace

std::string ChildEnd::how() const {
    if (timed_out) return "did not return in time";
    if (signal != 0)
        return "was ended by signal " + std::to_string(signal) + " (" + std::string(strsignal(signal)) + ")";
    return "ended itself with exit code " + std::to_string(exit_code);
}

void write_all(int fd, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = ::write(fd, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
}

Child::Child(const std::function<std::string(int)>& work, Group group) : group_(group) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0) {
        close(ends[0]);
        close(ends[1]);
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (pid_ == 0) {
        close(ends[0]);
        if (group == Group::own) setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        const std::string answer = work(ends[1]);
        write_all(ends[1], answer + end_mark);
        _exit(0);
    }
    if (group == Group::own) setpgid(pid_, pid_);
    close(ends[1]);
    fd_ = ends[0];
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      fd_(std::exchange(other.fd_, -1)),
      group_(other.group_),
      answer_(std::move(other.answer_)) {}

Child::~Child() {
    if (pid_ > 0) {
        kill();
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    if (fd_ >= 0) close(fd_);
}

bool Child::read_some() {
    char bytes[16 << 10];
    const ssize_t got = ::read(fd_, bytes, sizeof bytes);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    answer_.append(bytes, static_cast<std::size_t>(got));
    // A grandchild may keep the pipe open; the mark says that nothing more will come.
    return got > 0 && (answer_.empty() || answer_.back() != end_mark);
}

void Child::kill() {
    if (pid_ > 0) ::kill(group_ == Group::own ? -pid_ : pid_, SIGKILL);
}

ChildEnd Child::wait() {
    ChildEnd out;
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (group_ == Group::own) ::kill(-pid_, SIGKILL);  // whatever it left behind
    pid_ = -1;
    while (!answer_.empty() && answer_.back() == end_mark) {
        answer_.pop_back();
        out.answered = true;
    }
    out.answer = answer_;
    if (WIFSIGNALED(status)) out.signal = WTERMSIG(status);
    if (WIFEXITED(status)) out.exit_code = WEXITSTATUS(status);
    return out;
}

}  // namespace atr::testkit
