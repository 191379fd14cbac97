/*
 * Makes an entry of a feed's item. What the elements are called is feed_rows.c's business, and how
 * they stand in the document feed.c's.
 */
#include "feed_item.h"

#include "digest/html.h"
#include "digest/identity.h"

#include <string.h>

/* A post's whole body is no abstract: where there is no summary, so much of it will do. */
enum { BODY_BYTES_MAX = 2000 };

void
feed_item_init(struct feed_item *item)
{
	*item = (struct feed_item){ .date = DATE_NO_INSTANT, .is_guid_url = true };
	entry_init(&item->entry);
}

struct str
feed_text_plain(struct arena *arena, struct feed_text text)
{
	bool is_html = text.kind == FEED_TEXT_HTML ||
	    (text.kind == FEED_TEXT_GUESS && html_is_markup(text.raw));
	if (!is_html)
		return text.raw;
	struct buf plain = BUF_INIT(BUF_LIMIT);
	html_add_text(&plain, text.raw);
	struct str kept = arena_copy(arena, buf_str(&plain));
	buf_release(&plain);
	return kept;
}

/* --- fields, as they come ----------------------------------------------------------------------- */

/*
 * RSS wants an e-mail address for an author, with the name behind it: "jane@example.org (Jane)", or
 * as in mail, "Jane <jane@example.org>". Addresses are not for showing.
 */
static struct str
author_name(struct str text)
{
	text = str_trim(text);
	if (str_find_char(text, '@') < 0)
		return text;
	ptrdiff_t open = str_find_char(text, '(');
	if (open >= 0) {
		struct str name = str_skip(text, (size_t)open + 1);
		ptrdiff_t close = str_find_char(name, ')');
		return str_trim(close < 0 ? name : str_head(name, (size_t)close));
	}
	open = str_find_char(text, '<');
	return open > 0 ? str_trim(str_head(text, (size_t)open)) : STR("");
}

/* <author> and <dc:creator> often name the same person. */
static void
add_author(struct entry *entry, struct arena *arena, struct str text)
{
	struct str name = entry_text_line(arena, author_name(text));
	for (size_t i = 0; i < entry->author_count; i++) {
		if (str_equal(entry->authors[i].name, name))
			return;
	}
	entry_add_author(entry, arena, name, STR(""), false);
}

static enum entry_announce
announce_of(struct str type)
{
	static const struct {
		const char *type;
		enum entry_announce announce;
	} types[] = {
		{ "cross", ENTRY_CROSS },
		{ "replace", ENTRY_REPLACED },
		{ "absonly", ENTRY_REPLACED }, /* the abstract alone */
		{ "replace-cross", ENTRY_REPLACED_CROSS },
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_is(type, types[i].type))
			return types[i].announce;
	}
	return ENTRY_NEW;
}

static void
take_first(struct feed_text *field, struct feed_text text)
{
	if (str_trim(field->raw).len == 0)
		*field = text;
}

static void
take_date(int64_t *date, struct str text)
{
	if (*date == DATE_NO_INSTANT)
		date_parse_instant(str_trim(text), date);
}

static void
take_line(struct str *field, struct arena *arena, struct str text)
{
	if (field->len == 0)
		*field = entry_text_line(arena, text);
}

void
feed_item_take_text(
    struct feed_item *item, struct arena *arena, enum feed_field field, struct feed_text text)
{
	struct entry *entry = &item->entry;
	switch (field) {
	case FIELD_TITLE: take_first(&item->title, text); break;
	case FIELD_SUMMARY: take_first(&item->summary, text); break;
	case FIELD_CONTENT: take_first(&item->content, text); break;
	case FIELD_GUID: item->guid = str_trim(text.raw); break;
	case FIELD_ORIGINAL_LINK: item->original_url = str_trim(text.raw); break;
	case FIELD_NAME: identity_add(entry, arena, str_trim(text.raw)); break;
	case FIELD_AUTHOR: add_author(entry, arena, feed_text_plain(arena, text)); break;
	case FIELD_CATEGORY: entry_add_category(entry, arena, feed_text_plain(arena, text)); break;
	case FIELD_PUBLISHED: take_date(&entry->published_at, text.raw); break;
	case FIELD_UPDATED: take_date(&entry->updated_at, text.raw); break;
	case FIELD_DATE: take_date(&item->date, text.raw); break;
	case FIELD_COMMENT: take_line(&entry->comment, arena, text.raw); break;
	case FIELD_JOURNAL: take_line(&entry->journal_ref, arena, text.raw); break;
	case FIELD_LICENSE: take_line(&entry->license, arena, text.raw); break;
	case FIELD_ANNOUNCE: entry->announce = announce_of(str_trim(text.raw)); break;
	default: break;
	}
}

