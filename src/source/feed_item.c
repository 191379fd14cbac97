/*
 * Makes an entry of a feed's item. What the elements are called is feed_rows.c's business, how they
 * stand in the document feed.c's, and what their text says in plain words feed_text.c's.
 */
#include "feed_item.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <string.h>

enum {
	/* A post's whole body is no abstract: where there is no summary, so much of it will do. */
	BODY_BYTES_MAX = 2000,
	ABSTRACT_BYTES_MAX = 5000,
	/* So much of it stands for the title that a post does not have. */
	TITLE_BYTES_MAX = 100,
	/* Elements that name the same people again name few: each is compared with so many. */
	COMPARED_MAX = 1000,
};

void
feed_item_init(struct feed_item *item)
{
	*item = (struct feed_item){
		.is_guid_url = true,
		.published_rank = -1,
		.updated_rank = -1,
		.license_rank = -1,
	};
	entry_init(&item->entry);
}

/* ---- authors ---- */

/* The words of a text that are no addresses. */
static struct str
without_addresses(struct arena *arena, struct str text)
{
	struct buf kept = BUF_INIT(BUF_LIMIT);
	struct str word;
	while (str_next_word(&text, &word)) {
		if (str_find_char(word, '@') >= 0)
			continue;
		buf_add(&kept, word);
		buf_add_char(&kept, ' ');
	}
	struct str result = arena_copy(arena, str_trim(buf_str(&kept)));
	buf_release(&kept);
	return result;
}

/*
 * RSS wants an e-mail address for an author, with the name after it: "jane@example.org (Jane)".
 * Others write "Jane (jane@example.org)", or as in mail, "Jane <jane@example.org>". Addresses are
 * not for showing.
 */
static struct str
author_name(struct arena *arena, struct str text)
{
	text = str_trim(text);
	if (str_find_char(text, '@') < 0)
		return text;
	ptrdiff_t open = str_find_char(text, '<');
	if (open > 0)
		return str_trim(str_head(text, (size_t)open));
	open = str_find_char(text, '(');
	if (open < 0)
		return without_addresses(arena, text);
	struct str inside = str_skip(text, (size_t)open + 1);
	ptrdiff_t close = str_find_char(inside, ')');
	if (close >= 0)
		inside = str_head(inside, (size_t)close);
	if (str_find_char(inside, '@') >= 0)
		return without_addresses(arena, str_head(text, (size_t)open));
	return str_trim(inside);
}

static bool
has_author(const struct feed_people *people, struct str name)
{
	for (size_t i = 0; i < people->count && i < COMPARED_MAX; i++) {
		if (str_equal(people->authors[i].name, name))
			return true;
	}
	return false;
}

/* <author> and <dc:creator> often name the same person. */
void
feed_people_add(
    struct feed_people *people, struct arena *arena, struct feed_text text, struct str affiliation)
{
	struct str name = entry_text_line(arena, author_name(arena, feed_text_plain(arena, text)));
	if (name.len == 0 || has_author(people, name))
		return;
	if (people->count > 0 && text.rank > people->rank)
		return;
	if (text.rank < people->rank)
		*people = (struct feed_people){ 0 };
	people->rank = text.rank;
	people->authors =
	    arena_grow(arena, people->authors, &people->count, sizeof(*people->authors));
	people->authors[people->count - 1] = (struct entry_author){
		.name = name,
		.affiliation = entry_text_line(arena, affiliation),
	};
}

/* Whether it is a list of names with a line for each, all but the last with a comma after. */
static bool
is_list_of_lines(struct str text)
{
	struct str line;
	size_t count = 0;
	bool has_comma = true;
	text = str_trim(text);
	while (str_next_line(&text, &line)) {
		if (!has_comma)
			return false;
		has_comma = str_ends(str_trim(line), ",");
		count++;
	}
	return count > 1 && !has_comma;
}

