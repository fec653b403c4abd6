// Offers requests at a rate, whatever becomes of them: open_loop PORT SECONDS SEED STREAM...
//
// A stream is name=N,rate=R,connections=C,request=FILE[,apart=S][,expect=TEXT][,first=N][,answers=FILE]. FILE has the
// bytes of one request; ########## in it becomes the request's own number, counted from `first`, and @@@.@@ an amount
// that few others have. ,or=SHARE begins a further kind of request of the same stream, with a name, a request and the
// rest of its own: so often, by chance, that kind is sent instead. Arrivals are a Poisson process; rate 0: each
// connection sends its next request once it has its answer. With a rate a request goes out at its moment, on a
// connection that is idle, or else behind others on one that is not: never because an answer came. Its latency counts
// from the moment it was due, so a wait for this program counts too, and how late the program was is told beside it.
// What fell due in the first S seconds is told apart from the rest, for with a rate of 0 all connections begin at one
// moment. `expect` must stand in the body of every answer of 2xx, Retry-After in every 503. `answers` gets a line
// "NUMBER STATUS" for each request, with 0 for one that was never answered.
//
// Prints one JSON object per kind. Every stream has a thread of its own. Ends with 1 on an answer that is wrong.
#include "load_spec.hpp"
#include "request_kind.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace treasurer::bench {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr nanoseconds kGrace = std::chrono::seconds(15);       ///< for the last answers, after the last request
constexpr nanoseconds kTick = std::chrono::microseconds(300);  ///< fast streams send what fell due in so long at once

struct Sent {
    Steady::time_point due;
    std::uint64_t number;
    RequestKind* kind;
};

struct Connection {
    int socket = -1;
    std::string out, in;  ///< not written yet; not read as a whole answer yet
    std::deque<Sent> waiting;
    bool is_polled_for_write = false, is_touched = false;
};

class Stream {
public:
    Stream(StreamSpec spec, std::uint16_t port, nanoseconds lasting, std::uint64_t seed)
        : spec_(std::move(spec)),
          port_(port),
          lasting_(lasting),
          random_(seed),
          gaps_(spec_.rate > 0 ? spec_.rate : 1),
          poller_(::epoll_create1(EPOLL_CLOEXEC)),
          connections_(spec_.connections) {
        for (auto& kind : spec_.kinds) kinds_.emplace_back(std::move(kind));
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            open(i);
            idle_.push_back(i);
        }
    }

    void run() {
        ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
        const auto begin = Steady::now();
        apart_until_ = begin + nanoseconds(static_cast<std::int64_t>(spec_.apart * 1e9));
        const auto end = begin + lasting_;
        next_ = begin + gap();
        for (;;) {
            const auto now = Steady::now();
            fall_due(now, end);
            for (const auto at : touched_) write(at);
            touched_.clear();
            if (next_ >= end && unanswered_ == 0) break;
            if (now >= end + kGrace) break;
            wait(now, next_ < end ? next_ : end + kGrace);
        }
        took_ = last_answer_ - begin;
        for (auto& connection : connections_) lose(connection);
    }

    /// Prints what came of it; false: an answer was wrong.
    bool tell() const {
        std::ostringstream more;
        more << R"(,"rate":)" << spec_.rate << R"(,"took_s":)"
             << std::max(0.0, std::chrono::duration<double>(took_).count()) << R"(,"pipelined":)" << pipelined_
             << R"(,"connections_lost":)" << connections_lost_;
        bool all_right = true;
        for (const auto& kind : kinds_) all_right = kind.tell(more.str()) && all_right;
        return all_right;
    }

