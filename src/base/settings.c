/*
 * Typed values by name. It knows rows, texts and types; files, sections and command lines are
 * config's and cli's.
 */
#include "digest/settings.h"

#include "digest/mem.h"

#include <assert.h>
#include <string.h>

/* A hundred years: whatever is longer was a slip of the finger. */
#define LONGEST_DURATION_S ((int64_t)36525 * 86400)

struct strings {
	char **items;
	size_t count;
};

/*
 * One row and its value. A value of any type but SETTING_STRINGS is the one string it was set to.
 */
struct slot {
	const struct setting *row;
	struct strings fallback; /* of SETTING_STRINGS */
	struct strings value;
	char *origin; /* NULL while the fallback counts */
};

struct settings {
	struct slot *slots;
	size_t count;
};

static void
strings_add(struct strings *strings, struct str text)
{
	char *item = mem_alloc(text.len + 1);

	if (text.len > 0)
		memcpy(item, text.ptr, text.len);
	strings->items =
	    mem_resize(strings->items, (strings->count + 1) * sizeof(strings->items[0]));
	strings->items[strings->count++] = item;
}

static void
strings_release(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		mem_free(strings->items[i]);
	mem_free(strings->items);
	*strings = (struct strings){ 0 };
}

/* The elements of a row's fallback: "a, b" or "{a, b}". */
static void
read_fallback(struct slot *slot)
{
	struct str text = str_from(slot->row->fallback);
	struct str item;

	if (slot->row->type != SETTING_STRINGS)
		return;
	if (str_starts(text, "{") && str_ends(text, "}"))
		text = str_head(str_skip(text, 1), text.len - 2);
	while (str_next(&text, ',', &item))
		strings_add(&slot->fallback, str_trim(item));
}

struct settings *
settings_new(const struct setting *rows)
{
	struct settings *settings = mem_alloc(sizeof(*settings));

	settings_add_rows(settings, rows);
	return settings;
}

static void
slot_unset(struct slot *slot)
{
	strings_release(&slot->value);
	mem_free(slot->origin);
	slot->origin = NULL;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	for (size_t i = 0; i < settings->count; i++) {
		slot_unset(&settings->slots[i]);
		strings_release(&settings->slots[i].fallback);
	}
	mem_free(settings->slots);
	mem_free(settings);
}

void
settings_add_rows(struct settings *settings, const struct setting *rows)
{
	size_t more = 0;

	while (rows[more].name != NULL)
		more++;
	settings->slots =
	    mem_resize(settings->slots, (settings->count + more) * sizeof(settings->slots[0]));
	for (; rows->name != NULL; rows++) {
		struct slot *slot = &settings->slots[settings->count++];
		*slot = (struct slot){ .row = rows };
		read_fallback(slot);
	}
}

struct settings *
settings_copy(const struct settings *settings)
{
	struct settings *copy = mem_alloc(sizeof(*copy));

	copy->count = settings->count;
	copy->slots = mem_alloc((copy->count + 1) * sizeof(copy->slots[0]));
	for (size_t i = 0; i < copy->count; i++) {
		const struct slot *from = &settings->slots[i];
		struct slot *to = &copy->slots[i];
		*to = (struct slot){ .row = from->row };
		read_fallback(to);
		for (size_t j = 0; j < from->value.count; j++)
			strings_add(&to->value, str_from(from->value.items[j]));
		if (from->origin != NULL)
			to->origin = mem_copy_string(from->origin);
	}
	return copy;
}

static struct slot *
find(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->count; i++)
		if (strcmp(settings->slots[i].row->name, name) == 0)
			return &settings->slots[i];
	return NULL;
}

const struct setting *
settings_row(const struct settings *settings, const char *name)
{
	const struct slot *slot = find(settings, name);
	return slot != NULL ? slot->row : NULL;
}

const struct setting *
settings_row_at(const struct settings *settings, size_t index)
{
	return index < settings->count ? settings->slots[index].row : NULL;
}

const struct setting *
settings_nearest(const struct settings *settings, const char *name)
{
	struct str wanted = str_from(name);
	size_t nearest = wanted.len < 4 ? 2 : wanted.len < 8 ? 3 : 4; /* one more than allowed */
	const struct setting *row = NULL;

	for (size_t i = 0; i < settings->count; i++) {
		size_t distance = str_distance(wanted, str_from(settings->slots[i].row->name));
		if (distance < nearest) {
			nearest = distance;
			row = settings->slots[i].row;
		}
	}
	return row;
}