static void
take_author(struct feed_item *item, struct arena *arena, struct feed_text text)
{
	struct str line, rest = str_trim(text.raw);
	if (!is_list_of_lines(text.raw)) {
		feed_people_add(&item->authors, arena, text, STR(""));
		return;
	}
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (str_ends(line, ","))
			line = str_head(line, line.len - 1);
		feed_people_add(&item->authors, arena,
		    (struct feed_text){ line, text.kind, text.rank }, STR(""));
	}
}

/* ---- fields, as they come ---- */

static void
take_text(struct feed_text *field, struct feed_text text)
{
	bool is_empty = str_trim(field->raw).len == 0;
	if (str_trim(text.raw).len > 0 && (is_empty || text.rank < field->rank))
		*field = text;
}

static void
take_date(int64_t *date, int *held_rank, struct feed_text text)
{
	if ((*held_rank < 0 || text.rank < *held_rank) &&
	    date_parse_instant(str_trim(text.raw), date) == 0)
		*held_rank = text.rank;
}

static void
take_line(struct str *field, struct arena *arena, struct str text)
{
	if (field->len == 0)
		*field = entry_text_line(arena, text);
}

void
feed_item_take_license(struct feed_item *item, struct arena *arena, struct str license, int rank)
{
	struct str line = entry_text_line(arena, license);
	if (line.len == 0 || (item->license_rank >= 0 && item->license_rank <= rank))
		return;
	item->entry.license = line;
	item->license_rank = rank;
}

static void
take_announcement(struct feed_item *item, struct str type)
{
	item->entry.announce = feed_arxiv_announce(type);
	item->is_announced = true;
}

void
feed_item_take_text(
    struct feed_item *item, struct arena *arena, const struct feed_row *row, struct feed_text text)
{
	struct entry *entry = &item->entry;
	switch (row->field) {
	case FIELD_TITLE: take_text(&item->title, text); break;
	case FIELD_SUMMARY: take_text(&item->summary, text); break;
	case FIELD_CONTENT: take_text(&item->content, text); break;
	case FIELD_GUID: take_line(&item->guid, arena, text.raw); break;
	case FIELD_ORIGINAL_LINK: item->original_url = str_trim(text.raw); break;
	case FIELD_NAME: identity_add(entry, arena, str_trim(text.raw)); break;
	case FIELD_AUTHOR: take_author(item, arena, text); break;
	case FIELD_CATEGORY:
	case FIELD_CATEGORY_TERM:
		entry_add_category(entry, arena, feed_text_plain(arena, text));
		break;
	case FIELD_PUBLISHED: take_date(&entry->published_at, &item->published_rank, text); break;
	case FIELD_UPDATED: take_date(&entry->updated_at, &item->updated_rank, text); break;
	case FIELD_COMMENT: take_line(&entry->comment, arena, text.raw); break;
	case FIELD_JOURNAL: take_line(&entry->journal_ref, arena, text.raw); break;
	case FIELD_LICENSE:
		feed_item_take_license(item, arena, feed_text_plain(arena, text), row->rank);
		break;
	case FIELD_ANNOUNCE: take_announcement(item, str_trim(text.raw)); break;
	default: break;
	}
}

/* A term is what programs call it; its label is for people and not always there. */
void
feed_item_take_category(
    struct feed_item *item, struct arena *arena, struct str term, struct str label)
{
	entry_add_category(&item->entry, arena, str_trim(term).len > 0 ? term : label);
}

/* How much a link of a type looks like a page to read. */
static int
page_rank(struct str type)
{
	static const char *const feeds[] = { "application/rss", "application/atom",
		"application/rdf", "application/json", "application/feed" };
	if (type.len == 0 || str_starts_nocase(type, "text/html") ||
	    str_starts_nocase(type, "application/xhtml"))
		return 3;
	for (size_t i = 0; i < sizeof(feeds) / sizeof(*feeds); i++) {
		if (str_starts_nocase(type, feeds[i]))
			return 1;
	}
	return 2;
}

static void
take_page(struct feed_item *item, int rank, struct str url)
{
	if (rank <= item->url_rank || url.len == 0)
		return;
	item->url = url;
	item->url_rank = rank;
}

