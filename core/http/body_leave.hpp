/// What the edge asks before it reads the body of a request: whether it is wanted at all, and how much of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

#include "http/message.hpp"

namespace treasurer::http {

struct BodyLeave {
    bool is_given = true;  ///< false: the request goes to the handler without its body, to be refused there
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
    BodyShare share = BodyShare::signed_in;
};

/// Judges a request by its head alone. `announced`: bytes of the body, 0 for one in chunks; `client`: numeric address.
/// Called on the transport thread, before 100 Continue: from memory, never waiting.
using BodyJudge = std::function<BodyLeave(const Request& head, std::uint64_t announced, std::string_view client)>;

}  // namespace treasurer::http
