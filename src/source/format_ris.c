/*
 * RIS, as reference managers and publishers export it: a tag and a value a line, "TY" before each
 * item and "ER" after it.
 */
#include "citation.h"

enum { TAG_BYTES = 6 }; /* "TY  - " */

/* Whether the line begins with a tag; an empty value may have lost its last blank. */
static bool
take_tag(struct str line, struct str *tag, struct str *value)
{
	bool is_tag = line.len >= TAG_BYTES - 1 && str_is_alpha(line.ptr[0]) &&
	    str_is_alnum(line.ptr[1]) && str_starts(str_skip(line, 2), "  -");

	if (!is_tag)
		return false;
	*tag = str_head(line, 2);
	*value = str_trim(str_skip(line, TAG_BYTES - 1));
	return true;
}

static int
sniff(struct str bytes)
{
	struct str text = str_trim(bytes), line, tag, value;

	if (!str_next_line(&text, &line) || !take_tag(line, &tag, &value))
		return 0;
	return str_is(tag, "TY") ? 95 : 0;
}

/* A text that goes on in lines without a tag is one text. */
static struct str
go_on(struct arena *arena, struct str text, struct str more)
{
	if (text.len == 0)
		return more;
	return arena_printf(arena, "%.*s\n%.*s", STR_ARG(text), STR_ARG(more));
}

/* Where a tag's value goes: several tags mean the same, of which the first that is there counts. */
static struct str *
place_of(struct citation *citation, struct str tag)
{
	static const struct {
		const char *tag;
		size_t offset;
	} places[] = {
		{ "TI", offsetof(struct citation, title) },
		{ "T1", offsetof(struct citation, title) },
		{ "CT", offsetof(struct citation, title) },
		{ "AB", offsetof(struct citation, abstract) },
		{ "N2", offsetof(struct citation, abstract) },
		{ "JO", offsetof(struct citation, journal) },
		{ "JF", offsetof(struct citation, journal) },
		{ "T2", offsetof(struct citation, journal) },
		{ "DA", offsetof(struct citation, date) },
		{ "PY", offsetof(struct citation, date) },
		{ "Y1", offsetof(struct citation, date) },
		{ "UR", offsetof(struct citation, url) },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str *place = (struct str *)((char *)citation + places[i].offset);
		if (str_is(tag, places[i].tag))
			return place->len == 0 ? place : NULL;
	}
	return NULL;
}

/* "2017/06/12/" and "2017///". */
static struct str
date_of(struct str value)
{
	while (str_ends(value, "/"))
		value = str_head(value, value.len - 1);
	return value;
}

struct ris {
	struct format_reader *reader;
	struct citation citation;
	struct str *open; /* what an untagged line goes on with; NULL for nothing */
	bool is_inside;
};

static int
end_item(struct ris *ris, struct err *err)
{
	struct citation citation = ris->citation;

	if (!ris->is_inside)
		return 0;
	*ris = (struct ris){ .reader = ris->reader };
	citation.date = date_of(citation.date);
	return citation_emit(&citation, ris->reader, err);
}

static int
take_line(struct ris *ris, struct str line, struct err *err)
{
	struct arena *arena = ris->reader->arena;
	struct str tag, value;

	if (!take_tag(line, &tag, &value)) {
		if (ris->open != NULL)
			*ris->open = go_on(arena, *ris->open, line);
		return 0;
	}
	ris->open = NULL;
	if (str_is(tag, "TY") || str_is(tag, "ER")) {
		int status = end_item(ris, err);
		ris->is_inside = str_is(tag, "TY");
		return status;
	}
	if (!ris->is_inside)
		return 0;
	if (str_is(tag, "AU") || str_is(tag, "A1")) {
		citation_add_author(&ris->citation, arena, value);
	} else if (str_is(tag, "DO") || str_is(tag, "ID") || str_is(tag, "AN") ||
	    str_is(tag, "M1")) {
		citation_add_name(&ris->citation, value);
	} else {
		ris->open = place_of(&ris->citation, tag);
		if (ris->open != NULL)
			*ris->open = value;
	}
	return 0;
}

static int
read_ris(struct input *input, struct format_reader *reader, struct err *err)
{
	struct ris ris = { .reader = reader };
	struct str bytes, line;

	if (format_whole(input, &bytes, err) < 0)
		return -1;
	while (str_next_line(&bytes, &line)) {
		if (take_line(&ris, line, err) < 0)
			return -1;
	}
	return end_item(&ris, err);
}

const struct source_format source_format_ris = {
	.name = "ris",
	.help = "RIS, as reference managers export it",
	.sniff = sniff,
	.read = read_ris,
};
