/*
 * The snapshot of arXiv's metadata that Kaggle offers: a record a line, gigabytes of them; or such
 * records in an array.
 */
#include "arxiv_authors.h"
#include "json_listing.h"

#include "digest/identity.h"

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "authors_parsed", NULL, 50 },
		{ "versions[].created", NULL, 30 },
		{ "update_date", NULL, 30 },
		{ "submitter", NULL, 20 },
		{ "journal-ref", NULL, 10 },
		{ "report-no", NULL, 10 },
		{ "[].authors_parsed", NULL, 50 },
		{ "[].versions[].created", NULL, 30 },
		{ "[].update_date", NULL, 30 },
		{ "[].submitter", NULL, 20 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* [["Lee","Ann","Jr.","MIT"],…]: the last name, the first, what stands after, and places. */
static void
add_authors(struct entry *entry, struct arena *arena, const struct json *record)
{
	const struct json *author = json_first(json_get(record, "authors_parsed"));

	if (author == NULL)
		arxiv_authors_add(entry, arena, json_text(json_get(record, "authors")));
	for (; author != NULL; author = json_after(author)) {
		const struct json *part = json_first(author);
		struct str parts[4] = { { NULL, 0 } };
		for (size_t i = 0; i < 4 && part != NULL; i++, part = json_after(part))
			parts[i] = json_text(part);
		entry_add_author(entry, arena,
		    arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(parts[1]), STR_ARG(parts[0]),
		        STR_ARG(parts[2])),
		    parts[3], false);
	}
}

/* [{"version":"v1","created":"Mon, 2 Apr 2007 19:18:42 GMT"},…] */
static void
set_versions(struct entry *entry, const struct json *versions)
{
	const struct json *version;
	int count = 0;

	for (version = json_first(versions); version != NULL; version = json_after(version)) {
		struct str name = json_text(json_get(version, "version"));
		int64_t number = 0;
		if (str_starts(name, "v"))
			str_to_int(str_skip(name, 1), 1, 9999, &number);
		count++;
		if (number > entry->version)
			entry->version = (int)number;
		if (count == 1)
			date_parse_instant(
			    json_text(json_get(version, "created")), &entry->published_at);
	}
	if (entry->version == 0 && count <= 9999)
		entry->version = count;
}

/* Words separated by white space. Some records have more than one DOI. */
static void
add_words(struct entry *entry, struct arena *arena, struct str categories, struct str dois)
{
	struct str word;

	while (str_next_word(&categories, &word))
		entry_add_category(entry, arena, word);
	while (str_next_word(&dois, &word))
		identity_add(entry, arena, arena_printf(arena, "doi:%.*s", STR_ARG(word)));
}

static int
read_record(void *context, const struct json *record, struct format_reader *reader, struct err *err)
{
	const struct json *id = json_get(record, "id");
	struct arena *arena = reader->arena;
	struct str name;
	struct entry entry;
	int version;

	(void)context;
	if (identity_arxiv(arena, str_trim(json_text(id)), &name, &version) < 0) {
		format_skip(reader,
		    json_is_string(id) ? "its 'id' is no arXiv identifier" : "its 'id' is %s",
		    json_type_name(id));
		return 0;
	}
	entry_init(&entry);
	identity_add(&entry, arena, arena_printf(arena, "arXiv:%.*s", STR_ARG(name)));
	add_words(&entry, arena, json_text(json_get(record, "categories")),
	    json_text(json_get(record, "doi")));
	entry_set_title(&entry, arena, json_text(json_get(record, "title")));
	entry.abstract = entry_text_paragraphs(arena, json_text(json_get(record, "abstract")));
	add_authors(&entry, arena, record);
	set_versions(&entry, json_get(record, "versions"));
	date_parse_instant(json_text(json_get(record, "update_date")), &entry.updated_at);
	if (entry.published_at == DATE_NO_INSTANT)
		entry.published_at = entry.updated_at;
	entry.comment = entry_text_line(arena, json_text(json_get(record, "comments")));
	entry.journal_ref = entry_text_line(arena, json_text(json_get(record, "journal-ref")));
	entry.license = entry_text_line(arena, json_text(json_get(record, "license")));
	return format_emit(reader, &entry, err);
}

static int
read_kaggle(struct input *input, struct format_reader *reader, struct err *err)
{
	if (json_listing_is_array(input))
		return json_listing_read(input, "", read_record, NULL, reader, NULL, err);
	return json_listing_read_lines(input, read_record, NULL, reader, err);
}

const struct source_format source_format_kaggle = {
	.name = "kaggle",
	.help = "the snapshot of arXiv's metadata on Kaggle, JSON lines",
	.sniff = sniff,
	.read = read_kaggle,
};
