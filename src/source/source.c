/*
 * Sources as people name them: on the command line, and as sections of a configuration. What they
 * say when asked is fetch.c's.
 */
#include "provider.h"

#include <string.h>
#include <unistd.h>

enum { MOST_ROWS = 64 };

static const struct setting common_rows[] = {
	{ "provider", SETTING_STRING, "", "whom to ask; 'digest sources' lists them" },
	{ "title", SETTING_STRING, "", "what readers see; without it: the source's own name" },
	{ "base_url", SETTING_STRING, "",
	    "scheme, host and port of a mirror or test server to ask instead" },
	{ "token_file", SETTING_STRING, "",
	    "a file (mode 0600) with a token to send along, or with a whole Authorization value" },
	{ "token_command", SETTING_STRING, "", "a program that prints the token instead" },
	SETTING_END,
};

static bool
has_row(const struct setting *rows, const char *name)
{
	for (; rows->name != NULL; rows++) {
		if (strcmp(rows->name, name) == 0)
			return true;
	}
	return false;
}

/* A key that several providers know is one row, the first one's. */
static size_t
add_rows(struct setting *rows, size_t count, const struct setting *more)
{
	for (; more->name != NULL && count < MOST_ROWS; more++) {
		if (!has_row(rows, more->name))
			rows[count++] = *more;
	}
	return count;
}

const struct setting *
source_settings(void)
{
	static struct setting rows[MOST_ROWS + 1];
	const char *name, *help;
	size_t count;

	if (rows[0].name != NULL)
		return rows;
	count = add_rows(rows, 0, common_rows);
	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++)
		count = add_rows(rows, count, provider_find(name)->settings);
	return rows;
}

/* ---- from settings ---- */

static void
list_providers(struct buf *out)
{
	const char *name, *help;

	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", name);
}

static int
refuse_provider(const struct settings *settings, const char *name, struct err *err)
{
	const char *wanted = settings_string(settings, "provider");
	struct buf known = BUF_INIT(BUF_LIMIT);

	list_providers(&known);
	if (wanted[0] == '\0')
		err_set(
		    err, EX_CONFIG, "source '%s' has no provider; there are %s", name, known.ptr);
	else
		err_set(err, EX_CONFIG, "%s: there is no provider '%s'; there are %s",
		    settings_origin(settings, "provider"), wanted, known.ptr);
	buf_release(&known);
	return -1;
}

/* A key of another provider would be silently without effect. */
static int
check_keys(const struct settings *settings, const struct source_provider *provider, struct err *err)
{
	const struct setting *row;

	for (size_t i = 0; (row = settings_row_at(settings, i)) != NULL; i++) {
		bool is_remote_key =
		    strcmp(row->name, "base_url") == 0 || str_starts(str_from(row->name), "token_");
		bool is_common =
		    has_row(common_rows, row->name) && !(is_remote_key && provider->is_local);
		if (settings_is_set(settings, row->name) && !is_common &&
		    !has_row(provider->settings, row->name))
			return err_set(err, EX_CONFIG, "%s: '%s' is no key of the provider %s",
			    settings_origin(settings, row->name), row->name, provider->name);
	}
	return 0;
}

static int
check_token(const struct settings *settings, struct err *err)
{
	if (settings_string(settings, "token_file")[0] == '\0' ||
	    settings_string(settings, "token_command")[0] == '\0')
		return 0;
	return err_set(err, EX_CONFIG, "%s: a token has one place: token_file or token_command",
	    settings_origin(settings, "token_command"));
}

static int
check_base_url(const struct settings *settings, struct err *err)
{
	struct str url = str_from(settings_string(settings, "base_url"));
	ptrdiff_t slashes = str_find(url, STR("://"));
	bool is_good = (str_starts(url, "http://") || str_starts(url, "https://")) &&
	    url.len > (size_t)slashes + 3;

	for (size_t i = 0; i < url.len; i++)
		is_good = is_good && url.ptr[i] > ' ' && strchr("?#@", url.ptr[i]) == NULL;
	if (url.len == 0 || is_good)
		return 0;
	return err_set(err, EX_CONFIG, "%s: base_url is like http://127.0.0.1:8080, not '%.*s'",
	    settings_origin(settings, "base_url"), STR_ARG(url));
}

/* The host of a URL, or the last part of a path: what a source is called until it says its name. */
static struct str
short_name(struct str spec)
{
	ptrdiff_t at = str_find(spec, STR("://"));
	struct str rest = spec, part = spec, piece;

	if (at >= 0) {
		rest = str_skip(spec, (size_t)at + 3);
		str_next(&rest, '/', &part);
		return part;
	}
	while (str_next(&rest, '/', &piece))
		part = piece;
	return str_is(part, "-") ? STR("standard input") : part;
}

static const char *
choose_title(const struct source *source, struct arena *arena)
{
	const char *title = settings_string(source->settings, "title");
	struct buf own = BUF_INIT(BUF_LIMIT);

	if (title[0] != '\0')
		return arena_string(arena, str_from(title));
	if (source->provider->add_title != NULL) {
		source->provider->add_title(source->settings, &own);
		title = arena_string(arena, entry_text_line(arena, buf_str(&own)));
		buf_release(&own);
		return title;
	}
	if (source->provider->title != NULL)
		return source->provider->title;
	return arena_string(arena, short_name(str_from(source->spec)));
}

