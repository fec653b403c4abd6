/// Ends another thread's poll(2). Threads: wake() from any; the rest one.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace cache_redis {

class Wakeup {
public:
    Wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    ~Wakeup() { ::close(fd_); }
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    void wake() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
    }
    /// Until `fd` (-1: none) can be read, wake() is called, or the time is over.
    void wait(int fd, std::chrono::milliseconds time) {
        pollfd both[] = {{fd_, POLLIN, 0}, {fd, POLLIN, 0}};
        ::poll(both, fd < 0 ? 1 : 2, static_cast<int>(time.count()));
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
    }

private:
    int fd_;
};

}  // namespace cache_redis
