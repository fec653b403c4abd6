/* atr/atr.h - the plugin ABI of Autonomous Treasurer, major 1, release candidate ATR_ABI_RC. C99 and C++11.
 * This header is the only binary contract between host and plugins; no other include is needed to write a plugin.
 *
 * Element structs passed contiguously WITHOUT a stride, or embedded in others, are frozen for ever: atr_str atr_buf
 * atr_kv atr_key atr_money atr_value atr_index_entry atr_index_col atr_index_def atr_collection_def.
 *
 * Rules that hold for EVERY function below
 *  R1  Inputs are borrowed: valid until the call returns; copy what you keep. Strings are UTF-8, not NUL-terminated.
 *  R2  Outputs go only through the caller's sinks (atr_buf, atr_*_sink) or fixed-size out structs. Nobody frees the
 *      other side's memory.
 *  R3  No C++ exception, Rust panic or longjmp may leave a plugin function.
 *  R4  Tables only grow at the end; a slot is never re-typed, re-ordered or re-used. A NULL optional slot means
 *      ATR_UNSUPPORTED.
 *  R5  Unless marked [serial], a function may be called from any thread, concurrently (see ATR_PF_SERIAL).
 *  R6  Every call carries a deadline; return before it. Calls after destroy() never happen. destroy() joins every
 *      thread it started.
 *  R7  Functions of host services take atr_host.ctx as their `ctx`.
 *  R8  The process belongs to the host: working folder, locale, umask, signal handlers and standard output stay as they
 *      are, and nothing ends it.
 *
 * `treasurer plugin check` (sdk/testkit) tries every rule below that can be seen from outside.
 */
#ifndef ATR_ATR_H
#define ATR_ATR_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define ATR_ABI_MAJOR 1u
#define ATR_ABI_MINOR 0u
#define ATR_ABI_RC 3u /* host and plugin must carry the same number until 1.0 is declared, which sets it to 0 */
#if defined(__GNUC__)
#define ATR_EXPORT __attribute__((visibility("default")))
#else
#define ATR_EXPORT
#endif

typedef struct atr_str {
    const char* ptr;
    size_t len;
} atr_str; /* frozen forever: 16 bytes */

/* A byte sink. Whoever wants the bytes makes it and owns them; the other side only appends, during the call.
 * append returns 0, or another number when its owner's limit is reached: stop, and return ATR_REJECTED. A NULL sink
 * means the caller does not want this output. */
typedef struct atr_buf {
    void* ctx;
    int32_t (*append)(void* ctx, const void* bytes, size_t len);
} atr_buf; /* frozen forever: 16 bytes */

/* Outcome: CLOSED set, never extended inside major 1. Any other value is read by the host as ATR_UNKNOWN. */
typedef int32_t atr_outcome;
enum {
    ATR_OK = 0,         /* done, durable to the degree the function promises */
    ATR_NOT_FOUND = 1,  /* definitive: the thing is not there */
    ATR_CONFLICT = 2,   /* NOT applied: precondition failed; re-read and decide again */
    ATR_REJECTED = 3,   /* NOT applied and never will be if repeated unchanged */
    ATR_RETRY = 4,      /* PROVEN not applied; safe to repeat with the same key */
    ATR_UNKNOWN = 5,    /* may have been applied; repeat only with the SAME key, or ask lookup() */
    ATR_UNSUPPORTED = 6 /* not implemented by this plugin */
};
typedef struct atr_error { /* host-allocated, zeroed, struct_size set by host; plugin fills with whole UTF-8 that ends
                              in a zero byte; no ownership */
    uint32_t struct_size;
    int32_t code;           /* OPEN set ATR_E_*; 0 = unspecified */
    int32_t retry_after_ms; /* <0 = no hint */
    uint32_t reserved0;
    char vendor_code[64]; /* e.g. SQLSTATE, ISO 20022 reason, HTTP status */
    char message[512];    /* for operators; never put secrets or PII here */
} atr_error;
enum {
    ATR_E_UNSPEC = 0,
    ATR_E_CONFIG = 1,
    ATR_E_AUTH = 2,
    ATR_E_PERMISSION = 3,
    ATR_E_UNREACHABLE = 4,
    ATR_E_TIMEOUT = 5,
    ATR_E_CANCELLED = 6,
    ATR_E_OVERLOADED = 7,
    ATR_E_LIMIT = 8,
    ATR_E_BAD_INPUT = 9,
    ATR_E_CORRUPT = 10,
    ATR_E_INTERNAL = 11,
    ATR_E_IDEMPOTENCY_MISMATCH = 100,
    ATR_E_LEASE_LOST = 101,
    ATR_E_TOO_LARGE = 102,
    ATR_E_LIMIT_BREACHED = 103,
    ATR_E_INSUFFICIENT_FUNDS = 200,
    ATR_E_PAYEE_INVALID = 201,
    ATR_E_COMPLIANCE = 202,
    ATR_E_QUOTE_EXPIRED = 203,
    ATR_E_DUPLICATE = 204,
    ATR_E_AMOUNT_OUT_OF_RANGE = 205,
    ATR_E_MEDIA_TYPE = 300,
    ATR_E_ENCRYPTED_DOC = 301
};

