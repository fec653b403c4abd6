/// What an approval is bound to: whoever decides has seen that, and nothing else.
#pragma once

#include "records/approval.hpp"
#include "records/payment.hpp"

#include <string>

namespace treasurer::intake {

/// Of payee, amount, asset and rail.
std::string payload_hash(const Payment& payment);

/// What `asked`, an approval of `before`, is bound to when `now` would be paid, and the person is `told` more than was
/// asked before; empty: nothing. An approval that was told of anything once never has a hash again that it had.
std::string payload_hash_anew(const Approval& asked, const Payment& before, const Payment& now,
                              const std::string& told);

}  // namespace treasurer::intake
