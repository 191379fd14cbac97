/* Formats: which one takes which bytes, what ending an item does, and the real captures. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/source.h"
#include "src/source/format.h"

#include <dirent.h>

/* What a reading gave, as short texts. */
struct reading {
	struct format_reader reader;
	const struct source_format *format;
	struct err err;
	struct buf entries; /* "RANK KEY TITLE|" each */
	struct buf skips; /* "PLACE WHY|" each */
	struct buf urls; /* "URL PDF|" each */
	size_t count, author_count, abstract_count, abstract_bytes;
	size_t stop_at; /* the entry that the sink refuses */
};

static int
take(void *context, struct entry *entry, struct err *err)
{
	struct reading *reading = context;
	buf_addf(&reading->entries, "%d %.*s %.*s|", entry->rank, STR_ARG(entry_key(entry)),
	    STR_ARG(entry->title));
	buf_addf(&reading->urls, "%.*s %.*s|", STR_ARG(entry->url), STR_ARG(entry->pdf_url));
	reading->author_count += entry->author_count;
	reading->abstract_count += entry->abstract.len > 0;
	reading->abstract_bytes += entry->abstract.len;
	if (++reading->count == reading->stop_at)
		return err_set(err, EX_IOERR, "the sink is full");
	return 0;
}

static void
skipped(void *context, size_t place, const char *why)
{
	struct reading *reading = context;
	buf_addf(&reading->skips, "%zu %s|", place, why);
}

static int
start_reading(struct reading *reading, struct str bytes, const char *base_url, size_t stop_at)
{
	*reading = (struct reading){
		.entries = BUF_INIT(BUF_LIMIT),
		.skips = BUF_INIT(BUF_LIMIT),
		.urls = BUF_INIT(BUF_LIMIT),
		.stop_at = stop_at,
	};
	reading->reader = (struct format_reader){
		.context = reading,
		.entry = take,
		.skip = skipped,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "test",
		.base_url = base_url,
	};
	struct input *input = input_of_bytes(bytes);
	int result = format_read(input, &reading->reader, &reading->format, &reading->err);
	input_close(input);
	return result;
}

static void
end_reading(struct reading *reading)
{
	arena_free(reading->reader.arena);
	arena_free(reading->reader.keep);
	buf_release(&reading->entries);
	buf_release(&reading->skips);
	buf_release(&reading->urls);
}

/* A paragraph as long as abstracts are. */
#define PROSE \
	"Sheep are counted in many ways, and few of them agree. We count the ways instead, and " \
	"find " \
	"that a small number of them explains most of the disagreement between shepherds. The " \
	"method " \
	"is simple, needs no training, and runs on the hardware that a shepherd is likely to " \
	"have at " \
	"hand; an evaluation on three hills and two valleys shows that it errs by less than one " \
	"sheep a year, and by none at all where the dog is awake."

