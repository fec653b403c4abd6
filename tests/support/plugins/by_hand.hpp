/// The entry of a plugin whose functions are written against the C tables, without the guards of the SDK.
#pragma once

#include <atr/plugin.hpp>

namespace by_hand {

template <const char* Kind, const auto& Table>
struct Plugin {
    static atr_outcome create(const atr_host*, atr_str, atr_str, void** self, atr_error*) {
        static int object;
        *self = &object;
        return ATR_OK;
    }
    static void destroy(void*) {}
    static const void* get_interface(void*, atr_str) { return &Table; }
    static atr_component component() {
        atr_component out{};
        out.struct_size = sizeof out;
        out.id = atr::borrow("test.by_hand");
        out.kind = atr::borrow(Kind);
        out.config_schema_json = atr::borrow(R"({"type":"object","additionalProperties":false})");
        out.create = &create;
        out.destroy = &destroy;
        out.get_interface = &get_interface;
        return out;
    }
};

}  // namespace by_hand
