#include "base/context.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.hpp"
#include "base/child.hpp"
#include "base/verdict_text.hpp"

namespace atr::testkit {

namespace {

void replace_all(std::string& in, std::string_view what, std::string_view with) {
    for (std::size_t at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size()))
        in.replace(at, what.size(), with);
}

void fill(nlohmann::json& value, const Context& context) {
    if (value.is_string()) {
        auto text = value.get<std::string>();
        replace_all(text, "{data}", context.data.string());
        replace_all(text, "{unique}", context.unique);
        value = std::move(text);
    } else if (value.is_structured()) {
        for (auto& inner : value) fill(inner, context);
    }
}

std::string finish(Child& child) {
    while (child.read_some()) {
    }
    const ChildEnd end = child.wait();
    if (!end.answered) throw Failure{"the process goes on", "it " + end.how(), std::string(rule_survives)};
    return decode_end(end.answer);
}

}  // namespace

std::string Context::config() const {
    auto out = nlohmann::json::parse(options.config_json);
    fill(out, *this);
    return out.dump();
}

int Context::scale(int quick, int normal, int full) const {
    return options.depth == Depth::quick ? quick : options.depth == Depth::normal ? normal : full;
}

std::string Context::in_process(const std::function<std::string()>& work) {
    return in_processes(1, [&](int) { return work(); }).front();
}

std::vector<std::string> Context::in_processes(int count, const std::function<std::string(int)>& work) {
    std::vector<Child> children;
    for (int i = 0; i < count; ++i)
        children.emplace_back([&](int) { return encode_end([&] { return work(i); }); }, Child::Group::inherited);
    std::vector<std::string> out;
    for (auto& child : children) out.push_back(finish(child));
    return out;
}

std::string Context::killed_process(
    std::size_t until, const std::function<void(const std::function<void(const std::string&)>& say)>& work) {
    Child child(
        [&](int fd) {
            std::string out = "\n";
            out += encode_end([&] {
                work([fd](const std::string& line) { write_all(fd, line + "\n"); });
                return std::string();
            });
            return out;
        },
        Child::Group::inherited);
    const auto lines = [&] { return std::count(child.so_far().begin(), child.so_far().end(), '\n'); };
    bool open = true;
    while (open && lines() < static_cast<std::ptrdiff_t>(until)) open = child.read_some();
    child.kill();
    while (open) open = child.read_some();
    const ChildEnd end = child.wait();
    if (end.answered) decode_end(end.answer.substr(end.answer.rfind('\n') + 1));
    if (!end.answered && end.signal != SIGKILL)
        throw Failure{"the process goes on", "it " + end.how(), std::string(rule_survives)};
    return end.answer.substr(0, end.answer.rfind('\n') + 1);
}

void in_threads(int count, const std::function<void(int)>& work) {
    std::mutex mutex;
    std::exception_ptr first;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            try {
                work(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!first) first = std::current_exception();
            }
        });
    for (auto& thread : threads) thread.join();
    if (first) std::rethrow_exception(first);
}

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace atr::testkit