typedef struct atr_call { /* per call context, borrowed */
    uint32_t struct_size;
    uint32_t attempt;    /* 1.. */
    int64_t now_unix_ms; /* plugins MUST use this as "now" for semantics (expiry); a shared store judges leases by
                            its own clock: see atr_storage */
    int64_t deadline_unix_ms;
    atr_str request_id;
    atr_str traceparent;
    atr_str tenant;
    int32_t (*cancelled)(const struct atr_call*); /* poll from loops; 1 = stop */
} atr_call;

/* ---------------------------------------------------------------- host services */
typedef struct atr_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    void* ctx;
    atr_str host_version;
    void (*log)(void* ctx, int32_t level, atr_str msg, atr_str fields_json); /* level: 0 trace..5 fatal */
    int64_t (*now_unix_ms)(void* ctx);
    const void* (*get_service)(void* ctx, atr_str id); /* NULL if absent; see ids below */
} atr_host;
#define ATR_SVC_METRICS "atr.metrics/1"
typedef struct atr_metrics {
    uint32_t struct_size;
    uint32_t reserved0;
    void (*counter_add)(void* ctx, atr_str name, double v, atr_str labels_json);
    void (*histogram)(void* ctx, atr_str name, double v, atr_str labels_json);
    void (*gauge_set)(void* ctx, atr_str name, double v, atr_str labels_json); /* not a number: not known any more */
} atr_metrics;
#define ATR_SVC_SECRETS "atr.secrets/1"
typedef struct atr_secrets {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*get)(void* ctx, atr_str ref, atr_buf* out, atr_error*);
} atr_secrets; /* call at use time, so rotation works */
#define ATR_SVC_HTTP "atr.http/1"
typedef struct atr_kv {
    atr_str key;
    atr_str value;
} atr_kv;
enum {
    ATR_HTTP_NOT_SENT = 0,
    ATR_HTTP_SENT_NO_REPLY = 1,
    ATR_HTTP_REPLIED = 2
}; /* makes RETRY vs UNKNOWN mechanical */
typedef struct atr_http_req {
    uint32_t struct_size;
    uint32_t n_headers;
    atr_str method;
    atr_str url;
    const atr_kv* headers;
    atr_str body;
    uint32_t timeout_ms;
    uint32_t flags;
} atr_http_req;
typedef struct atr_http_rsp {
    uint32_t struct_size;
    int32_t phase;
    int32_t status;
    uint32_t reserved0;
    atr_buf* headers_json;
    atr_buf* body;
} atr_http_rsp;
typedef struct atr_http {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*send)(void* ctx, const atr_call*, const atr_http_req*, atr_http_rsp*, atr_error*);
} atr_http;

