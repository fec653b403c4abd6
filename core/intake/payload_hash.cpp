#include "intake/payload_hash.hpp"

#include "auth/digest.hpp"
#include "records/json.hpp"

namespace treasurer::intake {

std::string payload_hash(const Payment& payment) {
    const Json payload = {{"address", payment.creditor.address},
                          {"vendor_id", payment.creditor.vendor_id},
                          {"rail", payment.rail},
                          {"amount", payment.amount.amount.to_string()},
                          {"asset", payment.amount.asset}};
    return auth::sha256_hex(dump(payload));
}

std::string payload_hash_anew(const Approval& asked, const Payment& before, const Payment& now,
                              const std::string& told) {
    const bool was_told_more = asked.payload_hash != before.payload_hash;
    if (told.empty() && !was_told_more) return now.payload_hash;
    return auth::sha256_hex(asked.payload_hash + now.payload_hash + told);
}

}  // namespace treasurer::intake
