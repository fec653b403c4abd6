/* A whole parser in C99, by the header alone: finds "total" and gives the rest of that line as amount_due. */
#include <atr/atr.h>
#include <stdlib.h>
#include <string.h>

typedef struct finder {
    const atr_host* host;
    int calls;
} finder;

static atr_str text(const char* from) {
    atr_str out = {from, strlen(from)};
    return out;
}

static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    finder* made = malloc(sizeof *made);
    (void)name, (void)config;
    if (!made) {
        error->code = ATR_E_INTERNAL;
        return ATR_RETRY;
    }
    made->host = host;
    made->calls = 0;
    host->log(host->ctx, 2, text("created in C"), text("{}"));
    *self = made;
    return ATR_OK;
}
static void destroy(void* self) {
    free(self);
}

static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
    static const char json[] = "{\"media_types\":[\"text/plain\"]}";
    (void)self, (void)error;
    return out->append(out->ctx, json, sizeof json - 1) == 0 ? ATR_OK : ATR_REJECTED;
}

static atr_outcome parse(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                         atr_usage* usage, atr_error* error) {
    static const char word[] = "total ";
    const char* bytes = document->bytes.ptr;
    size_t at, end, length = document->bytes.len;
    (void)call, (void)usage, (void)error;
    ++((finder*)self)->calls;
    if (sink->on_text(sink->ctx, 0, 1, document->bytes) != 0) return ATR_REJECTED;
    for (at = 0; at + sizeof word - 1 <= length; ++at) {
        atr_evidence evidence = {0};
        atr_field field = {0};
        if (memcmp(bytes + at, word, sizeof word - 1) != 0) continue;
        at += sizeof word - 1;
        for (end = at; end < length && bytes[end] != '\n'; ++end) continue;
        evidence.struct_size = sizeof evidence;
        evidence.kind = ATR_EV_TEXT;
        evidence.begin = at;
        evidence.end = end;
        evidence.quote.ptr = bytes + at;
        evidence.quote.len = end - at;
        field.struct_size = sizeof field;
        field.confidence_bp = 9000;
        field.path = text("amount_due");
        field.type = text("decimal");
        field.value = evidence.quote;
        field.n_evidence = 1;
        field.evidence_stride = sizeof evidence;
        field.evidence = &evidence;
        if (sink->on_field(sink->ctx, &field) != 0) return ATR_REJECTED;
    }
    return ATR_OK;
}

static const atr_parser parser = {sizeof(atr_parser), 0, describe, parse};
static const void* get_interface(void* self, atr_str id) {
    (void)self;
    return id.len == strlen(ATR_IF_PARSER) && memcmp(id.ptr, ATR_IF_PARSER, id.len) == 0 ? &parser : NULL;
}

#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }
static const atr_component component = {sizeof(atr_component),
                                        0,
                                        TEXT("test.pure_c"),
                                        TEXT("parser"),
                                        TEXT("A parser in C"),
                                        TEXT("1.0.0"),
                                        TEXT(""),
                                        TEXT(""),
                                        TEXT("{\"type\":\"object\"}"),
                                        create,
                                        destroy,
                                        get_interface,
                                        NULL};
static const atr_component* const components[] = {&component};
ATR_EXPORT const atr_plugin atr_plugin_entry_v1 = {
    sizeof(atr_plugin), ATR_ABI_MAJOR, ATR_ABI_MINOR, 0, 1, ATR_ABI_RC, 0, TEXT("C99"), components};