/* ---------------------------------------------------------------- entry */
enum { ATR_PF_SERIAL = 1u /* host serialises all calls to an instance */ };
typedef struct atr_component { /* one loadable implementation; a .so may hold several */
    uint32_t struct_size;
    uint32_t flags;
    atr_str id;   /* "com.acme.sepa", unique, stable */
    atr_str kind; /* "storage" | "cache" | "rail" | "parser" | vendor kind */
    atr_str title;
    atr_str version;
    atr_str vendor;
    atr_str license;
    atr_str config_schema_json; /* JSON Schema 2020-12 (subset); host validates BEFORE create */
    atr_outcome (*create)(const atr_host*, atr_str instance_name, atr_str config_json, void** self,
                          atr_error*);                    /* no network I/O needed; fast */
    void (*destroy)(void* self);                          /* [serial] after all calls returned */
    const void* (*get_interface)(void* self, atr_str id); /* "atr.rail/1", static for self's lifetime; else NULL */
    atr_outcome (*health)(void* self, const atr_call*, atr_buf* detail_json, atr_error*); /* optional */
} atr_component;
typedef struct atr_plugin {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor; /* built against */
    uint32_t min_host_minor;
    uint32_t n_components;
    uint32_t abi_rc; /* ATR_ABI_RC built against */
    uint32_t reserved0;
    atr_str sdk; /* "atr-cpp 1.0.0 g++ 12.2" for diagnostics */
    const atr_component* const* components;
} atr_plugin;
extern ATR_EXPORT const atr_plugin atr_plugin_entry_v1; /* the ONLY exported symbol */

/* ---------------------------------------------------------------- storage: "atr.storage/1"
 * Records are {collection, key, version, body, index values}. Bodies come back byte for byte (a jsonb column would
 * reorder them: keep bytes). TEXT sorts bytewise. A COUNTER collection holds one exact integer of up to 38 digits per
 * record, changed by ADD alone: balances, holds, limits, roll-ups. Jobs and idempotency keys are collections too
 * ("atr.jobs", "atr.keys"): readable and copyable like all others. */
