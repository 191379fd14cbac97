/* The formats of JSON: told apart, read in pieces, in the memory of one item, and their corners. */
#include "unit.h"

#include "digest/buf.h"
#include "src/source/format.h"

#include <malloc.h>

/* What a reading gave. */
struct reading {
	struct format_reader reader;
	const struct source_format *format;
	struct err err;
	struct buf entries; /* "RANK KEY TITLE|" each */
	struct buf skips; /* "PLACE WHY|" each */
	size_t count;
	size_t most_bytes; /* in use at any entry */
	int result;
};

static int
take(void *context, struct entry *entry, struct err *err)
{
	struct reading *reading = context;
	size_t bytes = mallinfo2().uordblks;
	(void)err;
	reading->count++;
	if (reading->count <= 20)
		buf_addf(&reading->entries, "%d %.*s %.*s|", entry->rank, STR_ARG(entry_key(entry)),
		    STR_ARG(entry->title));
	if (bytes > reading->most_bytes)
		reading->most_bytes = bytes;
	return 0;
}

static void
skipped(void *context, size_t place, const char *why)
{
	struct reading *reading = context;
	buf_addf(&reading->skips, "%zu %s|", place, why);
}

static void
start_reading(struct reading *reading, struct input *input)
{
	*reading = (struct reading){
		.entries = BUF_INIT(BUF_LIMIT),
		.skips = BUF_INIT(BUF_LIMIT),
	};
	reading->reader = (struct format_reader){
		.context = reading,
		.entry = take,
		.skip = skipped,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "test",
		.base_url = "https://feeds.example.org/a/feed.json",
	};
	reading->result = format_read(input, &reading->reader, &reading->format, &reading->err);
	input_close(input);
}

static void
end_reading(struct reading *reading)
{
	arena_free(reading->reader.arena);
	arena_free(reading->reader.keep);
	buf_release(&reading->entries);
	buf_release(&reading->skips);
}

static const char *
name_of(const struct reading *reading)
{
	return reading->format != NULL ? reading->format->name : "none";
}

/* ---- inputs ---- */

/* A text between a beginning and an end, so many times, in pieces of `size` bytes. */
struct repeated {
	const char *before, *item, *after;
	size_t count, size;
	size_t part, at; /* where the reading stands */
	char piece[4096];
};

/* The part that stands at a place: 0 the beginning, 1…count an item, then the end. */
static struct str
part_of(const struct repeated *repeated, char *number, size_t room)
{
	const char *text = repeated->item;
	if (repeated->part == 0)
		return str_from(repeated->before);
	if (repeated->part == repeated->count + 1)
		return str_from(repeated->after);
	/* An item has a '#' where its number is to stand, and a comma before it but the first. */
	size_t at = strcspn(text, "#");
	snprintf(number, room, "%s%.*s%05zu%s",
	    repeated->part > 1 && repeated->before[0] != '\0' ? "," : "", (int)at, text,
	    repeated->part, text[at] != '\0' ? text + at + 1 : "");
	return str_from(number);
}

static int
repeated_next(void *context, struct str *chunk, struct err *err)
{
	struct repeated *repeated = context;
	char number[1024];
	size_t len = 0;
	(void)err;
	while (len < repeated->size && repeated->part <= repeated->count + 1) {
		struct str part = str_skip(part_of(repeated, number, sizeof(number)), repeated->at);
		size_t taken = part.len < repeated->size - len ? part.len : repeated->size - len;
		memcpy(repeated->piece + len, part.ptr, taken);
		len += taken;
		repeated->at += taken;
		if (taken == part.len) {
			repeated->part++;
			repeated->at = 0;
		}
	}
	*chunk = (struct str){ repeated->piece, len };
	return len > 0;
}

static int
repeated_rewind(void *context, struct err *err)
{
	struct repeated *repeated = context;
	(void)err;
	repeated->part = repeated->at = 0;
	return 0;
}

static void
repeated_close(void *context)
{
	struct repeated *repeated = context;
	repeated->part = repeated->count + 2;
}

static struct input *
input_of_repeated(struct repeated *repeated)
{
	static const struct input_ops ops = { repeated_next, repeated_rewind, repeated_close };
	return input_new(&ops, repeated);
}

