/* A rail plugin in C over the bank of bank.h. A payment's first line in the bank's book decides, so the same payment
 * sent twice moves once, whoever sends it. The plugin itself keeps no state: the host stores what prepare() returned.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "bank.h"
#include "border.h"
#include "json.h"

#define ASSET "MNEE"
#define ACCOUNT "treasury"

enum { longest_path = 4096, longest_text = 512 };

struct bank {
    char path[longest_path];
};

static atr_outcome full(atr_error* error) {
    return answer(error, ATR_REJECTED, ATR_E_LIMIT, "the caller's sink is full");
}

static int append_text(atr_buf* sink, const char* text) {
    return append(sink, text, strlen(text));
}

/* Opens the book; before that nothing can have happened. */
static atr_outcome open_book(const struct bank* bank, const atr_call* call, struct book* book, atr_error* error) {
    if (call->deadline_unix_ms < call->now_unix_ms) return answer(error, ATR_RETRY, ATR_E_TIMEOUT, "no time left");
    const int problem = book_open(book, bank->path);
    return problem == 0 ? ATR_OK : answer(error, ATR_RETRY, ATR_E_INTERNAL, strerror(problem));
}

static atr_outcome read_order(const atr_payment* payment, struct order* out, atr_error* error) {
    memset(out, 0, sizeof *out);
    if (payment->payment_id.len != payment_id_len)
        return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "payment_id is not 32 lower-case hex digits");
    memcpy(out->payment_id, payment->payment_id.ptr, payment_id_len);
    if (strspn(out->payment_id, "0123456789abcdef") != payment_id_len)
        return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "payment_id is not 32 lower-case hex digits");
    if (!same_text(payment->money.asset, ASSET) || !same_text(payment->source_account, ACCOUNT))
        return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "this bank holds MNEE in the account treasury");
    if (!parse_units(payment->money.amount.ptr, payment->money.amount.len, &out->units))
        return answer(error, ATR_REJECTED, ATR_E_AMOUNT_OUT_OF_RANGE,
                      "the amount is above 0 and below 10^12, with at most 5 decimals");
    if (json_text(payment->creditor_json.ptr, payment->creditor_json.len, "address", out->creditor,
                  sizeof out->creditor) != JSON_FOUND ||
        out->creditor[0] == '\0')
        return answer(error, ATR_REJECTED, ATR_E_PAYEE_INVALID, "the creditor has no address of 1 to 128 bytes");
    return ATR_OK;
}

/* Everything that the payment means: other bytes are of another payment. */
static void blob_of(const struct order* order, char out[longest_text]) {
    snprintf(out, longest_text, "pay/1 %s %" PRId64 " %s", order->payment_id, order->units, order->creditor);
}

static void reference_of(const struct order* order, char out[longest_text]) {
    snprintf(out, longest_text, "line-%s", order->payment_id);
}

static void money_json(int64_t units, char out[longest_text]) {
    char amount[longest_amount];
    format_units(units, amount);
    snprintf(out, longest_text, "{\"amount\":\"%s\",\"asset\":\"" ASSET "\"}", amount);
}

/* A full sink must not turn a known answer into another one: the state is what counts. */
static atr_outcome tell(const struct fact* fact, const atr_call* call, atr_pay_status* status) {
    char text[longest_text];
    status->state = fact->refused == 0 ? ATR_PS_SETTLED : ATR_PS_FAILED;
    status->is_final = 1;
    status->reason_code = fact->refused;
    status->as_of_unix_ms = call->now_unix_ms;
    if (fact->refused != 0) return ATR_OK;
    reference_of(&fact->order, text);
    append_text(status->rail_reference, text);
    money_json(fact->order.units, text);
    append_text(status->charged_money_json, text);
    return ATR_OK;
}

static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
    (void)self;
    return append_text(out, "{\"assets\":[{\"asset\":\"" ASSET "\",\"decimals\":5}],\"account\":\"" ACCOUNT
                            "\",\"idempotent\":true,\"idempotency_window_ms\":0,\"queryable\":true,"
                            "\"sequenced\":false,\"cancel\":false,\"enforces_not_after\":false}")
               ? ATR_OK
               : full(error);
}

