#include "text.h"

#include <string.h>

/* How many bytes the letter at `at` has; 0: it is none. Overlong forms, halves of pairs and what lies above U+10FFFF
 * are none. */
static size_t letter_size(const unsigned char* at, size_t left) {
    const unsigned char first = at[0];
    const size_t size = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
    if (first == 0 || size == 0 || size > left) return 0;
    for (size_t i = 1; i < size; ++i)
        if ((at[i] & 0xC0) != 0x80) return 0;
    if ((first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] >= 0xA0)) return 0;
    if ((first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] >= 0x90)) return 0;
    return size;
}

int is_plain_text(atr_str bytes) {
    for (size_t at = 0; at < bytes.len;) {
        const size_t size = letter_size((const unsigned char*)bytes.ptr + at, bytes.len - at);
        if (size == 0) return 0;
        at += size;
    }
    return 1;
}

int next_line(atr_str* rest, atr_str* line) {
    if (rest->len == 0) return 0;
    const char* end = memchr(rest->ptr, '\n', rest->len);
    line->ptr = rest->ptr;
    line->len = end ? (size_t)(end - rest->ptr) : rest->len;
    const size_t taken = line->len + (end != NULL);
    rest->ptr += taken;
    rest->len -= taken;
    return 1;
}

static int is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

atr_str trimmed(atr_str text) {
    while (text.len > 0 && is_blank(text.ptr[0])) {
        ++text.ptr;
        --text.len;
    }
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) --text.len;
    return text;
}

int split(atr_str text, char mark, atr_str* before, atr_str* after) {
    const char* found = text.len ? memchr(text.ptr, mark, text.len) : NULL;
    if (!found) return 0;
    const size_t at = (size_t)(found - text.ptr);
    *before = (atr_str){text.ptr, at};
    *after = (atr_str){found + 1, text.len - at - 1};
    return 1;
}
