/// The parts that the storage kit is made of, one file each.
#pragma once

#include "run/registry.hpp"

namespace atr::testkit {

Checks storage_record_checks();
Checks storage_batch_checks();
Checks storage_key_checks();
Checks storage_counter_checks();
Checks storage_query_checks();
Checks storage_job_checks();
Checks storage_feed_checks();
Checks storage_blob_checks();
Checks storage_durability_checks();
Checks storage_thread_checks();
Checks storage_robustness_checks();
Checks storage_model_checks();

}  // namespace atr::testkit
