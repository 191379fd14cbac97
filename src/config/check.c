/*
 * What a value may be, beyond its type, told where it was written. The plug-ins check their own
 * keys; here they are only checked to be one line of text without a password.
 */
#include "internal.h"

#include "digest/calendar.h"
#include "digest/message.h"
#include "digest/query.h"
#include "digest/unicode.h"
#include "digest/zone.h"

#include <string.h>

typedef int check_function(struct str value, struct err *err);

/* A number, a truth: the type says it all. */
static int
check_number(struct str value, struct err *err)
{
	(void)value;
	(void)err;
	return 0;
}

/* As long as anybody reads at a stretch. */
static int
check_minutes(struct str value, struct err *err)
{
	int64_t minutes = 0;

	if (str_to_int(value, 0, 600, &minutes) < 0)
		return err_set(err, EX_CONFIG, "must be at most 600");
	return 0;
}

static int
check_share(struct str value, struct err *err)
{
	int64_t thousandths = 0;

	if (str_to_thousandths(value, 0, 1000, &thousandths) < 0)
		return err_set(err, EX_CONFIG, "must be a number from 0 to 1, like 0.3");
	return 0;
}

static int
check_line(struct str value, struct err *err)
{
	if (!unicode_is_valid(value))
		return err_set(err, EX_CONFIG, "not UTF-8");
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
			return err_set(
			    err, EX_CONFIG, "must be one line without control characters");
	return 0;
}

static int
check_duration(struct str value, struct err *err)
{
	int64_t seconds = 0;

	if (settings_parse_duration(value, &seconds) < 0 || seconds == 0)
		return err_set(err, EX_CONFIG, "must be longer than nothing");
	return 0;
}

static int
check_address(struct str value, struct err *err)
{
	struct buf address = BUF_INIT(BUF_LIMIT);
	int status = value.len > 0 ? message_check_address(&address, value, err) : 0;

	buf_release(&address);
	return status;
}

/* A relative path would depend on where cron starts. */
static int
check_folder(struct str value, struct err *err)
{
	struct stat status;
	const char *path = value.ptr;

	if (value.len == 0)
		return 0;
	if (path[0] != '/')
		return err_set(err, EX_CONFIG, "'%s' must begin with '/'", path);
	if (stat(path, &status) < 0)
		return err_set(err, EX_CONFIG, "there is no folder '%s'", path);
	if (!S_ISDIR(status.st_mode))
		return err_set(err, EX_CONFIG, "'%s' is not a folder", path);
	return 0;
}

/* Likewise; the file itself is made. */
static int
check_file(struct str value, struct err *err)
{
	if (value.len > 0 && value.ptr[0] != '/')
		return err_set(err, EX_CONFIG, "'%.*s' must begin with '/'", STR_ARG(value));
	return 0;
}

/* RFC 8058 section 3.1 wants https: and something that tells who asks. */
static int
check_unsubscribe(struct str value, struct err *err)
{
	ptrdiff_t token = str_find(value, STR("{token}"));
	bool is_url = str_starts(value, "https://") && token > 0;

	for (size_t i = 0; i < value.len; i++)
		is_url = is_url && value.ptr[i] > ' ' && value.ptr[i] < 0x7f &&
		    value.ptr[i] != '<' && value.ptr[i] != '>';
	if (value.len > 0 && !is_url)
		return err_set(err, EX_CONFIG, "'%.*s' must be an https: URL with {token} in it",
		    STR_ARG(value));
	return 0;
}

static int
check_queries(struct str value, struct err *err)
{
	struct str line;

	while (str_next_line(&value, &line)) {
		struct query *query = NULL;
		int status = query_parse(&query, str_trim(line), err);
		query_free(query);
		if (status < 0)
			return err_prefix(err, "'%.*s'", STR_ARG(str_trim(line)));
	}
	return 0;
}

static int
check_zone(struct str value, struct err *err)
{
	return zone_check(value.ptr, err);
}

/* "#rrggbb" */
static int
check_colour(struct str value, struct err *err)
{
	bool is_colour = value.len == 0 || (value.len == 7 && value.ptr[0] == '#');

	for (size_t i = 1; i < value.len && is_colour; i++) {
		char c = str_lower_char(value.ptr[i]);

		is_colour = str_is_digit(c) || (c >= 'a' && c <= 'f');
	}
	return is_colour ? 0 : err_set(err, EX_CONFIG, "must be a colour like #0a5aa8");
}

static int
check_group(struct str value, struct err *err)
{
	static const char *const groups[] = { "day", "source", "category", "topic", "none" };

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (str_is(value, groups[i]))
			return 0;
	}
	return err_set(err, EX_CONFIG, "must be day, source, category, topic or none");
}

static int
check_holiday(struct str value, struct err *err)
{
	struct calendar_holiday holiday;

	return calendar_parse_holiday(&holiday, value, err);
}

static int
check_catch_up(struct str value, struct err *err)
{
	bool is_known =
	    str_is(value, "combined") || str_is(value, "each") || str_is(value, "latest");

	return is_known ? 0 : err_set(err, EX_CONFIG, "must be combined, each or latest");
}

static int
check_empty(struct str value, struct err *err)
{
	bool is_known = str_is(value, "skip") || str_is(value, "note");

	return is_known ? 0 : err_set(err, EX_CONFIG, "must be skip or note");
}

static int
check_attachment(struct str value, struct err *err)
{
	return str_is(value, "bibtex") || str_is(value, "none")
	    ? 0
	    : err_set(err, EX_CONFIG, "must be bibtex or none");
}

static int
check_images(struct str value, struct err *err)
{
	return str_is(value, "inline") || str_is(value, "none")
	    ? 0
	    : err_set(err, EX_CONFIG, "must be inline or none");
}

static int
check_schedule(struct str value, struct err *err)
{
	struct calendar_schedule schedule;

	return value.len > 0 ? calendar_parse_schedule(&schedule, value, err) : 0;
}

#define KEY(section, name, type, fallback, check, help) { CONFIG_##section, #name, check_##check },
static const struct {
	enum config_section section;
	const char *key;
	check_function *check;
} checks[] = {
#include "keys.def"
};
#undef KEY

static check_function *
find_check(enum config_section section, const char *key)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].section == section && strcmp(checks[i].key, key) == 0)
			return checks[i].check;
	return check_line;
}

bool
config_has_url_password(struct str text)
{
	ptrdiff_t start = str_find(text, STR("://"));
	if (start < 0)
		return false;
	struct str authority = str_skip(text, (size_t)start + 3);
	ptrdiff_t at = str_find_char(authority, '@');
	ptrdiff_t slash = str_find_char(authority, '/');
	ptrdiff_t colon = str_find_char(authority, ':');
	return colon >= 0 && at > colon && (slash < 0 || slash > at);
}

int
config_check_value(enum config_section section, const char *key, const char *value,
    const char *origin, struct err *err)
{
	if (find_check(section, key)(str_from(value), err) == 0)
		return 0;
	err->code = EX_CONFIG;
	return err_prefix(err, "%s: '%s'", origin, key);
}
