/* A host that knows nothing but atr.h: loads one plugin, reads its tables by their sizes, makes an instance, calls it
 * and destroys it. Compiled from the released header it is the oldest host that today's plugins meet; compiled from a
 * grown one, a later host.
 *
 *     stub_host FILE.so KIND CONFIG_JSON [offline]      offline: what stands behind the plugin is not there
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stub_host.h"

void expect(int holds, const char* what, ...) {
    va_list arguments;
    if (holds) return;
    va_start(arguments, what);
    fputs("stub_host: expected ", stderr);
    vfprintf(stderr, what, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

atr_str str(const char* text) {
    return (atr_str){text, strlen(text)};
}

/* Copies what the plugin has of a table into one of this host's size: the host's own rule (core/plugin/normalise). */
void take_table(const char* name, void* to, size_t size, const void* from, size_t needed) {
    uint32_t theirs = 0;
    expect(from != NULL, "a table %s", name);
    memcpy(&theirs, from, sizeof theirs);
    expect(theirs >= needed && theirs < 65536, "%s of at least %zu bytes, struct_size is %u", name, needed, theirs);
    memset(to, 0, size);
    memcpy(to, from, theirs < size ? theirs : size);
}

int32_t append(void* ctx, const void* bytes, size_t len) {
    struct text* text = ctx;
    if (text->len + len > sizeof text->bytes) return 1;
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
    return 0;
}

static int64_t now_unix_ms(void* ctx) {
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
static void log_line(void* ctx, int32_t level, atr_str message, atr_str fields) {
    (void)ctx, (void)level, (void)message, (void)fields;
}
static const void* no_service(void* ctx, atr_str id) {
    (void)ctx, (void)id;
    return NULL;
}
static int32_t never(const struct atr_call* call) {
    (void)call;
    return 0;
}
atr_call new_call(void) {
    const int64_t now = now_unix_ms(NULL);
    return (atr_call){.struct_size = sizeof(atr_call),
                      .attempt = 1,
                      .now_unix_ms = now,
                      .deadline_unix_ms = now + 60000,
                      .cancelled = never};
}

int is_outcome(atr_outcome outcome, int offline) {
    if (!offline) return outcome == ATR_OK;
    return outcome == ATR_RETRY || outcome == ATR_UNKNOWN;
}

static atr_component load(const char* file, const char* kind) {
    atr_plugin plugin;
    atr_component component;
    void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    expect(library != NULL, "%s to load: %s", file, library ? "" : dlerror());
    take_table("atr_plugin", &plugin, sizeof plugin, dlsym(library, "atr_plugin_entry_v1"),
               offsetof(atr_plugin, components) + sizeof(void*));
    expect(plugin.abi_major == ATR_ABI_MAJOR, "ABI major %u, it has %u", ATR_ABI_MAJOR, plugin.abi_major);
    expect(plugin.abi_rc == ATR_ABI_RC, "release candidate %u, it has %u", ATR_ABI_RC, plugin.abi_rc);
    expect(plugin.min_host_minor <= ATR_ABI_MINOR, "a plugin for this minor, it wants %u", plugin.min_host_minor);
    for (uint32_t i = 0; i < plugin.n_components; ++i) {
        take_table("atr_component", &component, sizeof component, plugin.components[i],
                   offsetof(atr_component, health));
        if (component.kind.len == strlen(kind) && memcmp(component.kind.ptr, kind, component.kind.len) == 0)
            return component;
    }
    expect(0, "a component of kind %s", kind);
    return component;
}

int main(int argc, char** argv) {
    static const struct {
        const char* kind;
        void (*use)(const struct instance*);
    } kinds[] = {{"storage", use_storage}, {"cache", use_cache}, {"rail", use_rail}, {"parser", use_parser}};
    const atr_host host = {.struct_size = sizeof host,
                           .abi_major = ATR_ABI_MAJOR,
                           .abi_minor = ATR_ABI_MINOR,
                           .host_version = str("stub"),
                           .log = log_line,
                           .now_unix_ms = now_unix_ms,
                           .get_service = no_service};
    struct instance instance = {.offline = argc > 4};
    atr_error error = {.struct_size = sizeof error};
    int used = 0;

    expect(argc == 4 || argc == 5, "FILE.so KIND CONFIG_JSON [offline]");
    instance.component = load(argv[1], argv[2]);
    const atr_outcome made = instance.component.create(&host, str("stub"), str(argv[3]), &instance.self, &error);
    expect(made == ATR_OK && instance.self != NULL, "create to be OK: outcome %d, %s", made, error.message);
    expect(instance.component.get_interface(instance.self, str("atr.unheard_of/1")) == NULL, "NULL for an unknown id");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; ++i)
        if (strcmp(kinds[i].kind, argv[2]) == 0) {
            kinds[i].use(&instance);
            used = 1;
        }
    expect(used, "one of the four kinds, not %s", argv[2]);
    instance.component.destroy(instance.self);
    printf("%s: %s used by a host of ABI %u.%u rc %u\n", argv[1], argv[2], ATR_ABI_MAJOR, ATR_ABI_MINOR, ATR_ABI_RC);
    return 0;
}
