/// What the tests of the edge share: a handler with one path per manner of answering, and an edge around it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http/edge.hpp"
#include "tests/support/http_exchanges.hpp"
#include "tests/support/raw_http_client.hpp"

namespace treasurer::test {

/// Waits for what another thread is about to make true.
template <class Condition>
bool eventually(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up) return false;
        std::this_thread::yield();
    }
    return true;
}

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Two workers that answer away from the transport threads.
class Workers {
public:
    Workers() {
        for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Workers() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        ready_.notify_all();
        for (auto& thread : threads_) thread.join();
    }
    void post(std::function<void()> task) {
        {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        ready_.notify_one();
    }

private:
    void work() {
        for (;;) {
            std::function<void()> task;
            {
                std::unique_lock lock(mutex_);
                ready_.wait(lock, [this] { return is_over_ || !tasks_.empty(); });
                if (tasks_.empty()) return;
                task = std::move(tasks_.front());
                tasks_.pop_front();
            }
            task();
        }
    }
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> tasks_;
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

/// A request kept by the handler until the test answers it.
struct Held {
    http::Request request;
    http::Responder responder;
};

class HeldRequests {
public:
    void put(Held held) {
        const std::lock_guard lock(mutex_);
        held_.push_back(std::move(held));
    }
    Held take() {
        if (!eventually([this] { return size() > 0; })) throw std::runtime_error("no request came to be held");
        const std::lock_guard lock(mutex_);
        auto first = std::move(held_.front());
        held_.pop_front();
        return first;
    }
    std::size_t size() {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }
    void clear() {
        const std::lock_guard lock(mutex_);
        held_.clear();
    }

private:
    std::mutex mutex_;
    std::deque<Held> held_;
};

/// An edge on any free port whose paths answer in different manners; every other path echoes.
class EdgeUnderTest {
public:
    explicit EdgeUnderTest(http::EdgeSettings settings = {}, http::BodyJudge judge = {}, http::Prompt prompt = {})
        : edge(
              std::move(settings),
              [this](http::Request&& request, http::Responder responder) {
                  answer(std::move(request), std::move(responder));
              },
              std::move(judge), std::move(prompt)) {
        const auto started = edge.start();
        if (!started) throw std::runtime_error(started.error().message);
    }
    RawHttpClient connect() { return RawHttpClient(edge.port()); }

    /// The paths that the handler was given so far, in order.
    std::vector<std::string> handled() {
        const std::lock_guard lock(handled_mutex_);
        return handled_;
    }
    /// Requests of /gate keep their transport thread in the handler until then.
    void open_gate() { gate_.set_value(); }

    HeldRequests held;
    Workers workers;

private:
    std::mutex handled_mutex_;
    std::vector<std::string> handled_;
    std::promise<void> gate_;
    const std::shared_future<void> gate_opens_ = gate_.get_future().share();

public:
    http::Edge edge;

private:
    void answer(http::Request&& request, http::Responder responder) {
        using http::Response;
        {
            const std::lock_guard lock(handled_mutex_);
            handled_.push_back(request.path);
        }
        if (request.path == "/gate") gate_opens_.wait();
        if (request.unread_bytes)
            return responder.send(Response::text(401, "unread " + std::to_string(*request.unread_bytes)));
        if (request.path == "/hold") return held.put({std::move(request), std::move(responder)});
        if (request.path == "/throw") throw std::runtime_error("the secret reason");
        if (request.path == "/throw-late") {
            held.put({std::move(request), std::move(responder)});
            throw std::runtime_error("the secret reason");
        }
        if (request.path == "/drop") return;
        if (request.path == "/pool" || request.path == "/pool-drop")
            return pool(std::move(request), std::move(responder));
        if (request.path == "/empty") return responder.send(Response::empty(204));
        if (request.path == "/large") {
            const auto size = std::stoul(std::string(request.query_value("size").value_or("0")));
            return responder.send(Response::text(200, std::string(size, 'L')));
        }
        if (request.path == "/hostile") {
            auto response = Response::text(200, "ok");
            response.headers.add("X-Name", *request.query_value("value"));
            return responder.send(std::move(response));
        }
        responder.send(Response::text(200, request.method + " " + request.path + " " + request.body));
    }
    void pool(http::Request&& request, http::Responder responder) {
        auto held_one = std::make_shared<Held>(Held{std::move(request), std::move(responder)});
        workers.post([held_one = std::move(held_one)]() mutable {
            auto [asked, open] = std::move(*held_one);
            if (asked.path == "/pool") open.send(http::Response::text(200, "pool " + asked.target));
        });
    }
};

inline std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
inline std::string post(const std::string& target, const std::string& body, const std::string& fields = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           fields + "\r\n" + body;
}

}  // namespace treasurer::test
