/*
 * Time zones from the system's tzdata: TZif files (RFC 9636) and the rule in their footer (POSIX.1
 * section 8.3, TZ), read here and kept. Not by setenv("TZ"), tzset() and localtime_r(): the
 * resolver threads of libcurl read the environment meanwhile, and children would inherit another
 * zone.
 */
#include "digest/zone.h"

#include "zone_rule.h"

#include "digest/date.h"
#include "digest/mem.h"
#include "digest/str.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RFC 9636 section 3.2: offsets are less than 26 hours. */
enum { OFFSET_LIMIT = 26 * 3600 };

/* The largest file of tzdata has 4 KiB. */
enum { FILE_LIMIT = 256 * 1024, HEADER_BYTES = 44, NAME_BYTES = 255 };

/* One zone as read. Zones are kept to the end: there are few, and they are asked for often. */
struct zone {
	struct zone *next;
	char *key;
	struct zone_transition *transitions;
	size_t count;
	int32_t first; /* offset before the first transition */
	bool has_rule; /* for the time after the last one */
	struct zone_rule rule;
};

static struct zone *zones;

/* ---- the file ---- */

static int64_t
big_endian(const char *bytes, size_t len)
{
	uint64_t value = (unsigned char)bytes[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return (int64_t)value;
}

/* The counts of a header (RFC 9636 section 3.1), in its order. */
struct counts {
	int64_t ut, standard, leap, time, type, chars;
};

static int
take_header(struct str *rest, char *version, struct counts *counts)
{
	int64_t *const fields[] = { &counts->ut, &counts->standard, &counts->leap, &counts->time,
		&counts->type, &counts->chars };

	if (rest->len < HEADER_BYTES || !str_starts(*rest, "TZif"))
		return -1;
	*version = rest->ptr[4];
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = big_endian(rest->ptr + 20 + 4 * i, 4);
		if (*fields[i] < 0 || *fields[i] > FILE_LIMIT)
			return -1;
	}
	*rest = str_skip(*rest, HEADER_BYTES);
	return 0;
}

static size_t
block_bytes(const struct counts *counts, size_t time_bytes)
{
	int64_t bytes = counts->time * ((int64_t)time_bytes + 1) + counts->type * 6 +
	    counts->chars + counts->leap * ((int64_t)time_bytes + 4) + counts->standard +
	    counts->ut;
	return (size_t)bytes;
}

/* Reads the data block at the front of `data`, which has all its bytes. */
static int
read_block(struct zone *zone, struct str data, const struct counts *counts, size_t time_bytes)
{
	const char *times = data.ptr;
	const char *indexes = times + (size_t)counts->time * time_bytes;
	const char *types = indexes + counts->time;

	/* Zones that count leap seconds ("right/…") tell another time than everybody else. */
	if (counts->type == 0 || counts->leap > 0)
		return -1;
	zone->count = (size_t)counts->time;
	zone->transitions = mem_array(zone->count, sizeof(zone->transitions[0]));
	zone->first = (int32_t)big_endian(types, 4);
	for (size_t i = 0; i < zone->count; i++) {
		struct zone_transition *transition = &zone->transitions[i];
		unsigned char type = (unsigned char)indexes[i];
		if (type >= counts->type)
			return -1;
		transition->at = big_endian(times + i * time_bytes, time_bytes);
		transition->offset = (int32_t)big_endian(types + (size_t)type * 6, 4);
		if (i > 0 && transition->at <= transition[-1].at)
			return -1;
		if (transition->at < ZONE_ALWAYS_BEFORE || transition->at > ZONE_ALWAYS_AFTER)
			return -1;
	}
	return 0;
}

/* Whether every offset is one that a place on Earth can have. */
static bool
has_sane_offsets(const struct zone *zone)
{
	bool is_sane = abs(zone->first) < OFFSET_LIMIT && abs(zone->rule.standard) < OFFSET_LIMIT &&
	    abs(zone->rule.daylight) < OFFSET_LIMIT;

	for (size_t i = 0; i < zone->count; i++)
		if (abs(zone->transitions[i].offset) >= OFFSET_LIMIT)
			is_sane = false;
	return is_sane;
}

static int
parse_file(struct zone *zone, struct str data)
{
	struct counts counts;
	char version;
	size_t time_bytes = 4;

	if (take_header(&data, &version, &counts) < 0)
		return -1;
	if (version >= '2') {
		/* The first block is for readers of the last century. */
		data = str_skip(data, block_bytes(&counts, time_bytes));
		time_bytes = 8;
		if (take_header(&data, &version, &counts) < 0)
			return -1;
	}
	if (data.len < block_bytes(&counts, time_bytes) ||
	    read_block(zone, data, &counts, time_bytes) < 0)
		return -1;

	/* After the data, between two line feeds; nothing between them when there is no rule. */
	struct str footer = str_skip(data, block_bytes(&counts, time_bytes) + 1);
	struct str rule;
	if (version >= '2' && str_next_line(&footer, &rule) && rule.len > 0) {
		if (zone_rule_parse(rule, &zone->rule) < 0)
			return -1;
		zone->has_rule = true;
	}
	return has_sane_offsets(zone) ? 0 : -1;
}

