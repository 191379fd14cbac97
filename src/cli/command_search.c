/*
 * digest search QUERY: stored papers that match. When none does: what was perhaps meant, or what to
 * relax.
 */
#include "cli.h"
#include "found.h"
#include "respell.h"
#include "terminal.h"
#include "unknown.h"

#include "digest/clock.h"
#include "digest/export.h"
#include "digest/json.h"
#include "digest/query.h"

#include <stdio.h>

enum { USUAL_LIMIT = 10, COUNTED_MOST = 100, RELAXED_MOST = 12 };

struct work {
	struct cli *cli;
	struct store *store;
	struct str text; /* as it was typed */
	struct query *query;
	struct query *respelled; /* what was searched for instead; or NULL */
	struct buf words; /* the respelled words, for people */
	struct store_found found;
};

static struct store_search
wish_of(const struct work *work, const struct query *query)
{
	const struct options *options = work->cli->options;

	return (struct store_search){
		.query = query,
		.order = (enum store_order)options->sort,
		.limit = options->limit == OPTIONS_UNSET ? USUAL_LIMIT : (size_t)options->limit,
		.since = options->since,
		.now = clock_now(),
	};
}

/* The operands as one expression: quotes of the shell are not needed around several words. */
static int
read_query(struct work *work, struct err *err)
{
	struct cli *cli = work->cli;
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status;

	for (size_t i = 0; i < cli->options->operand_count; i++)
		buf_addf(&text, "%s%s", i > 0 ? " " : "", cli->options->operands[i]);
	work->text = arena_keep(cli->arena, &text);
	status = query_parse(&work->query, work->text, err);
	return status < 0 ? err_prefix(err, "search") : 0;
}

/* ---- when nothing matches ---- */

/* With other words, if there are such that something matches. */
static int
search_respelled(struct work *work, struct err *err)
{
	struct store_search wish = wish_of(work, work->query);

	if (respell(work->store, &wish, work->cli->arena, &work->respelled, &work->words, err) < 0)
		return -1;
	if (work->respelled == NULL)
		return 0;
	wish.query = work->respelled;
	return store_search(work->store, &wish, work->cli->arena, &work->found, err);
}

/*
 * Appends what a weaker wish finds and what it does without; nothing when it finds nothing either.
 */
static int
add_relaxed(struct work *work, struct buf *out, struct store_search wish, struct str without,
    struct err *err)
{
	struct store_found found;

	wish.limit = COUNTED_MOST;
	wish.order = STORE_NEWEST_FIRST;
	if (store_search(work->store, &wish, work->cli->arena, &found, err) < 0)
		return -1;
	if (found.count > 0)
		buf_addf(out, "%s%s%zu without %.*s", out->len > 0 ? ", " : "",
		    found.has_more ? "over " : "", found.count, STR_ARG(without));
	return 0;
}

/* What the parts of the query, one at a time, keep from being found. */
static int
add_without_parts(struct work *work, struct buf *out, struct err *err)
{
	size_t count = query_part_count(work->query);
	int status = 0;

	for (size_t i = 0; i < count && count > 1 && i < RELAXED_MOST && status == 0; i++) {
		struct query *part = query_part(work->query, i);
		struct query *rest = query_without_part(work->query, i);
		struct buf name = BUF_INIT(BUF_LIMIT);
		buf_add_char(&name, '\'');
		query_describe(part, &name);
		buf_add_char(&name, '\'');
		status = add_relaxed(work, out, wish_of(work, rest), buf_str(&name), err);
		buf_release(&name);
		query_free(rest);
		query_free(part);
	}
	return status;
}

/* Whether there is anything to be found: 1, 0 or -1. */
static int
has_papers(struct work *work, struct err *err)
{
	struct store_search wish = {
		.order = STORE_NEWEST_FIRST, .limit = 1, .since = DATE_NO_DAY
	};
	struct store_found found = { 0 };
	struct query *everything;
	int status = query_parse(&everything, STR(""), err);

	if (status < 0)
		return -1;
	wish.query = everything;
	status = store_search(work->store, &wish, work->cli->arena, &found, err);
	query_free(everything);
	return status < 0 ? -1 : found.count > 0;
}