#define ATR_IF_STORAGE "atr.storage/1"
enum {
    ATR_T_NULL = 0,
    ATR_T_INT = 1,
    ATR_T_TEXT = 2,
    ATR_T_BOOL = 3,
    ATR_T_DEC = 4 /* canonical decimal text, <= 38 digits, ordered by value */
};
typedef struct atr_value {
    int32_t type;
    uint32_t reserved0;
    int64_t i;
    atr_str s;
} atr_value;
typedef struct atr_index_entry {
    atr_str index;
    uint32_t n_values;
    uint32_t reserved0;
    const atr_value* values;
} atr_index_entry;
typedef struct atr_record {
    uint32_t struct_size;
    uint32_t n_index;
    atr_str collection;
    atr_str key;
    uint64_t version;
    int64_t updated_unix_ms;
    atr_str body;
    const atr_index_entry* index;
} atr_record;
typedef struct atr_index_col {
    atr_str json_pointer;
    int32_t type;
    uint32_t reserved0;
} atr_index_col; /* where the value stands in the body, so that a new index can be back-filled */
typedef struct atr_index_def {
    atr_str name;
    uint32_t n_cols;
    uint32_t flags /*1=unique*/;
    const atr_index_col* cols;
} atr_index_def;
enum { ATR_CF_COUNTER = 1u, ATR_CF_BLOB = 2u };
typedef struct atr_collection_def {
    atr_str name;
    uint32_t n_indexes;
    uint32_t flags;
    const atr_index_def* indexes;
} atr_collection_def;
typedef struct atr_schema {
    uint32_t struct_size;
    uint32_t n;
    uint64_t schema_version;
    const atr_collection_def* collections;
} atr_schema;
enum {
    ATR_OP_CHECK = 1 /* holds until the commit */,
    ATR_OP_PUT = 2,
    ATR_OP_DELETE = 3,
    ATR_OP_JOB_ENQUEUE = 4 /* lease_ms > 0: born leased to `worker` */,
    ATR_OP_JOB_DONE = 5 /* needs lease_token */,
    ATR_OP_JOB_RESCHEDULE = 6 /* needs lease_token; frees the lease; due again at run_at */,
    ATR_OP_ADD = 7 /* counter += delta, min <= result <= max, else CONFLICT + ATR_E_LIMIT_BREACHED; no version */
};
#define ATR_VER_ANY UINT64_MAX /* no precondition */
#define ATR_VER_ABSENT 0u      /* must not exist; versions start at 1 */
typedef struct atr_op {
    uint32_t struct_size;
    int32_t op;
    uint64_t expect_version;
    const atr_record* rec /* stepped by its own struct_size */;
    atr_str delta, min, max;
    atr_str queue;
    atr_str worker;
    int64_t run_at_unix_ms;
    int64_t lease_ms;
    uint64_t lease_token;
} atr_op;
typedef struct atr_batch {
    uint32_t struct_size;
    uint32_t n_ops;
    uint32_t op_stride /* step by this, never by your own sizeof */;
    uint32_t reserved0;
    atr_str idempotency_key;
    atr_str fingerprint /* of the meaning, not of the bytes */;
    int64_t key_expires_unix_ms;
    const atr_op* ops;
} atr_batch;
typedef struct atr_commit {
    uint32_t struct_size;
    atr_outcome outcome /* the host pre-fills ATR_UNKNOWN */;
    int32_t replayed;
    uint32_t conflict_op;
    uint64_t commit_seq;
    uint32_t n_versions;
    uint32_t reserved0;
    uint64_t* versions; /* host array, cap n_ops; one an op: the record's new version, the lease token of a job born
                           leased, else 0; a replay returns the first ones, as many as there is room for */
    atr_error* error;
} atr_commit;
typedef struct atr_commit_group {
    uint32_t struct_size;
    uint32_t n_batches;
    uint32_t batch_stride;
    uint32_t commit_stride;
    const atr_batch* batches;
    atr_commit* results;
} atr_commit_group;
typedef struct atr_key {
    atr_str collection;
    atr_str key;
} atr_key;
typedef struct atr_record_sink {
    uint32_t struct_size;
    uint32_t reserved0;
    void* ctx;
    int32_t (*on_record)(void* ctx, const atr_record*);
} atr_record_sink; /* !=0 stops */
enum {
    ATR_Q_MAY_LAG = 1u /* a replica may answer */,
    ATR_Q_SNAPSHOT = 2u /* all pages of this cursor see one moment */
};
typedef struct atr_query {
    uint32_t struct_size;
    uint32_t limit;
    uint32_t flags;
    int32_t descending;
    uint64_t min_seq /* answer reflects at least this commit; RETRY where the store has not reached it */;
    atr_str collection;
    atr_str index /* empty: by key */;
    uint32_t n_eq;
    uint32_t reserved0;
    const atr_value* eq;
    atr_value lo;
    atr_value hi; /* half-open on the next column; NULL type = open */
    atr_str cursor;
} atr_query;
typedef struct atr_job {
    uint32_t struct_size;
    uint32_t attempt;
    atr_str queue;
    atr_str id;
    atr_str body;
    uint64_t lease_token;
    int64_t lease_until_unix_ms;
} atr_job;
typedef struct atr_job_sink {
    uint32_t struct_size;
    uint32_t reserved0;
    void* ctx;
    int32_t (*on_job)(void* ctx, const atr_job*);
} atr_job_sink;
typedef struct atr_storage {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*migrate)(void*, const atr_call*, const atr_schema*,
                           atr_error*); /* required; safe when N hosts start at once */
    atr_outcome (*get)(void*, const atr_call*, const atr_key* keys, uint32_t n, uint32_t flags, uint64_t min_seq,
                       const atr_record_sink*, atr_error*); /* required; absent ones are skipped */
    atr_outcome (*commit)(
        void*, const atr_call*, const atr_commit_group*,
        atr_error*); /* required: batches in order, each atomic with its own outcome; one durable flush */
    atr_outcome (*query)(void*, const atr_call*, const atr_query*, const atr_record_sink*, atr_buf* next_cursor,
                         atr_error*); /* required */
    /* Required. run_at and the ends of leases, here and in commit, are judged by the store's own clock, so that hosts
     * whose clocks differ agree; a store that is one file on one machine uses call->now_unix_ms. */
    atr_outcome (*lease)(void*, const atr_call*, atr_str queue, atr_str worker, uint32_t max, int64_t lease_ms,
                         const atr_job_sink*, atr_error*);
    atr_outcome (*extend_leases)(void*, const atr_call*, atr_str worker, int64_t lease_ms, uint32_t* held,
                                 atr_error*); /* required; one call renews all of a worker */
    /* Required. Whole commits in order; never passes a sequence still in flight; limit 0 tells last_seq alone. A store
     * that ends before after_seq, since it lost commits, says so: no records, and where it ends as last_seq. */
    atr_outcome (*changes)(void*, const atr_call*, uint64_t after_seq, uint32_t limit, const atr_record_sink*,
                           uint64_t* last_seq, atr_error*);
    /* Optional; documents. Same key and same bytes is OK, other bytes are CONFLICT. */
    atr_outcome (*blob_put)(void*, const atr_call*, atr_str key, atr_str bytes, atr_error*);
    atr_outcome (*blob_get)(void*, const atr_call*, atr_str key, uint64_t offset, uint64_t len, atr_buf* out,
                            uint64_t* total, atr_error*);
    atr_outcome (*purge)(void*, const atr_call*, atr_str collection, int64_t older_than_unix_ms, uint32_t max,
                         uint32_t* purged, atr_error*); /* retention */
} atr_storage;