static bool
is_page_type(struct str type)
{
	return type.len == 0 || str_starts_nocase(type, "text/html") ||
	    str_starts_nocase(type, "application/xhtml");
}

void
feed_item_take_link(struct feed_item *item, struct arena *arena, struct str rel, struct str type,
    struct str title, struct str url)
{
	struct entry *entry = &item->entry;
	bool is_pdf = str_equal_nocase(title, STR("pdf")) || str_starts(type, "application/pdf");
	struct str doi;

	if (rel.len == 0 || str_ends(rel, "alternate")) {
		int rank = is_page_type(type) ? 2 : 1;
		if (rank > item->url_rank && url.len > 0) {
			item->url = url;
			item->url_rank = rank;
		}
	} else if (is_pdf && (str_is(rel, "related") || str_is(rel, "enclosure"))) {
		if (entry->pdf_url.len == 0)
			entry->pdf_url = entry_text_url(arena, url);
	} else if (str_is(rel, "related") && identity_doi(arena, url, &doi) == 0) {
		identity_add(entry, arena, url);
	}
}

/* --- arXiv's own feeds -------------------------------------------------------------------------- */

/*
 * rss.arxiv.org puts "arXiv:2508.13426v1 Announce Type: cross \nAbstract: " before the abstract, and
 * its text is plain: "x<y" is no tag there. Until 2024 it was a paragraph of HTML.
 */
static struct feed_text
arxiv_summary(struct feed_text text)
{
	struct str raw = str_trim(text.raw);
	text.kind = str_starts(raw, "<p") ? FEED_TEXT_HTML : FEED_TEXT_PLAIN;
	ptrdiff_t at = str_find(str_head(raw, 200), STR("Abstract:"));
	if (str_starts(raw, "arXiv:") && at > 0)
		raw = str_skip(raw, (size_t)at + strlen("Abstract:"));
	text.raw = raw;
	return text;
}

/* "(arXiv:1805.06430v2 [nucl-th] UPDATED)" behind a title: the feeds until 2024. */
static void
arxiv_title(struct feed_item *item, struct arena *arena)
{
	struct str title = str_trim(item->title.raw), rest = title;
	ptrdiff_t at, start = -1;
	while ((at = str_find(rest, STR("(arXiv:"))) >= 0) {
		start = (rest.ptr - title.ptr) + at;
		rest = str_skip(rest, (size_t)at + 1);
	}
	item->title.kind = FEED_TEXT_PLAIN;
	if (start <= 0 || !str_ends(title, ")"))
		return;
	struct str note = str_skip(title, (size_t)start + 1), id;
	note = str_head(note, note.len - 1);
	struct str category = STR("");
	if (!str_next_word(&note, &id) || !identity_add(&item->entry, arena, id))
		return;
	if (str_next_word(&note, &category) && str_starts(category, "[") && str_ends(category, "]"))
		item->primary_category = str_head(str_skip(category, 1), category.len - 2);
	note = str_trim(note);
	if (str_is(note, "UPDATED"))
		item->entry.announce = ENTRY_REPLACED;
	else if (str_is(note, "CROSS LISTED"))
		item->entry.announce = ENTRY_CROSS;
	item->title.raw = str_trim(str_head(title, (size_t)start));
}

/* One "Ann Lee (MIT, Boston), Bo Wu": the name up to a comma outside of parentheses. */
static struct str
next_listed_author(struct str *rest)
{
	int depth = 0;
	size_t at = 0;
	for (; at < rest->len; at++) {
		char c = rest->ptr[at];
		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (c == ',' && depth == 0)
			break;
	}
	struct str author = str_trim(str_head(*rest, at));
	*rest = str_skip(*rest, at + 1);
	return author;
}

