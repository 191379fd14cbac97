/*
 * Reading schedules as people write them: a time of day with days of the week, "first monday", or
 * one of cron's names like "@daily". Five fields are crontab.c's; when a schedule comes due is
 * due.c's.
 */
#include "digest/calendar.h"

#include "crontab.h"

#define EVERY_MONTH_DAY (UINT32_MAX - 1)
#define EVERY_MONTH 0x1ffe
#define EVERY_WEEKDAY 0x7f

#define EXAMPLES "write a time like '08:30 weekdays', or the five fields of crontab(5)"

/* crontab(5)'s names for schedules. */
static const struct {
	const char *name;
	const char *fields;
} nicknames[] = {
	{ "@hourly", "0 * * * *" },
	{ "@daily", "0 0 * * *" },
	{ "@midnight", "0 0 * * *" },
	{ "@weekly", "0 0 * * 0" },
	{ "@monthly", "0 0 1 * *" },
	{ "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
};

/*
 * Words for days, besides their names; what each means stands at the same place of the next table.
 */
static const char *const day_words[] = { "daily", "weekdays", "weekends", "monthly", NULL };
static const struct {
	uint8_t weekdays;
	uint32_t month_days;
} day_meanings[] = {
	{ EVERY_WEEKDAY, EVERY_MONTH_DAY },
	{ 0x1f, EVERY_MONTH_DAY },
	{ 0x60, EVERY_MONTH_DAY },
	{ EVERY_WEEKDAY, 1u << 1 },
};

/* The bit that each sets in calendar_schedule.weeks. */
static const struct {
	const char *name, *short_name;
	int bit;
} ordinals[] = {
	{ "first", "1st", 1 },
	{ "second", "2nd", 2 },
	{ "third", "3rd", 3 },
	{ "fourth", "4th", 4 },
	{ "fifth", "5th", 5 },
	{ "last", "last", 0 },
};

enum { NICKNAMES = sizeof(nicknames) / sizeof(nicknames[0]) };
enum { ORDINALS = sizeof(ordinals) / sizeof(ordinals[0]) };

static int
parse_nickname(struct calendar_schedule *schedule, const struct crontab_text *text, struct str word)
{
	struct crontab_nearest nearest = { .word = word };
	struct str words[CRONTAB_FIELDS];

	for (size_t i = 0; i < NICKNAMES; i++) {
		struct str rest = str_from(nicknames[i].fields);
		crontab_consider(&nearest, nicknames[i].name);
		if (!str_equal_nocase(word, str_from(nicknames[i].name)))
			continue;
		for (size_t j = 0; j < CRONTAB_FIELDS; j++)
			str_next_word(&rest, &words[j]);
		return crontab_parse(schedule, text, words);
	}
	if (str_equal_nocase(word, STR("@reboot")))
		return crontab_refuse(text, word, "'@reboot' is no time; " EXAMPLES);
	crontab_refuse(text, word, "'%.*s' is none of @hourly, @daily, @weekly, @monthly, @yearly",
	    STR_ARG(word));
	return crontab_suggest(text, &nearest);
}

/* "08:30" or "8:30". */
static int
parse_time(struct calendar_schedule *schedule, const struct crontab_text *text, struct str word)
{
	ptrdiff_t colon = str_find_char(word, ':');
	int64_t hour, minute;

	if (colon < 1 || colon > 2 || word.len != (size_t)colon + 3 ||
	    str_to_int(str_head(word, (size_t)colon), 0, 23, &hour) < 0 ||
	    str_to_int(str_skip(word, (size_t)colon + 1), 0, 59, &minute) < 0)
		return crontab_refuse(
		    text, word, "'%.*s' is no time from 00:00 to 23:59", STR_ARG(word));
	schedule->hours = UINT32_C(1) << hour;
	schedule->minutes = UINT64_C(1) << minute;
	return 0;
}

/* "weekdays", "mon,thu", "fridays". */
static int
parse_days(struct calendar_schedule *schedule, const struct crontab_text *text, struct str word)
{
	for (size_t i = 0; day_words[i] != NULL; i++) {
		if (!str_equal_nocase(word, str_from(day_words[i])))
			continue;
		if (schedule->weeks != 0)
			return crontab_refuse(text, word,
			    "'%.*s' cannot be counted; name a day, like 'first monday'",
			    STR_ARG(word));
		schedule->weekdays = day_meanings[i].weekdays;
		schedule->month_days = day_meanings[i].month_days;
		return 0;
	}
	return crontab_parse_weekdays(text, word, &schedule->weekdays);
}

/* "first", "1st,3rd", "last". */
static int
parse_ordinals(struct calendar_schedule *schedule, const struct crontab_text *text, struct str word)
{
	struct str rest = word;
	struct str item;

	while (str_next(&rest, ',', &item)) {
		struct crontab_nearest nearest = { .word = item };
		uint8_t before = schedule->weeks;
		for (size_t i = 0; i < ORDINALS; i++) {
			crontab_consider(&nearest, ordinals[i].name);
			if (str_equal_nocase(item, str_from(ordinals[i].name)) ||
			    str_equal_nocase(item, str_from(ordinals[i].short_name)))
				schedule->weeks |= (uint8_t)(1u << ordinals[i].bit);
		}
		if (schedule->weeks != before)
			continue;
		crontab_refuse(text, item,
		    "'%.*s' is none of 'first', 'second' … 'last'; "
		    "days are joined by commas: 'mon,thu'",
		    STR_ARG(item));
		return crontab_suggest(text, &nearest);
	}
	return 0;
}

/* A time, with days before or after it: "08:30", "fridays 16:00", "09:00 first monday". */
static int
parse_plain(struct calendar_schedule *schedule, struct crontab_text *text, const struct str *words,
    size_t count)
{
	bool is_time_first = str_find_char(words[0], ':') >= 0;
	struct str time = words[is_time_first ? 0 : count - 1];
	const struct str *days = is_time_first ? words + 1 : words;
	size_t day_count = count - 1;

	text->also = day_words;
	*schedule = (struct calendar_schedule){
		.month_days = EVERY_MONTH_DAY,
		.months = EVERY_MONTH,
		.weekdays = EVERY_WEEKDAY,
	};
	if (str_find_char(time, ':') < 0 && !str_is_digit(time.ptr[0]))
		return crontab_refuse(
		    text, str_skip(text->whole, text->whole.len), "the time is missing; " EXAMPLES);
	if (parse_time(schedule, text, time) < 0)
		return -1;
	if (day_count > 2)
		return crontab_refuse(
		    text, days[2], "'%.*s' is one word too many; " EXAMPLES, STR_ARG(days[2]));
	if (day_count == 2 && parse_ordinals(schedule, text, days[0]) < 0)
		return -1;
	return day_count > 0 ? parse_days(schedule, text, days[day_count - 1]) : 0;
}

/* Fields rather than words: a "*", or numbers alone. */
static bool
is_crontab(const struct str *words, size_t count)
{
	bool has_star = false, has_time = false;

	for (size_t i = 0; i < count; i++) {
		has_star = has_star || str_find_char(words[i], '*') >= 0;
		has_time = has_time || str_find_char(words[i], ':') >= 0;
	}
	return count >= CRONTAB_FIELDS || (!has_time && (has_star || count == 4));
}

int
calendar_parse_schedule(struct calendar_schedule *schedule, struct str text, struct err *err)
{
	struct crontab_text reading = { .whole = text, .err = err };
	struct str words[CRONTAB_FIELDS + 1];
	struct str rest = text;
	size_t count = 0;

	while (count <= CRONTAB_FIELDS && str_next_word(&rest, &words[count]))
		count++;
	if (count == 0)
		return crontab_refuse(&reading, text, "it is empty; " EXAMPLES);
	if (count == 1 && str_starts(words[0], "@"))
		return parse_nickname(schedule, &reading, words[0]);
	if (!is_crontab(words, count))
		return parse_plain(schedule, &reading, words, count);
	if (count > CRONTAB_FIELDS)
		return crontab_refuse(
		    &reading, words[CRONTAB_FIELDS], "more than the five fields of crontab(5)");
	if (count < CRONTAB_FIELDS)
		return crontab_refuse(&reading, str_skip(text, text.len),
		    "%zu of the five fields of crontab(5): minute, hour, day of the month, "
		    "month, day of the week",
		    count);
	return crontab_parse(schedule, &reading, words);
}