static int
parse_bool(struct str text, bool *value)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "true", true }, { "yes", true }, { "on", true }, { "1", true },
		{ "false", false }, { "no", false }, { "off", false }, { "0", false } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_equal_nocase(text, str_from(words[i].word))) {
			*value = words[i].value;
			return 0;
		}
	return -1;
}

int
settings_parse_duration(struct str text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	int64_t factor = 1;
	int64_t count;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text.len > 0 && text.ptr[text.len - 1] == units[i].unit) {
			factor = units[i].seconds;
			text.len--;
			break;
		}
	if (str_to_int(text, 0, LONGEST_DURATION_S / factor, &count) < 0)
		return -1;
	*seconds = count * factor;
	return 0;
}

/* What a text of the type looks like, for messages; NULL when `text` is one. */
static const char *
complaint(enum setting_type type, struct str text)
{
	int64_t number;
	bool truth;

	switch (type) {
	case SETTING_INT:
		return str_to_int(text, 0, INT32_MAX, &number) < 0 ? "a whole number" : NULL;
	case SETTING_BOOL: return parse_bool(text, &truth) < 0 ? "true or false" : NULL;
	case SETTING_DURATION:
		return settings_parse_duration(text, &number) < 0
		    ? "a duration like 90s, 15m, 2h or 5d"
		    : NULL;
	case SETTING_STRING:
	case SETTING_STRINGS: break;
	}
	return NULL;
}

int
settings_set(struct settings *settings, const char *name, const char *text, const char *origin,
    struct err *err)
{
	struct slot *slot = find(settings, name);

	if (slot == NULL) {
		const struct setting *meant = settings_nearest(settings, name);
		if (meant == NULL)
			return err_set(err, EX_CONFIG, "%s: unknown key '%s'", origin, name);
		return err_set(err, EX_CONFIG, "%s: unknown key '%s'; did you mean '%s'?", origin,
		    name, meant->name);
	}
	const char *wanted = complaint(slot->row->type, str_from(text));
	if (wanted != NULL)
		return err_set(
		    err, EX_CONFIG, "%s: '%s' must be %s, not '%s'", origin, name, wanted, text);

	if (slot->row->type != SETTING_STRINGS)
		strings_release(&slot->value);
	strings_add(&slot->value, str_from(text));
	char *kept = mem_copy_string(origin);
	mem_free(slot->origin);
	slot->origin = kept;
	return 0;
}

void
settings_unset(struct settings *settings, const char *name)
{
	struct slot *slot = find(settings, name);
	if (slot != NULL)
		slot_unset(slot);
}

bool
settings_is_set(const struct settings *settings, const char *name)
{
	const struct slot *slot = find(settings, name);
	return slot != NULL && slot->origin != NULL;
}

const char *
settings_origin(const struct settings *settings, const char *name)
{
	const struct slot *slot = find(settings, name);
	return slot != NULL && slot->origin != NULL ? slot->origin : "default";
}

/* What counts for a key now: one string, and any number of them. */
static const char *
current(const struct settings *settings, const char *name, enum setting_type type)
{
	const struct slot *slot = find(settings, name);

	assert(slot != NULL && slot->row->type == type && type != SETTING_STRINGS);
	(void)type;
	return slot->origin != NULL ? slot->value.items[0] : slot->row->fallback;
}

static const struct strings *
current_strings(const struct settings *settings, const char *name)
{
	const struct slot *slot = find(settings, name);

	assert(slot != NULL && slot->row->type == SETTING_STRINGS);
	return slot->origin != NULL ? &slot->value : &slot->fallback;
}

const char *
settings_string(const struct settings *settings, const char *name)
{
	return current(settings, name, SETTING_STRING);
}

int64_t
settings_int(const struct settings *settings, const char *name)
{
	int64_t value = 0;

	str_to_int(str_from(current(settings, name, SETTING_INT)), 0, INT32_MAX, &value);
	return value;
}

int64_t
settings_duration_s(const struct settings *settings, const char *name)
{
	int64_t seconds = 0;

	settings_parse_duration(str_from(current(settings, name, SETTING_DURATION)), &seconds);
	return seconds;
}

bool
settings_bool(const struct settings *settings, const char *name)
{
	bool value = false;

	parse_bool(str_from(current(settings, name, SETTING_BOOL)), &value);
	return value;
}

size_t
settings_count(const struct settings *settings, const char *name)
{
	return current_strings(settings, name)->count;
}

const char *
settings_string_at(const struct settings *settings, const char *name, size_t index)
{
	const struct strings *strings = current_strings(settings, name);

	assert(index < strings->count);
	return strings->items[index];
}
