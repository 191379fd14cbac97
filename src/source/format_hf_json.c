/*
 * Hugging Face's JSON: the array of /api/daily_papers, that of the search, and a single paper. What
 * an item means is hf_item.c's business.
 */
#include "hf_item.h"

#include "digest/json.h"

struct listing {
	struct format_reader *reader;
	struct err *err;
};

static bool
has_any(struct str bytes, const char *first, const char *second)
{
	return str_find(bytes, str_from(first)) >= 0 || str_find(bytes, str_from(second)) >= 0;
}

/*
 * Other services speak JSON too; ours holds a paper, or looks like one. A listing may be empty, and
 * one was saved as an array of strings, each an object as Python prints it.
 */
static int
sniff(struct str bytes)
{
	struct str text = str_trim(bytes);
	if (str_starts(text, "[")) {
		struct str first = str_trim(str_skip(text, 1));
		if (str_starts(first, "]"))
			return 60;
		if (str_starts(first, "\"{'paper'"))
			return 80;
		if (!str_starts(first, "{") && !str_starts(first, "null"))
			return 0;
		if (has_any(text, "\"paper\":", "\"paper\" :"))
			return 90;
	}
	if (str_starts(text, "{") && has_any(text, "\"dailyPapers\":", "\"dailyPapers\" :"))
		return 90;
	if (str_starts(text, "{\"error\":") && text.len < 1024)
		return 40;
	bool has_paper =
	    str_find(text, STR("\"id\"")) >= 0 && has_any(text, "\"upvotes\"", "\"discussionId\"");
	return (str_starts(text, "{") || str_starts(text, "[")) && has_paper ? 70 : 0;
}

static int
visit(void *context, const struct json *item, size_t index)
{
	struct listing *listing = context;
	(void)index;
	return hf_item_read(item, listing->reader, listing->err);
}

static int
read_object(struct str bytes, struct format_reader *reader, struct err *err)
{
	struct json *json;
	int result;

	if (json_parse(&json, bytes, err) < 0)
		return -1;
	const struct json *error = json_get(json, "error");
	if (error != NULL && json_get(json, "id") == NULL)
		result = err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
		    STR_ARG(entry_text_line(reader->keep, json_text(error))));
	else if (json_get(json, "dailyPapers") != NULL)
		result = hf_item_read_page(json, reader, err);
	else
		result = hf_item_read(json, reader, err);
	json_free(json);
	return result;
}

static int
read_json(struct input *input, struct format_reader *reader, struct err *err)
{
	struct listing listing = { reader, err };
	struct str bytes;

	if (format_whole(input, &bytes, err) < 0)
		return -1;
	if (str_starts(str_trim(bytes), "{"))
		return read_object(bytes, reader, err);
	return json_each(bytes, visit, &listing, err);
}

const struct source_format source_format_hf_json = {
	.name = "hf_json",
	.help = "the JSON of Hugging Face's papers API",
	.sniff = sniff,
	.read = read_json,
};
