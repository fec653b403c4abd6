/// Every check there is, by kind. A new check is one more entry in its file's table.
#pragma once

#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace atr::testkit {

using Checks = std::vector<Check>;

/// The same checks, all of this stage.
Checks in_stage(Stage stage, Checks checks);

Checks file_checks();      ///< of the file as a whole
Checks load_checks();      ///< of the file as a whole
Checks describe_checks();  ///< of each component, whatever its kind
Checks lifecycle_checks();
Checks watched_rules();  ///< rules without a check of their own: they hold in every call
Checks storage_checks();
Checks cache_checks();
Checks rail_checks();
Checks parser_checks();

/// The checks of a component of this kind, in the order they are reported.
Checks component_checks(std::string_view kind);

}  // namespace atr::testkit
