#include "http/edge.hpp"

#include <pistache/reactor.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "http/acceptor.hpp"
#include "http/body_budget.hpp"
#include "http/connection_caps.hpp"
#include "http/edge_transport.hpp"

namespace treasurer::http {
namespace {

using Pistache::Aio::AsyncContext;
using Pistache::Aio::Reactor;

/// Ends the reactor's threads; its destructor joins them. (Pistache 0.0.5 leaves one eventfd open for each of them,
/// which matters to a process that starts edges by the hundred, and to no other.)
void end(std::shared_ptr<Reactor>& reactor) {
    if (reactor) reactor->shutdown();
    reactor.reset();
}

}  // namespace

/// What changes something without a sign-in takes no larger body.
constexpr std::size_t kOpenBodyBytes = 16 * 1024;

/// At least one body always fits a share.
BodyBudgets budgets_of(const EdgeSettings& settings) {
    const auto whole = std::make_shared<BodyBudget>(settings.body_budget_bytes);
    const auto share = [&](std::size_t one_body) {
        return std::make_shared<BodyBudget>(std::max(settings.body_budget_bytes / settings.strangers_part, one_body),
                                            whole);
    };
    return {whole, share(std::min(settings.limits.max_body_bytes, settings.body_budget_bytes)), share(kOpenBodyBytes)};
}

/// Threads and sockets. Members that others refer to stand first, so that they go last.
struct Edge::Running {
    Running(const EdgeSettings& settings, const Handler& handler, const BodyJudge& judge, const Prompt& prompt)
        : caps(settings.max_connections, settings.max_connections_per_address),
          parts{settings,
                handler,
                judge,
                prompt,
                budgets_of(settings),
                std::make_shared<UnsentBudget>(settings.unsent_budget_bytes, settings.unsent_bytes_per_address)} {}

    void serve(int threads);
    void accept();
    void stop_accepting();

    ConnectionCaps caps;
    std::atomic<std::uint64_t> turned_away{0};
    EdgeParts parts;
    Listening listening;
    std::vector<std::shared_ptr<EdgeTransport>> transports;
    std::shared_ptr<Reactor> transport_reactor;
    std::shared_ptr<Reactor> accept_reactor;
};

void Edge::Running::serve(int threads) {
    transport_reactor = Reactor::create();
    transport_reactor->init(AsyncContext(static_cast<std::size_t>(threads), "edge"));
    const auto key = transport_reactor->addHandler(std::make_shared<EdgeTransport>(parts));
    for (const auto& handler : transport_reactor->handlers(key)) {
        transports.push_back(std::static_pointer_cast<EdgeTransport>(handler));
    }
    transport_reactor->run();
    for (const auto& transport : transports) transport->mailbox().wake();  // each looks whether it runs before others
}

void Edge::Running::accept() {
    accept_reactor = Reactor::create();
    accept_reactor->init(AsyncContext(1, "edge-accept"));
    const auto in_turn = [this, next = std::size_t{0}](Arrival arrival) mutable {
        transports[next++ % transports.size()]->mailbox().post(std::move(arrival));
    };
    accept_reactor->addHandler(
        std::make_shared<Acceptor>(Acceptor::Parts{listening.socket.get(), caps, in_turn, turned_away}));
    accept_reactor->run();
}

void Edge::Running::stop_accepting() {
    end(accept_reactor);
    listening.socket.reset();
}

Edge::Edge(EdgeSettings settings, Handler handler, BodyJudge judge, Prompt prompt)
    : settings_(std::move(settings)),
      handler_(std::move(handler)),
      judge_(std::move(judge)),
      prompt_(std::move(prompt)),
      running_(std::make_unique<Running>(settings_, handler_, judge_, prompt_)) {}

Edge::~Edge() {
    stop();
}

atr::Result<> Edge::start() {
    if (settings_.threads < 1) return atr::rejected(ATR_E_CONFIG, "the HTTP edge needs at least one thread");
    auto listening = listen_on(settings_.address, settings_.port);
    if (!listening) return std::move(listening.error());
    running_->listening = std::move(*listening);
    try {
        running_->serve(settings_.threads);
        running_->accept();
    } catch (const std::exception& error) {
        stop();
        return atr::rejected(ATR_E_INTERNAL, std::string("cannot start the HTTP edge: ") + error.what());
    }
    return {};
}

std::uint16_t Edge::port() const {
    return running_->listening.port;
}

bool Edge::drain(std::chrono::milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    running_->stop_accepting();
    for (const auto& transport : running_->transports) transport->mailbox().post(DrainWish{});
    const bool all_finished = running_->caps.wait_until_none(deadline);
    stop();
    return all_finished;
}

void Edge::stop() {
    running_->stop_accepting();
    end(running_->transport_reactor);
    for (const auto& transport : running_->transports) transport->end();
}

void Edge::wake_streams() {
    for (const auto& transport : running_->transports) transport->mailbox().post(StreamNews{});
}

EdgeStats Edge::stats() const {
    EdgeStats stats;
    stats.open_connections = running_->caps.open();
    stats.body_bytes_in_flight = running_->parts.body_budgets.whole->used();
    stats.turned_away = running_->turned_away.load(std::memory_order_relaxed);
    for (const auto& transport : running_->transports) {
        const auto& counters = transport->counters();
        stats.letters += transport->mailbox().waiting();
        stats.accepted += counters.accepted.load(std::memory_order_relaxed);
        stats.requests += counters.requests.load(std::memory_order_relaxed);
        stats.refused += counters.refused.load(std::memory_order_relaxed);
        stats.slow_readers += counters.slow_readers.load(std::memory_order_relaxed);
        stats.timed_out += counters.timed_out.load(std::memory_order_relaxed);
        stats.handler_failures += counters.handler_failures.load(std::memory_order_relaxed);
        stats.real_time_threads += counters.is_real_time.load(std::memory_order_relaxed);
        stats.open_streams += counters.open_streams.load(std::memory_order_relaxed);
        stats.late_answers += counters.late_answers.load(std::memory_order_relaxed);
    }
    return stats;
}

}  // namespace treasurer::http
