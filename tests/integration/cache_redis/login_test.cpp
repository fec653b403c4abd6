/// Who may enter, and what those are told who may not.
#include "redis.hpp"

using namespace redis;

namespace {

RedisSite& site() {
    static RedisSite one("standalone");
    return one;
}

RedisSettings with_tls() {
    RedisSettings out = standalone(site());
    out.addresses = {"127.0.0.1:" + std::to_string(site().tls_port())};
    out.tls = true;
    out.tls_ca_file = site().fact("ca");
    return out;
}

atr::Error refusal(RedisSettings settings, const std::string& password = "correct-horse-9") {
    Redis redis(std::move(settings), password);
    const auto done = redis.set("k", "v");
    REQUIRE_FALSE(done);
    INFO(done.error().message);
    CHECK(done.error().message.find(password) == std::string::npos);
    return done.error();
}

}  // namespace

SCENARIO("a wrong password is named as such, and the password never said", "[redis]") {
    const auto error = refusal(standalone(site()), "wrong-horse");
    CHECK(error.outcome == Outcome::rejected);
    CHECK(error.code == ATR_E_AUTH);
    CHECK(error.message == site().address("redis") + ": Redis: user and password are refused");
    CHECK(error.vendor_code == "WRONGPASS");
}

SCENARIO("no password where one is needed is named as such", "[redis]") {
    auto settings = standalone(site());
    settings.username = settings.password = "";
    CHECK(refusal(settings).code == ATR_E_AUTH);
    CHECK(refusal(settings).vendor_code == "NOAUTH");
}

SCENARIO("a password for a server that has none is refused, instead of entering as someone else", "[redis]") {
    auto settings = standalone(site());
    settings.username = "";
    site().cli("redis", {"ACL", "SETUSER", "default", "nopass"});
    const auto error = refusal(settings);
    site().cli("redis", {"ACL", "SETUSER", "default", "resetpass", ">correct-horse-9"});
    CHECK(error.code == ATR_E_AUTH);
    CHECK(error.outcome == Outcome::rejected);
}

SCENARIO("a secret that cannot be read is named as such", "[redis]") {
    auto settings = standalone(site());
    settings.password = "secret://test/missing";
    CHECK(refusal(settings).code == ATR_E_AUTH);
}

SCENARIO("a user without the right to write reads, and is told what it may not", "[redis]") {
    auto settings = standalone(site());
    settings.username = "reader";
    Redis redis(settings);
    CHECK(redis.get("k") == "-");
    const auto done = redis.set("k", "v");
    CHECK(done.outcome() == Outcome::rejected);
    CHECK(done.error().code == ATR_E_PERMISSION);
    CHECK(done.error().message.find("'evalsha'") != std::string::npos);
    const auto foreign = [&] {
        auto other = standalone(site());
        other.prefix = "foreign:";
        Redis stranger(other);
        return stranger.look("k").error();
    }();
    CHECK(foreign.code == ATR_E_PERMISSION);
}

SCENARIO("a connection that was cut logs in again and selects its database again", "[redis]") {
    auto settings = standalone(site());
    settings.username = "";
    settings.database = 3;
    Redis redis(settings);
    REQUIRE(redis.set("k", "in 3"));
    for (int round = 0; round < 5; ++round) {
        site().cli("redis", {"CLIENT", "KILL", "TYPE", "normal"});
        CHECK(redis.get("k") == "in 3");
        site().cli("redis", {"CLIENT", "KILL", "TYPE", "normal"});
        CHECK(redis.set("k", "in 3"));
    }
    CHECK(site().cli("redis", {"-n", "3", "EXISTS", settings.prefix + "k"}) == "1\n");
    CHECK(site().cli("redis", {"-n", "0", "EXISTS", settings.prefix + "k"}) == "0\n");
}

SCENARIO("a password that was rotated is used from the next connection on", "[redis]") {
    Redis redis(standalone(site()));
    REQUIRE(redis.set("k", "v"));
    site().cli("redis", {"ACL", "SETUSER", "treasurer", "resetpass", ">new-horse"});
    redis.host.secrets[password_reference] = "new-horse";
    site().cli("redis", {"CLIENT", "KILL", "USER", "treasurer"});
    CHECK(redis.get("k") == "v");
    site().cli("redis", {"ACL", "SETUSER", "treasurer", "resetpass", ">correct-horse-9"});
}

