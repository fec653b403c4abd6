#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { deepest = 16 };

struct reader {
    const char *at, *end;
};

/* A member's value, as it stands in the bytes. */
struct value {
    const char *begin, *end;
};

static void skip_space(struct reader* reader) {
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at) ++reader->at;
}

static int take(struct reader* reader, char wanted) {
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != wanted) return 0;
    ++reader->at;
    return 1;
}

/* Past a text and its quotes; what is in it is looked at by unescape(). */
static int skip_text(struct reader* reader) {
    if (!take(reader, '"')) return 0;
    for (; reader->at < reader->end && *reader->at != '"'; ++reader->at) {
        if ((unsigned char)*reader->at < 0x20) return 0;
        if (*reader->at == '\\' && ++reader->at == reader->end) return 0;
    }
    return take(reader, '"');
}

static int skip_word(struct reader* reader) {
    static const char* const words[] = {"true", "false", "null"};
    const char* begin = reader->at;
    while (reader->at < reader->end && *reader->at && !strchr(",]} \t\r\n", *reader->at)) ++reader->at;
    const size_t len = (size_t)(reader->at - begin);
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i)
        if (len == strlen(words[i]) && memcmp(begin, words[i], len) == 0) return 1;
    for (const char* c = begin; c < reader->at; ++c)
        if (!strchr("0123456789+-.eE", *c)) return 0;
    return len > 0;
}

static int skip_value(struct reader* reader, int depth);

/* Past an object. With a key, `found` becomes the value of that member of its own. */
static int skip_object(struct reader* reader, int depth, const char* key, struct value* found) {
    if (!take(reader, '{')) return 0;
    if (take(reader, '}')) return 1;
    do {
        skip_space(reader);
        const char* name = reader->at + 1;
        if (!skip_text(reader)) return 0;
        const size_t name_len = (size_t)(reader->at - 1 - name);
        if (!take(reader, ':')) return 0;
        skip_space(reader);
        const char* begin = reader->at;
        if (!skip_value(reader, depth)) return 0;
        if (key && name_len == strlen(key) && memcmp(name, key, name_len) == 0)
            *found = (struct value){begin, reader->at};
    } while (take(reader, ','));
    return take(reader, '}');
}

static int skip_value(struct reader* reader, int depth) {
    skip_space(reader);
    if (reader->at == reader->end || depth > deepest) return 0;
    if (*reader->at == '"') return skip_text(reader);
    if (*reader->at == '{') return skip_object(reader, depth + 1, NULL, NULL);
    if (*reader->at != '[') return skip_word(reader);
    ++reader->at;
    if (take(reader, ']')) return 1;
    do {
        if (!skip_value(reader, depth + 1)) return 0;
    } while (take(reader, ','));
    return take(reader, ']');
}

static enum json_found find(const char* bytes, size_t len, const char* key, struct value* out) {
    struct reader reader = {bytes, bytes + len};
    *out = (struct value){NULL, NULL};
    if (len == 0 || !skip_object(&reader, 0, key, out)) return JSON_NO_OBJECT;
    skip_space(&reader);
    if (reader.at != reader.end) return JSON_NO_OBJECT;
    return out->begin ? JSON_FOUND : JSON_ABSENT;
}

/* A code point of up to 16 bits as UTF-8; 0: half of a pair, which this reader leaves alone, or a zero byte. */
static size_t put_code_point(unsigned point, char* out) {
    if (point == 0 || (point >= 0xD800 && point < 0xE000)) return 0;
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (char)(0x80 | (point & 0x3F));
    return 3;
}

/* What the escape at `at` (behind its backslash) stands for, as UTF-8; 0: it is none. `at` moves to its last byte. */
static size_t unescape(const char** at, const char* end, char* out) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char digits[5] = {0}, *stop = digits;
    const char* known = **at ? strchr(names, **at) : NULL;
    if (known) {
        *out = meanings[known - names];
        return 1;
    }
    if (**at != 'u' || end - *at < 5) return 0;
    memcpy(digits, *at + 1, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4) return 0;
    *at += 4;
    return put_code_point((unsigned)strtoul(digits, &stop, 16), out);
}

int json_is_object(const char* bytes, size_t len) {
    struct value none;
    return find(bytes, len, NULL, &none) != JSON_NO_OBJECT;
}

enum json_found json_text(const char* bytes, size_t len, const char* key, char* out, size_t room) {
    struct value value;
    const enum json_found found = find(bytes, len, key, &value);
    size_t used = 0;
    if (found != JSON_FOUND) return found;
    if (*value.begin != '"') return JSON_OTHER_TYPE;
    for (const char* at = value.begin + 1; at < value.end - 1; ++at) {
        char letter[3] = {*at, 0, 0};
        size_t size = *at != 0;
        if (*at == '\\') {
            ++at;
            size = unescape(&at, value.end - 1, letter);
        }
        if (size == 0 || used + size >= room) return JSON_OTHER_TYPE;
        memcpy(out + used, letter, size);
        used += size;
    }
    out[used] = '\0';
    return JSON_FOUND;
}

enum json_found json_integer(const char* bytes, size_t len, const char* key, int64_t* out) {
    struct value value;
    char text[24] = {0}, *end = text;
    const enum json_found found = find(bytes, len, key, &value);
    if (found != JSON_FOUND) return found;
    const size_t digits = (size_t)(value.end - value.begin);
    if (digits >= sizeof text) return JSON_OTHER_TYPE;
    memcpy(text, value.begin, digits);
    errno = 0;
    const long long read = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') return JSON_OTHER_TYPE;
    *out = read;
    return JSON_FOUND;
}
