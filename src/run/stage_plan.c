/*
 * The plan: which lists, made of which sources, with which rules (rules.c). Reads the configuration
 * and the command line, touches neither store nor network.
 */
#include "day.h"

#include "digest/crypt.h"

#include <string.h>

/* The source of that name or spec: the index of the one planned already, or of a new one. */
static int
plan_source(struct day *day, const char *spec, size_t *index, struct err *err)
{
	struct source source = { 0 };
	struct settings *section = config_find(day->request->config, CONFIG_SOURCE, spec);

	for (size_t i = 0; section != NULL && i < day->source_count; i++) {
		if (day->sources[i].settings == section) {
			*index = i;
			return 0;
		}
	}
	int status = section != NULL ? source_from_settings(&source, day->arena, spec, section, err)
	                             : source_from_spec(&source, day->arena, spec, err);
	if (status < 0)
		return -1;
	for (size_t i = 0; i < day->source_count; i++) {
		if (strcmp(day->sources[i].spec, source.spec) == 0) {
			source_release(&source);
			*index = i;
			return 0;
		}
	}
	*index = day->source_count;
	day->sources = arena_grow(day->arena, day->sources, &day->source_count, sizeof(source));
	day->sources[*index] = source;
	return 0;
}

static int
add_list_source(struct day *day, struct day_list *list, const char *spec, struct err *err)
{
	size_t index;

	if (plan_source(day, spec, &index, err) < 0)
		return -1;
	for (size_t i = 0; i < list->source_count; i++) {
		if (list->sources[i] == index)
			return 0;
	}
	list->sources = arena_grow(day->arena, list->sources, &list->source_count, sizeof(size_t));
	list->sources[list->source_count - 1] = index;
	return 0;
}

/* Without `sources` of its own a list reads every configured source. */
static int
plan_list_sources(struct day *day, struct day_list *list, struct err *err)
{
	const struct run_request *request = day->request;
	struct settings *settings;
	const char *name;

	if (request->source_count > 0) {
		for (size_t i = 0; i < request->source_count; i++) {
			if (add_list_source(day, list, request->sources[i], err) < 0)
				return -1;
		}
		return 0;
	}
	for (size_t i = 0; i < settings_count(list->rules.settings, "sources"); i++) {
		const char *spec = settings_string_at(list->rules.settings, "sources", i);
		if (add_list_source(day, list, spec, err) < 0)
			return err_prefix(err, "list '%s'", list->name);
	}
	if (list->source_count > 0)
		return 0;
	for (size_t i = 0;
	     (name = config_title(request->config, CONFIG_SOURCE, i, &settings)) != NULL; i++) {
		if (add_list_source(day, list, name, err) < 0)
			return -1;
	}
	return 0;
}

static bool
is_selection(const struct run_request *request)
{
	return request->source_count > 0 || request->match_count > 0 || request->limit >= 0 ||
	    request->rank != NULL;
}

/*
 * A selection on the command line is a list of its own: two of them do not share issues. It is told
 * by what was said there alone, so that a change of the configuration does not begin it anew.
 */
static const char *
list_key(struct day *day, const struct day_list *list)
{
	const struct run_request *request = day->request;
	struct buf text = BUF_INIT(BUF_LIMIT), key = BUF_INIT(BUF_LIMIT);
	unsigned char digest[CRYPT_SHA256_BYTES];

	if (!is_selection(request))
		return list->name;
	for (size_t i = 0; i < list->source_count && request->source_count > 0; i++)
		buf_addf(&text, "source %s\n", day->sources[list->sources[i]].spec);
	for (size_t i = 0; i < request->match_count; i++) {
		buf_add_string(&text, "match ");
		query_describe(list->rules.include[i], &text);
		buf_add_char(&text, '\n');
	}
	if (request->rank != NULL)
		buf_addf(&text, "rank %s\n", request->rank);
	if (request->limit >= 0)
		buf_addf(&text, "limit %zu\n", list->rules.limit);
	crypt_sha256(buf_str(&text), digest);
	buf_addf(&key, "%s~", list->name);
	crypt_add_hex(&key, digest, 4);
	const char *result = arena_string(day->arena, buf_str(&key));
	buf_release(&text);
	buf_release(&key);
	return result;
}

/* A list is called by its own title, a selection of one source by that source's. */
static const char *
list_title(struct day *day, const struct day_list *list)
{
	const char *title = settings_string(list->rules.settings, "title");

	if (title[0] != '\0')
		return title;
	if (list->source_count == 1)
		return day->sources[list->sources[0]].title;
	return "Paper digest";
}

