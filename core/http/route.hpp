/// A route: which requests it takes, who may send them, and what answers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/permission.hpp"
#include "http/api_problem.hpp"
#include "http/message.hpp"
#include "records/idempotency.hpp"
#include "runtime/task.hpp"

namespace treasurer::http {

/// Who may use a route.
class Access {
public:
    static Access anyone() { return Access(false, std::nullopt); }
    /// Whoever has signed in. An API key has not: it reaches what a permission names, and nothing else.
    static Access signed_in() { return Access(true, std::nullopt); }
    static Access needs(auth::Permission permission) { return Access(true, permission); }

    bool needs_sign_in() const { return needs_sign_in_; }
    std::optional<auth::Permission> permission() const { return permission_; }
    bool admits(const auth::Principal& principal) const {
        return permission_ ? principal.may(*permission_) : !needs_sign_in_ || !principal.is_key();
    }

private:
    Access(bool needs_sign_in, std::optional<auth::Permission> permission)
        : needs_sign_in_(needs_sign_in), permission_(permission) {}
    bool needs_sign_in_;
    std::optional<auth::Permission> permission_;
};

/// Everything a handler knows of its request.
struct RequestContext {
    Request request;
    auth::Principal principal;  ///< empty on a route for anyone
    std::vector<std::pair<std::string, std::string>> path_parameters = {};
    Once once = {};                ///< goes into the unit of work that has this request's effect
    std::string traceparent = {};  ///< what is asked of plugins for it is part of this trace; empty: of none

    /// The value of {name} in the route's pattern; empty for a name it has not.
    std::string_view path_parameter(std::string_view name) const {
        for (const auto& [known, value] : path_parameters)
            if (known == name) return value;
        return {};
    }
    const std::string& request_id() const { return request.request_id; }
    const std::string& client() const { return request.remote_address; }
};

inline Response respond(const Problem& problem, const RequestContext& context) {
    return respond(problem, context.request_id());
}

/// Answers on the transport thread: from memory alone, never waiting.
using SyncHandler = std::function<Response(const RequestContext&)>;
/// The same where it has the answer at hand; nullopt: the route's AsyncHandler is to find it out.
using PeekHandler = std::function<std::optional<Response>(const RequestContext&)>;
/// Answers later, on the executor. The handler object outlives its tasks; the context is the task's own.
using AsyncHandler = std::function<Task<Response>(RequestContext)>;

/// Tells again what a request has done, whose answer was not kept, from the id of its subject. The context has no body.
using Retell = std::function<Task<Response>(RequestContext, std::string subject)>;

struct Route {
    std::string method;   ///< "GET" answers HEAD too
    std::string pattern;  ///< "/api/v1/invoices/{id}": a {segment} takes any one non-empty segment
    std::string name;     ///< stable, for metrics and logs: "invoices.get"
    Access access;
    std::variant<SyncHandler, AsyncHandler> handler;
    std::size_t max_body_bytes = std::size_t{64} * 1024;
    bool is_rate_limited = true;             ///< false: neither that nor by how many requests are being worked on
    bool is_prompt = false;                  ///< handled before all that waits for its turn
    std::vector<std::string> consumes = {};  ///< media types of a body; empty: whatever the handler reads
    std::vector<std::string> produces = {};  ///< media types it can answer with; empty: no look at Accept
    /// Names that its query may have; nullopt: the handler looks for itself. A route that changes something and says
    /// nothing takes none, so that no `dry_run` is carried out.
    std::optional<std::vector<std::string>> parameters = std::nullopt;
    Retell retell = {};     ///< set where Idempotency-Key is taken: tests/unit/http_routes lists what does not, and why
    PeekHandler peek = {};  ///< asked before an AsyncHandler

    /// Also where it is not: who has to be looked up is counted all the same.
    bool may_be_limited() const { return is_rate_limited || access.needs_sign_in(); }
};

}  // namespace treasurer::http