/* Names that nothing has: 1 when some were told, 0 or -1. */
static int
say_what_is_unknown(struct work *work, struct err *err)
{
	struct buf unknown = BUF_INIT(BUF_LIMIT);
	int status = unknown_add(&unknown, work->store, work->query, work->cli->arena, err);

	if (status == 0 && unknown.len > 0) {
		fprintf(stderr, "digest: search: nothing matches; %s\n", unknown.ptr);
		status = 1;
	}
	buf_release(&unknown);
	return status;
}

static int
say_what_to_relax(struct work *work, struct err *err)
{
	struct buf relaxed = BUF_INIT(BUF_LIMIT);
	struct store_search wish = wish_of(work, work->query);
	bool has_since = wish.since != DATE_NO_DAY;
	int status = has_papers(work, err);

	if (status == 0)
		fprintf(stderr,
		    "digest: search: the store has no papers yet; 'digest fetch' and 'digest "
		    "import FILE' fill it\n");
	if (status <= 0)
		return status;
	status = say_what_is_unknown(work, err);
	if (status != 0)
		return status < 0 ? -1 : 0;
	wish.since = DATE_NO_DAY;
	status = has_since ? add_relaxed(work, &relaxed, wish, STR("--since"), err) : 0;
	if (status == 0)
		status = add_without_parts(work, &relaxed, err);
	if (status == 0 && relaxed.len > 0)
		fprintf(
		    stderr, "digest: search: nothing matches; there would be %s\n", relaxed.ptr);
	else if (status == 0)
		fprintf(stderr, "digest: search: nothing matches '%.*s'%s\n", STR_ARG(work->text),
		    query_part_count(work->query) > 1
		        ? ", nor with one part left out; try OR between them, or fewer"
		        : "; try another word, '*' behind the beginning of one, or a wider range");
	buf_release(&relaxed);
	return status;
}

static int
search_papers(struct work *work, struct err *err)
{
	struct store_search wish = wish_of(work, work->query);

	if (store_search(work->store, &wish, work->cli->arena, &work->found, err) < 0)
		return -1;
	if (work->found.count > 0)
		return 0;
	if (search_respelled(work, err) < 0)
		return -1;
	if (work->found.count == 0)
		return say_what_to_relax(work, err);
	fprintf(stderr, "digest: search: nothing matches as it is written; this is with %s\n",
	    work->words.ptr);
	return 0;
}

/* ---- what is told ---- */

static const struct query *
searched(const struct work *work)
{
	return work->found.count > 0 && work->respelled != NULL ? work->respelled : work->query;
}

static void
add_json(const struct work *work, struct buf *out)
{
	static const char *const orders[] = { "relevance", "new", "votes" };
	struct json *object = json_new_object();
	struct buf normal = BUF_INIT(BUF_LIMIT);

	query_describe(searched(work), &normal);
	json_add_text(object, "query", work->text);
	json_add_text(object, "searched", buf_str(&normal));
	json_add_text(object, "order", str_from(orders[work->cli->options->sort]));
	json_add_bool(object, "has_more", work->found.has_more);
	if (work->found.window > 0)
		json_add_int(object, "ranked", (int64_t)work->found.window);
	else
		json_add_null(object, "ranked");
	found_add_json(object, &work->found);
	json_write(object, out);
	buf_add_char(out, '\n');
	buf_release(&normal);
	json_free(object);
}

static bool
add_export(const struct work *work, struct buf *out)
{
	struct arena *arena = work->cli->arena;
	struct export_head head = {
		.title = arena_printf(arena, "Papers that match %.*s", STR_ARG(work->text)),
		.id = arena_printf(arena, "search|%.*s", STR_ARG(work->text)),
		.at = clock_now(),
	};

	return cli_export(work->cli, &head, work->found.entries, work->found.count, out);
}

