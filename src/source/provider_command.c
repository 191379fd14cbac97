/*
 * A program whose standard output is a listing in any format. It is named by the configuration
 * alone, and run as it stands there: no shell looks at its words, and PATH is searched for a name
 * without a slash.
 */
#include "provider.h"

#include <string.h>

static const struct setting rows[] = {
	{ "command", SETTING_STRINGS, "",
	    "a program that prints a listing, and its arguments: {/usr/bin/papers, --today}" },
	{ "timeout", SETTING_DURATION, "60s", "how long the program may take" },
	SETTING_END,
};

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	size_t count = settings_count(settings, "command");

	if (count == 0 || settings_string_at(settings, "command", 0)[0] == '\0')
		return err_set(err, EX_CONFIG, "a command source needs a command");
	if (settings_duration_s(settings, "timeout") == 0)
		return err_set(err, EX_CONFIG, "%s: no program is done in 0s",
		    settings_origin(settings, "timeout"));
	buf_add_string(out, "command:");
	for (size_t i = 0; i < count; i++) {
		const char *word = settings_string_at(settings, "command", i);
		bool is_plain = word[0] != '\0' && word[strcspn(word, " \t'")] == '\0';
		buf_addf(out, is_plain ? "%s%s" : "%s'%s'", i > 0 ? " " : "", word);
	}
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	const char *program = settings_string_at(settings, "command", 0);
	const char *slash = strrchr(program, '/');

	buf_add_string(out, slash != NULL && slash[1] != '\0' ? slash + 1 : program);
}

static int
start(struct provider_task *task, struct err *err)
{
	const struct settings *settings = task->source->settings;
	size_t count = settings_count(settings, "command");
	const char **words = arena_array(task->arena, count + 1, sizeof(words[0]));

	(void)err;
	for (size_t i = 0; i < count; i++)
		words[i] = settings_string_at(settings, "command", i);
	words[count] = NULL;
	task->request.program = words;
	task->request.timeout_ms = settings_duration_s(settings, "timeout") * 1000;
	task->request.is_day_start = true;
	return 1;
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	if (answer->is_unreadable)
		return -1;
	provider_judge(task, SOURCE_NOTHING_NEW);
	if (answer->newest_day != DATE_NO_DAY &&
	    (task->state.newest_day == DATE_NO_DAY || answer->newest_day > task->state.newest_day))
		task->state.newest_day = answer->newest_day;
	return 0;
}

static const struct provider_spec specs[] = {
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_command = {
	.name = "command",
	.help = "a program that prints a listing",
	.settings = rows,
	.specs = specs,
	.is_local = true,
	.is_program = true,
	.has_undated = true,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
};
