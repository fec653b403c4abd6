/// The parts that the rail kit is made of, one file each.
#pragma once

#include "run/registry.hpp"

namespace atr::testkit {

Checks rail_payment_checks();
Checks rail_repeat_checks();
Checks rail_statement_checks();
Checks rail_option_checks();
Checks rail_http_checks();

}  // namespace atr::testkit