/* arXiv joins all authors in one <dc:creator>. */
static void
arxiv_authors(struct entry *entry, struct arena *arena)
{
	if (entry->author_count != 1 || str_find_char(entry->authors[0].name, ',') < 0)
		return;
	struct str rest = entry->authors[0].name;
	entry->authors = NULL;
	entry->author_count = 0;
	while (rest.len > 0) {
		struct str author = next_listed_author(&rest), affiliation = STR("");
		ptrdiff_t open = str_find_char(author, '(');
		if (open > 0 && str_ends(author, ")")) {
			affiliation = str_skip(author, (size_t)open + 1);
			affiliation = str_head(affiliation, affiliation.len - 1);
			author = str_head(author, (size_t)open);
		}
		entry_add_author(entry, arena, author, affiliation, false);
	}
}

static bool
is_arxiv(const struct feed_item *item, struct arena *arena)
{
	struct str id;
	int version;
	struct str name = item->guid.len > 0 ? item->guid : item->url;
	return identity_arxiv(arena, name, &id, &version) == 0 ||
	    str_starts(item->about, "http://arxiv.org/");
}

/* --- the entry ---------------------------------------------------------------------------------- */

/* The beginning of a long body, cut between words. */
static struct str
beginning(struct arena *arena, struct str text)
{
	if (text.len <= BODY_BYTES_MAX)
		return text;
	size_t at = BODY_BYTES_MAX;
	while (at > 0 && !str_is_space(text.ptr[at]))
		at--;
	if (at == 0)
		return STR("");
	return arena_printf(arena, "%.*s …", STR_ARG(str_trim(str_head(text, at))));
}

static void
set_texts(struct feed_item *item, struct arena *arena)
{
	struct entry *entry = &item->entry;
	/* The source's own bytes are kept beside what they mean. */
	entry_set_title(entry, arena, item->title.raw);
	entry->title = entry_text_line(arena, feed_text_plain(arena, item->title));
	entry->abstract = entry_text_paragraphs(arena, feed_text_plain(arena, item->summary));
	if (entry->abstract.len == 0)
		entry->abstract = beginning(
		    arena, entry_text_paragraphs(arena, feed_text_plain(arena, item->content)));
}

static void
set_names(struct feed_item *item, struct arena *arena, const char *scope)
{
	struct entry *entry = &item->entry;
	if (item->original_url.len > 0)
		item->url = item->original_url;
	if (item->guid.len == 0)
		item->guid = item->about;
	if (item->url.len == 0 && item->is_guid_url)
		item->url = item->guid;
	entry->url = entry_text_url(arena, item->url);
	if (item->guid.len > 0)
		identity_add_guid(entry, arena, str_from(scope), item->guid);
	/* A guid is mostly the URL once more. */
	if (entry->url.len > 0 && !str_equal(entry->url, item->guid))
		identity_add(entry, arena, entry->url);
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
set_dates(struct feed_item *item)
{
	struct entry *entry = &item->entry;
	if (entry->published_at == DATE_NO_INSTANT)
		entry->published_at = item->date;
	if (entry->published_at == DATE_NO_INSTANT)
		entry->published_at = entry->updated_at;
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

int
feed_item_finish(struct feed_item *item, const struct feed_defaults *defaults,
    struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct entry *entry = &item->entry;

	/* arXiv answers a bad question with an entry that tells so. */
	if (str_find(item->guid, STR("arxiv.org/api/errors")) >= 0)
		return err_set(err, EX_DATAERR, "arXiv answers: %.*s",
		    STR_ARG(entry_text_line(arena, item->summary.raw)));
	set_names(item, arena, reader->scope);
	if (is_arxiv(item, arena)) {
		item->summary = arxiv_summary(item->summary);
		arxiv_title(item, arena);
		arxiv_authors(entry, arena);
		/* With http and a version in some feeds: format_emit() writes them one way. */
		entry->url = entry->pdf_url = STR("");
	}
	set_texts(item, arena);
	set_categories(item, arena);
	set_dates(item);
	for (size_t i = 0; entry->author_count == 0 && i < defaults->author_count; i++)
		entry_add_author(entry, arena, defaults->authors[i].name,
		    defaults->authors[i].affiliation, false);
	entry->kind = kind_of(entry);
	return format_emit(reader, entry, err);
}
