/*
 * Values of scanned text. For json.c and json_stream.c alone.
 */
#ifndef DIGEST_PORT_JSON_VALUE_H
#define DIGEST_PORT_JSON_VALUE_H

#include "digest/json.h"

/* One value that was scanned, mended first when it is unfit; NULL only when cJSON is at odds. */
struct json *json_value_read(struct str text, bool is_unfit);

#endif
