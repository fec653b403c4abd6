/// Vendors from a JSON or YAML file, for `treasurer vendor import`.
#pragma once

#include "intake/vendor_directory.hpp"

#include <string>
#include <vector>

namespace treasurer::app {

/// By its ending .yaml or .yml, or JSON otherwise: {"vendors":[...]} or an array of
/// {"name","tax_id","aliases":[],"accounts":[{"rail","asset","address"}]}. Errors: rejected, ATR_E_BAD_INPUT, naming
/// file and entry.
atr::Result<std::vector<intake::NewVendor>> read_vendor_file(const std::string& file);

/// One vendor object; `where` names it in errors.
atr::Result<intake::NewVendor> vendor_from_json(const Json& json, const std::string& where);

}  // namespace treasurer::app