private:
    nanoseconds gap() { return nanoseconds(static_cast<std::int64_t>(gaps_(random_) * 1e9)); }

    void open(std::size_t at) {
        auto& connection = connections_[at];
        connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            fail("cannot connect, errno " + std::to_string(errno));
        ::fcntl(connection.socket, F_SETFL, O_NONBLOCK);
        const int yes = 1;
        ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        poll(at, EPOLL_CTL_ADD, false);
    }

    void poll(std::size_t at, int change, bool for_write) {
        epoll_event event{};
        event.events = for_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.u64 = at;
        ::epoll_ctl(poller_, change, connections_[at].socket, &event);
        connections_[at].is_polled_for_write = for_write;
    }

    void fall_due(Steady::time_point now, Steady::time_point end) {
        if (spec_.rate == 0) {
            next_ = now;
            while (now < end && !idle_.empty()) issue(now);
            if (now < end) next_ = std::min(end, now + kTick);
            return;
        }
        while (next_ <= now && next_ < end) {
            issue(now);
            next_ += gap();
        }
    }

    void issue(Steady::time_point now) {
        auto at = turn_;
        if (idle_.empty()) {
            turn_ = (turn_ + 1) % connections_.size();
            ++pipelined_;
        } else {
            at = idle_.front();
            idle_.pop_front();
        }
        auto& connection = connections_[at];
        auto& kind = any_kind();
        connection.waiting.push_back({next_, kind.append(connection.out, now - next_), &kind});
        ++unanswered_;
        if (!connection.is_touched) touched_.push_back(at);
        connection.is_touched = true;
    }

    RequestKind& any_kind() {
        double left = kinds_.size() > 1 ? std::uniform_real_distribution<double>(0, 1)(random_) : 0;
        for (auto& kind : kinds_) {
            if (left < kind.share()) return kind;
            left -= kind.share();
        }
        return kinds_.front();
    }

    void write(std::size_t at) {
        auto& connection = connections_[at];
        connection.is_touched = false;
        if (connection.socket < 0) open(at);
        const auto sent = ::send(connection.socket, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
        if (sent > 0) connection.out.erase(0, static_cast<std::size_t>(sent));
        if (connection.out.empty() == connection.is_polled_for_write) poll(at, EPOLL_CTL_MOD, !connection.out.empty());
    }

    void wait(Steady::time_point now, Steady::time_point until) {
        const auto least = spec_.rate > 1000 ? kTick : nanoseconds(0);
        const auto time = std::max(nanoseconds(until - now), least);
        const timespec limit{.tv_sec = time / std::chrono::seconds(1), .tv_nsec = time.count() % 1'000'000'000};
        const int ready = ::epoll_pwait2(poller_, events_.data(), static_cast<int>(events_.size()), &limit, nullptr);
        for (int i = 0; i < ready; ++i) {
            const auto at = static_cast<std::size_t>(events_[static_cast<std::size_t>(i)].data.u64);
            if (events_[static_cast<std::size_t>(i)].events & EPOLLOUT) write(at);
            if (events_[static_cast<std::size_t>(i)].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read(at);
        }
    }

    void read(std::size_t at) {
        auto& connection = connections_[at];
        if (connection.socket < 0) return;
        const auto received = ::recv(connection.socket, scratch_.data(), scratch_.size(), 0);
        if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (received <= 0) return gone(at);
        const std::string_view arrived(scratch_.data(), static_cast<std::size_t>(received));
        if (connection.in.empty()) {
            connection.in.assign(take(connection, arrived));
        } else {
            connection.in += arrived;
            connection.in.erase(0, connection.in.size() - take(connection, connection.in).size());
        }
        if (connection.waiting.empty()) idle_.push_back(at);
    }

    /// Takes whole answers off `input`; returns what is left.
    std::string_view take(Connection& connection, std::string_view input) {
        const auto now = Steady::now();
        while (!input.empty() && !connection.waiting.empty()) {
            const auto answer = read_answer(input);
            if (!answer) break;
            if (answer->status == 0) fail("not an answer: " + std::string(input.substr(0, 200)));
            input.remove_prefix(answer->bytes);
            judge(*answer, connection.waiting.front(), now);
            connection.waiting.pop_front();
        }
        return input;
    }

    void judge(const Answer& answer, const Sent& sent, Steady::time_point now) {
        last_answer_ = now;
        --unanswered_;
        sent.kind->answered(answer, sent.number, now - sent.due, sent.due < apart_until_);
    }

    /// The host has closed it: what waited there is lost, and the next request opens it anew.
    void gone(std::size_t at) {
        auto& connection = connections_[at];
        ++connections_lost_;
        if (!connection.waiting.empty()) idle_.push_back(at);
        lose(connection);
        ::close(connection.socket);
        connection.socket = -1;
    }

    void lose(Connection& connection) {
        for (const auto& one : connection.waiting) {
            --unanswered_;
            one.kind->lost(one.number);
        }
        connection.waiting.clear();
        connection.out.clear();
        connection.in.clear();
    }

    StreamSpec spec_;
    std::deque<RequestKind> kinds_;
    const std::uint16_t port_;
    const nanoseconds lasting_;
    std::mt19937_64 random_;
    std::exponential_distribution<double> gaps_;
    const int poller_;
    std::vector<Connection> connections_;
    std::deque<std::size_t> idle_;
    std::vector<std::size_t> touched_;
    std::size_t turn_ = 0;
    Steady::time_point next_, last_answer_, apart_until_;
    nanoseconds took_{0};
    std::vector<epoll_event> events_ = std::vector<epoll_event>(512);
    std::vector<char> scratch_ = std::vector<char>(std::size_t{64} * 1024);

    std::uint64_t pipelined_ = 0, unanswered_ = 0, connections_lost_ = 0;
};

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() < 4) fail("call: open_loop PORT SECONDS SEED STREAM...");
    const auto port = static_cast<std::uint16_t>(std::stoul(arguments[0]));
    const nanoseconds lasting(static_cast<std::int64_t>(std::stod(arguments[1]) * 1e9));
    const auto seed = std::stoull(arguments[2]);
    std::vector<std::unique_ptr<Stream>> streams;
    for (std::size_t i = 3; i < arguments.size(); ++i)
        streams.push_back(std::make_unique<Stream>(stream_spec_of(arguments[i]), port, lasting, seed + i));
    std::vector<std::thread> threads;
    for (auto& stream : streams) threads.emplace_back([&stream] { stream->run(); });
    for (auto& thread : threads) thread.join();
    bool all_right = true;
    for (const auto& stream : streams) all_right = stream->tell() && all_right;
    return all_right ? 0 : 1;
}

}  // namespace
}  // namespace treasurer::bench

int main(int count, char** arguments) {
    return treasurer::bench::run({arguments + 1, arguments + count});
}
