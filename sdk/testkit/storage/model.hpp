/// What a store must hold: the rules of atr.h in their simplest form, in memory, copied whole for every batch.
#pragma once

#include <atr/storage.hpp>
#include <map>
#include <string>
#include <utility>

namespace atr::testkit {

class Model {
public:
    struct Record {
        std::uint64_t version = 0;
        std::string body;
    };
    struct Job {
        std::string body;
        bool due = true;
        std::uint64_t token = 0;  ///< 0: not leased
        std::uint32_t attempt = 0;
    };
    struct Kept {
        std::string fingerprint;
        atr::Commit result;
    };
    struct Judged {
        atr::Outcome outcome;
        std::uint32_t losing_op = 0;
        bool replayed = false;
    };

    /// Applies the batch, or leaves all as it is.
    Judged judge(const atr::Batch& batch);
    /// After judge(): keeps what the store answered, for replays. Born leases get their tokens from it.
    void keep(const atr::Batch& batch, const atr::Commit& answer);

    std::map<std::string, Record> records;
    std::map<std::string, long long> counters;
    std::map<std::string, Job> jobs;
    std::map<std::string, Kept> keys;

private:
    bool apply(const atr::Op& op);
};

}  // namespace atr::testkit