SCENARIO("through TLS everything is as without", "[redis]") {
    Redis redis(with_tls());
    REQUIRE(redis.set("k", std::string(900'000, 'x'), 3));
    CHECK(redis.get("k") == std::string(900'000, 'x'));
    CHECK(redis.incr("n").value().value == 1);
    Ear ear(redis);
    REQUIRE(redis.publish("c", std::string(500'000, 'y')));
    CHECK(ear.hears(std::string(500'000, 'y')));
    site().cli("redis", {"CLIENT", "KILL", "TYPE", "normal"});
    CHECK(redis.get("n") == "1");
}

SCENARIO("TLS trusts only who it was told to", "[redis]") {
    auto settings = with_tls();
    GIVEN("a certificate of another authority") {
        settings.tls_ca_file = site().fact("other_ca");
        const auto error = refusal(settings);
        CHECK(error.code == ATR_E_AUTH);
        CHECK(error.outcome == Outcome::rejected);
        CHECK(error.message.find("certificate") != std::string::npos);
    }
    GIVEN("none of the machine's authorities") {
        settings.tls_ca_file = "";
        CHECK(refusal(settings).code == ATR_E_AUTH);
    }
    GIVEN("a certificate for another name") {
        settings.tls_server_name = "elsewhere.example";
        const auto error = refusal(settings);
        CHECK(error.code == ATR_E_AUTH);
        CHECK(error.message.find("hostname mismatch") != std::string::npos);
    }
    GIVEN("its right name, which is not its address") {
        settings.tls_server_name = "localhost";
        Redis redis(settings);
        CHECK(redis.set("k", "v"));
    }
    GIVEN("a server that speaks no TLS") {
        settings.addresses = {site().address("redis")};
        settings.connect_timeout = Millis(300);
        CHECK(refusal(settings).outcome == Outcome::retry);
    }
    GIVEN("a plain client at the TLS port") {
        auto plain = standalone(site());
        plain.addresses = settings.addresses;
        CHECK(refusal(plain).outcome == Outcome::retry);
    }
}

SCENARIO("where the server wants a client's certificate, ours is shown", "[redis]") {
    site().cli("redis", {"CONFIG", "SET", "tls-auth-clients", "yes"});
    auto settings = with_tls();
    CHECK(refusal(settings).outcome == Outcome::retry);
    settings.tls_cert_file = site().fact("certificate");
    settings.tls_key_file = site().fact("key");
    {
        Redis redis(settings);
        CHECK(redis.set("k", "v"));
    }
    site().cli("redis", {"CONFIG", "SET", "tls-auth-clients", "optional"});
}

SCENARIO("TLS files that cannot be read are a fault of the configuration", "[redis]") {
    support::FakeHost host;
    for (const auto& spoil : std::vector<std::function<void(RedisSettings&)>>{
             [](auto& s) { s.tls_ca_file = "/nowhere/ca.crt"; },
             [](auto& s) { s.tls_cert_file = s.tls_key_file = "/nowhere/client.crt"; },
             [](auto& s) {
                 s.tls_cert_file = site().fact("certificate");
                 s.tls_key_file = site().fact("ca");
             }}) {
        auto settings = with_tls();
        spoil(settings);
        const auto made = RedisCache::create(host.host(), "cache", settings);
        REQUIRE_FALSE(made);
        CHECK(made.error().code == ATR_E_CONFIG);
        CHECK(made.error().message.find("setting 'tls_") == 0);
    }
}

SCENARIO("a server that answers and refuses our keys is not healthy, and says what to set", "[redis]") {
    struct Row {
        const char *taken, *given, *refused;
    };
    const auto row = GENERATE(Row{"-get", "+get", "GET"}, Row{"-evalsha", "+evalsha", "EVALSHA"},
                              Row{"-set", "+set", "SET"}, Row{"resetkeys", "~at:*", "GET"});
    INFO(row.taken);
    const auto settings = standalone(site());
    Redis redis(settings);
    REQUIRE(redis.tried_health());
    site().cli("redis", {"ACL", "SETUSER", "treasurer", row.taken});
    const auto refused = redis.tried_health();
    site().cli("redis", {"ACL", "SETUSER", "treasurer", row.given});
    REQUIRE_FALSE(refused);
    INFO(refused.error().message);
    CHECK(refused.error().code == ATR_E_PERMISSION);
    CHECK(refused.error().message.find(row.refused) != std::string::npos);
    CHECK(refused.error().message.find("'treasurer' the keys ~" + settings.prefix + "*") != std::string::npos);
    CHECK(redis.tried_health());
}
