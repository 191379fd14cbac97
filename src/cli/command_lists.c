/*
 * digest lists: the configured ones, and when each is due next.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/calendar.h"
#include "digest/clock.h"
#include "digest/pick.h"
#include "digest/zone.h"

static int
add_list(struct buf *out, const char *name, const struct settings *settings, struct err *err)
{
	const char *text = settings_string(settings, "schedule");
	const char *zone = settings_string(settings, "timezone");
	struct calendar_schedule schedule;
	char day[DATE_DAY_BYTES];

	buf_addf(out, "%-16s %s\n", name, settings_string(settings, "title"));
	if (text[0] == '\0') {
		buf_add_string(out, "                 due once a day\n");
		return 0;
	}
	if (calendar_parse_schedule(&schedule, str_from(text), err) < 0)
		return err_prefix(err, "%s", settings_origin(settings, "schedule"));
	int64_t due = calendar_next_due(&schedule, zone, clock_now());
	if (due == DATE_NO_INSTANT) {
		buf_addf(out, "                 '%s' does not come due within a year\n", text);
		return 0;
	}
	struct zone_time local = zone_at(zone, due);
	buf_addf(out, "                 next due %s %s at %02d:%02d (%s)\n",
	    date_weekday_name(local.day), date_format_day(day, local.day), local.second / 3600,
	    local.second / 60 % 60, text);
	return 0;
}

int
command_lists(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct settings *settings;
	const char *name, *help;
	int status = 0;

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	for (size_t i = 0; (name = config_title(cli->config, CONFIG_LIST, i, &settings)) != NULL;
	     i++) {
		status = add_list(&text, name, settings, err);
		if (status < 0)
			break;
	}
	buf_add_string(&text, "\nrankings\n");
	for (size_t i = 0; (name = pick_ranking_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	if (status == 0)
		status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}
