/*
 * Makes an entry of a record of OAI-PMH, of arXiv's three schemas or of Dublin Core. Where the
 * fields stand in the document is format_oai.c's business.
 */
#include "oai_record.h"

#include "digest/buf.h"
#include "digest/html.h"
#include "digest/identity.h"

#include "arxiv_authors.h"

#include <string.h>

void
oai_record_init(struct oai_record *record)
{
	*record = (struct oai_record){ .is_deleted = false };
	entry_init(&record->entry);
}

/* ---- fields, as they come ---- */

static void
add_text(struct arena *arena, struct str **items, size_t *count, struct str text)
{
	if (text.len == 0)
		return;
	*items = arena_grow(arena, *items, count, sizeof(**items));
	(*items)[*count - 1] = text;
}

/* The first of several texts counts: the others are the same in other languages. */
static void
set_first(struct str *kept, struct str text)
{
	if (kept->len == 0)
		*kept = text;
}

static void
see_date(int64_t *first, int64_t *last, struct str text)
{
	int64_t instant;

	if (date_parse_instant(text, &instant) < 0)
		return;
	if (*first == DATE_NO_INSTANT)
		*first = instant;
	else if (*last == DATE_NO_INSTANT || instant > *last)
		*last = instant;
}

/* arXivRaw: one version after the other, the first of which is the paper's beginning. */
static void
see_version_date(struct entry *entry, struct str text)
{
	int64_t instant;

	if (date_parse_instant(text, &instant) < 0)
		return;
	if (entry->published_at == DATE_NO_INSTANT)
		entry->published_at = instant;
	entry->updated_at = instant;
}

static void
add_categories(struct entry *entry, struct arena *arena, struct str text)
{
	struct str word;

	while (str_next_word(&text, &word))
		entry_add_category(entry, arena, word);
}

static void
add_names(struct entry *entry, struct arena *arena, struct str text)
{
	struct str word;

	while (str_next_word(&text, &word))
		identity_add(entry, arena, word);
}

static void
add_affiliation(struct oai_record *record, struct arena *arena, struct str text)
{
	if (record->affiliation.len > 0)
		text =
		    arena_printf(arena, "%.*s; %.*s", STR_ARG(record->affiliation), STR_ARG(text));
	record->affiliation = text;
}

static bool
is_suffix(struct str text)
{
	static const char *const suffixes[] = { "Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "V" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (str_is(text, suffixes[i]))
			return true;
	}
	return false;
}

/*
 * "Keyname, Forenames" and "Keyname, Forenames, Jr." as people say them; a name with more commas is
 * an institution's and stays.
 */
static void
add_creator(struct entry *entry, struct arena *arena, struct str text)
{
	struct str line = entry_text_line(arena, text), rest = line, keyname, forenames, suffix;

	if (str_next(&rest, ',', &keyname) && str_next(&rest, ',', &forenames)) {
		keyname = str_trim(keyname);
		forenames = str_trim(forenames);
		suffix = str_trim(rest);
		if (suffix.len == 0 || is_suffix(suffix))
			line = arena_printf(arena, "%.*s %.*s%s%.*s", STR_ARG(forenames),
			    STR_ARG(keyname), suffix.len > 0 ? " " : "", STR_ARG(suffix));
	}
	entry_add_author(entry, arena, str_trim(line), STR(""), false);
}

static void
take_date(struct oai_record *record, enum oai_field field, struct str text)
{
	struct entry *entry = &record->entry;

	switch (field) {
	case OAI_DATESTAMP:
		date_parse_day(str_head(text, strlen("YYYY-MM-DD")), &entry->changed_on);
		break;
	case OAI_CREATED: date_parse_instant(text, &entry->published_at); break;
	case OAI_UPDATED: date_parse_instant(text, &entry->updated_at); break;
	case OAI_VERSION_DATE: see_version_date(entry, text); break;
	default: see_date(&entry->published_at, &entry->updated_at, text); break;
	}
}

static void
take_author(struct oai_record *record, struct arena *arena, enum oai_field field, struct str text)
{
	switch (field) {
	case OAI_AUTHORS: record->authors = text; break;
	case OAI_KEYNAME: set_first(&record->keyname, text); break;
	case OAI_FORENAMES: set_first(&record->forenames, text); break;
	case OAI_SUFFIX: set_first(&record->suffix, text); break;
	case OAI_AFFILIATION: add_affiliation(record, arena, text); break;
	default: add_creator(&record->entry, arena, text); break;
	}
}

void
oai_record_take(
    struct oai_record *record, struct arena *arena, enum oai_field field, struct str text)
{
	struct entry *entry = &record->entry;

	text = str_trim(text);
	switch (field) {
	case OAI_NONE: break;
	case OAI_IDENTIFIER: set_first(&record->identifier, text); break;
	case OAI_SET: add_text(arena, &record->sets, &record->set_count, text); break;
	case OAI_ID:
	case OAI_DOI: add_names(entry, arena, text); break;
	case OAI_TITLE: set_first(&record->title, text); break;
	case OAI_ABSTRACT: set_first(&record->abstract, text); break;
	case OAI_COMMENT: entry->comment = entry_text_line(arena, text); break;
	case OAI_JOURNAL: entry->journal_ref = entry_text_line(arena, text); break;
	case OAI_LICENSE: entry->license = entry_text_line(arena, text); break;
	case OAI_CATEGORIES: add_categories(entry, arena, text); break;
	case OAI_VERSION_SIZE: record->is_empty = str_is(text, "0kb"); break;
	case OAI_DC_DESCRIPTION:
		add_text(arena, &record->descriptions, &record->description_count, text);
		break;
	case OAI_DC_IDENTIFIER:
		add_text(arena, &record->identifiers, &record->identifier_count, text);
		break;
	case OAI_DC_SUBJECT: entry_add_category(entry, arena, text); break;
	case OAI_DATESTAMP:
	case OAI_CREATED:
	case OAI_UPDATED:
	case OAI_VERSION_DATE:
	case OAI_DC_DATE: take_date(record, field, text); break;
	default: take_author(record, arena, field, text); break;
	}
}

