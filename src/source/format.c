/*
 * Finds the format that knows some bytes, and ends the items that formats read. What a format's
 * bytes mean is its own file's business.
 */
#include "format.h"

#include "digest/identity.h"
#include "digest/json.h"
#include "digest/source.h"
#include "digest/unicode.h"
#include "digest/xml.h"

#include <stdio.h>
#include <string.h>

enum {
	TITLE_CHARACTERS_MAX = 500,
	WHY_BYTES = 256,
	NAME_BYTES_SHOWN = 60,
	MESSAGE_BYTES_MAX = 200,
};

#define FORMAT(name) extern const struct source_format source_format_##name;
#include "formats.def"
#undef FORMAT

static const struct source_format *const formats[] = {
#define FORMAT(name) &source_format_##name,
#include "formats.def"
#undef FORMAT
};

enum {
#define FORMAT(name) FORMAT_##name,
#include "formats.def"
#undef FORMAT
	FORMAT_COUNT,
};

const char *
source_format_name(size_t index, const char **help)
{
	if (index >= FORMAT_COUNT)
		return NULL;
	*help = formats[index]->help;
	return formats[index]->name;
}

static bool
contains_nocase(struct str text, struct str needle)
{
	for (; text.len >= needle.len; text = str_skip(text, 1)) {
		if (str_equal_nocase(str_head(text, needle.len), needle))
			return true;
	}
	return false;
}

static int
ignore_element(void *context, const struct xml_element *element, struct err *err)
{
	(void)context, (void)element, (void)err;
	return 0;
}

static int
ignore_text(void *context, struct str text, struct err *err)
{
	(void)context, (void)text, (void)err;
	return 0;
}

/* Some XML that is no feed, or that cannot be read at all. */
static int
refuse_xml(struct input *input, struct str head, struct err *err)
{
	static const struct xml_handler handler = {
		.start = ignore_element,
		.end = ignore_element,
		.text = ignore_text,
	};
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	bool is_repaired;

	if (xml_root(head, &space, &name))
		err_set(err, EX_DATAERR, "XML with the root <%.*s>, but no feed",
		    STR_ARG(unicode_head(buf_str(&name), NAME_BYTES_SHOWN)));
	else if (xml_read(input, NULL, &handler, NULL, &is_repaired, err) == 0)
		err_set(err, EX_DATAERR, "XML, but no feed");
	buf_release(&name);
	buf_release(&space);
	return -1;
}

static bool
is_html(struct str head)
{
	return contains_nocase(head, STR("<html")) || contains_nocase(head, STR("<!doctype html"));
}

/* Whether it is a line that somebody wrote for people: "Resource not found." */
static bool
is_message(struct str text)
{
	size_t len;

	if (text.len > MESSAGE_BYTES_MAX || str_starts(text, "<"))
		return false;
	while (text.len > 0) {
		len = str_printable(text);
		if (len == 0)
			return false;
		text = str_skip(text, len);
	}
	return true;
}

/* What stands where a listing should be: for bytes that no format knows. */
static int
refuse(struct input *input, struct str bytes, struct err *err)
{
	struct str text = str_trim(bytes), head = str_head(text, 2048);
	const char *encoding = json_foreign_encoding(bytes);

	if (encoding != NULL)
		return err_set(err, EX_DATAERR, "JSON in %s, where it has to be UTF-8", encoding);
	if (text.len == 0)
		return err_set(err, EX_DATAERR, "empty answer; expected a listing");
	if (str_starts(text, "\x1f\x8b"))
		return err_set(err, EX_DATAERR, "gzip data inside of gzip data; unpack it first");
	if (str_starts(text, "%PDF"))
		return err_set(err, EX_DATAERR, "a PDF where a listing should be");
	if (str_starts(text, "<") && is_html(head))
		return err_set(err, EX_DATAERR, "an HTML page where a listing should be");
	if (str_starts(text, "{") || str_starts(text, "["))
		return err_set(err, EX_DATAERR, "JSON, but no listing of papers");
	if (str_starts(text, "<"))
		return refuse_xml(input, bytes, err);
	if (is_message(text))
		return err_set(
		    err, EX_DATAERR, "a message where a listing should be: '%.*s'", STR_ARG(text));
	return err_set(err, EX_DATAERR, "in no format that is known");
}

