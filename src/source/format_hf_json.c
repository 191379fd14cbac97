/*
 * Hugging Face's JSON: the array of /api/daily_papers, that of the search, a single paper, and the
 * data of a page. What an item means is hf_item.c's business.
 */
#include "hf_item.h"
#include "json_listing.h"

/*
 * Ours holds a paper, or looks like one. A listing may be empty, and one was saved as an array of
 * strings, each an object as Python prints it. An error is taken for ours when it is nobody else's.
 */
static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "[].paper", NULL, 90 },
		{ "dailyPapers", NULL, 90 },
		{ "[]", "{'paper'", 80 },
		{ "[].id", NULL, 30 },
		{ "[].upvotes", NULL, 40 },
		{ "[].discussionId", NULL, 40 },
		{ "id", NULL, 30 },
		{ "upvotes", NULL, 40 },
		{ "discussionId", NULL, 40 },
		{ NULL, NULL, 0 },
	};
	static const struct json_sign error[] = { { "error", NULL, JSON_SIGN_POINTS },
		{ NULL, NULL, 0 } };
	struct str text = str_trim(bytes);
	int points = json_listing_sniff(text, signs);

	if (points > 0)
		return points;
	if (str_starts(text, "[") && str_starts(str_trim(str_skip(text, 1)), "]"))
		return 60;
	return text.len < 1024 && json_listing_sniff(text, error) > 0 ? 40 : 0;
}

static int
read_item(void *context, const struct json *item, struct format_reader *reader, struct err *err)
{
	(void)context;
	return hf_item_read(item, reader, err);
}

/* A paper alone, or an error. */
static int
read_object(const struct json *object, struct format_reader *reader, struct err *err)
{
	const struct json *error = json_get(object, "error");

	if (error != NULL && json_get(object, "id") == NULL)
		return err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
		    STR_ARG(entry_text_line(reader->keep, json_text(error))));
	return hf_item_read(object, reader, err);
}

static int
read_json(struct input *input, struct format_reader *reader, struct err *err)
{
	static const char path[] = "dailyPapers";
	struct json *rest;
	int result;

	if (json_listing_is_array(input))
		return json_listing_read(input, "", read_item, NULL, reader, NULL, err);
	/* The day is that of entries that come before it, too. */
	rest = json_listing_rest(input, path);
	hf_item_read_day(rest, reader);
	json_free(rest);
	result = json_listing_read(input, path, read_item, NULL, reader, &rest, err);
	if (result == 0 && !json_is_array(json_get(rest, path)))
		result = read_object(rest, reader, err);
	json_free(rest);
	return result;
}

const struct source_format source_format_hf_json = {
	.name = "hf_json",
	.help = "the JSON of Hugging Face's papers API",
	.sniff = sniff,
	.read = read_json,
};