/* ---- which is which ---- */

static void
each_service_has_its_format(void **state)
{
	(void)state;
	static const struct {
		const char *text, *format;
	} cases[] = {
		{ "[]", "hf_json" },
		{ "[\n  {\n    \"title\": \"x\",\n    \"paper\": { \"id\": \"2607.90001\" }\n  "
		  "}\n]",
		    "hf_json" },
		{ "[null, {\"title\": \"a 'paperId'\", \"paper\" : null}]", "hf_json" },
		{ "{\"id\":\"2607.90001\",\"authors\":[],\"upvotes\":1}", "hf_json" },
		{ "{\n  \"error\" : \"no\"\n}", "hf_json" },
		{ "{\"items\":[],\"version\":\"https:\\/\\/jsonfeed.org\\/version\\/1\"}",
		    "jsonfeed" },
		{ "{\"items\":[{\"url\":\"https://example.org/\",\"id\":1,\"content_html\":\"\"}]}",
		    "jsonfeed" },
		{ "{\"message\":{\"items\":[{\"title\":[\"x\"],\"DOI\":\"10.5555/a\"}]}}",
		    "crossref" },
		{ "{\"message\":[],\"message-type\":\"validation-failure\"}", "crossref" },
		{ "{ \"offset\" : 0, \"data\" : [ { \"title\" : \"x\", \"paperId\" : \"a\" } ] }",
		    "semantic_scholar" },
		{ "[null, null, {\"title\": \"upvotes\", \"paperId\": \"a\"}]",
		    "semantic_scholar" },
		{ "{\"total\": 0, \"offset\": 0}", "semantic_scholar" },
		{ "{\"meta\":{\"total\":0,\"totalPages\":0},\"data\":[]}", "datacite" },
		{ "{\"data\":[{\"id\":\"10.5555/a\",\"attributes\":{\"doi\":\"10.5555/a\"}}]}",
		    "datacite" },
		{ "\n{\"id\":\"0704.0001\",\"title\":\"x\",\"versions\":[{\"created\":\"\"}],"
		  "\"update_date\":\"2008-11-26\"}\n",
		    "kaggle" },
		/* The first line is cut, the second tells. */
		{ "{\"id\":\"07\n{\"id\":\"0704.0001\",\"authors_parsed\":[]}\n", "kaggle" },
		{ "{\"count\":0,\"notes\":[]}", "openreview" },
		{ "{\"notes\":[{\"content\":{},\"forum\":\"a\"}]}", "openreview" },
		{ "{\"collection\":[],\"messages\":[{\"status\":\"no posts found\"}]}", "biorxiv" },
		{ "{\"collection\":[{\"title\":\"x\",\"doi\":\"10.1101/1\"}]}", "biorxiv" },
		/* None of them, for all that they have in common. */
		{ "{}", "none" },
		{ "[1]", "none" },
		{ "[{}]", "none" },
		{ "{\"data\":[]}", "none" },
		{ "{\"items\":[]}", "none" },
		{ "{\"items\":[{\"id\":1,\"url\":\"https://example.org/\"}]}", "none" },
		{ "{\"total\": 70499, \"offset\": 0, \"results\": []}", "none" },
		{ "{\"notes\":\"none\"}", "none" },
		{ "{\"a\":{\"paperId\":1,\"notes\":[{\"forum\":1}],\"version\":\"jsonfeed.org\"}}",
		    "none" },
		{ "{\"title\":\"\\\"paperId\\\":1 \\\"message-type\\\" jsonfeed.org\"}", "none" },
		{ "\"paperId\"", "none" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reading reading;
		start_reading(&reading, input_of_bytes(str_from(cases[i].text)));
		if (strcmp(name_of(&reading), cases[i].format) != 0)
			print_error("%s\n", cases[i].text);
		assert_string_equal(name_of(&reading), cases[i].format);
		if (reading.format == NULL)
			assert_int_equal(reading.err.code, EX_DATAERR);
		end_reading(&reading);
	}
}

/* The name of the format stands after more items than anybody looks at. */
static void
telling_keys_may_come_late(void **state)
{
	(void)state;
	struct repeated feed = {
		.before = "{\"items\":[",
		.item = "{\"title\":\"Item "
		        "#\",\"url\":\"https://example.org/\",\"content_text\":\"x\"}",
		.after =
		    "],\"authors\":[{\"name\":\"Ada\"}],\"next_url\":\"../b?p=2\",\"title\":\"F\","
		    "\"version\":\"https://jsonfeed.org/version/1.1\"}",
		.count = 2000,
		.size = 4096,
	};
	struct reading reading;
	start_reading(&reading, input_of_repeated(&feed));
	assert_string_equal(name_of(&reading), "jsonfeed");
	assert_int_equal(reading.result, 0);
	assert_int_equal(reading.count, 2000);
	assert_str(reading.reader.listing.title, "F");
	assert_str(reading.reader.listing.next, "https://feeds.example.org/b?p=2");
	end_reading(&reading);
}

/* ---- in pieces ---- */

/* One of each, and what it gives. */
static const struct {
	const char *format, *text, *entries;
} samples[] = {
	{ "hf_json",
	    "[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"A \xe2\x82\xac\"}},"
	    "{\"paper\":{\"id\":\"2607.90002\",\"title\":\"B\\ud834\\udd1e\"}}]",
	    "1 arxiv:2607.90001 A \xe2\x82\xac|2 arxiv:2607.90002 B\xf0\x9d\x84\x9e|" },
	{ "hf_json",
	    "{\"dailyPapers\":[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"A\"}}],"
	    "\"date\":\"2026-07-27\"}",
	    "1 arxiv:2607.90001 A|" },
	{ "jsonfeed",
	    "{\"items\":[{\"id\":\"https://example.org/1\",\"title\":\"A\"}],"
	    "\"version\":\"https://jsonfeed.org/version/1\"}",
	    "1 url:https://example.org/1 A|" },
	{ "crossref",
	    "{\"message-type\":\"work-list\",\"message\":{\"items\":[{\"DOI\":\"10.5555/A\","
	    "\"title\":[\"A\"]},{\"DOI\":\"10.5555/b\",\"title\":[\"B\"]}]}}",
	    "1 doi:10.5555/a A|2 doi:10.5555/b B|" },
	{ "semantic_scholar",
	    "{\"data\":[{\"paperId\":\"2d5673caa9e6af3a7b82a43f19ee920992db07ad\","
	    "\"title\":\"A\"}]}",
	    "1 s2:2d5673caa9e6af3a7b82a43f19ee920992db07ad A|" },
	{ "datacite",
	    "{\"data\":[{\"attributes\":{\"doi\":\"10.5555/a\",\"titles\":[{\"title\":\"A\"}]}}]}",
	    "1 doi:10.5555/a A|" },
	{ "kaggle",
	    "{\"id\":\"0704.9001\",\"authors_parsed\":[],\"title\":\"A\"}\n"
	    "{\"id\":\"0704.9002\",\"authors_parsed\":[],\"title\":\"B\"}\n",
	    "1 arxiv:0704.9001 A|2 arxiv:0704.9002 B|" },
	{ "openreview",
	    "{\"notes\":[{\"id\":\"aBcDeF1234\",\"forum\":\"aBcDeF1234\","
	    "\"content\":{\"title\":{\"value\":\"A\"}}}]}",
	    "1 openreview:aBcDeF1234 A|" },
	{ "biorxiv",
	    "{\"collection\":[{\"doi\":\"10.1101/"
	    "2026.07.01.900001\",\"title\":\"A\",\"version\":1},"
	    "{\"doi\":\"10.1101/2026.07.01.900001\",\"title\":\"B\",\"version\":\"2\"}]}",
	    "2 doi:10.1101/2026.07.01.900001 B|" },
};

static void
it_does_not_matter_where_a_text_is_cut(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 2, 3, 7, 4096 };
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		for (size_t j = 0; j < 2 * sizeof(sizes) / sizeof(*sizes); j++) {
			bool has_mark = j % 2 == 1;
			struct repeated text = {
				.before = has_mark ? "\xef\xbb\xbf" : "",
				.after = samples[i].text,
				.size = sizes[j / 2],
			};
			struct reading reading;
			start_reading(&reading, input_of_repeated(&text));
			assert_string_equal(reading.err.text, "");
			assert_string_equal(name_of(&reading), samples[i].format);
			assert_str(buf_str(&reading.entries), samples[i].entries);
			end_reading(&reading);
		}
	}
}

