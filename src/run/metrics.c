/*
 * The file of metrics, in Prometheus' text exposition format 0.0.4, for its textfile collector.
 * What the numbers mean is in their HELP; of the ledger only what is not final is counted, so that
 * the work does not grow with what was ever sent.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct page {
	struct day *day;
	struct buf out;
	struct buf verdicts, successes; /* of metrics that are written side by side */
	struct err *err;
};

static void
begin(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# HELP digest_%s %s\n# TYPE digest_%s gauge\n", name, help, name);
}

/* The value of a label. */
static void
add_value(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\n')
			buf_add_string(out, "\\n");
		else if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buf_addf(out, "\\%c", text.ptr[i]);
		else
			buf_add_char(out, text.ptr[i]);
	}
}

/* A metric's name and its labels up to where the next label or the end of them stands. */
static void
begin_sample(struct buf *out, const char *name, const char *first, struct str a, const char *second,
    struct str b)
{
	buf_addf(out, "digest_%s{%s=\"", name, first);
	add_value(out, a);
	if (second != NULL) {
		buf_addf(out, "\",%s=\"", second);
		add_value(out, b);
	}
	buf_add_char(out, '"');
}

static void
end_sample(struct buf *out, int64_t value)
{
	buf_addf(out, "} %lld\n", (long long)value);
}

/* ---- sources ---- */

static int
visit_source(
    void *context, int64_t id, struct str name, struct str spec, const struct source_state *state)
{
	struct page *page = context;

	(void)id;
	/* Nobody asks what was imported for anything. */
	if (str_starts(spec, "import:"))
		return 0;
	begin_sample(&page->out, "source_failures", "source", name, "spec", spec);
	end_sample(&page->out, state->failures);
	begin_sample(&page->verdicts, "source_verdict", "source", name, "spec", spec);
	buf_addf(&page->verdicts, ",verdict=\"%s\"", source_verdict_name(state->verdict));
	end_sample(&page->verdicts, 1);
	if (state->last_success == DATE_NO_INSTANT)
		return 0;
	begin_sample(&page->successes, "source_last_success_timestamp_seconds", "source", name,
	    "spec", spec);
	end_sample(&page->successes, state->last_success);
	return 0;
}

static int
add_sources(struct page *page)
{
	begin(&page->out, "source_failures", "Runs in a row that could not read the source.");
	begin(&page->verdicts, "source_verdict", "What the source's last answer amounted to.");
	begin(&page->successes, "source_last_success_timestamp_seconds",
	    "When the source was last read well.");
	if (store_each_source(page->day->store, visit_source, page, page->err) < 0)
		return -1;
	buf_add(&page->out, buf_str(&page->verdicts));
	buf_add(&page->out, buf_str(&page->successes));
	return 0;
}

static int
add_health(struct page *page)
{
	static const char name[] = "trouble_since_timestamp_seconds";
	struct store_health *items = NULL;
	size_t count = 0;

	if (store_healths(page->day->store, page->day->arena, &items, &count, page->err) < 0)
		return -1;
	begin(&page->out, name, "Since when a source or a mail server fails.");
	for (size_t i = 0; i < count; i++) {
		if (items[i].ended_at != DATE_NO_INSTANT)
			continue;
		begin_sample(&page->out, name, "kind",
		    items[i].kind == STORE_HEALTH_SOURCE ? STR("source") : STR("mail"), "subject",
		    items[i].subject);
		end_sample(&page->out, items[i].since);
	}
	return 0;
}

/* ---- lists ---- */

static int
add_last_issues(struct page *page)
{
	static const char name[] = "list_last_issue_timestamp_seconds";
	const struct config *config = page->day->request->config;
	struct settings *settings;
	const char *list;

	begin(&page->out, name, "When the list's last issue was made.");
	for (size_t i = 0; (list = config_title(config, CONFIG_LIST, i, &settings)) != NULL; i++) {
		struct store_issue *issues = NULL;
		size_t count = 0;
		if (store_issues(page->day->store, list, 1, page->day->arena, &issues, &count,
		        page->err) < 0)
			return -1;
		if (count == 0)
			continue;
		begin_sample(&page->out, name, "list", str_from(list), NULL, STR(""));
		end_sample(&page->out, issues[0].frozen_at);
	}
	return 0;
}

/* A list without a schedule has no hour. */
static int
add_next_dues(struct page *page)
{
	static const char name[] = "list_next_due_timestamp_seconds";
	const struct config *config = page->day->request->config;
	struct settings *settings;
	const char *list;

	begin(&page->out, name, "When the list comes due by its schedule.");
	for (size_t i = 0; (list = config_title(config, CONFIG_LIST, i, &settings)) != NULL; i++) {
		struct str text = str_from(settings_string(settings, "schedule"));
		struct calendar_schedule schedule;
		if (text.len == 0)
			continue;
		if (calendar_parse_schedule(&schedule, text, page->err) < 0)
			return err_prefix(page->err, "%s", settings_origin(settings, "schedule"));
		int64_t due = calendar_next_due(
		    &schedule, settings_string(settings, "timezone"), page->day->now);
		if (due == DATE_NO_INSTANT)
			continue;
		begin_sample(&page->out, name, "list", str_from(list), NULL, STR(""));
		end_sample(&page->out, due);
	}
	return 0;
}