/* Leaves the zone empty when there is no such file or the file is no zone. */
static int
read_file(struct zone *zone, const char *path)
{
	FILE *file = fopen(path, "re");
	int status = -1;

	if (file == NULL)
		return -1;
	char *bytes = mem_alloc(FILE_LIMIT);
	size_t len = fread(bytes, 1, FILE_LIMIT, file);
	if (!ferror(file) && len < FILE_LIMIT)
		status = parse_file(zone, (struct str){ bytes, len });
	if (status < 0) {
		mem_free(zone->transitions);
		*zone = (struct zone){ 0 };
	}
	mem_free(bytes);
	fclose(file);
	return status;
}

/* ---- finding a zone ---- */

static const char *
database(void)
{
	const char *folder = getenv("TZDIR");
	return folder != NULL && folder[0] != '\0' ? folder : "/usr/share/zoneinfo";
}

/* A name that stays below the folder it is looked for in. */
static bool
is_name(struct str name)
{
	struct str rest = name;
	struct str part;

	if (name.len == 0 || name.len > NAME_BYTES || str_ends(name, "/"))
		return false;
	while (str_next(&rest, '/', &part)) {
		if (part.len == 0 || part.ptr[0] == '.')
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!str_is_alnum(part.ptr[i]) &&
			    str_find_char(STR("+-_."), part.ptr[i]) < 0)
				return false;
	}
	return true;
}

static bool
is_local(const char *name)
{
	return name[0] == '\0' || strcmp(name, "local") == 0;
}

/* "/usr/share/zoneinfo/Europe/Berlin"; false when it is too long to be one. */
static bool
make_path(char *path, size_t size, struct str name)
{
	int len = snprintf(path, size, "%s/%.*s", database(), STR_ARG(name));
	return len > 0 && (size_t)len < size;
}

/*
 * What can be told without a database, as a bare system has none: UTC, and the present rule of New
 * York, where arXiv's days are counted.
 */
static int
read_builtin(struct zone *zone, struct str name)
{
	const char *rule = str_is(name, "UTC") ? "UTC0"
	    : str_is(name, "America/New_York") ? "EST5EDT,M3.2.0,M11.1.0"
	                                       : "";
	zone->has_rule = zone_rule_parse(str_from(rule), &zone->rule) == 0;
	return zone->has_rule ? 0 : -1;
}

static int
read_named(struct zone *zone, struct str name)
{
	char path[PATH_MAX];

	if (!is_name(name))
		return -1;
	if (make_path(path, sizeof(path), name) && read_file(zone, path) == 0)
		return 0;
	return read_builtin(zone, name);
}

/* The value of TZ without its colon; NULL when it is not set. */
static const char *
environment(void)
{
	const char *value = getenv("TZ");
	return value != NULL && value[0] == ':' ? value + 1 : value;
}

/* The zone of the user who runs us: TZ in all its forms, else /etc/localtime, else UTC. */
static int
read_local(struct zone *zone, const char *value)
{
	if (value == NULL)
		return read_file(zone, "/etc/localtime") < 0 ? read_builtin(zone, STR("UTC")) : 0;
	if (value[0] == '\0')
		return read_builtin(zone, STR("UTC"));
	if (value[0] == '/')
		return read_file(zone, value);
	if (read_named(zone, str_from(value)) == 0)
		return 0;
	zone->has_rule = zone_rule_parse(str_from(value), &zone->rule) == 0;
	return zone->has_rule && has_sane_offsets(zone) ? 0 : -1;
}

static struct zone *
load(const char *name)
{
	struct zone *zone = mem_alloc(sizeof(*zone));
	int status =
	    is_local(name) ? read_local(zone, environment()) : read_named(zone, str_from(name));

	if (status == 0)
		return zone;
	mem_free(zone);
	return NULL;
}

/*
 * The zone of that name, or NULL. That of the environment is kept under a name that begins with a
 * colon, as no other does.
 */
