/*
 * Arguments of options, from text to value. Whether a value makes sense with others is options.c's.
 */
#include "take.h"

#include "options.h"

#include "digest/clock.h"
#include "digest/date.h"
#include "digest/mem.h"
#include "digest/settings.h"
#include "digest/unicode.h"

#include <string.h>

enum { WAIT_WITHOUT_TIME_S = 3600 };

int
take_flag(void *field, const struct option_row *row, const char *text, struct err *err)
{
	(void)row;
	(void)text;
	(void)err;
	*(bool *)field = true;
	return 0;
}

int
take_string(void *field, const struct option_row *row, const char *text, struct err *err)
{
	if (text[0] == '\0')
		return err_set(err, EX_USAGE, "--%s: its %s is empty", row->name, row->argument);
	*(const char **)field = text;
	return 0;
}

int
take_text(void *field, const struct option_row *row, const char *text, struct err *err)
{
	if (!unicode_is_valid(str_from(text)))
		return err_set(err, EX_USAGE, "--%s: '%s' is not UTF-8", row->name, text);
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return err_set(
			    err, EX_USAGE, "--%s: '%s' holds a control character", row->name, text);
	return take_string(field, row, text, err);
}

int
take_address(void *field, const struct option_row *row, const char *text, struct err *err)
{
	if (strchr(text, ',') != NULL)
		return err_set(err, EX_USAGE,
		    "--%s: '%s' has a comma; repeat the option for each address", row->name, text);
	return take_text(field, row, text, err);
}

static void
append(struct options_strings *strings, const char *text)
{
	strings->items =
	    mem_resize(strings->items, (strings->count + 1) * sizeof(strings->items[0]));
	strings->items[strings->count++] = text;
}

static int
take_one_more(void *field, take_function *take, const struct option_row *row, const char *text,
    struct err *err)
{
	const char *item = NULL;

	if (take(&item, row, text, err) < 0)
		return -1;
	append(field, item);
	return 0;
}

int
take_strings(void *field, const struct option_row *row, const char *text, struct err *err)
{
	return take_one_more(field, take_string, row, text, err);
}

int
take_texts(void *field, const struct option_row *row, const char *text, struct err *err)
{
	return take_one_more(field, take_text, row, text, err);
}

int
take_addresses(void *field, const struct option_row *row, const char *text, struct err *err)
{
	return take_one_more(field, take_address, row, text, err);
}

/* The choice that was hardly misspelled, or "". */
static struct str
nearest_choice(struct str choices, struct str text)
{
	struct str choice, nearest = STR("");
	size_t least = 3;

	while (str_next(&choices, '|', &choice)) {
		size_t distance = str_distance(choice, text);
		if (distance < least && distance < choice.len) {
			least = distance;
			nearest = choice;
		}
	}
	return nearest;
}

int
take_choice(void *field, const struct option_row *row, const char *text, struct err *err)
{
	struct str choices = rows_choices(rows_argument(row)), rest = choices, choice;

	for (int i = 0; str_next(&rest, '|', &choice); i++)
		if (text == NULL || str_is(choice, text)) {
			*(int *)field = i;
			return 0;
		}
	struct str nearest = nearest_choice(choices, str_from(text));
	if (nearest.len > 0)
		return err_set(err, EX_USAGE, "--%s: '%s' is none of %.*s; did you mean '%.*s'?",
		    row->name, text, STR_ARG(choices), STR_ARG(nearest));
	return err_set(
	    err, EX_USAGE, "--%s: '%s' is none of %.*s", row->name, text, STR_ARG(choices));
}

int
take_count(void *field, const struct option_row *row, const char *text, struct err *err)
{
	if (str_to_int(str_from(text), 0, INT32_MAX, field) < 0)
		return err_set(err, EX_USAGE, "--%s: '%s' is not a whole number", row->name, text);
	return 0;
}

int
take_day(void *field, const struct option_row *row, const char *text, struct err *err)
{
	struct str back = str_from(text);
	int64_t count;

	if (date_parse_day(back, field) == 0)
		return 0;
	if (!str_ends(back, "d") || str_to_int(str_head(back, back.len - 1), 0, 36500, &count) < 0)
		return err_set(err, EX_USAGE,
		    "--%s: '%s' is no day of the calendar; write it like 2026-07-27, "
		    "or 7d for a week ago",
		    row->name, text);
	*(int32_t *)field = date_day_of(clock_now()) - (int32_t)count;
	return 0;
}

int
take_wait(void *field, const struct option_row *row, const char *text, struct err *err)
{
	if (text == NULL) {
		*(int64_t *)field = WAIT_WITHOUT_TIME_S;
		return 0;
	}
	if (settings_parse_duration(str_from(text), field) < 0)
		return err_set(err, EX_USAGE, "--%s: '%s' is not a duration like 90s, 15m or 2h",
		    row->name, text);
	return 0;
}
