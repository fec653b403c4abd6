/// Idempotency-Key: a request that is repeated under its key is answered as it was the first time, whichever host it
/// comes to, and has its effect once. Keys are of one principal and one route.
#pragma once

#include "http/route.hpp"
#include "records/store.hpp"
#include "runtime/completion.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace treasurer::http {

struct IdempotencySettings {
    Millis wait{10'000};                   ///< how long a repeat waits for the first; then 409
    Millis busy{10'000};                   ///< how long an unfinished answer is left to the host that began it
    Millis look{50};                       ///< between looks at an answer that another host is about to give
    Millis kept{Millis{86'400'000} * 30};  ///< after which a key may be used anew
};

/// Threads: any. Errors: answered as problems: 400 for a malformed key, 409 while the first is at work, 422 for a key
/// that was used with another request. Lifetime: what it is given outlives it, and it outlives its tasks.
///
/// An answer is kept when the request had an effect, and is no 500, 503 or 504: those say nothing that would be true
/// later. Where the host ended before it kept the answer, or could not, the route's `retell` gives it from what the
/// request has done, as soon as somebody asks again.
class Idempotency {
public:
    Idempotency(Store& store, Executor& executor, const Clock& clock, IdempotencySettings settings = {})
        : store_(store), executor_(executor), clock_(clock), settings_(settings) {}
    Idempotency(const Idempotency&) = delete;
    Idempotency& operator=(const Idempotency&) = delete;

    /// True when the request has a key and the route takes one: then answer() is asked instead of the handler.
    static bool applies(const Route& route, const Request& request) {
        return route.retell && request.headers.contains("Idempotency-Key");
    }
    /// `route` outlives the task; its handler is an AsyncHandler.
    Task<Response> answer(const Route& route, RequestContext context);

private:
    /// What makes two requests the same.
    struct Asked {
        std::string id;
        std::string request_hash;
    };
    /// The only request of this host that is at work under a key; the next is woken when it ends.
    class Turn {
    public:
        Turn(Idempotency& owner, std::string id) : owner_(&owner), id_(std::move(id)) {}
        Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), id_(std::move(other.id_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (owner_) owner_->leave(id_);
        }

    private:
        Idempotency* owner_;
        std::string id_;
    };

    Task<std::optional<Turn>> enter(std::string id, UnixMillis deadline_ms);
    void leave(const std::string& id);
    IdempotencyRecord begun(const Asked& asked, std::uint64_t expired_version);
    Task<std::optional<Response>> finish(std::string id, std::string attempt, Response answered);
    Task<Response> tell_again(const Route& route, RequestContext context, IdempotencyRecord record);

    Store& store_;
    Executor& executor_;
    const Clock& clock_;
    const IdempotencySettings settings_;
    std::mutex mutex_;
    std::map<std::string, std::vector<Completion<bool>>> at_work_;  ///< by record id: those that wait their turn
};

}  // namespace treasurer::http