static void
each_kind_of_bytes_has_one_format(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *format; /* format: NULL when none is right */
	} cases[] = {
		{ "[]", "hf_json" },
		{ " \n[ ] ", "hf_json" },
		{ "\xef\xbb\xbf[]", "hf_json" },
		{ "[{\"paper\":{\"id\":\"2607.90001\"}}]", "hf_json" },
		{ "[\"{'paper': {}}\"]", "hf_json" },
		{ "[null,{\"paper\" :{\"id\":\"2607.90001\"}}]", "hf_json" },
		{ "{\"id\":\"2607.90001\",\"upvotes\":1}", "hf_json" },
		{ "{\"dailyPapers\":[]}", "hf_json" },
		{ "{\"error\":\"no\"}", "hf_json" },
		{ "[1,2]", NULL },
		{ "{\"version\":\"https://jsonfeed.org/version/1\"}", "jsonfeed" },
		{ "{\"total\":1,\"data\":[{\"paperId\":\"a\"}]}", "semantic_scholar" },
		{ "<html><div data-target=\"DailyPapers\" data-props='{\"dailyPapers\":[]}'>",
		    "hf_page" },
		{ "<!DOCTYPE html><article><h3><a href=\"/papers/2607.90001\">T</a></h3></article>",
		    "hf_page" },
		{ "<!DOCTYPE html><html><a href=\"/papers/2607.90001\">T</a></html>", NULL },
		{ "<html><body>Please sign in</body></html>", NULL },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom" },
		{ "<?xml version='1.0'?><feed version='0.3' xmlns='http://purl.org/atom/ns#'/>",
		    "atom" },
		{ "<a:feed xmlns:a='http://www.w3.org/2005/Atom'/>", "atom" },
		{ "<feed/>", "atom" },
		{ "<feed xmlns='http://example.org/cattle'/>", NULL },
		{ "\n<rss version='2.0'><channel/></rss>", "rss" },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://purl.org/rss/1.0/'><channel/></rdf:RDF>",
		    "rss" },
		{ "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'/>", "oai" },
		{ PROSE "\n\narXiv:2607.90001\nCreated: 2026-07-10\n", "arxiv_blocks" },
		{ PROSE "\n\narXiv:2607.90001\nDate: 2026-07-10\n", NULL },
		{ "\\\\\narXiv:2607.90001\nDate: Fri, 10 Jul 2026\n\nTitle: x\n\\\\\n" PROSE
		  "\n\\\\\n",
		    "arxiv_abs" },
		{ "Get trending papers in your email inbox!\nA Title\n" PROSE "\n", "paper_pages" },
		{ "One Title\n" PROSE "\nAnother Title\n" PROSE "\n", "paper_pages" },
		{ "One Title\n" PROSE "\n", NULL },
		{ PROSE "\n" PROSE "\n" PROSE "\n", NULL },
		{ "Rate exceeded.", NULL },
		{ "", NULL },
		{ " \r\n\t", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reading reading;
		int result = start_reading(&reading, str_from(cases[i].bytes), "", 0);
		const char *name = reading.format != NULL ? reading.format->name : "none";
		const char *expected = cases[i].format != NULL ? cases[i].format : "none";
		if (strcmp(name, expected) != 0)
			print_error("%.80s\n", cases[i].bytes);
		assert_string_equal(name, expected);
		if (cases[i].format == NULL) {
			assert_int_equal(result, -1);
			assert_int_equal(reading.err.code, EX_DATAERR);
		}
		end_reading(&reading);
	}
}

static void
formats_have_names(void **state)
{
	(void)state;
	const char *help = NULL;
	size_t count = 0;
	for (const char *name; (name = source_format_name(count, &help)) != NULL; count++) {
		assert_true(strlen(help) > 0);
		assert_true(strlen(name) > 0);
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(name, source_format_name(i, &help));
	}
	assert_true(count > 10);
}

/* Cut short anywhere, a listing is never taken for a whole one. */
static void
a_listing_cut_short_is_bad_data(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *end; /* without some of `end` nothing is missing */
	} listings[] = {
		{ "[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"\xc3\xa9\"}}]", "]" },
		{ "<rss><channel><item><title>x &amp; y</title></item></channel></rss>", "</rss>" },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id></entry></feed>",
		    "</feed>" },
	};
	for (size_t i = 0; i < sizeof(listings) / sizeof(*listings); i++) {
		size_t whole = strlen(listings[i].bytes) - strlen(listings[i].end);
		for (size_t len = 0; len <= whole; len++) {
			struct reading reading;
			struct str bytes = { listings[i].bytes, len };
			assert_int_equal(start_reading(&reading, bytes, "", 0), -1);
			assert_int_equal(reading.err.code, EX_DATAERR);
			end_reading(&reading);
		}
	}
}

static void
ending_an_item(void **state)
{
	(void)state;
	struct reading reading;
	struct err err = ERR_NONE;
	struct entry entry;
	start_reading(&reading, STR("[]"), "", 0);
	struct format_reader *reader = &reading.reader;

	/* No title: its name. */
	entry_init(&entry);
	identity_add(&entry, reader->arena, STR("arXiv:2607.90001v3"));
	assert_int_equal(format_emit(reader, &entry, &err), 0);
	/* Nothing at all. */
	format_skip(reader, "is %s", "bad");
	entry_init(&entry);
	assert_int_equal(format_emit(reader, &entry, &err), 0);
	/* Its own links win. */
	entry_init(&entry);
	identity_add(&entry, reader->arena, STR("math/0601001"));
	entry.url = STR("https://example.org/a");
	entry_set_title(&entry, reader->arena, STR("Title"));
	assert_int_equal(format_emit(reader, &entry, &err), 0);
	assert_str(buf_str(&reading.entries),
	    "1 arxiv:2607.90001 arXiv:2607.90001|4 arxiv:math/0601001 Title|");
	assert_str(buf_str(&reading.skips), "2 is bad|3 has no identifier, no link and no title|");
	assert_str(buf_str(&reading.urls),
	    "https://arxiv.org/abs/2607.90001 https://arxiv.org/pdf/2607.90001|"
	    "https://example.org/a https://arxiv.org/pdf/math/0601001|");
	assert_int_equal(reader->listing.item_count, 4);
	assert_int_equal(reader->listing.skipped_count, 2);
	end_reading(&reading);
}

