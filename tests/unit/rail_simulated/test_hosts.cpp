/// Several hosts on one book, at once, and some of them killed.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "bank.hpp"

using namespace bank;

namespace {

void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
}

/// Runs `work` in a process of its own. The calling process has no other thread at that moment.
pid_t in_process(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        work();
    } catch (...) {
        ::_exit(1);
    }
    ::_exit(0);
}

int exit_code(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::map<std::string, int> payments_on(const Desk& desk) {
    std::map<std::string, int> out;
    for (const auto& event : desk.statement())
        if (event.direction == ATR_DIR_OUT) ++out[event.payment_id];
    return out;
}

struct Pipe {
    Pipe() { REQUIRE(::pipe(ends) == 0); }
    ~Pipe() {
        ::close(ends[0]);
        if (ends[1] >= 0) ::close(ends[1]);
    }
    void done_writing() {
        ::close(ends[1]);
        ends[1] = -1;
    }
    bool read(int& number) const { return ::read(ends[0], &number, sizeof number) == sizeof number; }
    void write(int number) const {
        if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(2);
    }
    int ends[2];
};

}  // namespace

SCENARIO("the opening balance is booked once even when several processes start at once", "[rail_simulated]") {
    for (int round = 0; round < 5; ++round) {
        Bank bank;
        Pipe start;
        std::vector<pid_t> children;
        for (int i = 0; i < 6; ++i)
            children.push_back(in_process([&] {
                ::close(start.ends[1]);
                int never = 0;
                start.read(never);  // returns when the parent closes its end
                if (bank.open().held() != "100000") throw std::runtime_error("wrong balance");
            }));
        start.done_writing();
        for (pid_t child : children) CHECK(exit_code(child) == 0);
        CHECK(bank.open().statement().size() == 1);
        CHECK(bank.open().sum() == "100000");
    }
}

SCENARIO("two hosts that pay at once from limited funds pay exactly what fits", "[rail_simulated]") {
    Bank bank;
    const auto limited = [](auto& s) { s.opening_balance = 100; };
    const Desk desks[] = {bank.open(limited), bank.open(limited)};
    std::atomic<int> paid = 0, refused = 0, other = 0;
    in_threads(8, [&](int thread) {
        for (int i = 0; i < 25; ++i) {
            const auto answer = desks[thread % 2].submit(payment(1000 * (thread + 1) + i));
            if (answer) {
                ++paid;
            } else if (answer.error().code == ATR_E_INSUFFICIENT_FUNDS) {
                ++refused;
            } else {
                ++other;
            }
        }
    });
    CHECK(paid == 100);
    CHECK(refused == 100);
    CHECK(other == 0);
    for (const auto& desk : desks) {
        CHECK(desk.held() == "0");
        CHECK(desk.sum() == "0");
        CHECK(payments_on(desk).size() == 100);
    }
}

SCENARIO("two processes that pay at once from limited funds pay exactly what fits", "[rail_simulated]") {
    Bank bank;
    const auto limited = [](auto& s) {
        s.opening_balance = 100;
        s.synchronous = "normal";
    };
    std::vector<pid_t> children;
    for (int process = 0; process < 2; ++process)
        children.push_back(in_process([&] {
            const Desk desk = bank.open(limited);
            in_threads(4, [&](int thread) {
                for (int i = 0; i < 25; ++i)
                    if (desk.submit(payment(10'000 * (process + 1) + 1000 * thread + i)).outcome() == Outcome::retry)
                        ::_exit(3);
            });
        }));
    for (pid_t child : children) CHECK(exit_code(child) == 0);
    const Desk desk = bank.open(limited);
    CHECK(payments_on(desk).size() == 100);
    CHECK(desk.held() == "0");
    CHECK(desk.sum() == "0");
}

SCENARIO("one payment that many submit at once is paid once", "[rail_simulated]") {
    Bank bank;
    const Desk desks[] = {bank.open(), bank.open()};
    std::atomic<int> settled = 0;
    in_threads(16, [&](int thread) {
        const auto answer = desks[thread % 2].submit(payment(1));
        if (answer && answer->is_final) ++settled;
    });
    CHECK(settled == 16);
    CHECK(desks[0].paid(payment(1)) == 1);
}

SCENARIO("a submit whose time is up while another process holds the book was not applied", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    soci::session other(soci::sqlite3, bank.settings().path);
    other << "BEGIN IMMEDIATE";
    const auto answer = desk.call(
        [&](const atr::Call& c) {
            return desk.rail->submit(c, payment(1), desk.rail->prepare(c, payment(1)).value().blob);
        },
        30);
    CHECK(answer.outcome() == Outcome::retry);
    CHECK(answer.error().code == ATR_E_TIMEOUT);
    other << "COMMIT";
    CHECK(desk.lookup(payment(1)).value().state == atr::RailState::never_received);
    CHECK(desk.submit(payment(1)).has_value());
    CHECK(desk.paid(payment(1)) == 1);
}

SCENARIO("kill -9 in the middle of submits leaves a book that adds up and holds all it acknowledged",
         "[rail_simulated]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    Bank bank;
    std::map<std::string, int> acknowledged;
    for (int round = 0; round < 20; ++round) {
        Pipe acks;
        const pid_t child = in_process([&] {
            ::close(acks.ends[0]);
            const Desk desk = bank.open([&](auto& s) { s.settle_after = std::chrono::milliseconds(round % 2); });
            in_threads(6, [&](int thread) {
                for (int i = 0; i < 100'000; ++i) {
                    const int number = ((round * 10 + thread) << 17) + i + 1;
                    if (desk.submit(payment(number, "0.00001"))) acks.write(number);
                }
            });
        });
        acks.done_writing();
        int number = 0;
        for (unsigned wanted = random() % 150; wanted > 0 && acks.read(number); --wanted)
            acknowledged[payment_id(number)] = 1;
        ::kill(child, SIGKILL);
        CHECK(exit_code(child) == -1);
        while (acks.read(number)) acknowledged[payment_id(number)] = 1;

        bank.pass(1);  // what was pending is settled now
        const Desk desk = bank.open();
        CHECK(desk.sum() == desk.held());
        CHECK(desk.held() == desk.available());
        const auto paid = payments_on(desk);
        const auto twice = std::count_if(paid.begin(), paid.end(), [](const auto& one) { return one.second != 1; });
        CHECK(twice == 0);
        const auto lost = std::count_if(acknowledged.begin(), acknowledged.end(),
                                        [&](const auto& one) { return paid.count(one.first) == 0; });
        CHECK(lost == 0);
    }
    CHECK(acknowledged.size() > 100);
}
