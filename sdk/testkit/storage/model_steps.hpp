/// Random steps against a store, as data: they can be shown, replayed, and taken away until only what matters is left.
#pragma once

#include <atr/storage.hpp>
#include <random>
#include <string>
#include <vector>

namespace atr::testkit {

/// An op that names its lease as "the one the job has now" instead of by a token no one knows beforehand.
struct StepOp {
    atr::Op op;
    bool holds_lease = false;
};

struct StepBatch {
    std::vector<StepOp> ops;
    std::string key, fingerprint;
};

struct Step {
    enum class What { commit, lease, compare } what = What::compare;
    std::vector<StepBatch> batches = {};
    std::uint32_t max = 1;  ///< of a lease, and records a page of a comparison
    bool descending = false;
};

std::vector<Step> random_steps(std::mt19937_64& random, int count);

/// One line a step.
std::string to_text(const Step& step);

}  // namespace atr::testkit
