/*
 * A citation becomes an entry. How the files of citations read is their formats' business.
 */
#include "citation.h"

#include "digest/identity.h"

void
citation_add_name(struct citation *citation, struct str name)
{
	if (citation->name_count < sizeof(citation->names) / sizeof(citation->names[0]))
		citation->names[citation->name_count++] = name;
}

void
citation_add_author(struct citation *citation, struct arena *arena, struct str author)
{
	citation->authors = arena_grow(
	    arena, citation->authors, &citation->author_count, sizeof(*citation->authors));
	citation->authors[citation->author_count - 1] = author;
}

static bool
is_suffix(struct str text)
{
	static const char *const suffixes[] = { "jr", "jr.", "sr", "sr.", "ii", "iii", "iv" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (str_equal_nocase(text, str_from(suffixes[i])))
			return true;
	}
	return false;
}

/*
 * With the given name first: "Moreno, Ada"; "King, Jr., Martin" of BibTeX, "King, Martin,
 * Jr." of RIS.
 */
static struct str
spoken_author(struct arena *arena, struct str author)
{
	struct str rest = author, last = STR(""), given = STR(""), suffix = STR("");

	if (str_find_char(author, ',') < 0)
		return author;
	str_next(&rest, ',', &last);
	str_next(&rest, ',', &given);
	str_next(&rest, ',', &suffix);
	if (is_suffix(str_trim(given))) {
		struct str swapped = given;
		given = suffix;
		suffix = swapped;
	}
	return arena_printf(
	    arena, "%.*s %.*s %.*s", STR_ARG(given), STR_ARG(last), STR_ARG(suffix));
}

int
citation_emit(const struct citation *citation, struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct entry entry;

	entry_init(&entry);
	if (str_trim(citation->title).len == 0) {
		format_skip(reader, "has no title");
		arena_reset(arena);
		return 0;
	}
	for (size_t i = 0; i < citation->name_count; i++)
		identity_add(&entry, arena, str_trim(citation->names[i]));
	identity_add(&entry, arena, str_trim(citation->url));
	entry_set_title(&entry, arena, citation->title);
	entry.abstract = entry_text_paragraphs(arena, citation->abstract);
	entry.journal_ref = entry_text_line(arena, citation->journal);
	entry.url = entry_text_url(arena, citation->url);
	for (size_t i = 0; i < citation->author_count; i++)
		entry_add_author(
		    &entry, arena, spoken_author(arena, citation->authors[i]), STR(""), false);
	date_parse_instant(str_trim(citation->date), &entry.published_at);
	return format_emit(reader, &entry, err);
}