static int
tell(const struct work *work, struct err *err)
{
	bool is_text = false;
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status;

	if (work->found.window > 0)
		fprintf(stderr,
		    "digest: search: very many papers match; the newest %zu of them were put in "
		    "order, and --since or another word narrows it down\n",
		    work->found.window);
	if (cli_wants_json(work->cli)) {
		add_json(work, &text);
	} else if (!add_export(work, &text)) {
		found_add_text(&text, &work->found, searched(work));
		is_text = true;
	}
	status = terminal_show(buf_str(&text), err);
	if (status == 0 && is_text && work->found.has_more && terminal_is_watched())
		fprintf(stderr, "there are more; --limit %zu shows them\n", 2 * work->found.count);
	buf_release(&text);
	return status;
}

/* ---- --follow ---- */

/* A file without any list has the built-in one, which it would lose with its first. */
static void
keep_builtin_list(const struct cli *cli, struct buf *sections)
{
	struct settings *settings;
	const char *name = config_title(cli->config, CONFIG_LIST, 0, &settings);

	if (name == NULL || !config_is_built_in(CONFIG_LIST, settings))
		return;
	config_write_section(sections, CONFIG_LIST, name, settings);
	buf_add_char(sections, '\n');
}

static int
write_list(struct work *work, const char *name, struct buf *path, struct err *err)
{
	struct cli *cli = work->cli;
	struct settings *settings = config_blank(cli->config, CONFIG_LIST);
	struct buf sections = BUF_INIT(BUF_LIMIT);
	bool is_new = config_path(cli->config)[0] == '\0';
	int status = 0;

	keep_builtin_list(cli, &sections);
	buf_add_string(path, config_path(cli->config));
	if (is_new)
		status = cli_new_config_path(cli, path, err);
	if (status == 0)
		status = settings_set(settings, "title", name, "--follow", err);
	if (status == 0)
		status = settings_set(
		    settings, "include", arena_string(cli->arena, work->text), "--follow", err);
	if (status == 0) {
		config_write_section(&sections, CONFIG_LIST, name, settings);
		status = is_new ? cli_write_config(path->ptr, buf_str(&sections), err)
		                : cli_extend_config(path->ptr, buf_str(&sections), err);
	}
	buf_release(&sections);
	return status;
}

static int
follow(struct work *work, const char *name, struct err *err)
{
	struct buf path = BUF_INIT(BUF_LIMIT);
	int status = write_list(work, name, &path, err);

	if (status == 0)
		fprintf(stderr,
		    "list '%s' is in %s now; 'digest subscribers add ADDRESS --list %s' says who "
		    "reads it, and 'digest run' mails what is new\n",
		    name, path.ptr, name);
	buf_release(&path);
	return status;
}

/* ---- the command ---- */

static int
check_name(const struct cli *cli, const char *name, struct err *err)
{
	if (name == NULL)
		return 0;
	for (const char *c = name; *c != '\0'; c++)
		if (!str_is_alnum(*c) && *c != '-' && *c != '_')
			return err_set(err, EX_USAGE,
			    "search: --follow: '%s' is no name of a list; take letters, "
			    "digits and hyphens",
			    name);
	if (config_find(cli->config, CONFIG_LIST, name) != NULL)
		return err_set(err, EX_USAGE,
		    "search: --follow: there is a list '%s' already; take another name", name);
	return 0;
}

int
command_search(struct cli *cli, struct err *err)
{
	const char *name = cli->options->follow;
	struct work work = { .cli = cli, .words = BUF_INIT(BUF_LIMIT) };
	struct cli_store open = { 0 };
	int status = -1;

	if (cli_check_operands(cli, 1, SIZE_MAX, err) < 0 || check_name(cli, name, err) < 0 ||
	    read_query(&work, err) < 0 || cli_open_store(cli, DB_OVERLAY, &open, err) < 0)
		goto out;
	work.store = open.store;
	status = search_papers(&work, err);
	if (status == 0)
		status = tell(&work, err);
	if (status == 0 && name != NULL)
		status = follow(&work, name, err);
out:
	cli_close_store(&open);
	query_free(work.respelled);
	query_free(work.query);
	buf_release(&work.words);
	return status;
}