int
format_read(struct input *input, struct format_reader *reader, const struct source_format **format,
    struct err *err)
{
	const struct source_format *best = NULL;
	struct str head;
	int best_score = 0;

	*format = NULL;
	reader->listing = (struct format_listing){
		.day = DATE_NO_DAY,
		.total = -1,
		.first = -1,
		.generated_at = DATE_NO_INSTANT,
	};
	if (input_head(input, &head, err) < 0)
		return -1;
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		int score = formats[i]->sniff(head);
		if (score > best_score) {
			best = formats[i];
			best_score = score;
		}
	}
	*format = best;
	if (best == NULL)
		return refuse(input, head, err);
	if (best->read(input, reader, err) < 0)
		return err_prefix(err, "%s", best->name);
	return 0;
}

int
format_whole(struct input *input, struct str *bytes, struct err *err)
{
	if (input_whole(input, bytes, err) < 0)
		return -1;
	if (str_starts(*bytes, "\xef\xbb\xbf"))
		*bytes = str_skip(*bytes, 3);
	return 0;
}

static void
report_skip(struct format_reader *reader, const char *why)
{
	reader->listing.skipped_count++;
	reader->skip(reader->context, reader->listing.item_count, why);
}

void
format_skip(struct format_reader *reader, const char *why, ...)
{
	char text[WHY_BYTES];
	va_list args;

	reader->listing.item_count++;
	va_start(args, why);
	vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	report_skip(reader, text);
}

/* An arXiv paper can be reached whether or not the listing says how. */
static void
complete_arxiv(struct entry *entry, struct arena *arena)
{
	struct str key = entry_key(entry);
	if (!str_starts(key, "arxiv:"))
		return;
	struct str id = str_skip(key, strlen("arxiv:"));
	if (entry->url.len == 0)
		entry->url = arena_printf(arena, "https://arxiv.org/abs/%.*s", STR_ARG(id));
	if (entry->pdf_url.len == 0)
		entry->pdf_url = arena_printf(arena, "https://arxiv.org/pdf/%.*s", STR_ARG(id));
}

/* The entry's name as people write it. */
static struct str
spoken_name(const struct entry *entry, struct arena *arena)
{
	struct str key = entry_key(entry);
	if (str_starts(key, "arxiv:"))
		return arena_printf(arena, "arXiv:%.*s", STR_ARG(str_skip(key, strlen("arxiv:"))));
	if (str_starts(key, "url:"))
		return str_skip(key, strlen("url:"));
	return key;
}

/* No title is that long: something else ran into it. */
static void
cut_title(struct entry *entry, struct format_reader *reader)
{
	size_t at = 0, characters = 0;
	while (at < entry->title.len && characters < TITLE_CHARACTERS_MAX) {
		do
			at++;
		while (
		    at < entry->title.len && ((unsigned char)entry->title.ptr[at] & 0xc0) == 0x80);
		characters++;
	}
	if (at == entry->title.len)
		return;
	entry->title =
	    arena_printf(reader->arena, "%.*s…", STR_ARG(str_trim(str_head(entry->title, at))));
	reader->listing.is_repaired = true;
}

int
format_emit(struct format_reader *reader, struct entry *entry, struct err *err)
{
	int result = 0;

	reader->listing.item_count++;
	if (!identity_finish(entry, reader->arena, str_from(reader->scope))) {
		report_skip(reader, "has no identifier, no link and no title");
		goto out;
	}
	complete_arxiv(entry, reader->arena);
	if (entry->title.len == 0)
		entry_set_title(entry, reader->arena, spoken_name(entry, reader->arena));
	cut_title(entry, reader);
	entry->rank = (int)reader->listing.item_count;
	result = reader->entry(reader->context, entry, err);

out:
	arena_reset(reader->arena);
	return result;
}