static atr_outcome prepare(void* self, const atr_call* call, const atr_payment* payment, atr_buf* prepared,
                           atr_buf* predicted_ref, atr_buf* max_charge_json, atr_error* error) {
    struct order order;
    char blob[longest_text], reference[longest_text], charge[longest_text];
    (void)self, (void)call;
    const atr_outcome outcome = read_order(payment, &order, error);
    if (outcome != ATR_OK) return outcome;
    blob_of(&order, blob);
    reference_of(&order, reference);
    money_json(order.units, charge);
    const int fits =
        append_text(prepared, blob) && append_text(predicted_ref, reference) && append_text(max_charge_json, charge);
    return fits ? ATR_OK : full(error);
}

/* What the bank already knows of the payment. */
static atr_outcome repeat(const struct fact* known, const struct order* order, const atr_call* call,
                          atr_pay_status* status, atr_error* error) {
    if (!orders_are_equal(&known->order, order))
        return answer(error, ATR_REJECTED, ATR_E_IDEMPOTENCY_MISMATCH, "this payment_id was used for another payment");
    if (known->refused != 0) return answer(error, ATR_REJECTED, known->refused, "it was refused before");
    return tell(known, call, status);
}

static atr_outcome pay(struct book* book, const struct order* order, const atr_call* call, atr_pay_status* status,
                       atr_error* error) {
    struct fact fact = {.order = *order, .at_unix_ms = call->now_unix_ms};
    if (order->units > book_balance(book)) fact.refused = ATR_E_INSUFFICIENT_FUNDS;
    if (book_add(book, &fact) != 0)
        return answer(error, ATR_UNKNOWN, ATR_E_INTERNAL, "the book could not be written; perhaps it was");
    if (fact.refused != 0) return answer(error, ATR_REJECTED, fact.refused, "there is not enough in the account");
    return tell(&fact, call, status);
}

static atr_outcome submit(void* self, const atr_call* call, const atr_payment* payment, atr_str prepared,
                          atr_pay_status* status, atr_error* error) {
    struct order order;
    struct book book;
    char blob[longest_text];
    atr_outcome outcome = read_order(payment, &order, error);
    if (outcome != ATR_OK) return outcome;
    blob_of(&order, blob);
    if (!same_text(prepared, blob))
        return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "the prepared bytes are not of this payment");
    outcome = open_book(self, call, &book, error);
    if (outcome != ATR_OK) return outcome;
    const struct fact* known = book_find(&book, order.payment_id);
    outcome = known ? repeat(known, &order, call, status, error) : pay(&book, &order, call, status, error);
    book_close(&book);
    return outcome;
}

/* The lock is held while the book is read, so what is not there was not received, and nobody is just writing it. */
static atr_outcome lookup(void* self, const atr_call* call, const atr_payment* payment, const atr_str* blobs,
                          uint32_t n, atr_str rail_ref, atr_pay_status* status, atr_error* error) {
    struct book book;
    char payment_id[payment_id_len + 1] = {0};
    (void)blobs, (void)n, (void)rail_ref;
    if (payment->payment_id.len <= payment_id_len) memcpy(payment_id, payment->payment_id.ptr, payment->payment_id.len);
    const atr_outcome outcome = open_book(self, call, &book, error);
    if (outcome != ATR_OK) return outcome;
    const struct fact* known = book_find(&book, payment_id);
    if (known) {
        tell(known, call, status);
    } else {
        status->state = ATR_PS_NEVER_RECEIVED;
        status->is_final = 0; /* it may still arrive */
        status->as_of_unix_ms = call->now_unix_ms;
    }
    book_close(&book);
    return ATR_OK;
}

static int is_ours(atr_str account) {
    return account.len == 0 || same_text(account, ACCOUNT);
}

static atr_outcome balance(void* self, const atr_call* call, atr_str account, atr_buf* out, atr_error* error) {
    struct book book;
    char money[longest_text], text[2 * longest_text];
    if (!is_ours(account)) return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "the bank keeps no such account");
    const atr_outcome outcome = open_book(self, call, &book, error);
    if (outcome != ATR_OK) return outcome;
    money_json(book_balance(&book), money);
    snprintf(text, sizeof text, "{\"account\":\"" ACCOUNT "\",\"balances\":[%s],\"position\":\"%zu\"}", money,
             book_count_paid(&book) + 1);
    book_close(&book);
    return append_text(out, text) ? ATR_OK : full(error);
}

