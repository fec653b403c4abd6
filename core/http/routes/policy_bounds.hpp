/// How far the figures of a policy go, whichever route sets them: what one of them stores, the others can read and
/// store.
#pragma once

#include "http/json_body.hpp"

namespace treasurer::http {

inline const atr::Decimal largest_limit{1'000'000'000'000'000}, longest_runway{1200};

/// Refuses the member where its value is not from 0 to `most`.
inline void refuse_beyond(JsonBody& reader, const char* name, const atr::Decimal& value, const atr::Decimal& most) {
    if (value.is_negative() || most < value) reader.refuse(name, "is not from 0 to " + most.to_string());
}

}  // namespace treasurer::http