/* Optional beside atr.storage/1: whole copies. What `treasurer storage copy`, `backup` and `restore` read and write a
 * store by. Records come and go as they stand: key, version, time and body, versions and times included.
 * - ordinary: as query shows them; a COUNTER's body is its integer as text.
 * - "atr.jobs": body {"queue","run_at_unix_ms","attempt","worker","lease_token","lease_until_unix_ms","body"}; worker,
 *   token and until are null in a free job; a body that is not UTF-8 stands as "body_base64" (base64url, no padding).
 * - "atr.keys": body {"fingerprint","commit_seq","versions","expires_unix_ms"}, version 1.
 * - "atr.blobs": the documents of blob_put: body is their bytes, version 1; known to this interface only.
 *
 * The change feed is not copied: who follows it at the target is told to read the collections anew. */
#define ATR_IF_STORAGE_COPY "atr.storage.copy/1"
typedef struct atr_store_state {
    uint32_t struct_size;
    uint32_t reserved0;
    uint64_t schema_version; /* 0: never migrated; then there is no collection */
    uint64_t commit_seq;     /* of the last commit */
    uint64_t lease_token;    /* the highest that was ever given */
} atr_store_state;
typedef struct atr_import {
    uint32_t struct_size;
    uint32_t n_records;
    uint32_t n_removals;
    uint32_t reserved0;
    const atr_record* records /* stepped by their own struct_size; each replaces what is under its key */;
    const atr_key* removals /* absent ones are fine */;
    const atr_store_state* state /* sequence and token become at least these; schema_version is not looked at */;
} atr_import;
typedef struct atr_storage_copy {
    uint32_t struct_size;
    uint32_t reserved0;
    /* All that read_snapshot shows is of one moment, that of `state`, in all collections. Writers are not held up. A
     * snapshot that nobody reads for a minute may be closed: reading it is then REJECTED. `names_json`: an array of the
     * collections' names, the three of the plugin included. Too many open: RETRY. */
    atr_outcome (*open_snapshot)(void*, const atr_call*, uint64_t* snapshot, atr_store_state* state,
                                 atr_buf* names_json, atr_error*); /* required */
    /* The records behind `after_key` (empty: from the first) in the order of their keys, bytewise: up to `limit`, or
     * fewer when they are large, at least one when there is one. None: the end. REJECTED: unknown collection. */
    atr_outcome (*read_snapshot)(void*, const atr_call*, uint64_t snapshot, atr_str collection, atr_str after_key,
                                 uint32_t limit, const atr_record_sink*, atr_error*);     /* required */
    atr_outcome (*close_snapshot)(void*, const atr_call*, uint64_t snapshot, atr_error*); /* required; closed is OK */
    /* Atomic and durable like a commit, safe to repeat; no commit sequence of its own. The store must have been
     * migrated, and nobody else may use it meanwhile. Index values are read from the bodies when a record brings none.
     * Unknown collection, or a body of the plugin's own collections that cannot be read: REJECTED, nothing applied. */
    atr_outcome (*import_records)(void*, const atr_call*, const atr_import*, atr_error*); /* required */
} atr_storage_copy;

