/* The bank behind the rail: a file with one line a fact, shared by every process that opens it. Whoever uses the book
 * holds the file's lock. A line counts when its end is on the disk; a torn one is cut off.
 *
 * This is what a real rail does on its own side. Put its client in this place: the plugin keeps no state. */
#ifndef RAIL_BANK_H
#define RAIL_BANK_H
#include <stddef.h>
#include <stdint.h>

/* Amounts are counted in units of 1/100000, exactly. */
enum { bank_decimals = 5, payment_id_len = 32, longest_creditor = 128, longest_amount = 32 };

struct order {
    char payment_id[payment_id_len + 1];
    int64_t units;
    char creditor[longest_creditor + 1];
};

struct fact {
    struct order order;
    int32_t refused; /* 0: it was paid; else the ATR_E_* it was refused with */
    int64_t at_unix_ms;
};

/* The book as it stands while the lock is held. */
struct book {
    int file;
    struct fact* facts;
    size_t count, room;
};

/* Opens or makes the book and waits for its lock, which book_close() gives back. 0, or an errno; then nothing is open.
 */
int book_open(struct book* book, const char* path);
void book_close(struct book* book);
/* What became of a payment: its first fact decides for ever. NULL: it was never received. */
const struct fact* book_find(const struct book* book, const char* payment_id);
/* The nth payment that was made, from 0 on; NULL: there are fewer. */
const struct fact* book_paid(const struct book* book, size_t n);
size_t book_count_paid(const struct book* book);
int64_t book_balance(const struct book* book);
/* Writes the fact, and returns 0 when it is on the disk. An errno: perhaps it is there. */
int book_add(struct book* book, const struct fact* fact);

int64_t bank_opening_units(void);
int orders_are_equal(const struct order* a, const struct order* b);
/* "12.5" as units. 0: no positive decimal that the bank can carry. */
int parse_units(const char* text, size_t len, int64_t* out);
void format_units(int64_t units, char out[longest_amount]);
#endif
