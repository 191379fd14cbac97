/*
 * What the formats of JSON have in common. What an item means is their own business.
 */
#include "json_listing.h"

#include "digest/html.h"

#include <string.h>

enum { HOLDS_BYTES = 128 };

/* ---- whose JSON it is ---- */

struct tally {
	const struct json_sign *signs;
	uint64_t seen; /* bit n: the sign n was counted */
	int points;
};

/*
 * Whether the value that stands at the beginning of the text is a string that holds it, or just it.
 */
static bool
does_hold(struct str text, struct str wanted)
{
	bool is_string = str_starts(text, "\"");
	size_t len = is_string ? 1 : 0;

	text = str_head(text, HOLDS_BYTES);
	while (len < text.len &&
	    str_find_char(is_string ? STR("\"") : STR(",]} \t\r\n"), text.ptr[len]) < 0)
		len++;
	text = str_head(text, is_string ? len + 1 : len);
	return is_string ? str_find(text, wanted) >= 0 : str_equal(text, wanted);
}

static bool
count_signs(void *context, struct str path, struct str text)
{
	struct tally *tally = context;

	for (size_t i = 0; tally->signs[i].path != NULL; i++) {
		const struct json_sign *sign = &tally->signs[i];
		uint64_t bit = UINT64_C(1) << i;
		if ((tally->seen & bit) != 0 || !str_is(path, sign->path))
			continue;
		if (sign->holds != NULL && !does_hold(text, str_from(sign->holds)))
			continue;
		tally->seen |= bit;
		tally->points += sign->points;
	}
	return tally->points < 100;
}

int
json_listing_sniff(struct str bytes, const struct json_sign *signs)
{
	struct tally tally = { .signs = signs };
	struct str text = str_trim(bytes);

	if (!str_starts(text, "{") && !str_starts(text, "["))
		return 0;
	json_outline(text, count_signs, &tally);
	if (tally.points < JSON_SIGN_POINTS)
		return 0;
	return tally.points < 100 ? tally.points : 100;
}

bool
json_listing_is_array(struct input *input)
{
	struct err err = ERR_NONE;
	struct str head;

	/* What cannot be read is told when it is read in earnest. */
	if (input_head(input, &head, &err) < 0)
		return false;
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	return str_starts(str_trim(head), "[");
}

/* ---- items ---- */

struct listing {
	struct format_reader *reader;
	json_listing_item *read;
	void *context;
	struct err *err;
};

bool
json_listing_is_item(const struct json *item, struct format_reader *reader)
{
	if (json_is_object(item))
		return true;
	format_skip(reader, "is %s where an object should be", json_type_name(item));
	return false;
}

static int
take_item(void *context, const struct json *item)
{
	struct listing *listing = context;

	if (!json_listing_is_item(item, listing->reader))
		return 0;
	return listing->read(listing->context, item, listing->reader, listing->err);
}

static void
take_skip(void *context, const char *why)
{
	struct listing *listing = context;

	format_skip(listing->reader, "%s", why);
}

int
json_listing_read(struct input *input, const char *path, json_listing_item *read, void *context,
    struct format_reader *reader, struct json **rest, struct err *err)
{
	struct listing listing = { reader, read, context, err };
	struct json_visitor visitor = { &listing, take_item, take_skip };

	return json_each(input, path, &visitor, rest, err);
}

int
json_listing_read_lines(struct input *input, json_listing_item *read, void *context,
    struct format_reader *reader, struct err *err)
{
	struct listing listing = { reader, read, context, err };
	struct json_visitor visitor = { &listing, take_item, take_skip };

	return json_lines(input, &visitor, err);
}

struct json *
json_listing_rest(struct input *input, const char *path)
{
	struct err err = ERR_NONE;
	struct json *rest;

	json_each(input, path, NULL, &rest, &err);
	return rest;
}

/* ---- values ---- */

struct str
json_listing_either(const struct json *first, const struct json *second)
{
	return str_trim(json_text(first)).len > 0 ? json_text(first) : json_text(second);
}

struct str
json_listing_first(const struct json *json)
{
	return json_text(json_is_array(json) ? json_first(json) : json);
}

int64_t
json_listing_number(const struct json *json, int64_t fallback)
{
	int64_t value = fallback;

	if (!json_is_string(json))
		return json_int(json, fallback);
	str_to_int(str_trim(json_text(json)), INT64_MIN, INT64_MAX, &value);
	return value;
}

struct str
json_listing_plain(struct arena *arena, struct str text)
{
	struct buf plain = BUF_INIT(BUF_LIMIT);
	struct str kept;

	if (!html_is_markup(text))
		return text;
	html_add_text(&plain, text);
	kept = arena_keep(arena, &plain);
	return kept;
}

void
json_listing_title(struct entry *entry, struct arena *arena, struct str raw)
{
	entry_set_title(entry, arena, raw);
	if (html_is_markup(raw))
		entry->title = entry_text_line(arena, json_listing_plain(arena, raw));
}

void
json_listing_abstract(struct entry *entry, struct arena *arena, struct str raw)
{
	entry->abstract = entry_text_paragraphs(arena, json_listing_plain(arena, raw));
}
