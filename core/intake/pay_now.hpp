/// Commit A and what follows in this process: the payment is sent, and the caller waits for its end for a while.
#pragma once

#include "intake/effect.hpp"
#include "intake/submission.hpp"
#include "payments/runner.hpp"
#include "policy/policy.hpp"

namespace treasurer::intake {

/// `unit` holds everything that becomes true with Commit A but the payment's own part, and `known.payment` the prepared
/// payment. Once that is held at least `left` must be available still, in its asset: what other payments took
/// since it was judged counts (policy::least_left). Returns `known` with how payment and invoice stand after at most
/// `wait`; without effect, as they would be right after Commit A.
///
/// Errors: conflict  something the decision rests on has changed: decide again
///         others    nothing is known to be stored; if it was, this host finds out and goes on by itself
Task<atr::Result<SubmitResult>> pay_now(Store& store, payments::Saga& saga, payments::Runner& runner, UnitOfWork unit,
                                        SubmitResult known, atr::Decimal left, Millis wait, Effect effect);

/// Why the funds do not cover what the rail may take for this prepared payment, fees included; empty: they do.
std::string shortage(const Payment& prepared, const policy::Facts& facts);

}  // namespace treasurer::intake
