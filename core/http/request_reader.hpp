/// Reads requests out of a byte stream, one after another, strictly and incrementally. No sockets, clocks or threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_budget.hpp"
#include "http/body_buffer.hpp"
#include "http/bytes.hpp"
#include "http/chunked_reader.hpp"
#include "http/head_scanner.hpp"
#include "http/message.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"

namespace treasurer::http {

struct ReaderLimits {
    std::size_t max_header_bytes = 16 * kKiB;  ///< request line and all fields; also of trailers
    std::size_t max_target_bytes = 8 * kKiB;
    std::size_t max_body_bytes = 10 * kMiB;
};

/// Linear in the bytes fed, in whatever portions they come; keeps no byte that belongs to a later request.
class RequestReader {
public:
    enum class Step {
        need_more,      ///< everything offered was taken
        head,           ///< of a request with a body is complete: admit_body() or take_without_body()
        send_continue,  ///< the client waits for 100 Continue; go on reading
        request,        ///< one is complete: take()
        refused,        ///< refusal() says why; framing is lost, the stream is over
    };
    struct Progress {
        Step step;
        std::size_t taken;  ///< bytes of what was offered
    };
    enum class Stage { idle, head, body, complete, refused };

    explicit RequestReader(ReaderLimits limits);

    Progress read(std::string_view data);

    /// After Step::head: the body may come, as far as `max_bytes` and ReaderLimits allow, and is charged to `budget`.
    /// Gives need_more, send_continue or refused.
    Step admit_body(std::size_t max_bytes, std::shared_ptr<BodyBudget> budget);
    /// After Step::head: the request as far as it is known. Its body stays in the stream, which is over for the reader.
    Request take_without_body();

    /// The request that is complete; the reader is then ready for the next one.
    Request take();

    const Refusal& refusal() const { return refusal_; }
    /// What is known so far of the request being read: nothing before its head is complete.
    const Request& partial() const { return request_; }
    const BodyPlan& plan() const { return plan_; }
    Stage stage() const;
    std::size_t body_bytes() const { return body_.size(); }

private:
    Progress read_head(std::string_view data);
    Progress read_body(std::string_view data);
    Progress read_length(std::string_view data);
    Progress read_chunks(std::string_view data);
    Progress complete(std::size_t taken);
    Progress refuse(Refusal refusal, std::size_t taken);
    std::optional<Refusal> begin_body(std::size_t max_bytes, std::shared_ptr<BodyBudget> budget);
    HeadScanner new_scanner() const;

    ReaderLimits limits_;
    Stage stage_ = Stage::idle;
    HeadScanner scanner_;
    std::string head_;  ///< of a head that came in several portions
    Request request_;
    BodyPlan plan_;
    BodyBuffer body_;
    std::optional<ChunkedReader> chunks_;
    Refusal refusal_;
};

}  // namespace treasurer::http
