#include <iterator>

#include "storage/tables.hpp"

namespace atr::testkit {

Checks storage_checks() {
    Checks out;
    for (auto* part :
         {storage_record_checks, storage_batch_checks, storage_key_checks, storage_counter_checks, storage_query_checks,
          storage_job_checks, storage_feed_checks, storage_blob_checks, storage_durability_checks, storage_model_checks,
          storage_thread_checks, storage_robustness_checks}) {
        auto some = part();
        std::move(some.begin(), some.end(), std::back_inserter(out));
    }
    return out;
}

}  // namespace atr::testkit
