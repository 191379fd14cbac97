/*
 * Crossref's REST API: a list of works, or one work. Which works are asked for is the provider's
 * business.
 */
#include "json_listing.h"

#include "digest/identity.h"

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "message-type", NULL, 50 },
		{ "message-version", NULL, 20 },
		{ "message.total-results", NULL, 30 },
		{ "message.items[].DOI", NULL, 50 },
		{ "message.items[].title", NULL, 10 },
		{ "message.items", NULL, 10 },
		{ "message.DOI", NULL, 50 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* ---- one work ---- */

static void
add_author(struct entry *entry, struct arena *arena, const struct json *author)
{
	struct str given = json_text(json_get(author, "given"));
	struct str family = json_text(json_get(author, "family"));
	struct str suffix = json_text(json_get(author, "suffix"));
	struct str name = json_text(json_get(author, "name"));
	const struct json *affiliation = json_first(json_get(author, "affiliation"));

	if (str_trim(name).len == 0)
		name = arena_printf(
		    arena, "%.*s %.*s %.*s", STR_ARG(given), STR_ARG(family), STR_ARG(suffix));
	entry_add_author(entry, arena, json_listing_plain(arena, name),
	    json_listing_plain(arena, json_text(json_get(affiliation, "name"))), false);
}

static void
add_authors(struct entry *entry, struct arena *arena, const struct json *authors)
{
	const struct json *author;

	for (author = json_first(authors); author != NULL; author = json_after(author))
		add_author(entry, arena, author);
}

/* {"date-parts":[[2026,6,2]]}, of which the day, or month and day, or all may lack. */
static int64_t
instant_of(const struct json *date)
{
	const struct json *part = json_first(json_first(json_get(date, "date-parts")));
	int64_t parts[] = { 0, 1, 1 };
	int32_t day;

	for (size_t i = 0; i < 3 && part != NULL; i++, part = json_after(part))
		parts[i] = json_listing_number(part, 0);
	for (size_t i = 0; i < 3; i++)
		if (parts[i] < 1 || parts[i] > 9999)
			return DATE_NO_INSTANT;
	day = date_day((int)parts[0], (int)parts[1], (int)parts[2]);
	return day == DATE_NO_DAY ? DATE_NO_INSTANT : date_instant_of(day);
}

/* "published" is the earliest that Crossref knows of; older answers lack it. */
static void
set_dates(struct entry *entry, const struct json *work)
{
	static const char *const names[] = { "published", "issued", "posted", "published-online",
		"published-print" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (entry->published_at == DATE_NO_INSTANT)
			entry->published_at = instant_of(json_get(work, names[i]));
	}
	if (entry->published_at == DATE_NO_INSTANT)
		date_parse_instant(json_text(json_get(json_get(work, "created"), "date-time")),
		    &entry->published_at);
}

/* "Gut 69(5), 811-829 (2020)". */
static struct str
journal_ref(struct arena *arena, const struct json *work)
{
	struct str journal = json_listing_first(json_get(work, "container-title"));
	struct str volume = json_text(json_get(work, "volume"));
	struct str issue = json_text(json_get(work, "issue"));
	struct str page =
	    json_listing_either(json_get(work, "page"), json_get(work, "article-number"));
	int64_t instant = instant_of(json_get(work, "issued"));
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str kept = STR("");

	if (str_trim(journal).len > 0) {
		buf_add(&text, json_listing_plain(arena, journal));
		if (volume.len > 0)
			buf_addf(&text, " %.*s", STR_ARG(volume));
		if (volume.len > 0 && issue.len > 0)
			buf_addf(&text, "(%.*s)", STR_ARG(issue));
		if (page.len > 0)
			buf_addf(&text, ", %.*s", STR_ARG(page));
		if (instant != DATE_NO_INSTANT)
			buf_addf(&text, " (%d)", date_civil(date_day_of(instant)).year);
		kept = entry_text_line(arena, buf_str(&text));
	}
	buf_release(&text);
	return kept;
}

/* Copies meant for comparing are not for everybody. */
static void
set_links(struct entry *entry, struct arena *arena, const struct json *work)
{
	struct str doi = str_trim(json_text(json_get(work, "DOI")));
	const struct json *link;

	entry->url = entry_text_url(arena, json_text(json_get(work, "URL")));
	if (entry->url.len == 0 && doi.len > 0)
		entry->url = entry_text_url(
		    arena, arena_printf(arena, "https://doi.org/%.*s", STR_ARG(doi)));
	for (link = json_first(json_get(work, "link")); link != NULL; link = json_after(link)) {
		struct str use = json_text(json_get(link, "intended-application"));
		if (entry->pdf_url.len == 0 && !str_is(use, "similarity-checking") &&
		    str_is(json_text(json_get(link, "content-type")), "application/pdf"))
			entry->pdf_url = entry_text_url(arena, json_text(json_get(link, "URL")));
	}
}

/* Without the heading "Abstract" that journals put before it. */
static struct str
without_heading(struct str abstract)
{
	static const char *const headings[] = { "abstract", "summary", "abstract:", "summary:" };
	struct str rest = abstract, line;

	if (!str_next(&rest, '\n', &line) || rest.len == 0)
		return abstract;
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		if (str_equal_nocase(line, str_from(headings[i])))
			return rest;
	return abstract;
}

static int
read_work(void *context, const struct json *work, struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct str title = json_listing_first(json_get(work, "title"));
	const struct json *subject;
	struct entry entry;

	(void)context;
	entry_init(&entry);
	identity_add(&entry, arena, json_text(json_get(work, "DOI")));
	json_listing_title(&entry, arena, title);
	json_listing_abstract(&entry, arena, json_text(json_get(work, "abstract")));
	entry.abstract = without_heading(entry.abstract);
	add_authors(&entry, arena, json_get(work, "author"));
	for (subject = json_first(json_get(work, "subject")); subject != NULL;
	     subject = json_after(subject))
		entry_add_category(&entry, arena, json_text(subject));
	/* What preprint servers have for a subject. */
	entry_add_category(&entry, arena, json_text(json_get(work, "group-title")));
	set_dates(&entry, work);
	entry.journal_ref = journal_ref(arena, work);
	entry.license = entry_text_line(
	    arena, json_text(json_get(json_first(json_get(work, "license")), "URL")));
	set_links(&entry, arena, work);
	return format_emit(reader, &entry, err);
}

/* ---- the answer ---- */

/* {"status":"failed","message":[{"type":"cursor-invalid","message":"…"}]} */
static int
refuse_failure(const struct json *rest, struct format_reader *reader, struct err *err)
{
	const struct json *message = json_get(rest, "message");
	const struct json *fault = json_is_array(message) ? json_first(message) : message;
	struct str text =
	    json_is_string(fault) ? json_text(fault) : json_text(json_get(fault, "message"));

	reader->listing.fault = entry_text_line(reader->keep, json_text(json_get(fault, "type")));
	if (str_trim(text).len == 0)
		text = reader->listing.fault;
	return err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
	    STR_ARG(entry_text_line(reader->keep, text)));
}

