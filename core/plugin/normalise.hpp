/// Tables of plugins, made uniform once at load: copied by struct_size into full-size structs of this host, required
/// slots checked, optional ones filled with a stub that answers UNSUPPORTED. Nothing else ever looks at sizes.
#pragma once

#include <atr/atr.h>

#include <atr/result.hpp>

namespace treasurer {

/// Errors (rejected, ATR_E_CONFIG): no table, too small, or without a required slot, which is named.
atr::Result<atr_plugin> normalise_plugin(const void* raw);
atr::Result<atr_component> normalise_component(const void* raw);
atr::Result<atr_storage> normalise_storage(const void* raw);
atr::Result<atr_storage_copy> normalise_storage_copy(const void* raw);
atr::Result<atr_cache> normalise_cache(const void* raw);
atr::Result<atr_cache_bus> normalise_cache_bus(const void* raw);
atr::Result<atr_rail> normalise_rail(const void* raw);
atr::Result<atr_parser> normalise_parser(const void* raw);

}  // namespace treasurer
