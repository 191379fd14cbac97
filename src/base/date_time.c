/*
 * The time of day in a date, and its zone. Time zones with rules are zone's; only fixed
 * abbreviations are known here.
 */
#include "date_parts.h"

/*
 * RFC 5322 section 4.3, and what feeds from elsewhere write. Every other name, military letters
 * included, counts as "-0000", as that section asks.
 */
static const struct {
	const char *name;
	int offset_minutes;
} zones[] = {
	{ "Z", 0 },
	{ "UT", 0 },
	{ "UTC", 0 },
	{ "GMT", 0 },
	{ "WET", 0 },
	{ "AST", -4 * 60 },
	{ "ADT", -3 * 60 },
	{ "EST", -5 * 60 },
	{ "EDT", -4 * 60 },
	{ "CST", -6 * 60 },
	{ "CDT", -5 * 60 },
	{ "MST", -7 * 60 },
	{ "MDT", -6 * 60 },
	{ "PST", -8 * 60 },
	{ "PDT", -7 * 60 },
	/* As the press agencies write them, whatever the season. */
	{ "AT", -4 * 60 },
	{ "ET", -5 * 60 },
	{ "CT", -6 * 60 },
	{ "MT", -7 * 60 },
	{ "PT", -8 * 60 },
	{ "AKST", -9 * 60 },
	{ "AKDT", -8 * 60 },
	{ "HST", -10 * 60 },
	{ "BST", 60 },
	{ "WEST", 60 },
	{ "CET", 60 },
	{ "MET", 60 },
	{ "MEZ", 60 },
	{ "CEST", 2 * 60 },
	{ "MEST", 2 * 60 },
	{ "MESZ", 2 * 60 },
	{ "METDST", 2 * 60 },
	{ "EET", 2 * 60 },
	{ "SAST", 2 * 60 },
	{ "EEST", 3 * 60 },
	{ "MSK", 3 * 60 },
	{ "IST", 5 * 60 + 30 },
	{ "SGT", 8 * 60 },
	{ "HKT", 8 * 60 },
	{ "AWST", 8 * 60 },
	{ "JST", 9 * 60 },
	{ "KST", 9 * 60 },
	{ "AEST", 10 * 60 },
	{ "AEDT", 11 * 60 },
	{ "NZST", 12 * 60 },
	{ "NZDT", 13 * 60 },
};

/* Takes "AM", "PM", "a.m." off the front. */
static void
take_half(struct str *rest, struct date_parts *parts)
{
	struct str text = *rest;
	char first = text.len > 0 ? str_lower_char(text.ptr[0]) : '\0';

	if (first != 'a' && first != 'p')
		return;
	text = str_skip(text, 1);
	bool is_dotted = str_take_char(&text, '.');
	if (text.len == 0 || str_lower_char(text.ptr[0]) != 'm')
		return;
	text = str_skip(text, 1);
	if (is_dotted)
		str_take_char(&text, '.');
	if (text.len > 0 && str_is_alnum(text.ptr[0]))
		return;
	parts->half = first == 'a' ? 1 : 2;
	*rest = text;
	date_skip_spaces(rest);
}

/* "083000", "0830": ISO 8601 without colons. */
static int
take_basic_clock(struct str *rest, struct date_parts *parts)
{
	size_t digits = str_digits(*rest);

	if (digits != 4 && digits != 6)
		return -1;
	parts->hour = date_take_digits(rest, 2);
	parts->minute = date_take_digits(rest, 2);
	if (digits == 6)
		parts->second = date_take_digits(rest, 2);
	return date_skip_fraction(rest);
}

/* "08:30", "8:30:00", "08:30:00.25", "12:35:1". The fraction is dropped. */
static int
take_clock(struct str *rest, struct date_parts *parts)
{
	if (str_digits(*rest) > 2)
		return take_basic_clock(rest, parts);
	if (str_take_number(rest, 1, 2, &parts->hour) < 0 || !str_take_char(rest, ':') ||
	    str_take_number(rest, 2, 2, &parts->minute) < 0)
		return -1;
	if (str_take_char(rest, ':') && rest->len > 0 && !str_is_space(rest->ptr[0])) {
		if (str_take_number(rest, 1, 2, &parts->second) < 0)
			return -1;
		return date_skip_fraction(rest);
	}
	return 0;
}

/* Puts the hour of a half of the day right. Second 60 is a leap second; 24:00 ends the day. */
static int
check_clock(struct date_parts *parts)
{
	if (parts->half != 0) {
		if (parts->hour < 1 || parts->hour > 12)
			return parts->hour > 12 && parts->hour < 24 && parts->half == 2 ? 0 : -1;
		parts->hour = parts->hour % 12 + (parts->half == 2 ? 12 : 0);
	}
	if (parts->hour == 24)
		return parts->minute == 0 && parts->second == 0 ? 0 : -1;
	return parts->hour < 24 && parts->minute <= 59 && parts->second <= 60 ? 0 : -1;
}

int
date_take_time(struct str *rest, struct date_parts *parts)
{
	if (parts->has_time)
		return -1;
	parts->has_time = true;
	take_half(rest, parts);
	if (take_clock(rest, parts) < 0)
		return -1;
	struct str after = *rest;
	date_skip_spaces(&after);
	int half = parts->half;
	take_half(&after, parts);
	if (parts->half != half)
		*rest = after;
	return check_clock(parts);
}

/* ---- zones ---- */

int
date_take_offset(struct str *rest, struct date_parts *parts, bool is_short_enough)
{
	int sign = rest->ptr[0] == '-' ? -1 : 1, hours, minutes = 0;

	*rest = str_skip(*rest, 1);
	if (str_digits(*rest) == 4) {
		hours = date_take_digits(rest, 2);
		minutes = date_take_digits(rest, 2);
	} else if (str_take_number(rest, is_short_enough ? 1 : 2, 2, &hours) < 0 ||
	    (str_take_char(rest, ':') && str_take_number(rest, 2, 2, &minutes) < 0)) {
		return -1;
	}
	if (hours > 23 || minutes > 59 || parts->is_named_zone)
		return -1;
	parts->offset_minutes = sign * (hours * 60 + minutes);
	parts->has_zone = true;
	return 0;
}

int
date_take_zone(struct str *rest, struct str name, struct date_parts *parts)
{
	bool is_known = false;

	/* "Etc/GMT" */
	if (str_equal_nocase(name, STR("Etc")) && str_take_char(rest, '/'))
		name = date_take_word(rest);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]) && !is_known; i++) {
		if (str_equal_nocase(name, str_from(zones[i].name))) {
			is_known = true;
			parts->offset_minutes = zones[i].offset_minutes;
		}
	}
	/* What nobody knows says nothing; longer words are no zones. */
	if (!is_known && name.len > 5)
		return -1;
	parts->is_named_zone = parts->offset_minutes != 0;
	parts->has_zone = is_known;
	return date_is_sign(*rest) ? date_take_offset(rest, parts, true) : 0;
}

int
date_take_end(struct str rest, struct date_parts *parts)
{
	date_skip_spaces(&rest);
	if (date_is_sign(rest)) {
		if (date_take_offset(&rest, parts, false) < 0)
			return -1;
	} else {
		struct str name = date_take_word(&rest);
		if (name.len > 0 && date_take_zone(&rest, name, parts) < 0)
			return -1;
	}
	rest = str_trim(rest);
	return rest.len == 0 || (str_starts(rest, "(") && str_ends(rest, ")")) ? 0 : -1;
}