/* ---- deliveries ---- */

static int
add_ledger(struct page *page)
{
	static const enum ledger_state open[] = { LEDGER_QUEUED, LEDGER_ATTEMPT, LEDGER_DOT,
		LEDGER_DEFERRED, LEDGER_DOUBT };
	static const char oldest[] = "deliveries_oldest_timestamp_seconds";
	enum { OPEN_COUNT = sizeof(open) / sizeof(open[0]) };
	struct ledger_scope everything = { .address = "" };
	struct ledger_counts counts;

	if (ledger_count(page->day->ledger, &everything, true, &counts, page->err) < 0)
		return -1;
	begin(&page->out, "deliveries", "Deliveries that are not final, by state.");
	for (size_t i = 0; i < OPEN_COUNT; i++) {
		begin_sample(&page->out, "deliveries", "state",
		    str_from(ledger_state_name(open[i])), NULL, STR(""));
		end_sample(&page->out, (int64_t)counts.count[open[i]]);
	}
	begin(&page->out, oldest, "When the oldest delivery of a state was queued.");
	for (size_t i = 0; i < OPEN_COUNT; i++) {
		if (counts.count[open[i]] == 0)
			continue;
		begin_sample(&page->out, oldest, "state", str_from(ledger_state_name(open[i])),
		    NULL, STR(""));
		end_sample(&page->out, counts.oldest[open[i]]);
	}
	return 0;
}

/* ---- the run and the file ---- */

static void
add_run(struct page *page, int exit_code)
{
	int64_t took_ms = clock_monotonic_ms() - page->day->start_ms;
	struct buf *out = &page->out;

	begin(out, "run_timestamp_seconds", "When the last run that writes began.");
	buf_addf(out, "digest_run_timestamp_seconds %lld\n", (long long)page->day->now);
	begin(out, "run_duration_seconds", "How long it took.");
	buf_addf(out, "digest_run_duration_seconds %lld.%03d\n", (long long)(took_ms / 1000),
	    (int)(took_ms % 1000));
	begin(out, "run_exit_code", "What it ended with (sysexits).");
	buf_addf(out, "digest_run_exit_code %d\n", exit_code);
	begin(out, "build_info", "The version that ran.");
	buf_addf(out, "digest_build_info{version=\"" DIGEST_VERSION "\"} 1\n");
}

/* Readers see the old page or the new one. The program's files are private: this one is not. */
static int
write_page(const char *path, struct str text, struct err *err)
{
	struct buf draft = BUF_INIT(BUF_LIMIT);

	buf_addf(&draft, "%s.new", path);
	int fd = open(draft.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool is_good = file != NULL && fchmod(fd, 0644) == 0 &&
	    fwrite(text.ptr, 1, text.len, file) == text.len;
	int status = 0, number = errno;
	if (file != NULL && fclose(file) != 0 && is_good) {
		is_good = false;
		number = errno;
	}
	if (is_good && rename(draft.ptr, path) < 0) {
		is_good = false;
		number = errno;
	}
	if (!is_good) {
		unlink(draft.ptr);
		status = err_set_errno(err, EX_CANTCREAT, number, "cannot write '%s'", path);
	}
	buf_release(&draft);
	return status;
}

void
day_write_metrics(struct day *day, const struct err *ending)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	const char *path = settings_string(digest, "metrics_file");
	struct err err = ERR_NONE;
	struct page page = {
		.day = day,
		.out = BUF_INIT(BUF_LIMIT),
		.verdicts = BUF_INIT(BUF_LIMIT),
		.successes = BUF_INIT(BUF_LIMIT),
		.err = &err,
	};

	if (path[0] == '\0' || day->access != DB_WRITE || day->ledger == NULL)
		return;
	db_rollback(store_db(day->store));
	int status = add_sources(&page);
	if (status == 0)
		status = add_health(&page);
	if (status == 0)
		status = add_last_issues(&page);
	if (status == 0)
		status = add_next_dues(&page);
	if (status == 0)
		status = add_ledger(&page);
	if (status == 0) {
		add_run(&page, err_worse_code(day->result->exit_code, ending->code));
		status = write_page(path, buf_str(&page.out), &err);
	}
	if (status < 0) {
		err_prefix(&err, "metrics");
		day_trouble(day, &err);
	}
	buf_release(&page.out);
	buf_release(&page.verdicts);
	buf_release(&page.successes);
}