static void
a_title_has_an_end(void **state)
{
	(void)state;
	struct buf listing = BUF_INIT(BUF_LIMIT);
	struct reading reading;
	buf_add_string(&listing, "[{\"paper\":{\"id\":\"2607.90001\",\"title\":\"");
	for (int i = 0; i < 300000; i++)
		buf_add_string(&listing, "\xc3\xa9");
	buf_add_string(&listing, "\"}}]");
	assert_int_equal(start_reading(&reading, buf_str(&listing), "", 0), 0);
	assert_int_equal(reading.count, 1);
	/* 500 characters of two bytes, an ellipsis of three. */
	assert_int_equal(reading.entries.len, strlen("1 arxiv:2607.90001 |") + 1000 + 3);
	assert_true(reading.reader.listing.is_repaired);
	end_reading(&reading);
	buf_release(&listing);
}

static void
a_sink_can_refuse(void **state)
{
	(void)state;
	static const char *const listings[] = {
		"[{\"paper\":{\"id\":\"2607.90001\"}},{\"paper\":{\"id\":\"2607.90002\"}}]",
		"{\"dailyPapers\":[{\"paper\":{\"id\":\"2607.90001\"}}]}",
		"<rss><channel><item><title>x</title></item><item><title>y</title></item></"
		"channel></rss>",
		"<html><article><a href=\"/papers/2607.90001\"></a></article></html>",
		PROSE "\n\narXiv:2607.90001\nCreated: 2026-07-10\n",
		"One Title\n" PROSE "\nAnother Title\n" PROSE "\n",
	};
	for (size_t i = 0; i < sizeof(listings) / sizeof(*listings); i++) {
		struct reading reading;
		assert_int_equal(start_reading(&reading, str_from(listings[i]), "", 1), -1);
		assert_int_equal(reading.err.code, EX_IOERR);
		assert_int_equal(reading.count, 1);
		end_reading(&reading);
	}
}

static void
links_are_relative_to_the_answer(void **state)
{
	(void)state;
	struct reading reading;
	assert_int_equal(
	    start_reading(&reading,
	        STR("<rss><channel><item><link>../p?a=1&amp;b=2</link>"
	            "<enclosure url='s.pdf' type='application/pdf'/></item>"
	            "<item xml:base='http://b.example/x/'><link>y z</link></item></channel></rss>"),
	        "https://a.example/feeds/all.xml", 0),
	    0);
	assert_str(buf_str(&reading.urls),
	    "https://a.example/p?a=1&b=2 https://a.example/feeds/s.pdf|http://b.example/x/y%20z |");
	end_reading(&reading);
}

/* A long body is no abstract. */
static void
bodies_are_cut(void **state)
{
	(void)state;
	struct buf feed = BUF_INIT(BUF_LIMIT);
	struct reading reading;
	buf_add_string(&feed,
	    "<rss "
	    "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item><guid>1</guid>"
	    "<content:encoded><![CDATA[<p>");
	for (int i = 0; i < 100000; i++)
		buf_add_string(&feed, "word ");
	buf_add_string(&feed, "</p>]]></content:encoded></item></channel></rss>");
	assert_int_equal(start_reading(&reading, buf_str(&feed), "", 0), 0);
	assert_in_range(reading.abstract_bytes, 1900, 2010);
	end_reading(&reading);
	buf_release(&feed);
}

/* ---- real captures ---- */

static struct str
file_bytes(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return (struct str){ NULL, 0 };
	enum { ROOM = 4 << 20 };
	char *bytes = malloc(ROOM);
	size_t len = fread(bytes, 1, ROOM, file);
	fclose(file);
	return (struct str){ bytes, len };
}

static struct str
capture(const char *name)
{
	char path[4096];
	const char *data = getenv("DIGEST_TEST_DATA");
	snprintf(path, sizeof(path), "%s/%s", data != NULL ? data : "../shared/data", name);
	struct str bytes = file_bytes(path);
	if (bytes.ptr == NULL)
		skip();
	return bytes;
}

