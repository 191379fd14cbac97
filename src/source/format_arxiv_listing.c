/*
 * The text in which arXiv announces papers: the daily mailing, with its sections of new papers,
 * cross-listings and replacements, and the listings of the past week and of a month. What a record
 * says is arxiv_text.c's business.
 */
#include "arxiv_text.h"

#include "digest/calendar.h"

#include <string.h>

/* The rules that begin a section of a mailing. */
static const struct {
	const char *rule;
	enum entry_announce announce;
} sections[] = {
	{ "%-%-%-%-%-%-", ENTRY_CROSS }, { "%%--%%--%%--", ENTRY_REPLACED },
	{ "%%%---%%%---", ENTRY_NEW }, /* the end: what comes after it is another mailing */
};

struct listing {
	struct format_reader *reader;
	enum entry_announce section;
	int32_t day; /* of the entries that follow */
	bool is_titled; /* the next line is what the mailing is about */
};

/* ---- what stands around the records ---- */

static bool
begins_section(struct str line, enum entry_announce *announce)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		if (str_starts(line, sections[i].rule)) {
			*announce = sections[i].announce;
			return true;
		}
	}
	return false;
}

/* The text after `name`, trimmed; false when the line does not begin so. */
static bool
is_field(struct str line, const char *name, struct str *value)
{
	if (!str_starts(line, name))
		return false;
	*value = str_trim(str_skip(line, strlen(name)));
	return true;
}

static void
name_day(struct listing *listing, int32_t day)
{
	listing->day = day;
	if (listing->reader->listing.day == DATE_NO_DAY || day > listing->reader->listing.day)
		listing->reader->listing.day = day;
}

/*
 * A mailing is sent soon after 20:00 in New York, when it is the day it is for by Greenwich, by
 * whose clock it is dated.
 */
static void
take_date(struct listing *listing, struct str value)
{
	int64_t instant;

	if (date_parse_instant(value, &instant) < 0)
		return;
	listing->reader->listing.generated_at = instant;
	listing->section = ENTRY_NEW;
	name_day(listing, date_day_of(instant));
}

/*
 * "received from  Wed  1 Mar 23 19:00:00 GMT  to  Thu  2 Mar 23 19:00:00 GMT", which is all there
 * is when the head of the mail was not saved: the second is the deadline, 14:00 in New York.
 */
static void
take_window(struct listing *listing, struct str value)
{
	ptrdiff_t to = str_find(value, STR(" to "));
	int64_t deadline;

	if (listing->day != DATE_NO_DAY || to < 0 ||
	    date_parse_instant(str_skip(value, (size_t)to + strlen(" to ")), &deadline) < 0)
		return;
	name_day(listing, calendar_arxiv_listing_day(deadline - 1));
}

/* The listing of a week has a day where a record could be. */
static void
take_heading(struct listing *listing, struct str line)
{
	int64_t instant;
	struct str date = str_trim(str_head(str_skip(line, 2), line.len - 4));

	if (date_parse_instant(date, &instant) == 0)
		name_day(listing, date_day_of(instant));
}

static void
take_line(struct listing *listing, struct str line)
{
	struct format_listing *found = &listing->reader->listing;
	struct str value;

	line = str_trim(line);
	if (listing->is_titled && found->title.len == 0)
		found->title = entry_text_line(listing->reader->keep, line);
	listing->is_titled = str_is(line, "Submissions to:");
	if (begins_section(line, &listing->section))
		return;
	if (str_starts(line, "/*"))
		take_heading(listing, line);
	else if (is_field(line, "Date:", &value))
		take_date(listing, value);
	else if (is_field(line, "received from", &value))
		take_window(listing, value);
}

/* ---- the listing ---- */

static enum entry_announce
announce_of(const struct listing *listing, const struct arxiv_record *record)
{
	if (record->is_replaced || listing->section == ENTRY_REPLACED)
		return record->is_cross ? ENTRY_REPLACED_CROSS : ENTRY_REPLACED;
	return record->is_cross ? ENTRY_CROSS : listing->section;
}

static int
read_listing(struct input *input, struct format_reader *reader, struct err *err)
{
	struct listing listing = { .reader = reader, .day = DATE_NO_DAY };
	struct arxiv_text text;
	struct arxiv_record record;
	enum arxiv_text_part part;
	struct str line;

	if (format_whole(input, &text.rest, err) < 0)
		return -1;
	while ((part = arxiv_text_next(&text, &line, &record)) != ARXIV_TEXT_END) {
		if (part == ARXIV_TEXT_CUT)
			return err_set(err, EX_DATAERR, "cut off: it ends inside of a record");
		if (part == ARXIV_TEXT_LINE)
			take_line(&listing, line);
		else if (arxiv_text_emit(
		             &record, announce_of(&listing, &record), listing.day, reader, err) < 0)
			return -1;
	}
	return 0;
}

/* What no other text says at the beginning of a line. */
static bool
is_telling(struct str line)
{
	enum entry_announce announce;
	struct str value;

	return begins_section(line, &announce) || str_is(line, "Submissions to:") ||
	    is_field(line, "Papers received as of", &value) ||
	    (is_field(line, "received from", &value) && str_find(value, STR(" to ")) > 0) ||
	    (is_field(line, "Subject:", &value) && str_ends(value, "mailing"));
}

/* A record with something around it, or a mailing's sections with nothing in them. */
static int
sniff(struct str bytes)
{
	struct str line;
	bool was_mark = false;
	int told = 0;

	while (str_next_line(&bytes, &line)) {
		line = str_trim(line);
		told += is_telling(line) || (was_mark && str_starts(line, "/*"));
		if (was_mark && arxiv_text_is_name(line))
			return told > 0 ? 92 : 0;
		was_mark = str_is(line, "\\\\");
	}
	return told > 2 ? 90 : 0;
}

const struct source_format source_format_arxiv_listing = {
	.name = "arxiv_listing",
	.help = "arXiv's daily mailing, or its listing of a week or a month, as text",
	.sniff = sniff,
	.read = read_listing,
};