/* Each is refused when it is cut, wherever that is, unless nothing but white space is missing. */
static void
a_text_that_was_cut_is_no_listing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		struct str text = str_trim(str_from(samples[i].text));
		for (size_t len = 0; len < text.len; len++) {
			/* A whole line fewer is nothing that could be seen. */
			if (str_trim(str_head(text, len)).len < len ||
			    (len > 0 && text.ptr[len - 1] == '}' && text.ptr[len] == '\n'))
				continue;
			struct reading reading;
			start_reading(&reading, input_of_bytes(str_head(text, len)));
			if (reading.result == 0)
				print_error("%.*s\n", (int)len, text.ptr);
			assert_int_equal(reading.result, -1);
			assert_int_equal(reading.err.code, EX_DATAERR);
			end_reading(&reading);
		}
	}
}

/* ---- size ---- */

static const struct {
	const char *format, *before, *item, *after;
} many[] = {
	{ "hf_json", "[", "{\"paper\":{\"id\":\"2607.#\",\"title\":\"A title\",\"summary\":\"s\"}}",
	    "]" },
	{ "jsonfeed", "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[",
	    "{\"id\":\"https://example.org/#\",\"title\":\"T\",\"content_html\":\"<p>c</p>\"}",
	    "]}" },
	{ "crossref", "{\"message-type\":\"work-list\",\"message\":{\"items\":[",
	    "{\"DOI\":\"10.5555/#\",\"title\":[\"T\"],\"abstract\":\"<jats:p>a</jats:p>\"}",
	    "]}}" },
	{ "semantic_scholar", "{\"data\":[",
	    "{\"paperId\":\"2d5673caa9e6af3a7b82a43f19ee920992d#\",\"title\":\"T\"}", "]}" },
	{ "datacite", "{\"data\":[",
	    "{\"attributes\":{\"doi\":\"10.5555/#\",\"titles\":[{\"title\":\"T\"}]}}", "]}" },
	{ "kaggle", "",
	    "{\"id\":\"1507.#\",\"title\":\"T\",\"authors_parsed\":[[\"A\",\"B\",\"\"]]}\n", "" },
	{ "openreview", "{\"notes\":[",
	    "{\"id\":\"aBcD#\",\"forum\":\"aBcD#\",\"content\":{\"title\":{\"value\":\"T\"}}}",
	    "],\"count\":3}" },
};

