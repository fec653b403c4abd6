/* A parser plugin in C, for mails with agreed labels: every line "Label: value" with a known label is a field. It keeps
 * nothing but its settings, so it may run in many threads at once. */
#include <stdlib.h>

#include "border.h"
#include "json.h"
#include "text.h"

struct parser {
    uint32_t confidence;
};

struct label {
    const char *label, *path, *type;
};
static const struct label labels[] = {
    {"Seller", "seller.name", "text"},    {"Number", "invoice_number", "text"}, {"Date", "issue_date", "date"},
    {"Due", "due_date", "date"},          {"Amount", "amount_due", "decimal"},  {"Currency", "currency", "asset"},
    {"Wallet", "payee.wallet", "wallet"},
};

static const struct label* find_label(atr_str text) {
    for (size_t i = 0; i < sizeof labels / sizeof *labels; ++i)
        if (same_text(text, labels[i].label)) return &labels[i];
    return NULL;
}

static atr_str borrow(const char* text) {
    return (atr_str){text, strlen(text)};
}

/* Every value carries its evidence: where in the text it stands. The host believes nothing else. 0: the sink has said
 * stop. */
static int give(const struct parser* parser, const struct label* label, atr_str value, atr_str text,
                const atr_field_sink* sink) {
    const atr_evidence evidence = {.struct_size = sizeof evidence,
                                   .kind = ATR_EV_TEXT,
                                   .begin = (uint64_t)(value.ptr - text.ptr),
                                   .end = (uint64_t)(value.ptr - text.ptr) + value.len,
                                   .quote = value};
    const atr_field field = {.struct_size = sizeof field,
                             .confidence_bp = parser->confidence,
                             .path = borrow(label->path),
                             .type = borrow(label->type),
                             .value = value,
                             .n_evidence = 1,
                             .evidence_stride = sizeof evidence,
                             .evidence = &evidence};
    return sink->on_field(sink->ctx, &field) == 0;
}

static atr_outcome full(atr_error* error) {
    return answer(error, ATR_REJECTED, ATR_E_LIMIT, "the caller's sink is full");
}

static atr_outcome parse(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                         atr_usage* usage, atr_error* error) {
    const struct parser* parser = self;
    atr_str rest = document->bytes, line, name, value;
    int found = 0;
    (void)call, (void)usage;
    if (!same_text(document->media_type, "text/plain"))
        return answer(error, ATR_REJECTED, ATR_E_MEDIA_TYPE, "this parser reads text/plain");
    if (!is_plain_text(document->bytes)) return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "the text is not UTF-8");
    if (sink->on_text(sink->ctx, 0, 0, document->bytes) != 0) return full(error);
    while (next_line(&rest, &line)) {
        if (!split(line, ':', &name, &value)) continue;
        const struct label* label = find_label(trimmed(name));
        value = trimmed(value);
        if (!label || value.len == 0) continue;
        if (!give(parser, label, value, document->bytes, sink)) return full(error);
        found = 1;
    }
    return found ? ATR_OK : answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "no line begins with a known label");
}

static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
    static const char text[] = "{\"media_types\":[\"text/plain\"],\"cpu_bound\":true,\"deterministic\":true}";
    (void)self;
    return append(out, text, sizeof text - 1) ? ATR_OK : full(error);
}

/* The host has checked the configuration against the schema below. */
static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    int64_t confidence = 9000;
    (void)host, (void)name;
    const enum json_found found = json_integer(config.ptr, config.len, "confidence", &confidence);
    if (found == JSON_NO_OBJECT)
        return answer(error, ATR_REJECTED, ATR_E_CONFIG, "the configuration is not a JSON object");
    if (found == JSON_OTHER_TYPE || confidence < 0 || confidence > 10000)
        return answer(error, ATR_REJECTED, ATR_E_CONFIG, "setting 'confidence' is a whole number of 0 to 10000");
    struct parser* parser = malloc(sizeof *parser);
    if (!parser) return answer(error, ATR_REJECTED, ATR_E_INTERNAL, "no memory");
    parser->confidence = (uint32_t)confidence;
    *self = parser;
    return ATR_OK;
}

static void destroy(void* self) {
    free(self);
}

static const void* get_interface(void* self, atr_str id) {
    static const atr_parser table = {.struct_size = sizeof table, .describe = describe, .parse = parse};
    (void)self;
    return same_text(id, ATR_IF_PARSER) ? &table : NULL;
}

static const atr_component component = {
    .struct_size = sizeof component,
    .id = TEXT("org.example.parser_mail"),
    .kind = TEXT("parser"),
    .title = TEXT("Mails with agreed labels"),
    .version = TEXT("1.0.0"),
    .license = TEXT("Apache-2.0"),
    .config_schema_json =
        TEXT("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"confidence\":{\"type\":\"integer\","
             "\"minimum\":0,\"maximum\":10000,\"default\":9000,\"x-unit\":\"1/10000\","
             "\"description\":\"How sure a field is taken to be\"}}}"),
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};
static const atr_component* const components[] = {&component};

ATR_EXPORT const atr_plugin atr_plugin_entry_v1 = {
    .struct_size = sizeof(atr_plugin),
    .abi_major = ATR_ABI_MAJOR,
    .abi_minor = ATR_ABI_MINOR,
    .n_components = 1,
    .abi_rc = ATR_ABI_RC,
    .sdk = TEXT("C, by hand"),
    .components = components,
};
