/*
 * Check: everything a run would stumble over that can be known without sending, one line each.
 */
#include "day.h"

#include "digest/calendar.h"

static void
tell(struct buf *out, int *worst, const char *what, const struct err *err)
{
	if (!err_is_set(err)) {
		buf_addf(out, "ok    %s\n", what);
		return;
	}
	buf_addf(out, "BAD   %s: %s\n", what, err->text);
	*worst = err_worse_code(*worst, err->code);
}

static void
check_list(struct day *day, const struct day_list *list, struct buf *out, int *worst)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	const char *schedule = settings_string(list->rules.settings, "schedule");
	struct calendar_schedule parsed;
	struct err err = ERR_NONE;
	struct str what;

	if (schedule[0] != '\0')
		calendar_parse_schedule(&parsed, str_from(schedule), &err);
	what = arena_printf(day->arena, "list '%s': schedule '%s'", list->name,
	    schedule[0] != '\0' ? schedule : "once a day");
	tell(out, worst, what.ptr, &err);

	err_clear(&err);
	render_check_template(settings_string(list->rules.settings, "template"),
	    settings_string(digest, "templates"), &err);
	what = arena_printf(day->arena, "list '%s': template '%s'", list->name,
	    settings_string(list->rules.settings, "template"));
	tell(out, worst, what.ptr, &err);

	if (settings_bool(list->rules.settings, "together") &&
	    settings_bool(config_settings(day->request->config, CONFIG_SMTP), "verp"))
		buf_addf(out,
		    "note  list '%s': 'together' does nothing while 'verp' is on: each delivery "
		    "has a return address of its own\n",
		    list->name);
}

/* Whether the record stands in DNS is not looked up: a check asks nobody. */
static void
check_signer(struct day *day, struct buf *out, int *worst)
{
	struct buf what = BUF_INIT(BUF_LIMIT), record = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	buf_add_string(&what, "DKIM");
	if (day_signer(day, &err) == 0 && dkim_add_record(day->dkim, &record, &err) == 0) {
		buf_add_string(&what, ": ");
		dkim_describe(day->dkim, &what);
		buf_add_string(&what, "; the record to publish in DNS:");
	}
	tell(out, worst, what.ptr, &err);
	if (!err_is_set(&err))
		buf_addf(out, "      %s", record.ptr);
	buf_release(&what);
	buf_release(&record);
}

static void
check_mailer(struct day *day, struct buf *out, int *worst)
{
	struct err err = ERR_NONE;
	struct str what;

	int status = run_transport(day->request, &day->transport, &err);
	what = arena_printf(
	    day->arena, "transport%s%s", status == 0 ? " " : "", status == 0 ? day->transport : "");
	tell(out, worst, what.ptr, &err);
	err_clear(&err);
	status = run_sender(
	    day->request, day->transport, day->arena, &day->from_name, &day->from_address, &err);
	what = arena_printf(
	    day->arena, "sender%s%s", status == 0 ? " " : "", status == 0 ? day->from_address : "");
	tell(out, worst, what.ptr, &err);
	if (status == 0 && day_signs(day))
		check_signer(day, out, worst);
}

static void
check_store(struct day *day, struct buf *out, int *worst)
{
	struct err err = ERR_NONE;
	struct str what = arena_printf(day->arena, "store %s", day->request->store_path);

	if (store_open(&day->store, day->request->store_path, DB_OVERLAY, &err) == 0)
		db_check(store_db(day->store), &err);
	tell(out, worst, what.ptr, &err);
}

/* Whoever only uses --send-to has no other readers, and misses none. */
static int
has_named(struct day *day, int64_t list, bool *result, struct err *err)
{
	struct store_recipient *recipients;
	size_t count;

	if (store_recipients(day->store, list, day->arena, &recipients, &count, err) < 0)
		return -1;
	*result = false;
	for (size_t i = 0; i < count; i++)
		*result = *result || str_is(recipients[i].origin, "named");
	return 0;
}

/* Cron would hear nothing of a configured list that nobody reads: such a run is well. */
static int
check_readers(struct day *day, const struct day_list *list, struct buf *out, struct err *err)
{
	const struct settings *settings = list->rules.settings;
	struct store_recipient *own;
	size_t own_count = 0;
	bool has_plain = false, has_others = false;
	int64_t id;

	if (settings_count(settings, "subscribers") > 0 ||
	    config_is_built_in(CONFIG_LIST, settings))
		return 0;
	if (store_list(day->store, list->name, &id, err) < 0 ||
	    store_has_plain_recipients(day->store, id, &has_plain, err) < 0 ||
	    store_own_readers(day->store, id, day->arena, &own, &own_count, err) < 0 ||
	    has_named(day, id, &has_others, err) < 0)
		return -1;
	if (!has_plain && own_count == 0 && !has_others)
		buf_addf(out,
		    "note  list '%s' has no active reader, so 'digest run' sends nothing; 'digest "
		    "subscribers add ADDRESS --list %s' adds one\n",
		    list->name, list->name);
	return 0;
}

int
run_check(const struct run_request *request, struct buf *out)
{
	struct run_result result = RUN_RESULT_INIT;
	struct day day = { .access = DB_OVERLAY };
	struct err err = ERR_NONE;
	const char *path = config_path(request->config);
	int worst = 0;

	day_start(&day, request, &result);
	buf_addf(out, "ok    configuration %s\n", path[0] != '\0' ? path : "built in (no file)");
	stage_plan(&day, &err);
	tell(out, &worst, "sources, lists and filters", &err);
	for (size_t i = 0; i < day.list_count; i++)
		check_list(&day, &day.lists[i], out, &worst);
	check_mailer(&day, out, &worst);
	check_store(&day, out, &worst);
	err_clear(&err);
	for (size_t i = 0; day.store != NULL && i < day.list_count; i++) {
		if (check_readers(&day, &day.lists[i], out, &err) < 0)
			tell(out, &worst, "readers", &err);
	}
	day_release(&day);
	run_result_release(&result);
	return worst;
}
