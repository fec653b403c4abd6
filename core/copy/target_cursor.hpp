/// What a target holds of one collection already, in the order of keys. Each page is a moment of its own, so that no
/// snapshot of the target stays open while it is written.
#pragma once

#include "copy/patient_storage.hpp"

#include <deque>
#include <string>

namespace treasurer::copy {

/// Threads: one at a time. Errors: those of the storage.
class TargetCursor {
public:
    /// `empty`: nothing is read, the target is known to hold nothing.
    TargetCursor(PatientStorage& storage, std::string collection, bool empty)
        : storage_(storage), collection_(std::move(collection)), ended_(empty) {}

    /// Makes front() the next record, reading a page when needed; false: none is left.
    Task<atr::Result<bool>> has_next();
    const atr::Record& front() const { return records_.front(); }
    void pop() { records_.pop_front(); }

private:
    PatientStorage& storage_;
    const std::string collection_;
    std::deque<atr::Record> records_;
    std::string last_key_;
    bool ended_;
};

}  // namespace treasurer::copy
