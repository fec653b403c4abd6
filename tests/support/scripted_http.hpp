/// The world outside as a test wants it: what becomes of each request, one after the other.
#pragma once

#include "ports/http_sender.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace support {

/// Threads: any. A request without a script is never sent.
class ScriptedHttp final : public treasurer::HttpSender {
public:
    using Script = std::function<treasurer::HttpReply(const treasurer::HttpRequest&)>;

    treasurer::HttpReply send(const treasurer::HttpRequest& request) override {
        Script script;
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
            if (!scripts_.empty()) {
                script = std::move(scripts_.front());
                scripts_.pop_front();
            }
        }
        return script ? script(request) : lost(treasurer::HttpPhase::not_sent);
    }
    void then(Script script) {
        const std::lock_guard lock(mutex_);
        scripts_.push_back(std::move(script));
    }
    void then(treasurer::HttpReply reply) {
        then([reply](const treasurer::HttpRequest&) { return reply; });
    }
    std::vector<treasurer::HttpRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    static treasurer::HttpReply replied(int status, std::string body) {
        treasurer::HttpReply out;
        out.phase = treasurer::HttpPhase::replied;
        out.status = status;
        out.body = std::move(body);
        return out;
    }
    static treasurer::HttpReply lost(treasurer::HttpPhase phase, std::int32_t code = 4) {
        treasurer::HttpReply out;
        out.phase = phase;
        out.code = code;
        out.problem = "as scripted";
        return out;
    }

private:
    mutable std::mutex mutex_;
    std::deque<Script> scripts_;
    std::vector<treasurer::HttpRequest> requests_;
};

}  // namespace support
