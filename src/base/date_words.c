/* Dates with the names of months in them, in the languages that feeds are in, and dotted ones. */
#include "date_parts.h"

#include <string.h>

/* Months as words begin in the languages that feeds are in; English ones are known whole. */
static const struct {
	const char *stem;
	int month;
} stems[] = {
	{ "janv", 1 },
	{ "januar", 1 },
	{ "enero", 1 },
	{ "ene", 1 },
	{ "genn", 1 },
	{ "gen", 1 },
	{ "jän", 1 },
	{ "sty", 1 },
	{ "янв", 1 },
	{ "Янв", 1 },
	{ "Ιαν", 1 },
	{ "févr", 2 },
	{ "fév", 2 },
	{ "febbr", 2 },
	{ "februar", 2 },
	{ "febrero", 2 },
	{ "fev", 2 },
	{ "luty", 2 },
	{ "lut", 2 },
	{ "фев", 2 },
	{ "Фев", 2 },
	{ "Φεβ", 2 },
	{ "mär", 3 },
	{ "marz", 3 },
	{ "mars", 3 },
	{ "maart", 3 },
	{ "mrt", 3 },
	{ "már", 3 },
	{ "março", 3 },
	{ "мар", 3 },
	{ "Мар", 3 },
	{ "Μάρ", 3 },
	{ "Μαρ", 3 },
	{ "avr", 4 },
	{ "abr", 4 },
	{ "kwi", 4 },
	{ "ápr", 4 },
	{ "апр", 4 },
	{ "Апр", 4 },
	{ "Απρ", 4 },
	{ "mai", 5 },
	{ "mei", 5 },
	{ "maj", 5 },
	{ "mayo", 5 },
	{ "mag", 5 },
	{ "máj", 5 },
	{ "мая", 5 },
	{ "май", 5 },
	{ "Май", 5 },
	{ "Μάι", 5 },
	{ "Μαΐ", 5 },
	{ "Μαϊ", 5 },
	{ "juin", 6 },
	{ "juni", 6 },
	{ "junho", 6 },
	{ "giu", 6 },
	{ "cze", 6 },
	{ "jún", 6 },
	{ "июн", 6 },
	{ "Июн", 6 },
	{ "Ιούν", 6 },
	{ "Ιουν", 6 },
	{ "juil", 7 },
	{ "juli", 7 },
	{ "julho", 7 },
	{ "lug", 7 },
	{ "lip", 7 },
	{ "júl", 7 },
	{ "июл", 7 },
	{ "Июл", 7 },
	{ "Ιούλ", 7 },
	{ "Ιουλ", 7 },
	{ "août", 8 },
	{ "aout", 8 },
	{ "ago", 8 },
	{ "sie", 8 },
	{ "авг", 8 },
	{ "Авг", 8 },
	{ "Αύγ", 8 },
	{ "Αυγ", 8 },
	{ "sept", 9 },
	{ "set", 9 },
	{ "wrz", 9 },
	{ "szept", 9 },
	{ "сен", 9 },
	{ "Сен", 9 },
	{ "Σεπ", 9 },
	{ "okt", 10 },
	{ "ott", 10 },
	{ "out", 10 },
	{ "octobre", 10 },
	{ "octubre", 10 },
	{ "paź", 10 },
	{ "окт", 10 },
	{ "Окт", 10 },
	{ "Οκτ", 10 },
	{ "nov", 11 },
	{ "lis", 11 },
	{ "ноя", 11 },
	{ "Ноя", 11 },
	{ "Νοέ", 11 },
	{ "Νοε", 11 },
	{ "dez", 12 },
	{ "déc", 12 },
	{ "dic", 12 },
	{ "des", 12 },
	{ "grudz", 12 },
	{ "gru", 12 },
	{ "дек", 12 },
	{ "Дек", 12 },
	{ "Δεκ", 12 },
};

/* Words that stand in a date and say nothing. */
static const char *const fillers[] = { "of", "the", "at", "on", "de", "del", "den", "do", "le",
	"um", "uhr", "a", "o", "kl", "г", "г." };

/* The number of the English month that `word` is, or of which it is three letters or more; or 0. */
static int
english_month(struct str word)
{
	if (word.len < 3)
		return 0;
	for (int month = 1; month <= 12; month++) {
		struct str name = str_from(date_month_name(month));
		if (word.len <= name.len && str_equal_nocase(str_head(name, word.len), word))
			return month;
	}
	return str_equal_nocase(word, STR("sept")) ? 9 : 0;
}

static int
find_month(struct str word)
{
	int month = english_month(word);

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]) && month == 0; i++) {
		if (str_starts_nocase(word, stems[i].stem))
			month = stems[i].month;
	}
	return month;
}

bool
date_is_weekday(struct str word)
{
	for (int32_t day = 0; day < 7; day++) {
		struct str name = str_from(date_weekday_name(day));
		if (word.len >= 3 && str_equal_nocase(str_head(name, word.len), word))
			return true;
	}
	return false;
}

static bool
is_filler(struct str word)
{
	for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++)
		if (str_equal_nocase(word, str_from(fillers[i])))
			return true;
	return false;
}

