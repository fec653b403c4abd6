#include "connection.hpp"

#include <array>

#include "errors.hpp"

namespace cache_redis {

namespace {

/// What a failed greeting is to the caller, whose own command was never sent.
atr::Error before_the_call(atr::Error error, const Endpoint& endpoint) {
    if (error.outcome == atr::Outcome::unknown) error.outcome = atr::Outcome::retry;
    if (!error.message.starts_with(endpoint.text())) error.message = endpoint.text() + ": " + error.message;
    return error;
}

}  // namespace

atr::Result<std::unique_ptr<Connection>> Connection::open(const Endpoint& endpoint, const Login& login,
                                                          const TlsContext* tls, const atr::Host& host,
                                                          std::size_t max_reply_bytes, Deadline deadline) {
    std::string password;
    if (!login.password_secret.empty()) {
        auto secret = host.secret(login.password_secret);
        if (!secret) return atr::rejected(ATR_E_AUTH, "the password for Redis: " + secret.error().message);
        password = std::move(*secret);
    }
    auto stream = Stream::connect(endpoint, tls, deadline);
    if (!stream) return stream.error();
    std::unique_ptr<Connection> out(new Connection(std::move(*stream), max_reply_bytes));
    if (const auto entered = out->enter(login, password, deadline); !entered)
        return before_the_call(entered.error(), endpoint);
    return out;
}

/// One round trip. A server that does not let us name the connection is no reason to stay away.
atr::Result<> Connection::enter(const Login& login, const std::string& password, Deadline deadline) {
    enum class Step { auth, select, role, name };
    const std::string database = std::to_string(login.database);
    Commands commands;
    std::vector<Step> steps;
    const auto say = [&](Step step, const Words& words) {
        commands.add(words);
        steps.push_back(step);
    };
    if (!login.password_secret.empty()) {
        if (login.username.empty()) say(Step::auth, {"AUTH", password});
        if (!login.username.empty()) say(Step::auth, {"AUTH", login.username, password});
    }
    if (login.database != 0) say(Step::select, {"SELECT", database});
    if (login.must_be_master) say(Step::role, {"ROLE"});
    say(Step::name, {"CLIENT", "SETNAME", login.name});

    if (const auto sent = send(commands.bytes(), deadline); !sent) return sent;
    for (const Step step : steps) {
        const auto reply = receive(deadline);
        if (!reply) return reply.error();
        if (reply->is_error() && !(step == Step::name && reply->is_error("NOPERM"))) return error_of(*reply);
        if (step == Step::role && (reply->list.empty() || reply->list[0].text != "master"))
            return atr::retry(ATR_E_UNREACHABLE, "it is no master (any more)");
    }
    return {};
}

atr::Result<> Connection::send(std::string_view bytes, Deadline deadline) {
    return stream_->write(bytes, deadline);
}

atr::Result<Reply> Connection::receive(Deadline deadline) {
    for (;;) {
        auto reply = reader_.next();
        if (!reply) return reply.error();
        if (*reply) return std::move(**reply);
        std::array<char, 16 << 10> bytes;
        const auto got = stream_->read(bytes, deadline);
        if (!got) return got.error();
        reader_.feed({bytes.data(), *got});
    }
}

atr::Result<std::optional<Reply>> Connection::receive_now() {
    for (;;) {
        auto reply = reader_.next();
        if (!reply || *reply) return reply;
        std::array<char, 16 << 10> bytes;
        const auto got = stream_->read_now(bytes);
        if (!got) return got.error();
        if (*got == 0) return std::optional<Reply>();
        reader_.feed({bytes.data(), *got});
    }
}

}  // namespace cache_redis
