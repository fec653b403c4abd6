/// How large what a plugin makes was in ABI 1.0. A struct grows at its end, and a plugin of 1.0 never fills what came
/// later: asking for today's sizeof would refuse it. These numbers never change; tests/abi holds them against the
/// released header. The host reads plugins by them, and so does the conformance kit.
#pragma once

#include <atr/atr.h>

#include <cstddef>
#include <type_traits>

namespace atr {

/// Not defined for a struct that is not listed.
template <class T>
struct SizeIn10;
// clang-format off
template <> struct SizeIn10<atr_plugin> : std::integral_constant<std::size_t, 48> {};
template <> struct SizeIn10<atr_storage_copy> : std::integral_constant<std::size_t, 40> {};
template <> struct SizeIn10<atr_cache_bus> : std::integral_constant<std::size_t, 32> {};
template <> struct SizeIn10<atr_parser> : std::integral_constant<std::size_t, 24> {};
template <> struct SizeIn10<atr_record> : std::integral_constant<std::size_t, 80> {};
template <> struct SizeIn10<atr_job> : std::integral_constant<std::size_t, 72> {};
template <> struct SizeIn10<atr_field> : std::integral_constant<std::size_t, 88> {};
template <> struct SizeIn10<atr_evidence> : std::integral_constant<std::size_t, 80> {};
template <> struct SizeIn10<atr_rail_event> : std::integral_constant<std::size_t, 184> {};
template <> struct SizeIn10<atr_http_req> : std::integral_constant<std::size_t, 72> {};
template <> struct SizeIn10<atr_http_rsp> : std::integral_constant<std::size_t, 32> {};
// clang-format on

}  // namespace atr
