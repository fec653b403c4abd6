/// One client connection: reads requests one after another, hands each to the handler, writes the answers in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/bytes.hpp"
#include "http/connection_caps.hpp"
#include "http/connection_context.hpp"
#include "http/output_buffer.hpp"
#include "http/read_ahead.hpp"
#include "http/request_reader.hpp"
#include "http/response_writer.hpp"
#include "http/unique_fd.hpp"

namespace treasurer::http {

/// Knows its socket, but no poller: after each event the transport asks what it wants to be told next.
/// Threads: the transport thread's alone, to its end; responders only hold a weak pointer that they never lock.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Connection(std::uint64_t id, Arrival arrival, ConnectionContext& context);

    void on_readable(std::span<char> scratch);
    void on_writable();
    void on_hangup() { phase_ = Phase::finished; }
    /// `exchange` tells an answer that is still wanted from one that is not; nullopt is a responder dropped unanswered.
    /// Leaves in `response` what it has no use for any more.
    void on_answer(std::uint64_t exchange, std::optional<Response>&& response);
    /// Handles the request that waited for the connection's turn.
    void on_turn();
    void on_drain();
    void on_stream_news();
    /// Ends what waits longer than it may; nothing before deadline().
    void on_time();

    std::uint64_t id() const { return id_; }
    int socket() const { return socket_.get(); }
    bool is_finished() const { return phase_ == Phase::finished; }
    bool is_queued() const { return phase_ == Phase::queued; }
    bool is_streaming() const { return phase_ == Phase::streaming; }
    bool wants_read() const;
    bool wants_write() const { return !output_.empty(); }
    /// When on_time() is due; to be asked after each event.
    TimePoint deadline();

private:
    enum class Phase {
        reading,    ///< for the next request
        queued,     ///< has read one, which waits for its turn
        waiting,    ///< for the answer
        streaming,  ///< the answer, as its content comes
        closing,    ///< writing the last answer
        lingering,  ///< all written; reading and dropping until the client closes, so that it gets the last answer
        finished,
    };
    /// What the connection waits for, each with its own limit.
    enum class Wait { nothing, first_byte, next_request, head, body, write, client_close };

    std::size_t most_to_read(std::size_t room) const;
    void discard(std::span<char> scratch);
    void advance(std::string_view& input);
    void advance_unread();
    void end_of_input();
    void judge_head(bool body_is_at_hand);
    void handle_in_turn();
    bool is_prompt();
    void dispatch(Request&& request);
    void answer(std::uint64_t exchange, std::optional<Response>&& response);
    void refuse(const Refusal& refusal);
    void write(Response&& response);
    void begin_stream(std::shared_ptr<ResponseStream> stream);
    void pump_stream();
    void append_part(std::shared_ptr<const StreamPart> part);
    void end_stream();
    void flush();
    void last_answer_written();
    Responder make_responder();
    Wait current_wait() const;
    std::chrono::milliseconds allowance(Wait wait) const;
    TimePoint write_deadline() const;

    inline static thread_local Connection* in_handler_ = nullptr;

    const std::uint64_t id_;
    UniqueFd socket_;
    const std::string remote_address_;
    const ConnectionCaps::Slot slot_;
    ConnectionContext& context_;

    RequestReader reader_;
    OutputBuffer output_;
    UnsentCharge unsent_;  ///< for output_, while the client takes it slowly
    ReadAhead ahead_;      ///< of the answer in work
    Phase phase_ = Phase::reading;
    /// When the last byte of the request came, or could be read on: not before what came before it was answered.
    TimePoint received_;
    bool has_turn_ = false;
    TimePoint prompt_round_;  ///< the last round in which it was answered promptly, and how often it was then
    unsigned prompt_in_round_ = 0;
    bool input_ended_ = false;  ///< the client has said its last byte; it may still read
    Exchange exchange_;
    std::shared_ptr<ResponseStream> stream_;
    std::uint64_t exchange_number_ = 0;
    std::size_t discarded_ = 0;

    Wait wait_ = Wait::nothing;
    std::uint64_t wait_mark_ = 0;  ///< changes when the same kind of wait begins anew
    TimePoint wait_since_;
    TimePoint write_since_;  ///< when the client began to keep us waiting with what is to be written
    std::uint64_t write_from_ = 0;
};

}  // namespace treasurer::http
