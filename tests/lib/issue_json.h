/*
 * An issue from its description in JSON: for the programs of tests/golden and for tests. Text is
 * taken as it stands, so a description can hold what no format would let through.
 */
#ifndef DIGEST_TESTS_ISSUE_JSON_H
#define DIGEST_TESTS_ISSUE_JSON_H

#include "digest/issue.h"
#include "digest/json.h"

/* The JSON of a file; ends the program when it cannot be read or is none. */
struct json *issue_json_read(const char *path);

/* An entry; what is absent stays unknown. */
struct entry *issue_json_entry(struct arena *arena, const struct json *json);

/* The section that an entry's description names; "new" when it names none. */
enum issue_section issue_json_section(const struct json *json);

/* The issue, counted; its items keep the order of the description. */
struct issue issue_json(struct arena *arena, const struct json *json);

#endif
