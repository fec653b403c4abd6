#include "errors.hpp"

#include <array>

namespace cache_redis {

namespace {

struct Meaning {
    std::string_view word;
    atr::Outcome outcome;
    std::int32_t code;
    std::string_view say;  ///< instead of the server's words, where those name keys
};

constexpr std::array meanings = {
    Meaning{"WRONGPASS", atr::Outcome::rejected, ATR_E_AUTH, "user and password are refused"},
    Meaning{"NOAUTH", atr::Outcome::rejected, ATR_E_AUTH, "a password is needed and none is configured"},
    Meaning{"NOPERM", atr::Outcome::rejected, ATR_E_PERMISSION, ""},
    Meaning{"DENIED", atr::Outcome::rejected, ATR_E_AUTH, "protected mode: the server wants a password"},
    Meaning{"WRONGTYPE", atr::Outcome::rejected, ATR_E_CORRUPT, "the key holds something that is not ours"},
    Meaning{"OOM", atr::Outcome::retry, ATR_E_OVERLOADED, "its memory is full and it may evict nothing"},
    Meaning{"LOADING", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"BUSY", atr::Outcome::retry, ATR_E_OVERLOADED, ""},
    Meaning{"MASTERDOWN", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"READONLY", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"CLUSTERDOWN", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"TRYAGAIN", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"MOVED", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"ASK", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"NOREPLICAS", atr::Outcome::retry, ATR_E_UNREACHABLE, ""},
    Meaning{"MISCONF", atr::Outcome::retry, ATR_E_UNREACHABLE, "it cannot save to its disk and takes no writes"},
};

std::string word_of(const std::string& text) {
    return text.substr(0, text.find(' '));
}

}  // namespace

atr::Error error_of(const Reply& reply) {
    for (const auto& meaning : meanings) {
        if (!reply.is_error(meaning.word)) continue;
        return {.outcome = meaning.outcome,
                .code = meaning.code,
                .message = "Redis: " + (meaning.say.empty() ? reply.text : std::string(meaning.say)),
                .vendor_code = std::string(meaning.word)};
    }
    auto out = atr::rejected(ATR_E_UNSPEC, "Redis: " + reply.text);
    if (reply.text.starts_with("ERR AUTH ")) {  // a password for a server that has none
        out.code = ATR_E_AUTH;
        out.message = "Redis: a password is configured, but the server has none for this user";
    } else if (reply.text.starts_with("ERR max number of clients")) {
        out = atr::retry(ATR_E_OVERLOADED, "Redis: " + reply.text);
    } else if (reply.text.starts_with("ERR The user executing the script can't ")) {  // Redis 6 and 7.0; later NOPERM
        out.code = ATR_E_PERMISSION;
    }
    out.vendor_code = word_of(reply.text);
    return out;
}

atr::Error unexpected(std::string_view command) {
    return atr::unknown(ATR_E_CORRUPT, "Redis gave " + std::string(command) + " an answer it does not have");
}

}  // namespace cache_redis
