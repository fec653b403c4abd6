/* The first calls of a host to a plugin of each kind. */
#include <stddef.h>
#include <string.h>

#include "stub_host.h"

#define TAKE(table, instance, id, needed) \
    take_table(id, &(table), sizeof(table), (instance)->component.get_interface((instance)->self, str(id)), needed)
#define ERROR \
    { .struct_size = sizeof(atr_error), .retry_after_ms = -1 }

static int holds(const struct text* text, const char* wanted) {
    return text->len == strlen(wanted) && memcmp(text->bytes, wanted, text->len) == 0;
}

static int32_t keep_body(void* ctx, const atr_record* record) {
    return append(ctx, record->body.ptr, record->body.len);
}

void use_storage(const struct instance* instance) {
    atr_storage storage;
    atr_error error = ERROR;
    const atr_call call = new_call();
    const atr_index_col column = {.json_pointer = str("/who"), .type = ATR_T_TEXT};
    const atr_index_def index = {.name = str("by_who"), .n_cols = 1, .cols = &column};
    const atr_collection_def things = {.name = str("things"), .n_indexes = 1, .indexes = &index};
    const atr_schema schema = {.struct_size = sizeof schema, .n = 1, .schema_version = 1, .collections = &things};
    TAKE(storage, instance, ATR_IF_STORAGE, offsetof(atr_storage, blob_put));
    const atr_outcome migrated = storage.migrate(instance->self, &call, &schema, &error);
    expect(is_outcome(migrated, instance->offline), "migrate to be %s: outcome %d, %s",
           instance->offline ? "RETRY or UNKNOWN" : "OK", migrated, error.message);
    if (instance->offline) return;

    static const char body[] = "{\"who\":\"ada\"}";
    const atr_value who = {.type = ATR_T_TEXT, .s = str("ada")};
    const atr_index_entry entry = {.index = str("by_who"), .n_values = 1, .values = &who};
    const atr_record record = {.struct_size = sizeof record,
                               .n_index = 1,
                               .collection = str("things"),
                               .key = str("one"),
                               .body = str(body),
                               .index = &entry};
    const atr_op op = {.struct_size = sizeof op, .op = ATR_OP_PUT, .expect_version = ATR_VER_ABSENT, .rec = &record};
    const atr_batch batch = {.struct_size = sizeof batch, .n_ops = 1, .op_stride = sizeof op, .ops = &op};
    uint64_t version = 0;
    atr_error batch_error = ERROR;
    atr_commit result = {
        .struct_size = sizeof result, .outcome = ATR_UNKNOWN, .versions = &version, .error = &batch_error};
    const atr_commit_group group = {.struct_size = sizeof group,
                                    .n_batches = 1,
                                    .batch_stride = sizeof batch,
                                    .commit_stride = sizeof result,
                                    .batches = &batch,
                                    .results = &result};
    expect(storage.commit(instance->self, &call, &group, &error) == ATR_OK, "commit to be OK: %s", error.message);
    expect(result.outcome == ATR_OK && version == 1, "a batch that is OK with version 1: outcome %d, %s",
           result.outcome, batch_error.message);

    static struct text read, found, cursor;
    const atr_record_sink read_sink = {.struct_size = sizeof read_sink, .ctx = &read, .on_record = keep_body};
    const atr_key key = {.collection = str("things"), .key = str("one")};
    expect(storage.get(instance->self, &call, &key, 1, 0, 0, &read_sink, &error) == ATR_OK, "get to be OK");
    expect(holds(&read, body), "the body that was put, it has %zu bytes", read.len);

    const atr_record_sink found_sink = {.struct_size = sizeof found_sink, .ctx = &found, .on_record = keep_body};
    const atr_query query = {.struct_size = sizeof query,
                             .limit = 10,
                             .collection = str("things"),
                             .index = str("by_who"),
                             .n_eq = 1,
                             .eq = &who};
    atr_buf next = {&cursor, append};
    expect(storage.query(instance->self, &call, &query, &found_sink, &next, &error) == ATR_OK, "query to be OK");
    expect(holds(&found, body), "the record under its index, it gave %zu bytes", found.len);
}

void use_cache(const struct instance* instance) {
    static struct text value;
    atr_cache cache;
    atr_error error = ERROR;
    const atr_call call = new_call();
    int64_t ttl = 0, count = 0;
    TAKE(cache, instance, ATR_IF_CACHE, offsetof(atr_cache, touch));
    const atr_outcome set = cache.set(instance->self, &call, str("key"), str("value"), 1, 60000, 0, &error);
    expect(is_outcome(set, instance->offline), "set to be %s: outcome %d, %s",
           instance->offline ? "RETRY or UNKNOWN" : "OK", set, error.message);
    if (instance->offline) return;
    atr_buf out = {&value, append};
    expect(cache.get(instance->self, &call, str("key"), &out, &ttl, &error) == ATR_OK, "get to be OK");
    expect(holds(&value, "value") && ttl > 0 && ttl <= 60000, "the value and its time, %lld ms", (long long)ttl);
    expect(cache.incr(instance->self, &call, str("count"), 3, 60000, &count, &ttl, &error) == ATR_OK && count == 3,
           "incr to count to 3");
}