static size_t
bytes_for(size_t which, size_t count)
{
	static struct repeated listing;
	struct reading reading;
	listing = (struct repeated){
		.before = many[which].before,
		.item = many[which].item,
		.after = many[which].after,
		.count = count,
		.size = sizeof(listing.piece),
	};
	start_reading(&reading, input_of_repeated(&listing));
	size_t bytes = reading.most_bytes;
	assert_string_equal(reading.err.text, "");
	assert_string_equal(name_of(&reading), many[which].format);
	assert_int_equal(reading.reader.listing.item_count, count);
	end_reading(&reading);
	return bytes;
}

/* Beyond the 64 KiB that are looked at first, more items take no more memory. */
static void
memory_does_not_grow_with_the_listing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(*many); i++) {
		size_t some = bytes_for(i, 2000), lots = bytes_for(i, 20000);
		if (lots > some + some / 5)
			print_error("%s: %zu, then %zu bytes\n", many[i].format, some, lots);
		assert_true(lots <= some + some / 5);
	}
}

static void
an_item_of_megabytes(void **state)
{
	(void)state;
	enum { TITLE_BYTES = 1 << 20, ITEM_BYTES = 9 << 20 };
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct reading reading;

	buf_add_string(&text, "[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"");
	buf_add_repeat(&text, 'x', TITLE_BYTES);
	buf_add_string(&text, "\"}}]");
	start_reading(&reading, input_of_bytes(buf_str(&text)));
	assert_int_equal(reading.result, 0);
	assert_int_equal(reading.count, 1);
	/* 500 characters and the ellipsis. */
	assert_int_equal(reading.entries.len,
	    strlen("1 arxiv:2607.90001 ") + 500 + strlen("\xe2\x80\xa6") + strlen("|"));
	assert_true(reading.reader.listing.is_repaired);
	end_reading(&reading);

	buf_reset(&text);
	buf_add_string(&text, "[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"A\"}},{\"paper\":\"");
	buf_add_repeat(&text, 'x', ITEM_BYTES);
	buf_add_string(&text, "\"},{\"paper\":{\"id\":\"2607.90003\",\"title\":\"C\"}}]");
	start_reading(&reading, input_of_bytes(buf_str(&text)));
	assert_int_equal(reading.result, 0);
	assert_str(buf_str(&reading.entries), "1 arxiv:2607.90001 A|3 arxiv:2607.90003 C|");
	assert_str(buf_str(&reading.skips), "2 is over 8 MiB|");
	end_reading(&reading);
	buf_release(&text);
}

/* ---- corners ---- */

/* Of the versions that one answer has of a preprint, the newest counts, wherever it stands. */
static void
a_preprint_comes_once(void **state)
{
	(void)state;
	struct reading reading;
	start_reading(&reading,
	    input_of_bytes(
	        STR("{\"messages\":[{\"status\":\"ok\",\"cursor\":\"100\",\"count\":5,\"total\":"
	            "\"105\"}],"
	            "\"collection\":[{\"doi\":\"10.1101/B\",\"title\":\"B2\",\"version\":2},"
	            "{\"doi\":\"10.1101/a\",\"title\":\"A1\",\"version\":\"1\"},"
	            "{\"doi\":\"10.1101/b\",\"title\":\"B1\",\"version\":1},"
	            "{\"doi\":\"10.1101/b\",\"title\":\"B2 again\",\"version\":2},"
	            "{\"doi\":\"10.1101/a\",\"title\":\"A10\",\"version\":\"10\"}]}")));
	assert_int_equal(reading.result, 0);
	assert_str(buf_str(&reading.entries), "1 doi:10.1101/b B2|5 doi:10.1101/a A10|");
	assert_str(buf_str(&reading.skips), "");
	assert_int_equal(reading.reader.listing.item_count, 5);
	assert_int_equal(reading.reader.listing.total, 105);
	assert_int_equal(reading.reader.listing.first, 100);
	assert_str(reading.reader.listing.next, "");
	end_reading(&reading);
}

static void
what_a_service_says_instead(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "{\"error\":\"Paper not found\"}",
		    "hf_json: an error where a listing should be: 'Paper not found'" },
		{ "{\"status\":\"failed\",\"message-type\":\"x\",\"message\":\"Too \\u001bmany\"}",
		    "crossref: an error where a listing should be: 'Too many'" },
		{ "{\"status\":\"failed\",\"message-type\":\"x\"}",
		    "crossref: an error where a listing should be: ''" },
		{ "{\"errors\":[{\"status\":\"400\",\"title\":\"No such page\"}]}",
		    "datacite: an error where a listing should be: 'No such page'" },
		{ "{\"name\":\"RateLimitError\",\"message\":\"Too "
		  "many\",\"status\":429,\"details\":{}}",
		    "openreview: an error where a listing should be: 'Too many'" },
		{ "{\"messages\":[{\"status\":\"bad dates\"}]}",
		    "biorxiv: an error where a listing should be: 'bad dates'" },
		{ "Resource not found.\n",
		    "a message where a listing should be: 'Resource not found.'" },
		{ "Resource\x1b[2J", "in no format that is known" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reading reading;
		start_reading(&reading, input_of_bytes(str_from(cases[i].text)));
		assert_int_equal(reading.result, -1);
		assert_int_equal(reading.err.code, EX_DATAERR);
		assert_string_equal(reading.err.text, cases[i].error);
		end_reading(&reading);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_service_has_its_format),
		cmocka_unit_test(telling_keys_may_come_late),
		cmocka_unit_test(it_does_not_matter_where_a_text_is_cut),
		cmocka_unit_test(a_text_that_was_cut_is_no_listing),
		cmocka_unit_test(memory_does_not_grow_with_the_listing),
		cmocka_unit_test(an_item_of_megabytes),
		cmocka_unit_test(a_preprint_comes_once),
		cmocka_unit_test(what_a_service_says_instead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
