/* Entries, and what commands say of them, as members of JSON objects; what is unknown is null. */
#ifndef DIGEST_CLI_ENTRY_JSON_H
#define DIGEST_CLI_ENTRY_JSON_H

#include "digest/entry.h"
#include "digest/json.h"

/* All that an entry says of itself. */
void entry_json_add(struct json *object, const struct entry *entry);

void entry_json_text(struct json *object, const char *name, struct str text);

/* A count below `least` is unknown. */
void entry_json_count(struct json *object, const char *name, int count, int least);
void entry_json_instant(struct json *object, const char *name, int64_t instant);
void entry_json_day(struct json *object, const char *name, int32_t day);

/* An array of the changes' names, called "changes". */
void entry_json_changes(struct json *object, unsigned changes);

#endif
