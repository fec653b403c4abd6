/// The parts that the cache kit is made of, one file each.
#pragma once

#include "run/registry.hpp"

namespace atr::testkit {

Checks cache_value_checks();
Checks cache_counter_checks();
Checks cache_bus_checks();

}  // namespace atr::testkit