/* ---------------------------------------------------------------- cache: "atr.cache/1" */
#define ATR_IF_CACHE "atr.cache/1"
enum {
    ATR_SET_IF_ABSENT = 1u,
    ATR_SET_IF_NEWER = 2u /* a filler that read before an invalidation must not win: a deleted key keeps its version */
};
typedef struct atr_cache {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*get)(void*, const atr_call*, atr_str key, atr_buf* out, int64_t* ttl_ms_left, atr_error*);
    atr_outcome (*set)(void*, const atr_call*, atr_str key, atr_str val, uint64_t version, int64_t ttl_ms,
                       uint32_t flags,
                       atr_error*); /* IF_ABSENT or IF_NEWER lost -> CONFLICT; a ttl is always given; where a
                                       value is refused as ATR_E_TOO_LARGE, an older one is deleted */
    /* Idempotent. Keeps the version of a key it knows, and knows nothing of others: an invalidation that must beat a
     * slow filler is a set of a marker, with IF_NEWER and the version that made the key stale. */
    atr_outcome (*del)(void*, const atr_call*, const atr_str* keys, uint32_t n, atr_error*);
    atr_outcome (*incr)(void*, const atr_call*, atr_str key, int64_t by, int64_t ttl_ms_on_create, int64_t* value,
                        int64_t* ttl_ms_left, atr_error*); /* atomic */
    atr_outcome (*touch)(void*, const atr_call*, atr_str key, int64_t ttl_ms, atr_error*);
} atr_cache;
#define ATR_IF_CACHE_BUS "atr.cache.bus/1" /* optional: invalidation between hosts */
typedef struct atr_bus_sink {
    uint32_t struct_size;
    uint32_t reserved0;
    void* ctx;
    void (*on_message)(void* ctx, atr_str channel, atr_str payload); /* from a plugin thread; must return fast */
    void (*on_gap)(void* ctx, atr_str channel);
} atr_bus_sink; /* messages may have been lost: host drops its near-cache */
typedef struct atr_cache_bus {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*publish)(void*, const atr_call*, atr_str channel, atr_str payload, atr_error*);
    atr_outcome (*subscribe)(void*, const atr_call*, atr_str channel, const atr_bus_sink*, uint64_t* sub, atr_error*);
    void (*unsubscribe)(void*, uint64_t sub);
} atr_cache_bus; /* when it returns no callback is running or will run */

/* ---------------------------------------------------------------- rail: "atr.rail/1" */
#define ATR_IF_RAIL "atr.rail/1"
typedef struct atr_money {
    atr_str amount /* canonical decimal "12.34" */;
    atr_str asset /* "EUR", "USDC@eip155:1" */;
} atr_money; /* frozen forever */
typedef struct atr_payment {
    uint32_t struct_size;
    uint32_t attempt;
    atr_str payment_id; /* host-made, unique for ever, 32 lower-case hex (fits ISO 20022's 35): idempotency key AND
                           reference shown to the rail */
    uint64_t sequence;  /* sequenced rails (an EVM nonce): assigned by the host, consecutive per source account; 0 = not
                           sequenced */
    atr_str source_account;
    atr_str creditor_json;
    atr_money money;
    atr_money fee_max;
    atr_str purpose;
    atr_str quote_id;
    atr_str batch_id;
    int64_t execute_not_after_unix_ms;
} atr_payment;
enum {
    ATR_PS_ACCEPTED = 1,
    ATR_PS_PENDING = 2,
    ATR_PS_SETTLED = 3,
    ATR_PS_FAILED = 4,
    ATR_PS_CANCELLED = 5,
    ATR_PS_RETURNED = 6,
    ATR_PS_NEVER_RECEIVED = 7
};
typedef struct atr_pay_status {
    uint32_t struct_size;
    int32_t state;
    int32_t is_final /* only then may the ledger post or void */;
    int32_t reason_code;
    int64_t as_of_unix_ms;
    atr_buf* rail_reference;
    atr_buf* charged_money_json;
    atr_buf* fee_money_json;
    atr_buf* evidence_json;
} atr_pay_status;
enum { ATR_DIR_OUT = 1, ATR_DIR_IN = 2 };
typedef struct atr_rail_event {
    uint32_t struct_size;
    int32_t state;
    int32_t is_final;
    int32_t direction;
    atr_str event_id;
    atr_str payment_id /* empty: not ours, e.g. a receipt */;
    atr_str rail_reference;
    atr_money money;
    atr_money fee;
    atr_str counterparty_json;
    atr_str position /* block height, statement line */;
    int64_t at_unix_ms;
    atr_str raw_json;
} atr_rail_event;
typedef struct atr_event_sink {
    uint32_t struct_size;
    uint32_t reserved0;
    void* ctx;
    int32_t (*on_event)(void* ctx, const atr_rail_event*);
} atr_event_sink;
typedef struct atr_rail {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*describe)(void*, atr_buf* capabilities_json,
                            atr_error*); /* required: assets, decimals, limits, idempotent (and for how long),
                                            queryable, sequenced, cancel, batch, finality */
    atr_outcome (*quote)(void*, const atr_call*, const atr_payment*, atr_buf* quote_json,
                         atr_error*); /* optional; no effect */
    atr_outcome (*prepare)(void*, const atr_call*, const atr_payment*, atr_buf* prepared, atr_buf* predicted_ref,
                           atr_buf* max_charge_json,
                           atr_error*); /* required; NO external effect, before a submit of the payment or after it */
    atr_outcome (*replace)(void*, const atr_call*, const atr_payment*, const atr_str* blobs, uint32_t n,
                           int32_t why /*1 fee bump, 2 cancel*/, atr_buf* prepared, atr_buf* predicted_ref,
                           atr_error*); /* optional; no effect; new bytes that exclude the old ones */
    atr_outcome (*submit)(void*, const atr_call*, const atr_payment*, atr_str prepared, atr_pay_status*,
                          atr_error*); /* required; the ONLY effect */
    atr_outcome (*lookup)(void*, const atr_call*, const atr_payment*, const atr_str* blobs, uint32_t n,
                          atr_str rail_ref, atr_pay_status*, atr_error*); /* required; over all bytes ever prepared */
    atr_outcome (*cancel)(void*, const atr_call*, const atr_payment*, const atr_str* blobs, uint32_t n, atr_pay_status*,
                          atr_error*); /* optional */
    atr_outcome (*balance)(void*, const atr_call*, atr_str account, atr_buf* balances_json /* with position */,
                           atr_error*); /* required */
    atr_outcome (*statement)(
        void*, const atr_call*, atr_str account, atr_str from_position, uint32_t limit, const atr_event_sink*,
        atr_buf* next_position,
        atr_error*); /* required: all that moved, also what we did not start; reconciliation reads it */
    atr_outcome (*verify_webhook)(void*, const atr_call*, const atr_kv* headers, uint32_t n, atr_str body,
                                  const atr_event_sink*, atr_error*); /* optional; pure */
} atr_rail;