/* "1st", "2nd", "3rd", "4th", "1er". */
static void
skip_ordinal_ending(struct str *rest)
{
	static const char *const endings[] = { "st", "nd", "rd", "th", "er" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct str after = str_skip(*rest, 2);
		if (str_starts_nocase(*rest, endings[i]) &&
		    (after.len == 0 || !str_is_alnum(after.ptr[0]))) {
			*rest = after;
			return;
		}
	}
}

/* A year, short as RFC 5322 section 4.3 reads it. */
static int
set_year(struct date_parts *parts, size_t digits, int number)
{
	if (parts->year != 0 || digits < 2 || digits > 4)
		return -1;
	if (digits == 2)
		number += number < 50 ? 2000 : 1900;
	else if (digits == 3)
		number += 1900;
	parts->year = number;
	return 0;
}

/*
 * What may stand right after a number: the T of "13T9:15", where the date is whole; no letter else.
 */
static int
end_number(struct str *rest, const struct date_parts *parts)
{
	bool is_whole = parts->day != 0 && parts->month != 0 && parts->year != 0;

	if (rest->len == 0)
		return 0;
	if (is_whole && rest->ptr[0] == 'T' && str_digits(str_skip(*rest, 1)) > 0) {
		*rest = str_skip(*rest, 1);
		return 0;
	}
	return str_is_alpha(rest->ptr[0]) || rest->ptr[0] == '+' || rest->ptr[0] == ':' ? -1 : 0;
}

/* A number: a time of day, a year, or a day of the month. */
static int
take_number_part(struct str *rest, struct date_parts *parts)
{
	size_t digits = str_digits(*rest);
	int number;

	if (digits <= 2 && digits < rest->len && rest->ptr[digits] == ':')
		return date_take_time(rest, parts);
	if (str_take_number(rest, 1, 4, &number) < 0)
		return -1;
	if (digits <= 2 && parts->day == 0) {
		parts->day = number;
		skip_ordinal_ending(rest);
		return end_number(rest, parts);
	}
	/* Of three digits, RFC 5322 section 4.3, after the month only. */
	if ((digits == 3 && parts->month == 0) || set_year(parts, digits, number) < 0)
		return -1;
	return end_number(rest, parts);
}

/* A word: a month, a half of the day, a zone after the time, or nothing that matters. */
static int
take_word_part(struct str *rest, struct date_parts *parts, bool is_first)
{
	struct str word = date_take_word(rest);

	/* The most common word, and no month begins like one. */
	if (date_is_weekday(word))
		return 0;
	int month = parts->month == 0 ? find_month(word) : 0;

	if (month != 0) {
		parts->month = month;
		return 0;
	}
	if (is_filler(word) && !parts->has_time)
		return 0;
	/* The weekday in some other language. */
	if (is_first && rest->len > 0 && (rest->ptr[0] == ',' || rest->ptr[0] == '.'))
		return 0;
	if (parts->has_time && !parts->has_zone && !parts->is_named_zone)
		return is_filler(word) ? 0 : date_take_zone(rest, word, parts);
	return -1;
}

/*
 * "Mon, 27 Jul 2026 08:30:00 +0200" (RFC 5322 sections 3.3 and 4.3), "Mon Jul 27 08:30:00 2026"
 * (asctime), "July 27th, 2026": whatever the order, each part shows what it is. The weekday is not
 * compared, since feeds get it wrong.
 */
int
date_read_words(struct str rest, struct date_parts *parts)
{
	for (bool is_first = true; rest.len > 0; is_first = false) {
		int status;
		if (parts->has_time && !parts->has_zone && date_is_sign(rest)) {
			status = date_take_offset(&rest, parts, false);
		} else if (str_digits(rest) > 0) {
			status = take_number_part(&rest, parts);
		} else if (str_starts(rest, "(")) {
			status = str_ends(rest, ")") ? 0 : -1;
			rest = STR("");
		} else {
			size_t before = rest.len;
			status = take_word_part(&rest, parts, is_first);
			if (rest.len == before)
				return -1;
		}
		if (status < 0)
			return -1;
		/* After the time a hyphen is a sign. */
		date_skip_any(&rest, parts->has_time ? " \t\r\n,." : " \t\r\n,.-/");
	}
	return parts->month != 0 && parts->year != 0 ? 0 : -1;
}

/*
 * "16.10.2021", as half of Europe writes it; with other marks it could be the tenth month as well.
 */
int
date_read_dotted(struct str rest, struct date_parts *parts)
{
	if (str_take_number(&rest, 1, 2, &parts->day) < 0 || !str_take_char(&rest, '.'))
		return -1;
	date_skip_spaces(&rest);
	if (str_take_number(&rest, 1, 2, &parts->month) < 0 || !str_take_char(&rest, '.'))
		return -1;
	date_skip_spaces(&rest);
	if (str_take_number(&rest, 4, 4, &parts->year) < 0 || parts->day == 0 || parts->month == 0)
		return -1;
	date_skip_any(&rest, " ,");
	if (rest.len > 0 && date_take_time(&rest, parts) < 0)
		return -1;
	return date_take_end(rest, parts);
}
