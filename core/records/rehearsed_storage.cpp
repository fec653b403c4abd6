#include "records/rehearsed_storage.hpp"

#include <atr/decimal.hpp>

#include <map>
#include <set>
#include <utility>

namespace treasurer {
namespace {

atr::Error not_rehearsed() {
    return {.outcome = atr::Outcome::unsupported, .message = "a dry run does not do this"};
}

/// A record as a batch finds it, or has left it so far.
struct Standing {
    std::uint64_t version = ATR_VER_ABSENT;
    std::string body = "0";
};
using Standings = std::map<std::pair<std::string, std::string>, Standing>;

bool is_of_a_record(const atr::Op& op) {
    return op.op == ATR_OP_CHECK || op.op == ATR_OP_PUT || op.op == ATR_OP_DELETE || op.op == ATR_OP_ADD;
}

bool is_conditional(const atr::Op& op) {
    if (op.op == ATR_OP_ADD) return !op.min.empty() || !op.max.empty();
    return is_of_a_record(op) && op.expect_version != ATR_VER_ANY;
}

/// The records that decide about it. What is written whatever is there, such as a document, is not read for it.
std::vector<atr::Key> keys_of(const atr::Batch& batch) {
    std::set<std::pair<std::string, std::string>> keys;
    for (const auto& op : batch.ops)
        if (is_conditional(op)) keys.insert({op.record.collection, op.record.key});
    std::vector<atr::Key> out;
    for (const auto& [collection, key] : keys) out.push_back({collection, key});
    return out;
}

atr::Result<> add(const atr::Op& op, Standing& at) {
    const auto before = atr::units_from_string(at.body), delta = atr::units_from_string(op.delta);
    const auto min = atr::units_from_string(op.min), max = atr::units_from_string(op.max);
    if (!before || !delta || (!min && !op.min.empty()) || (!max && !op.max.empty()))
        return atr::rejected(ATR_E_BAD_INPUT, "an ADD needs whole numbers of up to 38 digits");
    const auto sum = atr::Decimal::from_units(*before + *delta, 0);
    const auto after = sum ? sum->to_units(0) : std::nullopt;
    if (!after || (min && *after < *min) || (max && *after > *max))
        return atr::conflict(ATR_E_LIMIT_BREACHED,
                             op.record.collection + "/" + op.record.key + " would leave its bounds");
    at.body = atr::units_to_string(*after);
    return {};
}

atr::Result<std::uint64_t> apply(const atr::Op& op, Standings& all) {
    if (op.op == ATR_OP_JOB_ENQUEUE) return std::uint64_t{0};
    if (!is_of_a_record(op)) return atr::conflict(ATR_E_LEASE_LOST, "a dry run holds no lease");
    Standing& at = all[{op.record.collection, op.record.key}];
    if (op.op == ATR_OP_ADD) {
        if (const auto added = add(op, at); !added) return added.error();
        return std::uint64_t{0};
    }
    if (op.expect_version != ATR_VER_ANY && op.expect_version != at.version)
        return atr::conflict(ATR_E_UNSPEC, op.record.collection + "/" + op.record.key + " has another version");
    if (op.op == ATR_OP_PUT) ++at.version;
    if (op.op == ATR_OP_DELETE) at.version = ATR_VER_ABSENT;
    return at.version;
}

atr::Commit refused(const atr::Error& error, std::size_t op) {
    atr::Commit out;
    out.error = error;
    out.conflict_op = static_cast<std::uint32_t>(op);
    out.outcome = error.outcome == atr::Outcome::unknown ? atr::Outcome::retry : error.outcome;
    return out;
}

atr::Commit judge(const atr::Batch& batch, Standings all) {
    atr::Commit out;
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const auto applied = apply(batch.ops[i], all);
        if (!applied) return refused(applied.error(), i);
        out.versions.push_back(*applied);
    }
    out.outcome = atr::Outcome::ok;
    return out;
}

}  // namespace

Task<std::vector<atr::Commit>> RehearsedStorage::commit(Batches batches, CallOptions options) {
    std::vector<atr::Commit> out;
    for (const auto& batch : batches) {
        Standings all;
        Task<atr::Result<std::vector<atr::Record>>> reading = real_.get(keys_of(batch), options);
        const atr::Result<std::vector<atr::Record>> found = co_await reading;
        if (!found) {
            out.push_back(refused(found.error(), 0));
            continue;
        }
        for (const auto& record : *found) all[{record.collection, record.key}] = {record.version, record.body};
        out.push_back(judge(batch, std::move(all)));
    }
    co_return out;
}

Task<atr::Result<>> RehearsedStorage::migrate(atr::Schema /*schema*/, CallOptions /*options*/) {
    co_return not_rehearsed();
}

Task<atr::Result<std::vector<atr::Job>>> RehearsedStorage::lease(std::string /*queue*/, std::string /*worker*/,
                                                                 std::uint32_t /*max*/, Millis /*lease*/,
                                                                 CallOptions /*options*/) {
    co_return not_rehearsed();
}

Task<atr::Result<std::uint32_t>> RehearsedStorage::extend_leases(std::string /*worker*/, Millis /*lease*/,
                                                                 CallOptions /*options*/) {
    co_return not_rehearsed();
}

Task<atr::Result<>> RehearsedStorage::blob_put(std::string /*key*/, std::string /*bytes*/, CallOptions /*options*/) {
    co_return not_rehearsed();
}

}  // namespace treasurer