void
feed_item_take_picture(
    struct feed_item *item, struct arena *arena, enum feed_picture what, struct str url)
{
	struct str clean = entry_text_url(arena, url);

	if (clean.len == 0 || (int)what <= item->picture_rank)
		return;
	item->entry.image_url = clean;
	item->picture_rank = (int)what;
}

void
feed_item_take_link(struct feed_item *item, struct arena *arena, struct str rel, struct str type,
    struct str title, struct str url)
{
	struct entry *entry = &item->entry;
	bool is_pdf = str_equal_nocase(title, STR("pdf")) || str_starts(type, "application/pdf");
	bool is_related = str_equal_nocase(rel, STR("related"));
	struct str doi;

	rel = str_trim(rel);
	if (rel.len == 0 || str_equal_nocase(rel, STR("alternate")) ||
	    str_ends(rel, "/alternate")) {
		take_page(item, page_rank(type), url);
	} else if (is_pdf && (is_related || str_equal_nocase(rel, STR("enclosure")))) {
		if (entry->pdf_url.len == 0)
			entry->pdf_url = entry_text_url(arena, url);
	} else if (str_equal_nocase(rel, STR("enclosure")) && str_starts_nocase(type, "image/")) {
		feed_item_take_picture(item, arena, FEED_PICTURE_OF_TYPE, url);
	} else if (is_related && identity_doi(arena, url, &doi) == 0) {
		identity_add(entry, arena, url);
	} else if (str_equal_nocase(rel, STR("license"))) {
		feed_item_take_license(item, arena, url, 0);
	}
}

/* ---- the entry ---- */

/* What stands after a first line "Abstract"; "" where there is none. */
static struct str
called_abstract(struct str text)
{
	struct str line;
	if (!str_next(&text, '\n', &line))
		return STR("");
	bool is_heading =
	    str_equal_nocase(line, STR("Abstract")) || str_equal_nocase(line, STR("Abstract:"));
	return is_heading ? str_trim(text) : STR("");
}

/*
 * The summary, unless there is none, or there is a longer text that calls itself the abstract or of
 * which the summary is but the beginning.
 */
static struct str
choose_abstract(struct arena *arena, struct str summary, struct str content)
{
	struct str named = called_abstract(content);
	struct str continued = feed_text_continued(summary, content);

	if (called_abstract(summary).len > 0)
		summary = called_abstract(summary);
	if (named.len > 0)
		return feed_text_beginning(arena, named, ABSTRACT_BYTES_MAX);
	if (summary.len == 0)
		return feed_text_beginning(arena, content, BODY_BYTES_MAX);
	if (continued.len > summary.len)
		return feed_text_beginning(arena, continued, BODY_BYTES_MAX);
	return summary;
}

/* Some write "Abstract" before it on the same line, with a colon or two spaces after. */
static struct str
without_label(struct str raw)
{
	struct str text = str_trim(raw), rest = str_skip(text, strlen("Abstract"));
	if (!str_starts_nocase(text, "Abstract") ||
	    (!str_starts(rest, ":") && !str_starts(rest, "  ")))
		return raw;
	return str_skip(rest, 1);
}

static void
set_texts(struct feed_item *item, struct arena *arena)
{
	struct entry *entry = &item->entry;
	item->summary.raw = without_label(item->summary.raw);
	/* The source's own bytes are kept beside what they mean. */
	entry_set_title(entry, arena, item->title.raw);
	entry->title = entry_text_line(arena, feed_text_plain(arena, item->title));
	entry->abstract = choose_abstract(arena,
	    entry_text_paragraphs(arena, feed_text_plain(arena, item->summary)),
	    entry_text_paragraphs(arena, feed_text_plain(arena, item->content)));
	feed_facts_read(item, arena);
}

