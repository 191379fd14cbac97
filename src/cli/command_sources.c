/*
 * digest sources: the configured ones, and what sources can be made of; feeds from and for other
 * readers, as OPML.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/input.h"
#include "digest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = 40, OPML_BYTES = 16 << 20 };

/* ---- what is configured ---- */

/* The configured sources; their settings belong to the configuration. */
static int
load(struct cli *cli, struct source **sources, size_t *count, struct err *err)
{
	struct settings *settings;
	const char *name;

	*sources = NULL;
	*count = 0;
	while ((name = config_title(cli->config, CONFIG_SOURCE, *count, &settings)) != NULL) {
		*sources = arena_grow(cli->arena, *sources, count, sizeof(**sources));
		if (source_from_settings(&(*sources)[*count - 1], cli->arena, name, settings, err) <
		    0)
			return -1;
	}
	return 0;
}

static int
show(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct source *sources;
	const char *name, *help;
	size_t count;
	int status = -1;

	if (load(cli, &sources, &count, err) < 0)
		goto out;
	for (size_t i = 0; i < count; i++)
		buf_addf(
		    &text, "%-16s %s (%s)\n", sources[i].name, sources[i].title, sources[i].spec);
	buf_add_string(&text, "\nproviders\n");
	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	buf_add_string(&text, "\nformats\n");
	for (size_t i = 0; (name = source_format_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	status = terminal_show(buf_str(&text), err);
out:
	buf_release(&text);
	return status;
}

/* ---- OPML out ---- */

static int
export_feeds(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct source *sources;
	size_t count;
	int status = -1;

	if (load(cli, &sources, &count, err) == 0) {
		source_write_opml(sources, count, STR("digest"), &text);
		status = terminal_write(buf_str(&text), err);
	}
	buf_release(&text);
	return status;
}

/* ---- OPML in ---- */

/* What an import comes to. */
struct import {
	struct cli *cli;
	struct source *sources; /* those that there are, then those that are added */
	size_t source_count;
	struct buf sections;
	size_t added_count, known_count;
	struct buf refused; /* lines for people */
};

static bool
has_spec(const struct import *import, const char *spec)
{
	for (size_t i = 0; i < import->source_count; i++) {
		if (strcmp(import->sources[i].spec, spec) == 0)
			return true;
	}
	return false;
}

static bool
has_name(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->source_count; i++) {
		if (strcmp(import->sources[i].name, name) == 0)
			return true;
	}
	return false;
}

/* A section's name of the title's letters and digits: "The Gradient" is the-gradient. */
static const char *
name_of(const struct import *import, struct str title)
{
	struct buf base = BUF_INIT(NAME_BYTES);
	struct arena *arena = import->cli->arena;

	for (size_t i = 0; i < title.len && base.len + 2 < NAME_BYTES; i++) {
		bool is_word = str_is_alnum(title.ptr[i]);
		if (is_word)
			buf_add_char(&base, str_lower_char(title.ptr[i]));
		else if (base.len > 0 && base.ptr[base.len - 1] != '-')
			buf_add_char(&base, '-');
	}
	while (base.len > 0 && base.ptr[base.len - 1] == '-')
		buf_cut(&base, base.len - 1);
	if (base.len == 0)
		buf_add_string(&base, "feed");
	const char *name = arena_string(arena, buf_str(&base));
	for (int i = 2; has_name(import, name); i++)
		name = arena_printf(arena, "%s-%d", base.ptr, i).ptr;
	buf_release(&base);
	return name;
}

static int
add_feed(struct import *import, const struct source_feed *feed, struct err *err)
{
	struct arena *arena = import->cli->arena;
	const char *url = arena_string(arena, feed->url);
	const char *title = arena_string(arena, feed->title);
	struct err why = ERR_NONE;
	struct source source = { 0 };

	if (source_from_spec(&source, arena, url, &why) < 0) {
		buf_addf(&import->refused, "%s\n", why.text);
		return 0;
	}
	if (has_spec(import, source.spec)) {
		import->known_count++;
		source_release(&source);
		return 0;
	}
	source.name = name_of(import, feed->title.len > 0 ? feed->title : str_from(source.title));
	if (title[0] != '\0' && settings_set(source.settings, "title", title, "OPML", err) < 0) {
		source_release(&source);
		return -1;
	}
	buf_add_string(&import->sections, import->sections.len > 0 ? "\n" : "");
	config_write_section(&import->sections, CONFIG_SOURCE, source.name, source.settings);
	source_release(&source);
	import->sources =
	    arena_grow(arena, import->sources, &import->source_count, sizeof(import->sources[0]));
	import->sources[import->source_count - 1] = source;
	import->added_count++;
	return 0;
}

/* A file without any source has the built-in ones, which it would lose with its first. */
static void
keep_builtin(struct import *import)
{
	bool has_own = false;

	for (size_t i = 0; i < import->source_count; i++)
		has_own =
		    has_own || !config_is_built_in(CONFIG_SOURCE, import->sources[i].settings);
	if (has_own)
		return;
	for (size_t i = 0; i < import->source_count; i++)
		config_write_section(&import->sections, CONFIG_SOURCE, import->sources[i].name,
		    import->sources[i].settings);
}

static int
read_opml(
    struct cli *cli, const char *path, struct source_feed **feeds, size_t *count, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf text = BUF_INIT(OPML_BYTES);
	char chunk[1 << 14];
	ssize_t len;
	int status = 0;

	if (fd < 0)
		return err_set_errno(err, EX_NOINPUT, errno, "cannot open '%s'", name);
	/* A pipe cannot be read twice, as a document in an encoding of its own may have to be. */
	while ((len = TEMP_FAILURE_RETRY(read(fd, chunk, sizeof(chunk)))) > 0)
		buf_add(&text, (struct str){ chunk, (size_t)len });
	if (len < 0)
		status = err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", name);
	else if (buf_has_failed(&text))
		status = err_set(err, EX_DATAERR, "over %d MiB", OPML_BYTES >> 20);
	close(fd);
	if (status == 0) {
		struct input *bytes = input_of_bytes(buf_str(&text));
		status = source_read_opml(bytes, cli->arena, feeds, count, err);
		input_close(bytes);
	}
	/* The feeds' text lives in the arena. */
	buf_release(&text);
	return status < 0 ? err_prefix(err, "'%s'", name) : 0;
}

static int
save(struct import *import, struct err *err)
{
	struct cli *cli = import->cli;
	struct buf path = BUF_INIT(BUF_LIMIT);
	bool is_new = config_path(cli->config)[0] == '\0';
	int status = 0;

	buf_add_string(&path, config_path(cli->config));
	if (is_new)
		status = cli_new_config_path(cli, &path, err);
	if (status == 0)
		status = is_new ? cli_write_config(path.ptr, buf_str(&import->sections), err)
		                : cli_extend_config(path.ptr, buf_str(&import->sections), err);
	if (status == 0)
		fprintf(stderr, "%zu feeds added to %s; %zu were known already\n",
		    import->added_count, path.ptr, import->known_count);
	buf_release(&path);
	return status;
}

static int
import_feeds(struct cli *cli, const char *path, struct err *err)
{
	struct import import = {
		.cli = cli,
		.sections = BUF_INIT(BUF_LIMIT),
		.refused = BUF_INIT(BUF_LIMIT),
	};
	struct source_feed *feeds;
	size_t count;
	int status = -1;

	if (load(cli, &import.sources, &import.source_count, err) < 0 ||
	    read_opml(cli, path, &feeds, &count, err) < 0)
		goto out;
	keep_builtin(&import);
	status = 0;
	for (size_t i = 0; i < count && status == 0; i++)
		status = add_feed(&import, &feeds[i], err);
	fputs(import.refused.ptr, stderr);
	if (import.refused.len > 0)
		cli->exit_code = err_worse_code(cli->exit_code, EX_DATAERR);
	if (status == 0 && import.added_count == 0)
		fprintf(
		    stderr, "nothing added: %zu feeds were known already\n", import.known_count);
	else if (status == 0)
		status = save(&import, err);
out:
	buf_release(&import.sections);
	buf_release(&import.refused);
	return status;
}

int
command_sources(struct cli *cli, struct err *err)
{
	const char *verb = cli_operand(cli, 0);
	bool is_import = strcmp(verb, "import") == 0;

	if (cli_check_operands(cli, is_import ? 2 : 0, is_import ? 2 : 1, err) < 0)
		return -1;
	if (is_import)
		return import_feeds(cli, cli_operand(cli, 1), err);
	if (strcmp(verb, "export") == 0)
		return export_feeds(cli, err);
	if (verb[0] == '\0' || strcmp(verb, "list") == 0)
		return show(cli, err);
	return err_set(err, EX_USAGE, "sources: '%s' is none of list, import and export", verb);
}
