/* Texts by their place in a document: nothing is copied, so a value always knows where it stands. */
#ifndef PARSER_TEXT_H
#define PARSER_TEXT_H
#include <atr/atr.h>

/* Whether the bytes are UTF-8 without zero bytes. */
int is_plain_text(atr_str bytes);
/* The next line, without its end, and moves `rest` behind it. 0: there is none. */
int next_line(atr_str* rest, atr_str* line);
/* Without blanks at either end. */
atr_str trimmed(atr_str text);
/* Parts the text at the first `mark`. 0: it has none. */
int split(atr_str text, char mark, atr_str* before, atr_str* after);
#endif
