/// Earlier attempts at an invoice that the books call unpaid, and that moved all the same.
#pragma once

#include "intake/facts_finder.hpp"

#include <set>
#include <string>
#include <vector>

namespace treasurer::intake {

/// Threads: any. Lifetime: `store` and what is given outlive the task. Errors: those of storage.
class EarlierAttempts {
public:
    explicit EarlierAttempts(Store& store) : store_(store) {}

    /// Where the rail does not agree that they are unpaid, a person decides: what to ask about `ended`, payments of
    /// invoices that hold claims of `known`, and about those whose claims a later attempt took over. Of these no claim
    /// tells any more: their invoices are found by the breaks that are kept, and known by the claims that they had.
    Task<atr::Result<std::vector<std::string>>> doubts(const Judgement& known, std::set<std::string> ended);

private:
    /// Of the breaks' `payments`, those of an earlier attempt at the invoice of `known`; and those that cannot be read.
    struct Found {
        std::set<std::string> earlier, unreadable;
    };
    Task<atr::Result<Found>> find(const Judgement& known, std::vector<std::string> payments);

    Store& store_;
};

}  // namespace treasurer::intake
