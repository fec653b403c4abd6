#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "http/problem.hpp"

namespace treasurer::http {
namespace {

/// Answers to pipelined requests are gathered up to here before they are written.
constexpr std::size_t kGatherBytes = 16 * kKiB;
/// Requests that are answered at once, of one connection in one round: who sends more waits as others do.
constexpr unsigned kPromptInARound = 8;

}  // namespace

Connection::Connection(std::uint64_t id, Arrival arrival, ConnectionContext& context)
    : id_(id),
      socket_(std::move(arrival.socket)),
      remote_address_(std::move(arrival.remote_address)),
      slot_(std::move(arrival.slot)),
      context_(context),
      reader_(context.settings.limits),
      received_(context.now),
      wait_since_(context.now) {}

bool Connection::wants_read() const {
    if (input_ended_) return false;
    if (phase_ == Phase::lingering) return true;
    return phase_ != Phase::closing && ahead_.size() < context_.settings.max_pipelined_bytes;
}

/// A body as much as there is; otherwise what may have to be kept.
std::size_t Connection::most_to_read(std::size_t room) const {
    if (phase_ == Phase::reading && reader_.stage() == RequestReader::Stage::body) return room;
    return std::min(room, context_.settings.max_pipelined_bytes - ahead_.size());
}

void Connection::on_readable(std::span<char> scratch) {
    if (phase_ == Phase::lingering) return discard(scratch);
    if (!wants_read()) return;
    const auto received = ::recv(socket_.get(), scratch.data(), most_to_read(scratch.size()), 0);
    if (received < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) phase_ = Phase::finished;
        return;
    }
    input_ended_ = received == 0;
    // Who listens no more has left; without this the connection would stay until something is written to it.
    if (input_ended_ && phase_ == Phase::streaming) {
        phase_ = Phase::finished;
        return;
    }
    const std::string_view arrived(scratch.data(), static_cast<std::size_t>(received));
    if (phase_ == Phase::reading && ahead_.empty()) {
        received_ = context_.now;
        auto rest = arrived;
        advance(rest);
        ahead_.add(rest, context_.now);
    } else {
        ahead_.add(arrived, context_.now);
        advance_unread();
    }
}

void Connection::advance_unread() {
    auto rest = ahead_.rest();
    advance(rest);
    ahead_.keep(rest.size());
}

/// Reads and dispatches until the input is used up, an answer must be waited for, or the client must take some first.
void Connection::advance(std::string_view& input) {
    while (phase_ == Phase::reading) {
        if (input.empty()) {
            if (input_ended_) end_of_input();
            break;
        }
        if (output_.size() > kGatherBytes) {
            flush();
            if (!output_.empty()) return;
        }
        const auto progress = reader_.read(input);
        input.remove_prefix(progress.taken);
        received_ = ahead_.came(input.size(), received_);
        switch (progress.step) {
            case RequestReader::Step::need_more:
            case RequestReader::Step::send_continue:
                break;
            case RequestReader::Step::head:
                judge_head(!input.empty());
                break;
            case RequestReader::Step::request:
                handle_in_turn();
                break;
            case RequestReader::Step::refused:
                refuse(reader_.refusal());
                break;
        }
    }
    if (phase_ == Phase::closing || phase_ == Phase::lingering || phase_ == Phase::finished) input = {};
    flush();
}

