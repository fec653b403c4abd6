/* A parser written against the C tables, which breaks one rule of the contract, chosen when it is compiled by FAULT.
 * With `none` it keeps all of them. */
#include <atr/atr.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum fault {
    none,
    no_entry,
    second_symbol,
    short_entry,
    missing_library,
    wrong_size,
    wrong_rc,
    no_components,
    no_create,
    no_id,
    same_ids,
    schema_not_json,
    default_of_other_type,
    null_instance,
    no_interface,
    null_slot,
    small_table,
    any_interface,
    leaves_thread,
    leaves_file,
    changes_umask,
    crashes_on_bad_config,
    silent_refusal,
    health_not_json,
    bad_describe,
    reads_no_text,
    hangs_without_time,
    bad_outcome,
    floods_sink,
    endless_error,
    floods_log,
    bad_log_fields,
    prints,
    prints_bytes,
    exits
};
#define BREAKS(x) (FAULT == (x))

static int instances[64], made;
static const atr_host* host_of[64];

static atr_outcome refuse(atr_error* error, int32_t code, const char* message) {
    if (error) {
        error->code = code;
        strncpy(error->message, message, sizeof error->message - 1);
        if (BREAKS(endless_error)) memset(error->message, 'x', sizeof error->message);
    }
    return ATR_REJECTED;
}

static void* sleep_for_ever(void* unused) {
    (void)unused;
    for (;;) pause();
    return NULL;
}

static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    pthread_t thread;
    (void)name;
    if (BREAKS(crashes_on_bad_config) && config.len == 0) abort();
    if (config.len < 2 || config.ptr[0] != '{' || config.ptr[config.len - 1] != '}') {
        if (BREAKS(silent_refusal)) return ATR_REJECTED;
        return refuse(error, ATR_E_CONFIG, "the configuration is not a JSON object");
    }
    if (BREAKS(leaves_thread)) pthread_create(&thread, NULL, sleep_for_ever, NULL);
    if (BREAKS(leaves_file)) {
        FILE* file = fopen("/dev/null", "r");
        (void)file;
    }
    if (BREAKS(changes_umask)) umask(0);
    if (BREAKS(prints)) {
        puts("hello");
        fflush(stdout);
    }
    if (BREAKS(prints_bytes)) { /* Latin-1, a letter cut in two, control characters, and what XML has no place for */
        for (int i = 0; i < 500; ++i) fputs("K\xE4lte \xC3\xA4\xC3 \x01\x1B[0m \xEF\xBF\xBF ]]>\n", stdout);
        fflush(stdout);
    }
    if (BREAKS(null_instance)) return ATR_OK;
    host_of[made % 64] = host;
    *self = &instances[made++ % 64];
    return ATR_OK;
}

static void destroy(void* self) {
    (void)self;
}

static int same(atr_str text, const char* wanted) {
    return text.len == strlen(wanted) && memcmp(text.ptr, wanted, text.len) == 0;
}

static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
    static const char plain[] = "{\"media_types\":[\"text/plain\"],\"deterministic\":true}",
                      wire[] = "{\"media_types\":[\"text/x-wire\"],\"deterministic\":true}";
    const char* text = BREAKS(reads_no_text) ? wire : plain;
    const size_t length = BREAKS(bad_describe) ? 20 : strlen(text);
    (void)self;
    return out->append(out->ctx, text, length) == 0 ? ATR_OK : refuse(error, ATR_E_LIMIT, "the sink is full");
}

/* The value behind "LABEL: " at the beginning of a line. */
static int give(const atr_document* document, const char* label, const char* path, const atr_field_sink* sink) {
    const char *bytes = document->bytes.ptr, *end = bytes + document->bytes.len;
    const size_t length = strlen(label);
    for (const char* line = bytes; line < end;) {
        const char* stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        if ((size_t)(stop - line) > length + 1 && memcmp(line, label, length) == 0) {
            const char* value = line + length + 1;
            const atr_str text = {value, (size_t)(stop - value)};
            const atr_evidence evidence = {.struct_size = sizeof evidence,
                                           .kind = ATR_EV_TEXT,
                                           .begin = (uint64_t)(value - bytes),
                                           .end = (uint64_t)(stop - bytes),
                                           .quote = text};
            const atr_field field = {.struct_size = sizeof field,
                                     .confidence_bp = 9000,
                                     .path = {path, strlen(path)},
                                     .type = {"text", 4},
                                     .value = text,
                                     .n_evidence = 1,
                                     .evidence_stride = sizeof evidence,
                                     .evidence = &evidence};
            return sink->on_field(sink->ctx, &field) == 0 ? 1 : -1;
        }
        line = stop + 1;
    }
    return 0;
}

