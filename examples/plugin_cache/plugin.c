/* A cache plugin in C: the table of table.h behind one lock, and the entry the host looks for. It has no bus, so hosts
 * that share data learn of each other's changes from the change feed alone. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "border.h"
#include "json.h"
#include "table.h"

static const int64_t default_max_bytes = 64 << 20, least_max_bytes = 4096;

struct cache {
    pthread_mutex_t mutex;
    struct table table;
};

static int64_t expiry(const atr_call* call, int64_t ttl_ms) {
    int64_t out;
    return __builtin_add_overflow(call->now_unix_ms, ttl_ms, &out) ? INT64_MAX : out;
}

static atr_outcome no_ttl(atr_error* error) {
    return answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "a time to live is at least 1 ms");
}

static atr_outcome get(void* self, const atr_call* call, atr_str key, atr_buf* out, int64_t* ttl_ms_left,
                       atr_error* error) {
    struct cache* cache = self;
    atr_outcome outcome = ATR_OK;
    pthread_mutex_lock(&cache->mutex);
    const struct entry* entry = table_find(&cache->table, key.ptr, key.len);
    if (!table_is_live(entry, call->now_unix_ms)) {
        outcome = ATR_NOT_FOUND;
    } else {
        if (ttl_ms_left) *ttl_ms_left = entry->expires_unix_ms - call->now_unix_ms;
        if (!append(out, entry->bytes + entry->key_len, entry->value_len))
            outcome = answer(error, ATR_REJECTED, ATR_E_LIMIT, "the caller's sink is full");
    }
    pthread_mutex_unlock(&cache->mutex);
    return outcome;
}

static atr_outcome store(struct cache* cache, const atr_call* call, atr_str key, atr_str value, uint64_t version,
                         int64_t expires, uint32_t flags, atr_error* error) {
    struct entry* known = table_find(&cache->table, key.ptr, key.len);
    if ((flags & ATR_SET_IF_ABSENT) && table_is_live(known, call->now_unix_ms))
        return answer(error, ATR_CONFLICT, ATR_E_UNSPEC, "the key is present");
    if ((flags & ATR_SET_IF_NEWER) && known && version <= known->version)
        return answer(error, ATR_CONFLICT, ATR_E_UNSPEC, "a version as new is known");
    struct entry* entry = table_store(&cache->table, key.ptr, key.len, value.ptr, value.len);
    if (!entry) {
        if (known) table_bury(&cache->table, known); /* what could not be replaced must not stay */
        return answer(error, ATR_REJECTED, ATR_E_TOO_LARGE, "key and value are larger than a quarter of max_bytes");
    }
    if (version > entry->version) entry->version = version;
    entry->expires_unix_ms = expires;
    return ATR_OK;
}

static atr_outcome set(void* self, const atr_call* call, atr_str key, atr_str value, uint64_t version, int64_t ttl_ms,
                       uint32_t flags, atr_error* error) {
    struct cache* cache = self;
    if (ttl_ms < 1) return no_ttl(error);
    pthread_mutex_lock(&cache->mutex);
    const atr_outcome outcome = store(cache, call, key, value, version, expiry(call, ttl_ms), flags, error);
    pthread_mutex_unlock(&cache->mutex);
    return outcome;
}

static atr_outcome del(void* self, const atr_call* call, const atr_str* keys, uint32_t n, atr_error* error) {
    struct cache* cache = self;
    (void)call, (void)error;
    pthread_mutex_lock(&cache->mutex);
    for (uint32_t i = 0; i < n; ++i) {
        struct entry* entry = table_find(&cache->table, keys[i].ptr, keys[i].len);
        if (entry) table_bury(&cache->table, entry);
    }
    pthread_mutex_unlock(&cache->mutex);
    return ATR_OK;
}

/* Reads a counter. 0: the value is none. */
static int read_counter(const struct entry* entry, int64_t* out) {
    char text[24], *end;
    if (entry->value_len == 0 || entry->value_len >= sizeof text) return 0;
    memcpy(text, entry->bytes + entry->key_len, entry->value_len);
    text[entry->value_len] = '\0';
    if (text[0] != '-' && (text[0] < '0' || text[0] > '9')) return 0;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end == text + entry->value_len;
}

