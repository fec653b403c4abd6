/// Seeded bugs: each breaks one rule of the code that asks for it, in a build made to show that the simulation finds
/// it (tests/simulation). In every other build the question is a constant false.
#pragma once

#include <array>
#include <string_view>

namespace treasurer {

enum class Mutation {
    none,
    resubmit_with_a_new_key,
    send_before_persisting,
    skip_the_claims,
    take_claims_from_the_living,
    void_on_a_late_rejected,
    fail_on_unknown,
    send_again_on_timeout,
    trust_the_lease_to_stop_a_sender,
    cancel_after_commit_a,
    believe_words_that_are_not_final,
    never_take_over,
    acknowledge_before_commit,
    spend_below_zero,
    keep_the_hold_of_a_void,
    book_receipts_twice,
    fill_the_cache_after_an_invalidation,
    show_less_than_own_commits,
    commit_seq_out_of_order,
    forget_a_return,
    book_a_fee_twice,
    keep_the_rest_of_a_hold,
    let_one_person_decide,
    expire_a_hold_with_a_blob,
    forget_the_key,
    repeat_outside_the_window,
    void_before_its_moment_has_passed,
    believe_a_cancel_that_is_not_final,
    give_back_the_rest_at_once,
    reschedule_by_its_own_clock,
    ignore_a_rewind,
    count_words_not_persons
};

inline constexpr std::array<std::string_view, 32> mutations = {"none",
                                                               "resubmit_with_a_new_key",
                                                               "send_before_persisting",
                                                               "skip_the_claims",
                                                               "take_claims_from_the_living",
                                                               "void_on_a_late_rejected",
                                                               "fail_on_unknown",
                                                               "send_again_on_timeout",
                                                               "trust_the_lease_to_stop_a_sender",
                                                               "cancel_after_commit_a",
                                                               "believe_words_that_are_not_final",
                                                               "never_take_over",
                                                               "acknowledge_before_commit",
                                                               "spend_below_zero",
                                                               "keep_the_hold_of_a_void",
                                                               "book_receipts_twice",
                                                               "fill_the_cache_after_an_invalidation",
                                                               "show_less_than_own_commits",
                                                               "commit_seq_out_of_order",
                                                               "forget_a_return",
                                                               "book_a_fee_twice",
                                                               "keep_the_rest_of_a_hold",
                                                               "let_one_person_decide",
                                                               "expire_a_hold_with_a_blob",
                                                               "forget_the_key",
                                                               "repeat_outside_the_window",
                                                               "void_before_its_moment_has_passed",
                                                               "believe_a_cancel_that_is_not_final",
                                                               "give_back_the_rest_at_once",
                                                               "reschedule_by_its_own_clock",
                                                               "ignore_a_rewind",
                                                               "count_words_not_persons"};

#ifdef TREASURER_MUTATIONS
/// Of this thread, and so of the world that it runs.
inline thread_local Mutation mutation_in_force = Mutation::none;
inline bool mutated(Mutation which) {
    return mutation_in_force == which;
}
#else
constexpr bool mutated(Mutation) {
    return false;
}
#endif

}  // namespace treasurer
