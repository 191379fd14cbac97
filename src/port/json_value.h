/*
 * Values of scanned text. For json.c and json_stream.c alone.
 */
#ifndef DIGEST_PORT_JSON_VALUE_H
#define DIGEST_PORT_JSON_VALUE_H

#include "digest/arena.h"
#include "digest/json.h"

/*
 * One value that was scanned, mended first when it is unfit; NULL only when cJSON is at odds. It
 * lives in the arena; without one (NULL), free it with json_free().
 */
struct json *json_value_read(struct str text, bool is_unfit, struct arena *arena);

#endif
