/* A bounded hash table of values with a time to live and a version. Not thread-safe: its user locks it.
 *
 * A deleted or expired entry stays as a tombstone with its version, until its place is needed: a filler that read
 * before the deletion must not win. Times are Unix milliseconds, as the host tells them. */
#ifndef CACHE_TABLE_H
#define CACHE_TABLE_H
#include <stddef.h>
#include <stdint.h>

enum { table_buckets = 1 << 14 };

struct entry {
    struct entry *next_in_bucket, *newer, *older;
    char* bytes; /* the key, then the value */
    size_t key_len, value_len;
    uint64_t version;
    int64_t expires_unix_ms; /* 0: a tombstone */
};

struct table {
    struct entry* buckets[table_buckets];
    struct entry *newest, *oldest;
    size_t bytes, max_bytes;
};

/* The entry, a tombstone too; NULL when nothing is known of the key. */
struct entry* table_find(const struct table* table, const char* key, size_t key_len);
/* Whether the entry (may be NULL) has a value at this time. */
int table_is_live(const struct entry* entry, int64_t now_unix_ms);
/* Stores the value, and drops the oldest entries where they are too many. NULL: no memory, or larger than a quarter of
 * max_bytes; nothing has changed then. */
struct entry* table_store(struct table* table, const char* key, size_t key_len, const char* value, size_t value_len);
void table_bury(struct table* table, struct entry* entry);
void table_free(struct table* table);
#endif