/// A body that is not wanted is not waited for: the handler refuses the request as it is.
void Connection::judge_head(bool body_is_at_hand) {
    BodyLeave leave;
    if (context_.body_judge) leave = context_.body_judge(reader_.partial(), reader_.plan().length, remote_address_);
    if (!leave.is_given) return dispatch(reader_.take_without_body());
    const auto& budget = context_.body_budgets.of(leave.share);
    // Strangers that there is no room for are told so where they are counted; a key is known by then, and comes again.
    const bool is_strangers = leave.share != BodyShare::signed_in;
    if (is_strangers && !budget->could_take(std::max<std::uint64_t>(reader_.plan().length, 1)))
        return dispatch(reader_.take_without_body());
    const auto step = reader_.admit_body(leave.max_bytes, budget);
    if (step == RequestReader::Step::refused) return refuse(reader_.refusal());
    const bool wants_to_be_told = step == RequestReader::Step::send_continue && !body_is_at_hand;
    if (wants_to_be_told) output_.tail().append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::end_of_input() {
    if (reader_.stage() == RequestReader::Stage::idle) {
        phase_ = Phase::closing;
    } else {
        refuse({400, "incomplete_request", "The connection ended before the request was complete."});
    }
}

/// A connection that sent many requests at once has one turn for each, but for those that are prompt: what is refused
/// because it came too late uses up no turn.
void Connection::handle_in_turn() {
    if (is_prompt() || std::exchange(has_turn_, false)) return dispatch(reader_.take());
    phase_ = Phase::queued;
    context_.in_turn.push_back(weak_from_this());
}

bool Connection::is_prompt() {
    if (!context_.prompt) return true;
    if (std::exchange(prompt_round_, context_.now) != context_.now) prompt_in_round_ = 0;
    if (prompt_in_round_ == kPromptInARound) return false;
    const bool is_prompt = context_.prompt(reader_.partial(), context_.now - received_);
    if (is_prompt) ++prompt_in_round_;
    return is_prompt;
}

void Connection::on_turn() {
    if (phase_ != Phase::queued) return;
    has_turn_ = true;
    handle_in_turn();
    advance_unread();
    has_turn_ = false;
}

void Connection::dispatch(Request&& request) {
    exchange_.request_id = context_.request_ids.choose(request.headers.find("X-Request-ID"), context_.wall_now);
    exchange_.version = request.version;
    exchange_.is_head = request.method == "HEAD";
    exchange_.keep_alive = request.keep_alive && !context_.is_draining;
    exchange_number_ = ++context_.exchanges;
    request.request_id = exchange_.request_id;
    request.remote_address = remote_address_;
    request.arrival = received_;
    phase_ = Phase::waiting;
    EdgeCounters::count(context_.counters.requests);
    in_handler_ = this;
    try {
        context_.handler(std::move(request), make_responder());
    } catch (...) {
        answer(exchange_number_, std::nullopt);
    }
    in_handler_ = nullptr;
}

Responder Connection::make_responder() {
    return Responder([connection = weak_from_this(), mailbox = context_.mailbox,
                      exchange = exchange_number_](std::optional<Response> response) {
        if (in_handler_ != nullptr && in_handler_->context_.mailbox == mailbox &&
            in_handler_->exchange_number_ == exchange) {
            in_handler_->answer(exchange, std::move(response));
        } else {
            mailbox->post(LateAnswer{connection, exchange, std::move(response)});
        }
    });
}

void Connection::on_answer(std::uint64_t exchange, std::optional<Response>&& response) {
    answer(exchange, std::move(response));
    ahead_.renew(context_.now);
    advance_unread();
}

void Connection::answer(std::uint64_t exchange, std::optional<Response>&& response) {
    if (phase_ != Phase::waiting || exchange != exchange_number_) {
        return EdgeCounters::count(context_.counters.late_answers);
    }
    if (!response) {
        EdgeCounters::count(context_.counters.handler_failures);
        response =
            problem_response(500, "internal_error", "The server could not answer this request.", exchange_.request_id);
    }
    const bool ends_by_closing = response->stream && exchange_.version == 10;
    exchange_.keep_alive = exchange_.keep_alive && !response->close && !context_.is_draining && !ends_by_closing;
    phase_ = exchange_.keep_alive ? Phase::reading : Phase::closing;
    write(std::move(*response));
    if (response->stream && has_content(response->status) && !exchange_.is_head)
        begin_stream(std::move(response->stream));
}

void Connection::begin_stream(std::shared_ptr<ResponseStream> stream) {
    stream_ = std::move(stream);
    phase_ = Phase::streaming;
    if (context_.is_draining) return end_stream();
    pump_stream();
}

/// Sends what there is, as far as the client takes it; the rest stays where all listeners share it.
void Connection::pump_stream() {
    while (phase_ == Phase::streaming) {
        if (output_.size() >= context_.settings.max_unsent_bytes) flush();
        if (phase_ != Phase::streaming || output_.size() >= context_.settings.max_unsent_bytes) return;
        auto part = stream_->next(context_.now);
        if (!part) break;
        append_part(std::move(part));
    }
    if (phase_ == Phase::streaming && stream_->has_ended()) return end_stream();
    flush();
}

void Connection::append_part(std::shared_ptr<const StreamPart> part) {
    if (exchange_.version == 10) {
        output_.append(std::string(part->content()));
    } else {
        output_.append_shared(StreamPart::framed(std::move(part)));
    }
}

void Connection::end_stream() {
    // A draining host gives at once what it would have given in the end.
    if (context_.is_draining && !stream_->has_ended())
        if (auto last = stream_->next(TimePoint::max())) append_part(std::move(last));
    stream_.reset();
    if (exchange_.version != 10) output_.tail().append("0\r\n\r\n");
    exchange_.keep_alive = exchange_.keep_alive && !context_.is_draining;
    phase_ = exchange_.keep_alive ? Phase::reading : Phase::closing;
    flush();
}

void Connection::on_stream_news() {
    pump_stream();
    ahead_.renew(context_.now);
    advance_unread();
}

void Connection::refuse(const Refusal& refusal) {
    EdgeCounters::count(context_.counters.refused);
    const auto& request = reader_.partial();
    exchange_ = {.request_id = context_.request_ids.choose(request.headers.find("X-Request-ID"), context_.wall_now),
                 .version = 11,
                 .is_head = request.method == "HEAD",
                 .keep_alive = false};
    auto response = problem_response(refusal.status, refusal.code, refusal.detail, exchange_.request_id);
    if (refusal.retry_after_s > 0) response.headers.add("Retry-After", std::to_string(refusal.retry_after_s));
    phase_ = Phase::closing;
    write(std::move(response));
}

void Connection::write(Response&& response) {
    context_.writer.write(std::move(response), exchange_, std::chrono::system_clock::to_time_t(context_.wall_now),
                          output_);
}

void Connection::flush() {
    if (phase_ == Phase::finished) return;
    const auto outcome = output_.flush(socket_.get());
    if (outcome == OutputBuffer::Flush::broken) {
        phase_ = Phase::finished;
    } else if (outcome == OutputBuffer::Flush::blocked) {
        if (unsent_.cover(context_.unsent_budget, slot_.address(), output_.own_bytes())) return;
        EdgeCounters::count(context_.counters.slow_readers);
        phase_ = Phase::finished;
    } else {
        unsent_.release();
        if (phase_ == Phase::closing) last_answer_written();
    }
}

/// Closing with unread input makes the kernel reset the connection, and the client may lose the answer. So only our
/// half is closed, and what still comes is dropped for a while.
void Connection::last_answer_written() {
    ::shutdown(socket_.get(), SHUT_WR);
    phase_ = input_ended_ ? Phase::finished : Phase::lingering;
}

void Connection::discard(std::span<char> scratch) {
    const auto received = ::recv(socket_.get(), scratch.data(), scratch.size(), 0);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (received > 0) discarded_ += static_cast<std::size_t>(received);
    if (received <= 0 || discarded_ > context_.settings.limits.max_body_bytes) phase_ = Phase::finished;
}

void Connection::on_writable() {
    flush();
    if (phase_ == Phase::streaming) pump_stream();
    if (!output_.empty()) return;
    ahead_.renew(context_.now);
    advance_unread();
    if (!context_.is_draining || phase_ != Phase::reading || reader_.stage() != RequestReader::Stage::idle) return;
    phase_ = Phase::closing;
    flush();
}

void Connection::on_drain() {
    if (phase_ == Phase::reading && reader_.stage() == RequestReader::Stage::idle && output_.empty()) {
        phase_ = Phase::finished;
    } else if (phase_ == Phase::streaming) {
        end_stream();
    }
}

Connection::Wait Connection::current_wait() const {
    if (phase_ == Phase::lingering) return Wait::client_close;
    if (!output_.empty()) return Wait::write;
    if (phase_ != Phase::reading) return Wait::nothing;
    switch (reader_.stage()) {
        case RequestReader::Stage::idle:
            return exchange_number_ == 0 ? Wait::first_byte : Wait::next_request;
        case RequestReader::Stage::head:
            return Wait::head;
        case RequestReader::Stage::body:
            return Wait::body;
        case RequestReader::Stage::complete:
        case RequestReader::Stage::refused:
            break;
    }
    return Wait::nothing;
}

std::chrono::milliseconds Connection::allowance(Wait wait) const {
    const auto& settings = context_.settings;
    switch (wait) {
        case Wait::first_byte:
        case Wait::head:
            return settings.header_timeout;
        case Wait::next_request:
            return settings.idle_timeout;
        case Wait::body:
            return settings.body_timeout +
                   std::chrono::milliseconds(reader_.body_bytes() * 1000 / settings.body_bytes_per_second);
        case Wait::write:
            return settings.write_timeout;
        case Wait::client_close:
            return settings.linger_timeout;
        case Wait::nothing:
            break;
    }
    return std::chrono::milliseconds::max();
}

/// A byte now and then keeps nobody's answer in memory: what is taken earns its time, as with bodies.
Connection::TimePoint Connection::write_deadline() const {
    const auto& settings = context_.settings;
    const auto taken = output_.written() - write_from_;
    return write_since_ + settings.write_timeout +
           std::chrono::milliseconds(taken * 1000 / settings.write_bytes_per_second);
}

Connection::TimePoint Connection::deadline() {
    const auto wait = current_wait();
    const auto mark = wait == Wait::write ? output_.written() : exchange_number_;
    if (wait != wait_ || mark != wait_mark_) {
        // A first head counts from connecting: whoever dawdles before its first byte has that much less for the rest.
        const bool goes_on = wait_ == Wait::first_byte && wait == Wait::head;
        if (!goes_on) wait_since_ = context_.now;
        if (wait == Wait::write && wait_ != Wait::write) {
            write_since_ = context_.now;
            write_from_ = mark;
        }
        wait_ = wait;
        wait_mark_ = mark;
    }
    const bool asks_stream = phase_ == Phase::streaming && output_.size() < context_.settings.max_unsent_bytes;
    const auto stream_due = asks_stream ? stream_->due() : TimePoint::max();
    if (wait == Wait::nothing) return stream_due;
    const auto due = wait_since_ + allowance(wait);
    return wait == Wait::write ? std::min({due, write_deadline(), stream_due}) : due;
}

void Connection::on_time() {
    if (phase_ == Phase::streaming) on_stream_news();
    if (context_.now < deadline()) return;
    if (wait_ != Wait::next_request && wait_ != Wait::client_close) EdgeCounters::count(context_.counters.timed_out);
    if (wait_ == Wait::head || wait_ == Wait::body) {
        refuse({408, "request_timeout", "The request did not arrive in time."});
        flush();
    } else {
        phase_ = Phase::finished;
    }
}

}  // namespace treasurer::http
