/// Every boundary of the payment saga at which a crash test may end, stop or hold the process. A test enumerates them
/// all.
#pragma once

#include <array>
#include <string_view>

namespace treasurer::payments::fault {

inline constexpr std::string_view before_commit_a = "saga.before_commit_a";
inline constexpr std::string_view after_commit_a = "saga.after_commit_a";
inline constexpr std::string_view before_submit = "saga.before_submit";
inline constexpr std::string_view after_submit = "saga.after_submit";
inline constexpr std::string_view before_park = "saga.before_park";
inline constexpr std::string_view after_park = "saga.after_park";
inline constexpr std::string_view before_commit_b = "saga.before_commit_b";
inline constexpr std::string_view after_commit_b = "saga.after_commit_b";
inline constexpr std::string_view before_lookup = "resume.before_lookup";
inline constexpr std::string_view after_lookup = "resume.after_lookup";
inline constexpr std::string_view before_resubmit = "resume.before_resubmit";
inline constexpr std::string_view after_resubmit = "resume.after_resubmit";

inline constexpr std::array<std::string_view, 12> all = {
    before_commit_a, after_commit_a, before_submit, after_submit, before_park,     after_park,
    before_commit_b, after_commit_b, before_lookup, after_lookup, before_resubmit, after_resubmit};

}  // namespace treasurer::payments::fault
