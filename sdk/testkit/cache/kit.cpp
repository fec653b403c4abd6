#include "run/registry.hpp"
namespace atr::testkit {
Checks cache_checks() { return {}; }
Checks rail_checks() { return {}; }
Checks parser_checks() { return {}; }
}
