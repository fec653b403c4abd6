#include "table.h"

#include <stdlib.h>
#include <string.h>

static size_t bucket_of(const char* key, size_t key_len) {
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < key_len; ++i) hash = (hash ^ (unsigned char)key[i]) * 1099511628211ULL;
    return (hash ^ hash >> 32) % table_buckets;
}

static size_t cost(const struct entry* entry) {
    return sizeof *entry + entry->key_len + entry->value_len;
}

static void unlink_age(struct table* table, struct entry* entry) {
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        table->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        table->oldest = entry->newer;
}

static void link_newest(struct table* table, struct entry* entry) {
    entry->newer = NULL;
    entry->older = table->newest;
    if (table->newest)
        table->newest->newer = entry;
    else
        table->oldest = entry;
    table->newest = entry;
}

static void forget(struct table* table, struct entry* entry) {
    struct entry** at = &table->buckets[bucket_of(entry->bytes, entry->key_len)];
    while (*at != entry) at = &(*at)->next_in_bucket;
    *at = entry->next_in_bucket;
    unlink_age(table, entry);
    table->bytes -= cost(entry);
    free(entry->bytes);
    free(entry);
}

struct entry* table_find(const struct table* table, const char* key, size_t key_len) {
    for (struct entry* at = table->buckets[bucket_of(key, key_len)]; at; at = at->next_in_bucket)
        if (at->key_len == key_len && memcmp(at->bytes, key, key_len) == 0) return at;
    return NULL;
}

int table_is_live(const struct entry* entry, int64_t now_unix_ms) {
    return entry && entry->expires_unix_ms > now_unix_ms;
}

static struct entry* make(struct table* table, const char* key, size_t key_len) {
    struct entry* entry = calloc(1, sizeof *entry);
    if (!entry) return NULL;
    struct entry** bucket = &table->buckets[bucket_of(key, key_len)];
    entry->key_len = key_len;
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    table->bytes += cost(entry);
    link_newest(table, entry);
    return entry;
}

struct entry* table_store(struct table* table, const char* key, size_t key_len, const char* value, size_t value_len) {
    if (key_len > table->max_bytes / 4 || value_len > table->max_bytes / 4 - key_len) return NULL;
    char* bytes = malloc(key_len + value_len + 1);
    if (!bytes) return NULL;
    if (key_len) memcpy(bytes, key, key_len);
    if (value_len) memcpy(bytes + key_len, value, value_len);
    struct entry* entry = table_find(table, key, key_len);
    if (!entry) entry = make(table, key, key_len);
    if (!entry) {
        free(bytes);
        return NULL;
    }
    free(entry->bytes);
    entry->bytes = bytes;
    table->bytes += value_len - entry->value_len;
    entry->value_len = value_len;
    unlink_age(table, entry);
    link_newest(table, entry);
    while (table->bytes > table->max_bytes && table->oldest != entry) forget(table, table->oldest);
    return entry;
}

void table_bury(struct table* table, struct entry* entry) {
    table->bytes -= entry->value_len;
    entry->value_len = 0;
    entry->expires_unix_ms = 0;
}

void table_free(struct table* table) {
    while (table->oldest) forget(table, table->oldest);
}
