#include "bank.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { longest_whole = 12, longest_line = 512 };
static const int64_t scale = 100000, opening_units = 100000 * INT64_C(100000);

static int keep(struct book* book, const struct fact* fact) {
    if (book->count == book->room) {
        const size_t room = book->room ? 2 * book->room : 64;
        struct fact* more = realloc(book->facts, room * sizeof *more);
        if (!more) return ENOMEM;
        book->facts = more;
        book->room = room;
    }
    book->facts[book->count++] = *fact;
    return 0;
}

/* A creditor is written in hex, so that no line end or space of it stands in the line. */
static void to_hex(const char* text, char* out) {
    for (; *text; ++text, out += 2) sprintf(out, "%02x", (unsigned char)*text);
    *out = '\0';
}

static int from_hex(const char* hex, char* out) {
    const size_t len = strlen(hex);
    if (len % 2 || len / 2 > longest_creditor || strspn(hex, "0123456789abcdef") != len) return 0;
    for (size_t i = 0; i < len / 2; ++i) {
        const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (char)strtoul(digits, NULL, 16);
    }
    out[len / 2] = '\0';
    return 1;
}

static int read_fact(const char* line, struct fact* out) {
    char creditor[2 * longest_creditor + 1];
    int end = 0;
    memset(out, 0, sizeof *out);
    return sscanf(line, "%32[0-9a-f] %" SCNd64 " %256[0-9a-f] %" SCNd32 " %" SCNd64 "%n", out->order.payment_id,
                  &out->order.units, creditor, &out->refused, &out->at_unix_ms, &end) == 5 &&
           line[end] == '\n' && from_hex(creditor, out->order.creditor);
}

/* The whole lines; what is behind the last one is cut off. */
static int read_lines(struct book* book) {
    struct fact fact;
    char* line = NULL;
    size_t room = 0;
    off_t whole = 0;
    int error = 0;
    FILE* in = fdopen(dup(book->file), "r");
    if (!in) return errno;
    for (ssize_t len; error == 0 && (len = getline(&line, &room, in)) > 0 && line[len - 1] == '\n'; whole += len)
        error = read_fact(line, &fact) ? keep(book, &fact) : EBADMSG;
    if (error == 0 && ferror(in)) error = EIO;
    free(line);
    fclose(in);
    if (error == 0 && ftruncate(book->file, whole) != 0) error = errno;
    return error;
}

int book_open(struct book* book, const char* path) {
    *book = (struct book){.file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    if (book->file < 0) return errno;
    int error = 0;
    while (flock(book->file, LOCK_EX) != 0 && error == 0)
        if (errno != EINTR) error = errno;
    if (error == 0) error = read_lines(book);
    if (error != 0) book_close(book);
    return error;
}

void book_close(struct book* book) {
    free(book->facts);
    close(book->file);
}

const struct fact* book_find(const struct book* book, const char* payment_id) {
    for (size_t i = 0; i < book->count; ++i)
        if (strcmp(book->facts[i].order.payment_id, payment_id) == 0) return &book->facts[i];
    return NULL;
}

const struct fact* book_paid(const struct book* book, size_t n) {
    for (size_t i = 0; i < book->count; ++i)
        if (book->facts[i].refused == 0 && n-- == 0) return &book->facts[i];
    return NULL;
}

size_t book_count_paid(const struct book* book) {
    size_t out = 0;
    for (size_t i = 0; i < book->count; ++i) out += book->facts[i].refused == 0;
    return out;
}

int64_t book_balance(const struct book* book) {
    int64_t out = opening_units;
    for (size_t i = 0; i < book->count; ++i)
        if (book->facts[i].refused == 0) out -= book->facts[i].order.units;
    return out;
}

int book_add(struct book* book, const struct fact* fact) {
    char creditor[2 * longest_creditor + 1], line[longest_line];
    to_hex(fact->order.creditor, creditor);
    const int length = snprintf(line, sizeof line, "%s %" PRId64 " %s %" PRId32 " %" PRId64 "\n",
                                fact->order.payment_id, fact->order.units, creditor, fact->refused, fact->at_unix_ms);
    for (size_t done = 0; done < (size_t)length;) {
        const ssize_t written = write(book->file, line + done, (size_t)length - done);
        if (written < 0 && errno != EINTR) return errno;
        if (written > 0) done += (size_t)written;
    }
    if (fdatasync(book->file) != 0) return errno;
    return keep(book, fact);
}

int64_t bank_opening_units(void) {
    return opening_units;
}

int orders_are_equal(const struct order* a, const struct order* b) {
    return strcmp(a->payment_id, b->payment_id) == 0 && a->units == b->units && strcmp(a->creditor, b->creditor) == 0;
}

int parse_units(const char* text, size_t len, int64_t* out) {
    size_t whole = 0, fraction = 0, at = 0;
    int64_t units = 0;
    for (; at < len && text[at] >= '0' && text[at] <= '9'; ++at, ++whole)
        if (whole < longest_whole) units = 10 * units + (text[at] - '0');
    if (at < len && text[at] == '.')
        for (++at; at < len && text[at] >= '0' && text[at] <= '9'; ++at, ++fraction)
            if (fraction < bank_decimals) units = 10 * units + (text[at] - '0');
    if (at != len || whole == 0 || whole > longest_whole || fraction > bank_decimals) return 0;
    for (; fraction < bank_decimals; ++fraction) units *= 10;
    *out = units;
    return units > 0;
}

void format_units(int64_t units, char out[longest_amount]) {
    int length = snprintf(out, longest_amount, "%" PRId64 ".%05" PRId64, units / scale, units % scale);
    while (out[length - 1] == '0') out[--length] = '\0';
    if (out[length - 1] == '.') out[--length] = '\0';
}