void
oai_record_start_version(struct oai_record *record, struct str number)
{
	int64_t version;

	record->is_empty = false;
	if (str_starts(number, "v") &&
	    str_to_int(str_skip(number, 1), 1, INT16_MAX, &version) == 0 &&
	    version > record->entry.version)
		record->entry.version = (int)version;
}

/* "The XYZ Collaboration: A, B" has a colon for an author here and there. */
static bool
is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (str_is_alnum(text.ptr[i]) || (unsigned char)text.ptr[i] >= 0x80)
			return true;
	}
	return false;
}

void
oai_record_end_author(struct oai_record *record, struct arena *arena)
{
	struct str name = arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(record->forenames),
	    STR_ARG(record->keyname), STR_ARG(record->suffix));

	if (is_name(name))
		entry_add_author(&record->entry, arena, name, record->affiliation, false);
	record->keyname = record->forenames = record->suffix = record->affiliation = STR("");
}

/* ---- the entry ---- */

static bool
is_arxiv(const struct entry *entry)
{
	for (size_t i = 0; i < entry->alias_count; i++) {
		if (str_starts(entry->aliases[i], "arxiv:"))
			return true;
	}
	return false;
}

/* Other repositories than arXiv's write HTML where text should be. */
static struct str
plain(struct arena *arena, struct str text, bool is_paper)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	if (is_paper || !html_is_markup(text))
		return text;
	html_add_text(&out, text);
	text = arena_keep(arena, &out);
	return text;
}

/* What an identifier of Dublin Core is that has no name of its own: on arXiv, where it appeared. */
static void
take_identifiers(struct oai_record *record, struct arena *arena)
{
	struct entry *entry = &record->entry;

	for (size_t i = 0; i < record->identifier_count; i++) {
		struct str text = entry_text_line(arena, record->identifiers[i]);
		bool is_known = identity_add(entry, arena, text);
		if (entry->url.len == 0 && !is_arxiv(entry))
			entry->url = entry_text_url(arena, text);
		if (!is_known && is_arxiv(entry) && entry->journal_ref.len == 0)
			entry->journal_ref = text;
	}
}

/* The first description is the abstract, and of arXiv's two the second the comment. */
static void
take_descriptions(struct oai_record *record, struct arena *arena)
{
	static const char mark[] = "Comment: ";
	struct entry *entry = &record->entry;

	for (size_t i = 0; i < record->description_count; i++) {
		struct str text = record->descriptions[i];
		bool is_marked = str_starts(text, mark);
		if (!is_arxiv(entry) || (i == 0 && !is_marked))
			set_first(&record->abstract, text);
		else if (entry->comment.len == 0)
			entry->comment =
			    entry_text_line(arena, str_skip(text, is_marked ? strlen(mark) : 0));
	}
}

/* "cs:cs:AI", "physics:hep-th", "math": what is in it is the archive and its class. */
static struct str
set_category(struct arena *arena, struct str set)
{
	struct str rest = set, group, archive;

	if (!str_next(&rest, ':', &group) || !str_next(&rest, ':', &archive))
		return set;
	if (rest.len == 0 || str_equal(rest, archive))
		return archive;
	return arena_printf(arena, "%.*s.%.*s", STR_ARG(archive), STR_ARG(rest));
}

/* Dublin Core has the names of arXiv's categories, the sets have what people call them. */
static void
take_sets(struct oai_record *record, struct arena *arena)
{
	struct entry *entry = &record->entry;

	for (size_t i = 0; i < record->set_count; i++)
		entry_add_category(entry, arena, set_category(arena, record->sets[i]));
}

static void
take_texts(struct oai_record *record, struct arena *arena)
{
	struct entry *entry = &record->entry;
	bool is_paper = is_arxiv(entry);

	entry_set_title(entry, arena, record->title);
	if (!is_paper)
		entry->title = entry_text_line(arena, plain(arena, record->title, is_paper));
	entry->abstract = entry_text_paragraphs(arena, plain(arena, record->abstract, is_paper));
	if (entry->author_count == 0)
		arxiv_authors_add(entry, arena, record->authors);
}

int
oai_record_finish(struct oai_record *record, struct format_reader *reader, struct err *err)
{
	struct entry *entry = &record->entry;
	struct arena *arena = reader->arena;
	int version = entry->version;

	if (record->identifier.len > 0)
		identity_add_guid(entry, arena, str_from(reader->scope), record->identifier);
	if (record->is_deleted) {
		entry->announce = ENTRY_WITHDRAWN;
		return format_emit(reader, entry, err);
	}
	take_descriptions(record, arena);
	take_identifiers(record, arena);
	take_texts(record, arena);
	if (record->set_count > 0 && record->description_count > 0 && is_arxiv(entry))
		take_sets(record, arena);
	if (record->is_empty)
		entry->announce = ENTRY_WITHDRAWN;
	/* A name with a version in it would outweigh what the record tells of its own. */
	if (version > 0)
		entry->version = version;
	return format_emit(reader, entry, err);
}