static int
plan_list(struct day *day, const char *name, const struct settings *settings, struct err *err)
{
	struct day_list list = { .name = name, .rules.settings = settings };

	if (plan_list_sources(day, &list, err) < 0 ||
	    day_plan_rules(day, &list.rules, settings, day->arena, err) < 0) {
		day_release_rules(&list.rules);
		return -1;
	}
	list.title = list_title(day, &list);
	list.key = list_key(day, &list);
	day->lists = arena_grow(day->arena, day->lists, &day->list_count, sizeof(list));
	day->lists[day->list_count - 1] = list;
	return 0;
}

/* Names the configured lists, for one who must choose. */
static int
refuse_choice(struct day *day, const char *what, struct err *err)
{
	struct buf names = BUF_INIT(BUF_LIMIT);
	struct settings *settings;
	const char *name;

	for (size_t i = 0;
	     (name = config_title(day->request->config, CONFIG_LIST, i, &settings)) != NULL; i++)
		buf_addf(&names, "%s'%s'", i > 0 ? ", " : "", name);
	err_set(err, EX_USAGE, "%s; the configuration has %s", what, names.ptr);
	buf_release(&names);
	return -1;
}

static bool
is_same_mailbox(struct str one, struct str other)
{
	struct buf mailbox = BUF_INIT(BUF_LIMIT), other_mailbox = BUF_INIT(BUF_LIMIT);

	message_add_mailbox(&mailbox, one);
	message_add_mailbox(&other_mailbox, other);
	bool is_same = str_equal(buf_str(&mailbox), buf_str(&other_mailbox));
	buf_release(&mailbox);
	buf_release(&other_mailbox);
	return is_same;
}

/* Adds an address of --send-to unless it is there: who is named twice gets one issue. */
static void
add_address(struct day *day, struct str address)
{
	for (size_t i = 0; i < day->address_count; i++) {
		if (is_same_mailbox(address, str_from(day->addresses[i])))
			return;
	}
	day->addresses =
	    arena_grow(day->arena, day->addresses, &day->address_count, sizeof(char *));
	day->addresses[day->address_count - 1] = arena_string(day->arena, address);
}

/* The addresses of --send-to, checked. */
static int
plan_addresses(struct day *day, struct err *err)
{
	struct buf address = BUF_INIT(BUF_LIMIT);
	int status = 0;

	for (size_t i = 0; i < day->request->address_count && status == 0; i++) {
		buf_reset(&address);
		status =
		    message_check_recipient(&address, str_from(day->request->addresses[i]), err);
		if (status < 0)
			err_prefix(err, "--send-to");
		else
			add_address(day, buf_str(&address));
	}
	buf_release(&address);
	return status;
}

/* What papers are taken away in is one file, of one list for one reader. */
static bool
is_one_file(const struct run_request *request)
{
	return request->format >= RUN_EXPORT;
}

static int
plan_lists(struct day *day, struct err *err)
{
	const struct run_request *request = day->request;
	struct settings *settings, *other;
	const char *name;

	if (request->list != NULL) {
		settings = config_find(request->config, CONFIG_LIST, request->list);
		if (settings == NULL) {
			struct str what = arena_printf(
			    day->arena, "--list: there is no list '%s'", request->list);
			return refuse_choice(day, what.ptr, err);
		}
		return plan_list(day, request->list, settings, err);
	}
	if (request->source_count > 0)
		return plan_list(
		    day, "daily", config_told(request->config, CONFIG_LIST, "daily"), err);
	bool has_several = config_title(request->config, CONFIG_LIST, 1, &other) != NULL;
	if (request->address_count > 0 && has_several)
		return refuse_choice(day, "--send-to: say which list with --list NAME", err);
	if (is_one_file(request) && has_several)
		return refuse_choice(day, "--preview: say which list with --list NAME", err);
	for (size_t i = 0;
	     (name = config_title(request->config, CONFIG_LIST, i, &settings)) != NULL; i++) {
		if (plan_list(day, name, settings, err) < 0)
			return -1;
	}
	return 0;
}

int
stage_plan(struct day *day, struct err *err)
{
	if (plan_addresses(day, err) < 0)
		return -1;
	if (is_one_file(day->request) && day->address_count > 1)
		return err_set(err, EX_USAGE,
		    "--preview: papers are taken away for one reader; give one --send-to");
	return plan_lists(day, err);
}
