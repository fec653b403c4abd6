/// The times of the load generator, in the histogram of the host.
#pragma once

#include "observe/latency_histogram.hpp"

namespace treasurer::bench {

using observe::LatencyHistogram;

}  // namespace treasurer::bench