/* ---------------------------------------------------------------- parser: "atr.parser/1" */
#define ATR_IF_PARSER "atr.parser/1"
typedef struct atr_document {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_str media_type;
    atr_str filename;
    atr_str bytes;
    atr_str sha256_hex;
    atr_str hints_json;
} atr_document;
enum { ATR_EV_TEXT = 1, ATR_EV_REGION = 2, ATR_EV_NODE = 3, ATR_EV_MODEL_ONLY = 4 };
typedef struct atr_evidence {
    uint32_t struct_size;
    int32_t kind;
    uint32_t layer;
    uint32_t page;
    uint32_t x, y, w, h; /* 1/10000 of page */
    uint64_t begin, end;
    atr_str quote;
    atr_str node;
} atr_evidence;
typedef struct atr_field {
    uint32_t struct_size;
    uint32_t confidence_bp; /* 0..10000 */
    uint32_t document /* a file may hold several invoices */;
    uint32_t reserved1;
    atr_str path;
    atr_str type;
    atr_str value;
    uint32_t alternative;
    uint32_t n_evidence;
    uint32_t evidence_stride;
    uint32_t reserved0;
    const atr_evidence* evidence;
} atr_field;
typedef struct atr_field_sink {
    uint32_t struct_size;
    uint32_t reserved0;
    void* ctx;
    int32_t (*on_field)(void* ctx, const atr_field*);
    void (*on_warning)(void* ctx, atr_str code, atr_str message);
    int32_t (*on_text)(void* ctx, uint32_t layer, uint32_t page,
                       atr_str text); /* the text that byte ranges in evidence refer to */
} atr_field_sink;
typedef struct atr_usage {
    uint32_t struct_size;
    uint32_t pages;
    uint64_t tokens_in, tokens_out, cost_micros;
    char model[96];
} atr_usage;
typedef struct atr_parser {
    uint32_t struct_size;
    uint32_t reserved0;
    atr_outcome (*describe)(void*, atr_buf* capabilities_json, atr_error*);
    atr_outcome (*parse)(void*, const atr_call*, const atr_document*, const atr_field_sink*, atr_usage*, atr_error*);
} atr_parser;
#ifdef __cplusplus
}
#endif
#endif