static atr_outcome incr(void* self, const atr_call* call, atr_str key, int64_t by, int64_t ttl_ms_on_create,
                        int64_t* value, int64_t* ttl_ms_left, atr_error* error) {
    struct cache* cache = self;
    int64_t now = 0, expires = expiry(call, ttl_ms_on_create);
    char text[24];
    if (ttl_ms_on_create < 1) return no_ttl(error);
    pthread_mutex_lock(&cache->mutex);
    const struct entry* known = table_find(&cache->table, key.ptr, key.len);
    atr_outcome outcome = ATR_OK;
    if (table_is_live(known, call->now_unix_ms)) {
        expires = known->expires_unix_ms;
        if (!read_counter(known, &now))
            outcome = answer(error, ATR_REJECTED, ATR_E_BAD_INPUT, "the value is no counter");
    }
    if (outcome == ATR_OK && __builtin_add_overflow(now, by, &now))
        outcome = answer(error, ATR_REJECTED, ATR_E_LIMIT, "the counter would overflow");
    if (outcome == ATR_OK) {
        const int length = snprintf(text, sizeof text, "%lld", (long long)now);
        outcome = store(cache, call, key, (atr_str){text, (size_t)length}, 0, expires, 0, error);
    }
    pthread_mutex_unlock(&cache->mutex);
    if (outcome != ATR_OK) return outcome;
    if (value) *value = now;
    if (ttl_ms_left) *ttl_ms_left = expires - call->now_unix_ms;
    return ATR_OK;
}

static atr_outcome touch(void* self, const atr_call* call, atr_str key, int64_t ttl_ms, atr_error* error) {
    struct cache* cache = self;
    if (ttl_ms < 1) return no_ttl(error);
    pthread_mutex_lock(&cache->mutex);
    struct entry* entry = table_find(&cache->table, key.ptr, key.len);
    const int live = table_is_live(entry, call->now_unix_ms);
    if (live) entry->expires_unix_ms = expiry(call, ttl_ms);
    pthread_mutex_unlock(&cache->mutex);
    return live ? ATR_OK : ATR_NOT_FOUND;
}

/* The host has checked the configuration against the schema below. */
static atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    int64_t max_bytes = default_max_bytes;
    (void)host, (void)name;
    const enum json_found found = json_integer(config.ptr, config.len, "max_bytes", &max_bytes);
    if (found == JSON_NO_OBJECT)
        return answer(error, ATR_REJECTED, ATR_E_CONFIG, "the configuration is not a JSON object");
    if (found == JSON_OTHER_TYPE || max_bytes < least_max_bytes)
        return answer(error, ATR_REJECTED, ATR_E_CONFIG, "setting 'max_bytes' is a whole number from 4096 on");
    struct cache* cache = calloc(1, sizeof *cache);
    if (!cache) return answer(error, ATR_REJECTED, ATR_E_INTERNAL, "no memory");
    pthread_mutex_init(&cache->mutex, NULL);
    cache->table.max_bytes = (size_t)max_bytes;
    *self = cache;
    return ATR_OK;
}

static void destroy(void* self) {
    struct cache* cache = self;
    table_free(&cache->table);
    pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static const void* get_interface(void* self, atr_str id) {
    static const atr_cache table = {
        .struct_size = sizeof table, .get = get, .set = set, .del = del, .incr = incr, .touch = touch};
    (void)self;
    return same_text(id, ATR_IF_CACHE) ? &table : NULL;
}

static const atr_component component = {
    .struct_size = sizeof component,
    .id = TEXT("org.example.cache_table"),
    .kind = TEXT("cache"),
    .title = TEXT("A cache in one table"),
    .version = TEXT("1.0.0"),
    .license = TEXT("Apache-2.0"),
    .config_schema_json =
        TEXT("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"max_bytes\":{\"type\":\"integer\","
             "\"minimum\":4096,\"default\":67108864,\"x-unit\":\"bytes\","
             "\"description\":\"Keys and values with their bookkeeping, all together\"}}}"),
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
