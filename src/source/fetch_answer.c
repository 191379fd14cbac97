/*
 * Reads one answer: its bytes become entries, each with its listing day and place, and go to the
 * sink. Whether the answer is a good one is the provider's to say.
 */
#include "fetch.h"

#include "format.h"

#include "digest/pack.h"

#include <stdio.h>

enum { SKIPS_KEPT = 20 };

struct reading {
	struct fetch_job *job;
	struct provider_answer *answer;
	struct format_reader reader;
	int32_t shared_day; /* of entries that name none; DATE_NO_DAY: each has its own */
};

/* ---- days ---- */

static int32_t
own_day(const struct reading *reading, const struct entry *entry)
{
	const struct fetch_job *job = reading->job;
	int64_t now = job->task.wish->now;

	if (reading->shared_day != DATE_NO_DAY)
		return reading->shared_day;
	if (reading->reader.listing.day != DATE_NO_DAY)
		return reading->reader.listing.day;
	return job->provider->day_of != NULL ? job->provider->day_of(entry, now)
	                                     : provider_day(entry, now);
}

static int32_t
listing_day(const struct reading *reading, const struct entry *entry)
{
	const struct provider_request *request = &reading->job->task.request;

	if (request->has_no_days)
		return DATE_NO_DAY;
	if (request->day != DATE_NO_DAY)
		return request->day;
	if (entry->listed_on != DATE_NO_DAY)
		return entry->listed_on;
	if (reading->job->provider->has_undated && entry->published_at == DATE_NO_INSTANT &&
	    entry->updated_at == DATE_NO_INSTANT && reading->reader.listing.day == DATE_NO_DAY)
		return DATE_NO_DAY;
	return own_day(reading, entry);
}

static void
see_day(struct provider_answer *answer, int32_t day)
{
	if (day == DATE_NO_DAY)
		return;
	if (answer->newest_day == DATE_NO_DAY || day > answer->newest_day)
		answer->newest_day = day;
	if (answer->oldest_day == DATE_NO_DAY || day < answer->oldest_day)
		answer->oldest_day = day;
}

/* ---- what a format gives ---- */

static int
take_entry(void *context, struct entry *entry, struct err *err)
{
	struct reading *reading = context;
	struct fetch_job *job = reading->job;
	enum source_known known = SOURCE_UNLISTED;

	if (job->provider->adjust != NULL)
		job->provider->adjust(&job->task, entry);
	entry->listed_on = listing_day(reading, entry);
	entry->rank += (int)job->place;
	see_day(reading->answer, entry->listed_on);
	/* What a page repeats keeps the place it had first. */
	if (!fetch_seen_add(&job->seen, entry_key(entry)))
		return 0;
	/* Told as it is: it has nothing to do with the format that is being read. */
	if (job->sink->entry(job->sink->context, job->task.source, entry, &known, &job->error) <
	    0) {
		job->is_broken = true;
		return err_set(err, job->error.code, "%s", job->error.text);
	}
	reading->answer->entry_count++;
	if (known == SOURCE_LISTED_THAT_DAY)
		reading->answer->known_count++;
	else if (known == SOURCE_LISTED_EARLIER)
		reading->answer->earlier_count++;
	return 0;
}

static void
take_skip(void *context, size_t place, const char *why)
{
	struct reading *reading = context;
	struct fetch_job *job = reading->job;
	struct fetch_skips *skips = &job->skips;

	skips->count++;
	if (skips->kept_count == SKIPS_KEPT)
		return;
	skips->kept =
	    arena_grow(job->task.arena, skips->kept, &skips->kept_count, sizeof(skips->kept[0]));
	skips->kept[skips->kept_count - 1] =
	    arena_printf(job->task.arena, "item %zu %s", job->place + place, why);
}

static void
ignore_skip(void *context, size_t place, const char *why)
{
	(void)context;
	(void)place;
	(void)why;
}

static int
ignore_entry(void *context, struct entry *entry, struct err *err)
{
	(void)context;
	(void)entry;
	(void)err;
	return 0;
}

/* ---- bytes ---- */

void
fetch_answer_take(struct fetch_job *job, struct input *body)
{
	int64_t limit_bytes =
	    job->provider->is_local ? FETCH_LOCAL_BYTES_MAX : (int64_t)job->task.wish->limit_bytes;
	struct err ignored = ERR_NONE;
	struct str head;

	/* What cannot be read says so when it is read in earnest. */
	if (body != NULL && input_head(body, &head, &ignored) == 0 && pack_is_gzip(head))
		body = pack_gunzip(body, limit_bytes);
	job->response.body = body;
}

/* The text of a Content-Type after "charset=", quoted (RFC 9110 section 8.3.1, and with
 * apostrophes, as some servers do) or not; NULL when it names none. */
static const char *
charset_of(struct arena *arena, const char *content_type)
{
	struct str rest = str_from(content_type), piece;
	ptrdiff_t end;

	str_next(&rest, ';', &piece);
	while (str_next(&rest, ';', &piece)) {
		ptrdiff_t equals = str_find_char(piece, '=');
		if (equals < 0 ||
		    !str_equal_nocase(str_trim(str_head(piece, (size_t)equals)), STR("charset")))
			continue;
		piece = str_trim(str_skip(piece, (size_t)equals + 1));
		if (str_starts(piece, "\"") || str_starts(piece, "'")) {
			end = str_find_char(str_skip(piece, 1), piece.ptr[0]);
			piece = str_head(str_skip(piece, 1), end >= 0 ? (size_t)end : piece.len);
		}
		piece = str_trim(piece);
		return piece.len > 0 ? arena_string(arena, piece) : NULL;
	}
	return NULL;
}

