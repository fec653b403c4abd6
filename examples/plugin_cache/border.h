/* What every function at the border with the host needs. */
#ifndef PLUGIN_BORDER_H
#define PLUGIN_BORDER_H
#include <atr/atr.h>
#include <stdio.h>
#include <string.h>

#define TEXT(literal) \
    { literal, sizeof literal - 1 }

/* Fills the error and returns the outcome. The message is for operators: plain ASCII, no secrets, no payees. */
static inline atr_outcome answer(atr_error* error, atr_outcome outcome, int32_t code, const char* message) {
    if (error) {
        error->code = code;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return outcome;
}

/* Appends to the caller's sink; NULL means that the caller does not want this output. 0: the sink is full. */
static inline int append(atr_buf* sink, const char* bytes, size_t len) {
    return sink == NULL || len == 0 || sink->append(sink->ctx, bytes, len) == 0;
}

static inline int same_text(atr_str text, const char* literal) {
    return text.len == strlen(literal) && memcmp(text.ptr, literal, text.len) == 0;
}
#endif