static const struct zone *
find(const char *name)
{
	char local[PATH_MAX];
	const char *key = name;

	if (is_local(name)) {
		const char *value = environment();
		snprintf(local, sizeof(local), ":%s", value != NULL ? value : "/etc/localtime");
		key = local;
	}
	for (const struct zone *zone = zones; zone != NULL; zone = zone->next)
		if (strcmp(zone->key, key) == 0)
			return zone;

	struct zone *zone = load(name);
	if (zone == NULL)
		return NULL;
	zone->key = mem_copy_string(key);
	zone->next = zones;
	zones = zone;
	return zone;
}

/* ---- what is wrong with a name ---- */

/* Finds the name in the folder of `name` that is most like it; false when none is. */
static bool
nearest(char *suggestion, size_t size, const char *name)
{
	const char *slash = strrchr(name, '/');
	struct str folder = str_head(str_from(name), slash != NULL ? (size_t)(slash - name) : 0);
	struct str base = str_from(slash != NULL ? slash + 1 : name);
	size_t best = base.len < 4 ? 1 : 3; /* one more than allowed */
	char path[PATH_MAX];
	bool is_found = false;

	if (!make_path(path, sizeof(path), folder))
		return false;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return false;
	struct dirent *file;
	while ((file = readdir(dir)) != NULL) {
		size_t distance = str_distance(base, str_from(file->d_name));
		if (file->d_name[0] == '.' || distance >= best)
			continue;
		best = distance;
		int len = snprintf(suggestion, size, "%.*s%s%s", STR_ARG(folder),
		    folder.len > 0 ? "/" : "", file->d_name);
		is_found = len > 0 && (size_t)len < size;
	}
	closedir(dir);
	return is_found;
}

int
zone_check(const char *name, struct err *err)
{
	char suggestion[PATH_MAX];

	if (find(name) != NULL)
		return 0;
	if (is_local(name))
		return err_set(err, EX_CONFIG,
		    "TZ: '%s' is no time zone; unset it or name one like 'Europe/Berlin'",
		    environment() != NULL ? environment() : "");
	if (!is_name(str_from(name)))
		return err_set(err, EX_CONFIG,
		    "'%s' is no name of a time zone; write one like 'Europe/Berlin', "
		    "'UTC' or 'local'",
		    name);
	DIR *dir = opendir(database());
	if (dir == NULL)
		return err_set_errno(err, EX_CONFIG, errno,
		    "time zone '%s': cannot open '%s'; install the package tzdata", name,
		    database());
	closedir(dir);
	if (nearest(suggestion, sizeof(suggestion), name) && find(suggestion) != NULL)
		return err_set(err, EX_CONFIG, "there is no time zone '%s'; did you mean '%s'?",
		    name, suggestion);
	return err_set(err, EX_CONFIG,
	    "there is no time zone '%s'; write one like 'Europe/Berlin', 'UTC' or 'local'", name);
}

/* ---- asking it ---- */

/* The span of one offset that an instant lies in. */
static struct zone_span
span_of(const struct zone *zone, int64_t instant)
{
	size_t low = 0;
	size_t high = zone->count; /* transitions before `low` lie at or before the instant */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->transitions[middle].at <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	struct zone_span span = { ZONE_ALWAYS_BEFORE, ZONE_ALWAYS_AFTER, zone->first };
	if (low == zone->count && zone->has_rule)
		span = zone_rule_span(&zone->rule, instant);
	else if (low > 0)
		span.offset = zone->transitions[low - 1].offset;
	if (low > 0 && span.start < zone->transitions[low - 1].at)
		span.start = zone->transitions[low - 1].at;
	if (low < zone->count)
		span.end = zone->transitions[low].at;
	return span;
}

/* A name that did not pass zone_check() is UTC. */
static struct zone_span
named_span(const struct zone *zone, int64_t instant)
{
	if (zone == NULL)
		return (struct zone_span){ ZONE_ALWAYS_BEFORE, ZONE_ALWAYS_AFTER, 0 };
	return span_of(zone, instant);
}

struct zone_time
zone_at(const char *name, int64_t instant)
{
	struct zone_span span = named_span(find(name), instant);
	int64_t local = instant + span.offset;
	int32_t day = date_day_of(local);
	int64_t second = local - date_instant_of(day);

	return (struct zone_time){ day, (int32_t)second, span.offset };
}

/*
 * The first instant whose local time is the one asked for, or a later one: that is the first of
 * two, and the end of a gap. The search starts where every zone on Earth is still before it.
 */
int64_t
zone_instant(const char *name, int32_t day, int32_t second)
{
	const struct zone *zone = find(name);
	int64_t local = date_instant_of(day) + second;
	int64_t from = local - OFFSET_LIMIT;

	for (;;) {
		struct zone_span span = named_span(zone, from);
		int64_t instant = local - span.offset > from ? local - span.offset : from;
		if (instant < span.end)
			return instant;
		from = span.end;
	}
}
