/* As much JSON as a plugin without other libraries needs: the members of one object. */
#ifndef PLUGIN_JSON_H
#define PLUGIN_JSON_H
#include <stddef.h>
#include <stdint.h>

enum json_found { JSON_NO_OBJECT = -1, JSON_ABSENT = 0, JSON_FOUND = 1, JSON_OTHER_TYPE = 2 };

/* Whether the bytes are one whole JSON object. */
int json_is_object(const char* bytes, size_t len);
/* The text of the object's own member `key`, unescaped and ended by a zero byte. JSON_OTHER_TYPE: no text, longer than
 * `room` allows, or with a zero byte in it. */
enum json_found json_text(const char* bytes, size_t len, const char* key, char* out, size_t room);
/* The same of a whole number. */
enum json_found json_integer(const char* bytes, size_t len, const char* key, int64_t* out);
#endif