/* ---- reading ---- */

struct newest {
	int64_t now;
	int32_t day;
};

static int
find_newest(void *context, struct entry *entry, struct err *err)
{
	struct newest *newest = context;
	bool has_date =
	    entry->published_at != DATE_NO_INSTANT || entry->updated_at != DATE_NO_INSTANT;

	(void)err;
	if (has_date && provider_day(entry, newest->now) > newest->day)
		newest->day = provider_day(entry, newest->now);
	return 0;
}

static void
reader_init(struct format_reader *reader, const struct fetch_job *job)
{
	*reader = (struct format_reader){
		.entry = ignore_entry,
		.skip = ignore_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = job->task.source->spec,
		.base_url = job->response.url,
	};
	reader->charset = charset_of(reader->keep, job->response.content_type);
}

static void
reader_release(struct format_reader *reader)
{
	arena_free(reader->arena);
	arena_free(reader->keep);
}

/*
 * The one day of a listing that is a file: the one its name or itself tells, else that of the
 * newest of its entries, else today's. A file that cannot be read says so when it is read in
 * earnest.
 */
static int32_t
find_shared_day(const struct fetch_job *job)
{
	struct newest newest = { .now = job->task.wish->now, .day = DATE_NO_DAY };
	const struct source_format *format;
	struct format_reader reader;
	struct err err = ERR_NONE;

	if (job->task.request.hint != DATE_NO_DAY)
		return job->task.request.hint;
	if (!job->provider->is_one_listing)
		return DATE_NO_DAY;
	reader_init(&reader, job);
	reader.context = &newest;
	reader.entry = find_newest;
	format_read(job->response.body, &reader, &format, &err);
	if (reader.listing.day != DATE_NO_DAY)
		newest.day = reader.listing.day;
	reader_release(&reader);
	return newest.day != DATE_NO_DAY ? newest.day : date_day_of(newest.now);
}

/* "noRecordsMatch: …" is OAI's word for a listing without entries (OAI-PMH 2.0, section 3.6). */
static bool
is_failure(struct str fault)
{
	return fault.len > 0 && !str_starts(fault, "noRecordsMatch");
}

/*
 * A listing of which not one item could be read is none, and neither is one that only tells what
 * went wrong, unless its provider knows what to do about that.
 */
static int
check_items(const struct fetch_job *job, const struct format_listing *listing, struct err *err)
{
	const struct fetch_skips *skips = &job->skips;

	if (!job->provider->heeds_faults && is_failure(listing->fault))
		return err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
		    STR_ARG(listing->fault));
	if (listing->item_count == 0 || listing->skipped_count < listing->item_count)
		return 0;
	return err_set(err, EX_DATAERR, "none of the %zu items can be read: %.*s",
	    listing->item_count, STR_ARG(skips->kept[0]));
}

/* As many bytes as fit, but no piece of a character. */
static struct str
whole_characters(struct str text, size_t size)
{
	if (text.len > size) {
		while (size > 0 && ((unsigned char)text.ptr[size] & 0xc0) == 0x80)
			size--;
	}
	return str_head(text, size);
}

static void
take_title(struct fetch_job *job, const struct format_listing *listing)
{
	struct source_state *state = &job->task.state;

	if (listing->title.len == 0 || (job->provider->is_local && !job->provider->is_program))
		return;
	snprintf(state->title, sizeof(state->title), "%.*s",
	    STR_ARG(whole_characters(listing->title, sizeof(state->title) - 1)));
	fetch_answer_take_title(job);
}

void
fetch_answer_take_title(struct fetch_job *job)
{
	struct source *source = job->task.source;

	if (job->task.state.title[0] == '\0' || job->provider->title != NULL ||
	    settings_string(source->settings, "title")[0] != '\0')
		return;
	source->title = arena_string(job->task.arena, str_from(job->task.state.title));
}

int
fetch_answer_read(struct fetch_job *job, struct provider_answer *answer, struct err *err)
{
	struct reading reading = { .job = job, .answer = answer };
	struct format_listing *listing = &reading.reader.listing;
	const struct source_format *format;
	int status;

	job->skips = (struct fetch_skips){ .count = 0 };
	reading.shared_day = find_shared_day(job);
	reader_init(&reading.reader, job);
	reading.reader.context = &reading;
	reading.reader.entry = take_entry;
	reading.reader.skip = take_skip;
	status = format_read(job->response.body, &reading.reader, &format, err);
	if (status == 0)
		status = check_items(job, listing, err);
	answer->item_count = listing->item_count;
	answer->fresh_count = answer->entry_count;
	answer->total = listing->total;
	answer->first = listing->first;
	answer->named_day = listing->day;
	if (status == 0)
		take_title(job, listing);
	answer->next = arena_copy(job->task.arena, listing->next);
	answer->fault = arena_copy(job->task.arena, listing->fault);
	answer->generated_at = listing->generated_at;
	answer->is_repaired = listing->is_repaired;
	answer->fresh_s = listing->fresh_s;
	answer->skip_weekdays = listing->skip_weekdays;
	answer->skip_hours = listing->skip_hours;
	reader_release(&reading.reader);
	return status;
}

bool
fetch_answer_explain(struct fetch_job *job, struct err *err)
{
	const struct source_format *format = NULL;
	struct format_reader reader;
	struct err said = ERR_NONE;
	bool has_said;

	reader_init(&reader, job);
	has_said = format_read(job->response.body, &reader, &format, &said) < 0 && format != NULL;
	reader_release(&reader);
	if (has_said)
		err_set(err, EX_DATAERR, "status %d: %s", job->response.status, said.text);
	return has_said;
}
