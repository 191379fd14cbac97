/*
 * Counts and days of an expression: "votes>=20", "votes:20..50", "date:2026-07..", "listed:7d".
 * Both ends of what is kept are included.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/date.h"

#include <inttypes.h>

enum { MOST_DAYS_BACK = 5000, FIRST_YEAR = 1000, LAST_YEAR = 9999 };

struct range {
	int64_t least, most;
};

static int
read_count(struct str text, struct range *range, struct err *err)
{
	if (str_to_int(text, 0, INT32_MAX, &range->least) < 0)
		return err_set(err, EX_USAGE, "'%.*s' is no number", STR_ARG(text));
	range->most = range->least;
	return 0;
}

/* Takes digits off the front of a text up to '-' or its end. */
static int
take_number(struct str *text, size_t digits, int64_t *value)
{
	struct str piece;

	if (!str_next(text, '-', &piece) || piece.len != digits)
		return -1;
	return str_to_int(piece, digits == 4 ? FIRST_YEAR : 1, LAST_YEAR, value);
}

/* "2026", "2026-07" or "2026-07-27": its first and last day. */
static int
read_day(struct str text, struct range *range, struct err *err)
{
	struct str rest = text;
	int64_t year = 0, month = 1, day = 1;
	bool has_month, has_day;
	int32_t first = DATE_NO_DAY, last;
	int status = take_number(&rest, 4, &year);

	has_month = status == 0 && rest.len > 0;
	if (has_month)
		status = take_number(&rest, 2, &month);
	has_day = status == 0 && rest.len > 0;
	if (has_day)
		status = take_number(&rest, 2, &day);
	if (status == 0 && rest.len == 0)
		first = date_day((int)year, (int)month, (int)day);
	if (first == DATE_NO_DAY)
		return err_set(err, EX_USAGE,
		    "'%.*s' is no day; write 2026-07-27, 2026-07, 2026 or 7d", STR_ARG(text));
	last = first;
	if (!has_month || (!has_day && month == 12))
		last = date_day((int)year, 12, 31);
	else if (!has_day)
		last = date_day((int)year, (int)month + 1, 1) - 1;
	*range = (struct range){ first, last };
	return 0;
}

/* "7d", "2w" and "today": how many days back, or 0. */
static int64_t
days_back(struct str text)
{
	struct str number = str_head(text, text.len > 0 ? text.len - 1 : 0);
	bool is_weeks = str_ends(text, "w");
	int64_t count;

	if (str_is(text, "today"))
		return 1;
	if ((!is_weeks && !str_ends(text, "d")) ||
	    str_to_int(number, 1, MOST_DAYS_BACK, &count) < 0)
		return 0;
	return is_weeks ? count * 7 : count;
}

static int
read_one(enum query_type type, struct str text, struct range *range, struct err *err)
{
	return type == QUERY_COUNT ? read_count(text, range, err) : read_day(text, range, err);
}

/* "A..B", "A..", "..B" or "A". */
static int
read_span(enum query_type type, struct str text, struct range *range, struct err *err)
{
	ptrdiff_t dots = str_find(text, STR(".."));
	struct str from = str_head(text, dots >= 0 ? (size_t)dots : text.len);
	struct str to = dots >= 0 ? str_skip(text, (size_t)dots + 2) : STR("");
	struct range begin = { INT64_MIN, INT64_MIN }, end = { INT64_MAX, INT64_MAX };

	if (dots < 0)
		return read_one(type, text, range, err);
	if (from.len + to.len == 0)
		return err_set(err, EX_USAGE, "'..' needs a value before or behind it");
	if (from.len > 0 && read_one(type, from, &begin, err) < 0)
		return -1;
	if (to.len > 0 && read_one(type, to, &end, err) < 0)
		return -1;
	*range = (struct range){ begin.least, end.most };
	if (range->least > range->most)
		return err_set(err, EX_USAGE, "'%.*s' ends before it begins", STR_ARG(text));
	return 0;
}

/* What no value can be is a slip, and could not be written down. */
static int
check_ends(const struct query_node *term, enum query_type type, struct str value, struct err *err)
{
	bool is_count = type == QUERY_COUNT;
	int64_t first = is_count ? 0 : date_day(FIRST_YEAR, 1, 1);
	int64_t last = is_count ? INT32_MAX : date_day(LAST_YEAR, 12, 31);

	if (term->most >= first && term->least <= last)
		return 0;
	return err_set(err, EX_USAGE, "nothing is %s %.*s", term->most < first ? "below" : "above",
	    STR_ARG(value));
}

int
query_read_range(struct query_node *term, struct str sign, struct str value, struct err *err)
{
	enum query_type type = query_field_type(term->field);
	bool is_span = str_is(sign, ":") || str_is(sign, "=");
	int64_t back = type == QUERY_DAY ? days_back(value) : 0;
	struct range range;

	if (back > 0 && is_span) {
		term->is_recent = true;
		term->least = INT64_MIN;
		term->most = back;
		return 0;
	}
	if ((is_span ? read_span(type, value, &range, err) : read_one(type, value, &range, err)) <
	    0)
		return -1;
	term->least = range.least;
	term->most = range.most;
	if (str_starts(sign, ">")) {
		term->least = str_is(sign, ">") ? range.most + 1 : range.least;
		term->most = INT64_MAX;
	} else if (str_starts(sign, "<")) {
		term->least = INT64_MIN;
		term->most = str_is(sign, "<") ? range.least - 1 : range.most;
	}
	return check_ends(term, type, value, err);
}

static void
add_value(struct buf *out, enum query_type type, int64_t value)
{
	char day[DATE_DAY_BYTES];

	if (type == QUERY_COUNT)
		buf_addf(out, "%" PRId64, value);
	else
		buf_add_string(out, date_format_day(day, (int32_t)value));
}

void
query_add_range(struct buf *out, const struct query_node *term)
{
	enum query_type type = query_field_type(term->field);

	if (term->is_recent) {
		buf_addf(out, "%" PRId64 "d", term->most);
		return;
	}
	if (term->least != INT64_MIN)
		add_value(out, type, term->least);
	if (term->least == term->most)
		return;
	buf_add_string(out, "..");
	if (term->most != INT64_MAX)
		add_value(out, type, term->most);
}
