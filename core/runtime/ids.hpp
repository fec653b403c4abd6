/// UUIDv7 identifiers (RFC 9562): sortable by the time they were made.
#pragma once

#include <string>
#include <string_view>

#include "runtime/clock.hpp"
#include "runtime/random.hpp"

namespace treasurer {

/// Threads: any.
class Ids {
public:
    Ids(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
    /// "0192d4e0-7c1a-7cc3-98c4-dc0c0c07398f"
    std::string next();

private:
    const Clock& clock_;
    Random& random_;
};

/// When an id of Ids was made.
UnixMillis id_time(std::string_view id);
/// The 32 hex digits of an id: the form shown to payment rails.
std::string id_digits(std::string_view id);
/// The id with its hyphens back.
std::string id_from_digits(std::string_view digits);
/// True for what Ids makes: 8-4-4-4-12 lower-case hex digits, of version 7.
bool is_id(std::string_view text);

}  // namespace treasurer
