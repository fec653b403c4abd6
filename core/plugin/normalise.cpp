#include "plugin/normalise.hpp"

#include <atr/abi_sizes.hpp>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace treasurer {

namespace {

constexpr std::uint32_t largest_believable_table = 64 << 10;

using Slots = std::initializer_list<std::pair<const char*, bool>>;

/// Copies what the plugin has of the table; `needed` bytes must be there.
template <class Table>
atr::Result<Table> full_size(const void* raw, std::size_t needed, std::string_view id) {
    const std::string name(id);
    if (raw == nullptr) return atr::rejected(ATR_E_CONFIG, name + ": there is no such table");
    std::uint32_t size = 0;
    std::memcpy(&size, raw, sizeof size);
    if (size < needed || size > largest_believable_table)
        return atr::rejected(ATR_E_CONFIG, name + ": struct_size is " + std::to_string(size) + ", at least " +
                                               std::to_string(needed) + " expected");
    Table out{};
    std::memcpy(&out, raw, size < sizeof out ? size : sizeof out);
    out.struct_size = sizeof out;
    return out;
}

atr::Result<> require(std::string_view id, Slots slots) {
    for (const auto& [slot, there] : slots)
        if (!there) return atr::rejected(ATR_E_CONFIG, std::string(id) + ": the required slot '" + slot + "' is NULL");
    return {};
}

template <class... Arguments>
atr_outcome answer_unsupported(Arguments...) {
    return ATR_UNSUPPORTED;
}

/// A required slot of a function table, or an optional one, which gets the stub.
template <class... Arguments>
void fill(atr_outcome (*&slot)(Arguments...)) {
    if (slot == nullptr) slot = &answer_unsupported<Arguments...>;
}

template <class Table>
atr::Result<Table> checked(atr::Result<Table> table, std::string_view id, Slots slots) {
    const auto complete = require(id, slots);
    if (!complete) return complete.error();
    return table;
}

}  // namespace

atr::Result<atr_plugin> normalise_plugin(const void* raw) {
    return full_size<atr_plugin>(raw, atr::SizeIn10<atr_plugin>::value, "atr_plugin_entry_v1");
}

atr::Result<atr_component> normalise_component(const void* raw) {
    auto out = full_size<atr_component>(raw, offsetof(atr_component, health), "component");
    if (!out) return out;
    fill(out->health);
    return checked(out, "component",
                   {{"create", out->create}, {"destroy", out->destroy}, {"get_interface", out->get_interface}});
}

atr::Result<atr_storage> normalise_storage(const void* raw) {
    auto out = full_size<atr_storage>(raw, offsetof(atr_storage, blob_put), ATR_IF_STORAGE);
    if (!out) return out;
    fill(out->blob_put);
    fill(out->blob_get);
    fill(out->purge);
    return checked(out, ATR_IF_STORAGE,
                   {{"migrate", out->migrate},
                    {"get", out->get},
                    {"commit", out->commit},
                    {"query", out->query},
                    {"lease", out->lease},
                    {"extend_leases", out->extend_leases},
                    {"changes", out->changes}});
}

atr::Result<atr_storage_copy> normalise_storage_copy(const void* raw) {
    auto out = full_size<atr_storage_copy>(raw, atr::SizeIn10<atr_storage_copy>::value, ATR_IF_STORAGE_COPY);
    if (!out) return out;
    return checked(out, ATR_IF_STORAGE_COPY,
                   {{"open_snapshot", out->open_snapshot},
                    {"read_snapshot", out->read_snapshot},
                    {"close_snapshot", out->close_snapshot},
                    {"import_records", out->import_records}});
}

atr::Result<atr_cache> normalise_cache(const void* raw) {
    auto out = full_size<atr_cache>(raw, offsetof(atr_cache, touch), ATR_IF_CACHE);
    if (!out) return out;
    fill(out->touch);
    return checked(out, ATR_IF_CACHE, {{"get", out->get}, {"set", out->set}, {"del", out->del}, {"incr", out->incr}});
}

atr::Result<atr_cache_bus> normalise_cache_bus(const void* raw) {
    auto out = full_size<atr_cache_bus>(raw, atr::SizeIn10<atr_cache_bus>::value, ATR_IF_CACHE_BUS);
    if (!out) return out;
    return checked(out, ATR_IF_CACHE_BUS,
                   {{"publish", out->publish}, {"subscribe", out->subscribe}, {"unsubscribe", out->unsubscribe}});
}

atr::Result<atr_rail> normalise_rail(const void* raw) {
    auto out = full_size<atr_rail>(raw, offsetof(atr_rail, verify_webhook), ATR_IF_RAIL);
    if (!out) return out;
    fill(out->quote);
    fill(out->replace);
    fill(out->cancel);
    fill(out->verify_webhook);
    return checked(out, ATR_IF_RAIL,
                   {{"describe", out->describe},
                    {"prepare", out->prepare},
                    {"submit", out->submit},
                    {"lookup", out->lookup},
                    {"balance", out->balance},
                    {"statement", out->statement}});
}

atr::Result<atr_parser> normalise_parser(const void* raw) {
    auto out = full_size<atr_parser>(raw, atr::SizeIn10<atr_parser>::value, ATR_IF_PARSER);
    if (!out) return out;
    return checked(out, ATR_IF_PARSER, {{"describe", out->describe}, {"parse", out->parse}});
}

}  // namespace treasurer