/* Of an item without a title, the first words are the title. */
static void
set_title(struct feed_item *item, struct arena *arena)
{
	struct entry *entry = &item->entry;
	struct str rest = entry->abstract, line;
	if (entry->title.len > 0)
		return;
	if (str_next(&rest, '\n', &line))
		entry->title = feed_text_beginning(arena, line, TITLE_BYTES_MAX);
	else if (entry->alias_count == 0 &&
	    (item->authors.count > 0 || entry->category_count > 0 || item->license_rank >= 0 ||
	        item->published_rank >= 0 || item->updated_rank >= 0))
		entry->title = STR("Untitled");
}

/* Where a feed is about one page, its items link to that, and it tells none from the others. */
static struct str
unless_home(struct str link, struct str home)
{
	struct str page = link;
	while (str_ends(page, "/"))
		page = str_head(page, page.len - 1);
	while (str_ends(home, "/"))
		home = str_head(home, home.len - 1);
	return str_equal(page, home) ? STR("") : link;
}

static void
set_names(struct feed_item *item, struct arena *arena, const char *scope, struct str home)
{
	struct entry *entry = &item->entry;
	if (item->original_url.len > 0)
		item->url = item->original_url;
	if (item->guid.len == 0)
		item->guid = item->about;
	if (item->url.len == 0 && item->is_guid_url)
		item->url = item->guid;
	entry->url = entry_text_url(arena, item->url);
	identity_add_item(entry, arena, str_from(scope), unless_home(item->guid, home),
	    unless_home(entry->url, home));
}

/* The primary category first; the new server names it last. */
static void
set_categories(struct feed_item *item, struct arena *arena)
{
	struct entry *entry = &item->entry;
	struct str *given = entry->categories;
	size_t count = entry->category_count;
	if (item->primary_category.len == 0)
		return;
	entry->categories = NULL;
	entry->category_count = 0;
	entry_add_category(entry, arena, item->primary_category);
	for (size_t i = 0; i < count; i++)
		entry_add_category(entry, arena, given[i]);
}

static void
set_authors(struct feed_item *item, const struct feed_people *feed_authors, struct arena *arena)
{
	const struct feed_people *people = &item->authors;
	/* RFC 4287 section 4.2.1: else those of the feed it was taken from, else the feed's. */
	if (people->count == 0)
		people = &item->source_authors;
	if (people->count == 0)
		people = feed_authors;
	for (size_t i = 0; i < people->count; i++)
		entry_add_author(&item->entry, arena, people->authors[i].name,
		    people->authors[i].affiliation, false);
}

static enum entry_kind
kind_of(const struct entry *entry)
{
	static const char *const papers[] = { "arxiv:", "doi:", "openreview:", "s2:", "pmid:" };
	for (size_t i = 0; i < entry->alias_count; i++) {
		for (size_t j = 0; j < sizeof(papers) / sizeof(*papers); j++) {
			if (str_starts(entry->aliases[i], papers[j]))
				return ENTRY_PAPER;
		}
	}
	return ENTRY_POST;
}

/* arXiv answers a bad question with an entry that tells so. */
static int
refuse_error(const struct feed_item *item, struct format_reader *reader, struct err *err)
{
	struct str why = entry_text_line(reader->keep, item->summary.raw);
	reader->listing.fault = why;
	return err_set(err, EX_DATAERR, "arXiv answers: %.*s", STR_ARG(why));
}

int
feed_item_finish(struct feed_item *item, const struct feed_people *feed_authors, struct str home,
    struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct entry *entry = &item->entry;

	if (str_find(item->guid, STR("arxiv.org/api/errors")) >= 0)
		return refuse_error(item, reader, err);
	set_names(item, arena, reader->scope, home);
	if (feed_arxiv_is_item(item, arena))
		feed_arxiv_read(item, arena);
	set_texts(item, arena);
	set_title(item, arena);
	set_categories(item, arena);
	set_authors(item, feed_authors, arena);
	if (entry->published_at == DATE_NO_INSTANT)
		entry->published_at = entry->updated_at;
	entry->kind = kind_of(entry);
	return format_emit(reader, entry, err);
}
