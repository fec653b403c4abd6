/// A complete, scanned head split into its parts by Boost.Beast, and what it says about the body that follows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace treasurer::http {

enum class BodyFraming { none, length, chunked };

struct BodyPlan {
    BodyFraming framing = BodyFraming::none;
    std::uint64_t length = 0;        ///< bytes, with BodyFraming::length
    bool continue_expected = false;  ///< the client waits for 100 Continue before it sends the body
};

/// Reads `head` (request line up to and with the empty line, as HeadScanner let it pass) into `request` and `plan`.
/// Refuses what the line grammar cannot see: versions, Host, targets, and any doubt about where the body ends.
std::optional<Refusal> parse_head(std::string_view head, Request& request, BodyPlan& plan);

}  // namespace treasurer::http
