/// Where a storage plugin's records and jobs arrive: checked, copied, bounded in number and in bytes.
/// Threads: one call's own. Lifetime: the call.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

namespace treasurer {

/// Of one body, and of all records of one answer together; beyond them the answer is refused.
struct RecordLimits {
    std::size_t body = std::size_t{16} << 20;
    std::size_t bytes = std::size_t{64} << 20;
};

class RecordSink {
public:
    explicit RecordSink(std::size_t max_records, RecordLimits limits = {});
    RecordSink(const RecordSink&) = delete;
    RecordSink& operator=(const RecordSink&) = delete;

    const atr_record_sink* raw() const { return &raw_; }
    /// Empty, or how what arrived breaks the contract.
    const std::string& fault() const { return fault_; }
    std::vector<atr::Record> take() { return std::move(records_); }

private:
    bool accept(const atr_record* from);

    const std::size_t max_records_;
    const RecordLimits limits_;
    std::size_t bytes_ = 0;
    std::vector<atr::Record> records_;
    std::string fault_;
    atr_record_sink raw_{};
};

class JobSink {
public:
    explicit JobSink(std::size_t max_jobs);
    JobSink(const JobSink&) = delete;
    JobSink& operator=(const JobSink&) = delete;

    const atr_job_sink* raw() const { return &raw_; }
    const std::string& fault() const { return fault_; }
    std::vector<atr::Job> take() { return std::move(jobs_); }

private:
    bool accept(const atr_job* from);

    const std::size_t max_jobs_;
    std::vector<atr::Job> jobs_;
    std::string fault_;
    atr_job_sink raw_{};
};

}  // namespace treasurer
