/*
 * Check a reader: whether the list's issue could be made with settings that one reader has.
 */
#include "day.h"

static int
check_rules(struct day *day, const struct settings *settings, const char *address, struct err *err)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	struct day_rules rules;
	int status = day_plan_rules(day, &rules, settings, day->arena, err);

	day_release_rules(&rules);
	if (status < 0)
		return -1;
	if (render_check_template(settings_string(settings, "template"),
	        settings_string(digest, "templates"), err) == 0)
		return 0;
	return err_prefix(err, "subscriber '%s'", address);
}

int
run_check_reader(const struct run_request *request, const char *list, const char *address,
    struct str own, struct err *err)
{
	const struct settings *settings = config_find(request->config, CONFIG_LIST, list);
	struct run_result result = RUN_RESULT_INIT;
	struct day day = { .access = DB_OVERLAY };
	struct settings *mine = NULL;

	day_start(&day, request, &result);
	int status = day_reader_settings(&mine, settings, address, own, err);
	if (status == 0)
		status = check_rules(&day, mine, address, err);
	settings_free(mine);
	day_release(&day);
	run_result_release(&result);
	return status;
}
