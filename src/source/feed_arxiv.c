/*
 * What arXiv's own feeds put into the elements that all feeds have: identifiers and announcements
 * in titles and abstracts, all authors in one element. Three generations of them are read: the RDF
 * of before 2024, today's RSS and Atom, and the answers of the API.
 */
#include "feed_item.h"

#include "digest/identity.h"

#include <string.h>

enum { HEAD_BYTES = 200 }; /* what stands before the abstract */

enum entry_announce
feed_arxiv_announce(struct str type)
{
	static const struct {
		const char *type;
		enum entry_announce announce;
	} types[] = {
		{ "cross", ENTRY_CROSS },
		{ "replace", ENTRY_REPLACED },
		{ "replace-cross", ENTRY_REPLACED_CROSS },
		/* A new version of which only the metadata changed. */
		{ "absonly", ENTRY_REPLACED },
		{ "withdraw", ENTRY_WITHDRAWN },
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_equal_nocase(type, str_from(types[i].type)))
			return types[i].announce;
	}
	return ENTRY_NEW;
}

bool
feed_arxiv_is_item(const struct feed_item *item, struct arena *arena)
{
	struct str id;
	int version;
	struct str name = item->guid.len > 0 ? item->guid : item->url;
	return identity_arxiv(arena, name, &id, &version) == 0;
}

/*
 * rss.arxiv.org puts "arXiv:2508.13426v1 Announce Type: cross \nAbstract: " before the abstract,
 * and its text is plain: "x<y" is no tag there. Until 2024 it was a paragraph of HTML.
 */
static void
read_summary(struct feed_item *item, struct arena *arena)
{
	static const char mark[] = "Announce Type:";
	struct str raw = str_trim(item->summary.raw);

	item->summary.kind = str_starts(raw, "<p") ? FEED_TEXT_HTML : FEED_TEXT_PLAIN;
	item->summary.raw = raw;
	if (!str_starts(raw, "arXiv:"))
		return;
	struct str head = str_head(raw, HEAD_BYTES), rest = head, id;
	ptrdiff_t abstract = str_find(head, STR("Abstract:"));
	ptrdiff_t type = str_find(head, str_from(mark));
	/* The version stands here even where the item's name has none. */
	if (type >= 0 && str_next_word(&rest, &id))
		identity_add(&item->entry, arena, id);
	if (type >= 0 && !item->is_announced) {
		struct str word = STR("");
		rest = str_skip(head, (size_t)type + strlen(mark));
		str_next_word(&rest, &word);
		item->entry.announce = feed_arxiv_announce(word);
		item->is_announced = true;
	}
	if (abstract > 0)
		item->summary.raw = str_skip(raw, (size_t)abstract + strlen("Abstract:"));
}

/* "(arXiv:1805.06430v2 [nucl-th] UPDATED)" after a title: the feeds until 2024. */
static void
read_title(struct feed_item *item, struct arena *arena)
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

/* The affiliations after a name: "(MIT, Boston)", or nothing. */
static struct str
split_affiliation(struct str *author)
{
	ptrdiff_t open = str_find_char(*author, '(');
	if (open <= 0 || !str_ends(*author, ")"))
		return STR("");
	struct str affiliation = str_skip(*author, (size_t)open + 1);
	*author = str_trim(str_head(*author, (size_t)open));
	return str_head(affiliation, affiliation.len - 1);
}

/* arXiv joins all authors in one <dc:creator>. */
static void
read_authors(struct feed_item *item, struct arena *arena)
{
	struct feed_people listed = item->authors;
	if (listed.count != 1)
		return;
	struct str rest = listed.authors[0].name;
	item->authors = (struct feed_people){ .rank = listed.rank };
	while (rest.len > 0) {
		struct str author = next_listed_author(&rest);
		struct str affiliation = split_affiliation(&author);
		if (affiliation.len == 0 && rest.len == 0 && item->authors.count == 0)
			affiliation = listed.authors[0].affiliation;
		feed_people_add(&item->authors, arena,
		    (struct feed_text){ author, FEED_TEXT_PLAIN, listed.rank }, affiliation);
	}
}

void
feed_arxiv_read(struct feed_item *item, struct arena *arena)
{
	read_summary(item, arena);
	read_title(item, arena);
	read_authors(item, arena);
	/* The daily feeds name the moment they were asked for. */
	if (item->is_announced)
		item->entry.updated_at = DATE_NO_INSTANT;
	/* With http and a version in some feeds: format_emit() writes them one way. */
	item->entry.url = item->entry.pdf_url = STR("");
}