void use_rail(const struct instance* instance) {
    static struct text capabilities, prepared, reference, charge;
    static struct text texts[4];
    atr_rail rail;
    atr_error error = ERROR;
    const atr_call call = new_call();
    const atr_payment payment = {
        .struct_size = sizeof payment,
        .attempt = 1,
        .payment_id = str("00000000000000000000000000000001"),
        .source_account = str("treasury"),
        .creditor_json = str("{\"name\":\"Acme\",\"account\":\"acme-1\",\"address\":\"acme-1\"}"),
        .money = {str("1.25"), str("MNEE")},
        .fee_max = {str("1"), str("MNEE")},
        .purpose = str("a test"),
        .execute_not_after_unix_ms = call.now_unix_ms + 3600000};
    atr_buf capabilities_buf = {&capabilities, append}, prepared_buf = {&prepared, append};
    atr_buf reference_buf = {&reference, append}, charge_buf = {&charge, append};
    atr_buf bufs[4] = {{&texts[0], append}, {&texts[1], append}, {&texts[2], append}, {&texts[3], append}};
    atr_pay_status status = {.struct_size = sizeof status,
                             .rail_reference = &bufs[0],
                             .charged_money_json = &bufs[1],
                             .fee_money_json = &bufs[2],
                             .evidence_json = &bufs[3]};
    TAKE(rail, instance, ATR_IF_RAIL, offsetof(atr_rail, verify_webhook));
    expect(rail.describe(instance->self, &capabilities_buf, &error) == ATR_OK && capabilities.len > 0, "a description");
    expect(rail.prepare(instance->self, &call, &payment, &prepared_buf, &reference_buf, &charge_buf, &error) == ATR_OK,
           "prepare to be OK: %s", error.message);
    const atr_str blob = {prepared.bytes, prepared.len};
    expect(rail.submit(instance->self, &call, &payment, blob, &status, &error) == ATR_OK, "submit to be OK: %s",
           error.message);
    expect(status.state == ATR_PS_SETTLED && status.is_final == 1, "a settled payment, its state is %d", status.state);
    const atr_str paid = {texts[0].bytes, texts[0].len};
    status.state = 0;
    expect(rail.lookup(instance->self, &call, &payment, &blob, 1, paid, &status, &error) == ATR_OK &&
               status.state == ATR_PS_SETTLED,
           "lookup to find it settled, its state is %d", status.state);
}

static int32_t count_field(void* ctx, const atr_field* field) {
    expect(field->struct_size >= 88, "a whole field");
    ++*(int*)ctx;
    return 0;
}
static void no_warning(void* ctx, atr_str code, atr_str message) {
    (void)ctx, (void)code, (void)message;
}
static int32_t take_text(void* ctx, uint32_t layer, uint32_t page, atr_str text) {
    (void)ctx, (void)layer, (void)page, (void)text;
    return 0;
}

void use_parser(const struct instance* instance) {
    static struct text capabilities;
    atr_parser parser;
    atr_error error = ERROR;
    const atr_call call = new_call();
    int fields = 0;
    const atr_document document = {
        .struct_size = sizeof document,
        .media_type = str("text/plain"),
        .filename = str("invoice.txt"),
        .bytes = str("INVOICE\nSeller: Acme Hosting\nInvoice number: A-17\nDate: 2026-03-02\nTotal due: 12.50 EUR\n"),
        .sha256_hex = str("0000000000000000000000000000000000000000000000000000000000000000"),
        .hints_json = str("{}")};
    const atr_field_sink sink = {.struct_size = sizeof sink,
                                 .ctx = &fields,
                                 .on_field = count_field,
                                 .on_warning = no_warning,
                                 .on_text = take_text};
    atr_usage usage = {.struct_size = sizeof usage};
    atr_buf capabilities_buf = {&capabilities, append};
    TAKE(parser, instance, ATR_IF_PARSER, offsetof(atr_parser, parse) + sizeof parser.parse);
    expect(parser.describe(instance->self, &capabilities_buf, &error) == ATR_OK && capabilities.len > 0,
           "a description");
    expect(parser.parse(instance->self, &call, &document, &sink, &usage, &error) == ATR_OK, "parse to be OK: %s",
           error.message);
    expect(fields > 0, "a field of a plain invoice");
}