static int
read_rest(const struct json *rest, struct format_reader *reader, struct err *err)
{
	struct format_listing *listing = &reader->listing;
	const struct json *message = json_get(rest, "message");
	struct str type = json_text(json_get(rest, "message-type"));

	if (str_is(json_text(json_get(rest, "status")), "failed") || !json_is_object(message))
		return refuse_failure(rest, reader, err);
	if (json_is_array(json_get(message, "items"))) {
		listing->total = json_listing_number(json_get(message, "total-results"), -1);
		listing->first =
		    json_listing_number(json_get(json_get(message, "query"), "start-index"), -1);
		listing->next =
		    entry_text_line(reader->keep, json_text(json_get(message, "next-cursor")));
		return 0;
	}
	if (json_get(message, "DOI") != NULL)
		return read_work(NULL, message, reader, err);
	return err_set(err, EX_DATAERR, "a '%.*s' where a list of works should be",
	    STR_ARG(entry_text_line(reader->keep, type)));
}

static int
read_crossref(struct input *input, struct format_reader *reader, struct err *err)
{
	struct json *rest;
	int result = json_listing_read(input, "message.items", read_work, NULL, reader, &rest, err);

	if (result == 0)
		result = read_rest(rest, reader, err);
	json_free(rest);
	return result;
}

const struct source_format source_format_crossref = {
	.name = "crossref",
	.help = "the JSON of Crossref's REST API",
	.sniff = sniff,
	.read = read_crossref,
};
