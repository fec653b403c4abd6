/// How a check's end crosses the border between two processes of the kit.
#pragma once

#include <functional>
#include <string>

#include "base/failure.hpp"

namespace atr::testkit {

/// Runs `work` and returns its end as text: its result, a Failure or an Undeclared. Any other exception is a Failure
/// that says so.
std::string encode_end(const std::function<std::string()>& work);

/// The result in `text`, or throws what the other process threw.
std::string decode_end(const std::string& text);

}  // namespace atr::testkit