/* Position 1 is the opening balance, position n + 1 the nth payment. 0: the sink has said stop. */
static int give(size_t position, const struct fact* fact, const atr_event_sink* sink) {
    char place[24], amount[longest_amount], reference[longest_text] = "";
    const int place_len = snprintf(place, sizeof place, "%zu", position);
    format_units(fact ? fact->order.units : bank_opening_units(), amount);
    if (fact) reference_of(&fact->order, reference);
    const atr_rail_event event = {.struct_size = sizeof event,
                                  .state = ATR_PS_SETTLED,
                                  .is_final = 1,
                                  .direction = fact ? ATR_DIR_OUT : ATR_DIR_IN,
                                  .event_id = {place, (size_t)place_len},
                                  .payment_id = {fact ? fact->order.payment_id : "", fact ? payment_id_len : 0},
                                  .rail_reference = {reference, strlen(reference)},
                                  .money = {{amount, strlen(amount)}, TEXT(ASSET)},
                                  .fee = {TEXT("0"), TEXT(ASSET)},
                                  .counterparty_json = TEXT("{}"),
                                  .position = {place, (size_t)place_len},
                                  .at_unix_ms = fact ? fact->at_unix_ms : 0,
                                  .raw_json = TEXT("{}")};
    return sink->on_event(sink->ctx, &event) == 0;
}

/* 0: no position of a statement that ends with `last`. */
static int read_position(atr_str text, size_t last, size_t* out) {
    *out = 0;
    for (size_t i = 0; i < text.len; ++i) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return 0;
        *out = 10 * *out + (size_t)(text.ptr[i] - '0');
        if (*out > last) return 0;
    }
    return 1;
}

static atr_outcome statement(void* self, const atr_call* call, atr_str account, atr_str from_position, uint32_t limit,
                             const atr_event_sink* sink, atr_buf* next_position, atr_error* error) {
    struct book book;
    size_t from;
    char next[24];
    if (!is_ours(account)) return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "the bank keeps no such account");
    atr_outcome outcome = open_book(self, call, &book, error);
    if (outcome != ATR_OK) return outcome;
    const size_t end = book_count_paid(&book) + 1;
    if (!read_position(from_position, end, &from)) {
        outcome = answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "no position of this statement");
    } else {
        const size_t last = limit < end - from ? from + limit : end;
        for (size_t position = from + 1; position <= last && outcome == ATR_OK; ++position)
            if (!give(position, position == 1 ? NULL : book_paid(&book, position - 2), sink)) outcome = full(error);
        snprintf(next, sizeof next, "%zu", last);
        if (outcome == ATR_OK && !append_text(next_position, next)) outcome = full(error);
    }
    book_close(&book);
    return outcome;
}

/* The host has checked the configuration against the schema below. */
static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    struct book book;
    (void)host, (void)name;
    struct bank* bank = calloc(1, sizeof *bank);
    if (!bank) return answer(error, ATR_REJECTED, ATR_E_INTERNAL, "no memory");
    strcpy(bank->path, "bank.txt");
    const enum json_found found = json_text(config.ptr, config.len, "path", bank->path, sizeof bank->path);
    const int problem = found == JSON_NO_OBJECT || found == JSON_OTHER_TYPE ? EINVAL : book_open(&book, bank->path);
    if (problem != 0) {
        free(bank);
        return answer(error, ATR_REJECTED, ATR_E_CONFIG,
                      found == JSON_NO_OBJECT    ? "the configuration is not a JSON object"
                      : found == JSON_OTHER_TYPE ? "setting 'path' is not a text of a path's length"
                                                 : "setting 'path': the book cannot be opened");
    }
    book_close(&book);
    *self = bank;
    return ATR_OK;
}

static void destroy(void* self) {
    free(self);
}

static const void* get_interface(void* self, atr_str id) {
    static const atr_rail table = {.struct_size = sizeof table,
                                   .describe = describe,
                                   .prepare = prepare,
                                   .submit = submit,
                                   .lookup = lookup,
                                   .balance = balance,
                                   .statement = statement};
    (void)self;
    return same_text(id, ATR_IF_RAIL) ? &table : NULL;
}

static const atr_component component = {
    .struct_size = sizeof component,
    .id = TEXT("org.example.rail_lines"),
    .kind = TEXT("rail"),
    .title = TEXT("A bank in one file"),
    .version = TEXT("1.0.0"),
    .license = TEXT("Apache-2.0"),
    .config_schema_json =
        TEXT("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"path\":{\"type\":\"string\","
             "\"default\":\"bank.txt\",\"description\":\"The bank's book; its folder must exist\"}}}"),
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