static atr_outcome parse(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                         atr_usage* usage, atr_error* error) {
    static const char* const labels[][2] = {{"Seller:", "seller.name"}, {"Number:", "invoice_number"}};
    const atr_host* host = host_of[(int*)self - instances];
    int found = 0;
    (void)usage;
    if (BREAKS(exits) && document->bytes.len == 0) exit(3);
    if (!same(document->media_type, "text/plain")) return refuse(error, ATR_E_MEDIA_TYPE, "only text/plain is read");
    if (BREAKS(bad_outcome) && document->bytes.len == 0) return 42;
    if (BREAKS(hangs_without_time) && call->deadline_unix_ms < call->now_unix_ms)
        for (;;) pause();
    for (int i = 0; BREAKS(floods_log) && i < 2000; ++i)
        host->log(host->ctx, 2, (atr_str){"parsing", 7}, (atr_str){"{}", 2});
    if (BREAKS(bad_log_fields)) host->log(host->ctx, 2, (atr_str){"parsing", 7}, (atr_str){"bytes=5", 7});
    for (size_t i = 0; i < document->bytes.len; ++i)
        if ((unsigned char)document->bytes.ptr[i] > 126) return refuse(error, ATR_E_BAD_INPUT, "only ASCII is read");
    if (sink->on_text(sink->ctx, 0, 0, document->bytes) != 0) return refuse(error, ATR_E_LIMIT, "the sink is full");
    for (int i = 0; i < 2; ++i) {
        const int given = give(document, labels[i][0], labels[i][1], sink);
        if (given < 0 && !BREAKS(floods_sink)) return refuse(error, ATR_E_LIMIT, "the sink is full");
        found += given != 0;
    }
    return found ? ATR_OK : refuse(error, ATR_E_BAD_INPUT, "no line begins with a known label");
}

static atr_outcome health(void* self, const atr_call* call, atr_buf* detail, atr_error* error) {
    const char* text = BREAKS(health_not_json) ? "fine" : "{}";
    (void)self, (void)call, (void)error;
    if (detail) detail->append(detail->ctx, text, strlen(text));
    return ATR_OK;
}

static const atr_parser table = {.struct_size = BREAKS(small_table) ? 8 : sizeof(atr_parser),
                                 .describe = describe,
                                 .parse = BREAKS(null_slot) ? NULL : parse};

static const void* get_interface(void* self, atr_str id) {
    (void)self, (void)parse;
    if (BREAKS(no_interface)) return NULL;
    return BREAKS(any_interface) || same(id, ATR_IF_PARSER) ? &table : NULL;
}

#define TEXT(literal) \
    { literal, sizeof literal - 1 }
#define SCHEMA "{\"type\":\"object\",\"properties\":{\"pages\":{\"type\":\"integer\",\"default\":1}}}"
#define BAD_DEFAULT "{\"type\":\"object\",\"properties\":{\"pages\":{\"type\":\"integer\",\"default\":\"one\"}}}"

static const atr_component component = {.struct_size = sizeof(atr_component),
#if !(FAULT_IS_no_id)
                                        .id = TEXT("test.by_hand"),
#endif
                                        .kind = TEXT("parser"),
                                        .version = TEXT("1"),
#if FAULT_IS_schema_not_json
                                        .config_schema_json = TEXT("pages: integer"),
#elif FAULT_IS_default_of_other_type
                                        .config_schema_json = TEXT(BAD_DEFAULT),
#else
                                        .config_schema_json = TEXT(SCHEMA),
#endif
                                        .create = BREAKS(no_create) ? NULL : create,
                                        .destroy = destroy,
                                        .get_interface = get_interface,
                                        .health = health};
static const atr_component* const components[] __attribute__((unused)) = {&component, &component};

#if FAULT_IS_missing_library
extern int symbol_of_a_library_that_is_not_there;
static const void* const reaches_out[] = {&symbol_of_a_library_that_is_not_there};
#endif
#if FAULT_IS_second_symbol
ATR_EXPORT int helper_that_leaked = 1;
#endif

#if FAULT_IS_short_entry
ATR_EXPORT const void* const pointer_to_entry __asm__("atr_plugin_entry_v1") = components;
#elif !(FAULT_IS_no_entry)
ATR_EXPORT const atr_plugin atr_plugin_entry_v1 = {.struct_size = BREAKS(wrong_size) ? 12 : sizeof(atr_plugin),
                                                   .abi_major = ATR_ABI_MAJOR,
                                                   .n_components = BREAKS(no_components) ? 0
                                                                   : BREAKS(same_ids) ? 2
                                                                                      : 1,
                                                   .abi_rc = BREAKS(wrong_rc) ? 55 : ATR_ABI_RC,
                                                   .sdk = TEXT("by hand"),
#if FAULT_IS_missing_library
                                                   .components = (const atr_component* const*)reaches_out
#else
                                                   .components = components
#endif
};
#endif
