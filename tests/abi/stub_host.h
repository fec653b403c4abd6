/* What the parts of the stub host share: expectations, texts, and one instance of a plugin. */
#ifndef STUB_HOST_H
#define STUB_HOST_H
#include <atr/atr.h>

struct instance {
    atr_component component;
    void* self;
    int offline;
};
struct text { /* a sink's bytes */
    char bytes[65536];
    size_t len;
};

/* Ends the process with 1 and a line unless `holds`. */
void expect(int holds, const char* what, ...);
atr_str str(const char* text);
void take_table(const char* name, void* to, size_t size, const void* from, size_t needed);
int32_t append(void* ctx, const void* bytes, size_t len);
atr_call new_call(void);
/* OK, or where nothing stands behind the plugin, what it must say then. */
int is_outcome(atr_outcome outcome, int offline);

/* Each asks for its interface and makes the calls that a host begins with. */
void use_storage(const struct instance* instance);
void use_cache(const struct instance* instance);
void use_rail(const struct instance* instance);
void use_parser(const struct instance* instance);
#endif
