/* Plugins whose tables break the contract, one way each, chosen when it is compiled. */
#include <atr/atr.h>

static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    static int object;
    (void)host, (void)name, (void)config, (void)error;
    *self = &object;
    return ATR_OK;
}
static void destroy(void* self) {
    (void)self, (void)create;
}
static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
    static const char text[] = "{\"media_types\":[\"text/plain\"]}";
    (void)self, (void)error;
    return out->append(out->ctx, text, sizeof text - 1) == 0 ? ATR_OK : ATR_REJECTED;
}
static atr_outcome parse(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                         atr_usage* usage, atr_error* error) {
    (void)self, (void)call, (void)document, (void)sink, (void)usage, (void)error;
    return ATR_OK;
}
static const atr_parser parser = {
#ifdef TINY_TABLE
    .struct_size = 8,
#else
    .struct_size = sizeof(atr_parser),
#endif
    .describe = describe,
#ifndef NO_PARSE
    .parse = parse,
#endif
};
static const void* get_interface(void* self, atr_str id) {
    (void)self, (void)id;
    (void)parse;
    return &parser;
}
#ifdef HUGE_SCHEMA
static const char huge[2 << 20] = {'{'};
#endif
static const atr_component component = {
#ifdef TINY_COMPONENT
    .struct_size = 40,
#else
    .struct_size = sizeof(atr_component),
#endif
#ifdef ID_NOT_UTF8
    .id = {"test.\xff", 6},
#else
    .id = {"test.broken", 11},
#endif
#ifndef NO_KIND
    .kind = {"parser", 6},
#endif
#ifdef LONG_TITLE
    .title = {(const char*)&component, SIZE_MAX},
#endif
#ifdef NULL_TITLE
    .title = {NULL, 5},
#endif
#ifdef HUGE_SCHEMA
    .config_schema_json = {huge, sizeof huge},
#endif
#ifndef NO_CREATE
    .create = create,
#endif
    .destroy = destroy,
    .get_interface = get_interface,
};
static const atr_component* const components[] = {
#ifdef NULL_COMPONENT
    NULL,
#endif
    &component};

ATR_EXPORT const atr_plugin atr_plugin_entry_v1 = {
#ifdef TINY_PLUGIN
    .struct_size = 12,
#else
    .struct_size = sizeof(atr_plugin),
#endif
#ifdef WRONG_MAJOR
    .abi_major = 9,
#else
    .abi_major = ATR_ABI_MAJOR,
#endif
#ifdef NEEDS_NEWER_HOST
    .min_host_minor = 77,
#endif
#ifdef COUNTLESS_COMPONENTS
    .n_components = 4000000000u,
#elif !defined(NO_COMPONENTS)
    .n_components = 1,
#endif
#ifdef WRONG_RC
    .abi_rc = 55,
#else
    .abi_rc = ATR_ABI_RC,
#endif
    .sdk = {"by hand", 7},
    .components = components,
};