static size_t
occurrences(struct str text, const char *needle)
{
	size_t count = 0;
	for (ptrdiff_t at; (at = str_find(text, str_from(needle))) >= 0; count++)
		text = str_skip(text, (size_t)at + 1);
	return count;
}

static void
every_day_of_hugging_face(void **state)
{
	(void)state;
	char folder[4096], path[8192];
	const char *data = getenv("DIGEST_TEST_DATA");
	snprintf(folder, sizeof(folder), "%s/hf_daily", data != NULL ? data : "../shared/data");
	DIR *dir = opendir(folder);
	if (dir == NULL)
		skip();
	size_t days = 0;
	for (struct dirent *file; (file = readdir(dir)) != NULL;) {
		if (file->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		struct str bytes = file_bytes(path);
		struct reading reading;
		assert_int_equal(start_reading(&reading, bytes, "", 0), 0);
		bool is_broken = strcmp(file->d_name, "2024-12-13.json") == 0;
		size_t expected = occurrences(bytes, is_broken ? "{'paper':" : "\"paper\": {");
		assert_int_equal(reading.reader.listing.item_count, expected);
		assert_int_equal(reading.reader.listing.skipped_count, is_broken ? 23 : 0);
		assert_int_equal(reading.count, is_broken ? 0 : expected);
		if (!is_broken) {
			assert_int_equal(reading.author_count, occurrences(bytes, "\"hidden\":"));
			assert_int_equal(reading.abstract_count, expected);
		}
		end_reading(&reading);
		free((char *)(uintptr_t)bytes.ptr);
		days++;
	}
	closedir(dir);
	assert_int_equal(days, 47);
}

static void
a_page_of_hugging_face(void **state)
{
	(void)state;
	struct reading reading;
	struct str bytes = capture("hf_html/papers_2024-08-01.html");
	assert_int_equal(start_reading(&reading, bytes, "", 0), 0);
	assert_string_equal(reading.format->name, "hf_page");
	assert_int_equal(reading.reader.listing.day, date_day(2024, 8, 1));
	assert_int_equal(reading.count, 13);
	assert_false(reading.reader.listing.is_repaired);
	struct buf with_island = reading.entries;
	reading.entries = BUF_INIT(BUF_LIMIT);
	end_reading(&reading);

	/* The same page without its data: the cards say the same. */
	ptrdiff_t at = str_find(bytes, STR("DailyPapers\""));
	assert_true(at > 0);
	((char *)(uintptr_t)bytes.ptr)[at] = 'X';
	assert_int_equal(start_reading(&reading, bytes, "", 0), 0);
	assert_true(reading.reader.listing.is_repaired);
	assert_int_equal(reading.count, 13);
	struct str a = buf_str(&with_island), b = buf_str(&reading.entries), one, other;
	while (str_next(&a, '|', &one) && str_next(&b, '|', &other))
		assert_true(str_equal(one, other));
	end_reading(&reading);
	buf_release(&with_island);
	free((char *)(uintptr_t)bytes.ptr);
}

static void
saved_pages(void **state)
{
	(void)state;
	static const struct {
		const char *name, *format;
		size_t count;
	} pages[] = {
		{ "../pages/arxiv_blocks.txt", "arxiv_blocks", 10 },
		{ "../pages/hf_search_1.txt", "paper_pages", 80 },
		{ "../pages/hf_search_2.txt", "paper_pages", 119 },
		{ "../pages/hf_search_3.txt", "paper_pages", 289 },
	};
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct reading reading;
		struct str bytes = capture(pages[i].name);
		assert_int_equal(start_reading(&reading, bytes, "", 0), 0);
		assert_string_equal(reading.format->name, pages[i].format);
		assert_int_equal(reading.count, pages[i].count);
		assert_int_equal(reading.abstract_count, pages[i].count);
		assert_int_equal(reading.reader.listing.skipped_count, 0);
		end_reading(&reading);
		free((char *)(uintptr_t)bytes.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_bytes_has_one_format),
		cmocka_unit_test(formats_have_names),
		cmocka_unit_test(a_listing_cut_short_is_bad_data),
		cmocka_unit_test(ending_an_item),
		cmocka_unit_test(a_title_has_an_end),
		cmocka_unit_test(a_sink_can_refuse),
		cmocka_unit_test(links_are_relative_to_the_answer),
		cmocka_unit_test(bodies_are_cut),
		cmocka_unit_test(every_day_of_hugging_face),
		cmocka_unit_test(a_page_of_hugging_face),
		cmocka_unit_test(saved_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
