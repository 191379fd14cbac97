/*
 * Saved listings: a file, the files of a folder by name, or standard input. One file is one
 * listing.
 */
#include "provider.h"

#include "fetch.h"

#include <stdlib.h>
#include <string.h>

static const struct setting rows[] = {
	{ "path", SETTING_STRING, "", "a file, a folder, or - for standard input" },
	SETTING_END,
};

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	const char *path = settings_string(settings, "path");
	char *whole;

	if (path[0] == '\0')
		return err_set(err, EX_CONFIG, "%s: a file source needs a path",
		    settings_origin(settings, "path"));
	if (strcmp(path, "-") == 0) {
		buf_add_string(out, "-");
		return 0;
	}
	/* The same file has one name, from wherever it is asked for. */
	whole = realpath(path, NULL);
	buf_addf(out, "file:%s", whole != NULL ? whole : path);
	free(whole);
	return 0;
}

/* Asks for the next path; 0 after the last. */
static int
ask(struct provider_task *task)
{
	const char *path = task->scratch.paths[task->scratch.page];

	if (path == NULL)
		return 0;
	buf_reset(&task->request.url);
	buf_add_string(&task->request.url, path);
	task->request.hint = fetch_local_day(path);
	task->request.is_day_start = true;
	task->scratch.page++;
	return 1;
}

static int
start(struct provider_task *task, struct err *err)
{
	const char *path = settings_string(task->source->settings, "path");

	task->scratch.paths = fetch_local_list(task->arena, path, err);
	if (task->scratch.paths == NULL)
		return -1;
	if (task->scratch.paths[0] == NULL)
		return err_set(err, EX_DATAERR, "the folder '%s' has no files", path);
	return ask(task);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	/* One bad file does not keep the others from being read. */
	if (answer->is_unreadable)
		return ask(task);
	provider_judge(task, SOURCE_NOTHING_NEW);
	if (answer->newest_day != DATE_NO_DAY &&
	    (task->state.newest_day == DATE_NO_DAY || answer->newest_day > task->state.newest_day))
		task->state.newest_day = answer->newest_day;
	return ask(task);
}

static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	if (str_starts(spec, "file:"))
		spec = str_skip(spec, strlen("file:"));
	return provider_set(settings, "path", spec, err);
}

static const struct provider_spec specs[] = {
	{ "file:", "a file or folder", "", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_file = {
	.name = "file",
	.help = "saved listings: a file, a folder, or standard input",
	.settings = rows,
	.specs = specs,
	.is_local = true,
	.is_one_listing = true,
	.spec = spec,
	.start = start,
	.next = next,
};