int
source_from_settings(struct source *source, struct arena *arena, const char *name,
    struct settings *settings, struct err *err)
{
	struct buf spec = BUF_INIT(BUF_LIMIT);
	const struct source_provider *provider =
	    provider_find(settings_string(settings, "provider"));

	if (provider == NULL)
		return refuse_provider(settings, name, err);
	if (check_keys(settings, provider, err) < 0 || check_base_url(settings, err) < 0 ||
	    check_token(settings, err) < 0)
		return -1;
	if (provider->spec(settings, &spec, err) < 0) {
		buf_release(&spec);
		return -1;
	}
	*source = (struct source){
		.name = arena_string(arena, str_from(name)),
		.spec = arena_string(arena, buf_str(&spec)),
		.provider = provider,
		.settings = settings,
	};
	source->title = choose_title(source, arena);
	source_state_init(&source->state);
	buf_release(&spec);
	return 0;
}

/* ---- from a spec ---- */

/* The specs of all providers in the order of their rows: the index-th, or NULL after the last. */
static const struct provider_spec *
spec_at(size_t index, const struct source_provider **provider)
{
	const char *name, *help;

	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++) {
		*provider = provider_find(name);
		for (const struct provider_spec *spec = (*provider)->specs; spec->word != NULL;
		     spec++) {
			if (index-- == 0)
				return spec;
		}
	}
	return NULL;
}

static bool
is_meant(struct str spec, const struct provider_spec *kind)
{
	struct str rest = str_skip(spec, strlen(kind->word));

	if (!str_starts(spec, kind->word))
		return false;
	return kind->ends[0] == '\0' || rest.len == 0 || strchr(kind->ends, rest.ptr[0]) != NULL;
}

/* The word that was probably meant, or NULL. */
static const char *
nearest_word(struct str spec)
{
	const struct source_provider *provider;
	const struct provider_spec *kind;
	const char *meant = NULL;
	size_t nearest = 3;

	for (size_t i = 0; (kind = spec_at(i, &provider)) != NULL; i++) {
		struct str word = str_from(kind->word);
		size_t distance = str_distance(str_head(spec, word.len), word);
		if (str_find_char(spec, ':') < 0)
			distance = str_distance(spec, word);
		if (distance < nearest && distance < word.len) {
			nearest = distance;
			meant = kind->word;
		}
	}
	return meant;
}

static void
list_examples(struct buf *out)
{
	const struct source_provider *provider;
	const struct provider_spec *kind;

	for (size_t i = 0; (kind = spec_at(i, &provider)) != NULL; i++) {
		if (kind->example != NULL)
			buf_addf(out, "%s, ", kind->example);
	}
	buf_add_string(out, "and - for standard input");
}

static int
refuse_spec(struct str spec, struct err *err)
{
	bool is_path = str_find_char(spec, '/') >= 0;
	const char *meant = is_path ? NULL : nearest_word(spec);
	struct buf known = BUF_INIT(BUF_LIMIT);

	if (meant != NULL)
		return err_set(
		    err, EX_USAGE, "'%.*s' is no source; did you mean '%s'?", STR_ARG(spec), meant);
	if (str_find(spec, STR("://")) >= 0)
		return err_set(err, EX_USAGE, "'%.*s' is no source: only http and https are read",
		    STR_ARG(spec));
	if (is_path || str_find_char(spec, '.') >= 0)
		return err_set(
		    err, EX_USAGE, "'%.*s' is no source: there is no such file", STR_ARG(spec));
	list_examples(&known);
	err_set(err, EX_USAGE, "'%.*s' is no source: there are %s", STR_ARG(spec), known.ptr);
	buf_release(&known);
	return -1;
}

static int
read_as(struct str spec, const struct provider_spec *kind, const struct source_provider *provider,
    struct settings *settings, struct err *err)
{
	if (provider_set(settings, "provider", str_from(provider->name), err) < 0)
		return -1;
	return kind->read(spec, settings, err);
}

static int
read_spec(struct str spec, const char *path, struct settings *settings, struct err *err)
{
	const struct source_provider *provider;
	const struct provider_spec *kind;

	for (size_t i = 0; (kind = spec_at(i, &provider)) != NULL; i++) {
		if (is_meant(spec, kind))
			return read_as(spec, kind, provider, settings, err);
	}
	/* A path needs no word before it. */
	if (str_is(spec, "-") || (spec.len > 0 && access(path, F_OK) == 0)) {
		provider = provider_find("file");
		return read_as(spec, provider->specs, provider, settings, err);
	}
	return refuse_spec(spec, err);
}

int
source_from_spec(struct source *source, struct arena *arena, const char *spec, struct err *err)
{
	struct settings *settings = settings_new(source_settings());

	if (read_spec(str_from(spec), spec, settings, err) < 0 ||
	    source_from_settings(source, arena, spec, settings, err) < 0) {
		settings_free(settings);
		/* What is wrong was typed, not configured. */
		if (err->code == EX_CONFIG)
			err->code = EX_USAGE;
		return -1;
	}
	source->owns_settings = true;
	return 0;
}

void
source_release(struct source *source)
{
	if (source->owns_settings)
		settings_free(source->settings);
	source->settings = NULL;
	source->owns_settings = false;
}

bool
source_needs_net(const struct source *sources, size_t count, const struct source_wish *wish)
{
	for (size_t i = 0; i < count; i++) {
		if (!sources[i].provider->is_local && !wish->is_offline)
			return true;
	}
	return false;
}
