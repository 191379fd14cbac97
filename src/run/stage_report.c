/*
 * Print and report: what a run gives back to whoever started it. Writes into the result; the
 * command line puts it where it belongs.
 */
#include "day.h"

#include "digest/export.h"

/* Where many readers have a selection of their own, so many of their issues are told of. */
enum { TOLD_MOST = 20 };

/* ---- what was sent ---- */

/* "14 papers", or what an issue without any says. */
static const char *
papers_or_note(struct day *day, size_t count)
{
	return count > 0 ? day_papers(day, count) : "word that nothing is new";
}

static int
report_sent(struct day *day, const struct day_sent *sent, struct err *err)
{
	struct store_issue issue;

	if (store_issue(day->store, sent->issue, day->arena, &issue, err) < 0)
		return -1;
	buf_addf(&day->result->said, "sent %s to ",
	    papers_or_note(day, issue.new_count + issue.updated_count));
	if (sent->count == 1)
		buf_add_string(&day->result->said, sent->address);
	else
		buf_addf(&day->result->said, "%zu recipients of '%.*s'", sent->count,
		    STR_ARG(issue.list));
	buf_add_char(&day->result->said, '\n');
	return 0;
}

/* Who got nothing, and why that is right. */
static void
report_edition(const struct day_edition *edition, struct buf *said)
{
	const char *list = edition->list->name;
	char date[DATE_DAY_BYTES];

	if (edition->is_given_up)
		return;
	if (edition->is_made)
		buf_addf(said,
		    "the issue of '%s' for %s is made already; "
		    "what came later will be in the next\n",
		    list, date_format_day(date, edition->date));
	else if (edition->recipient_count == 0)
		buf_addf(said,
		    "list '%s' has no recipients, so nothing is sent; add one with 'digest "
		    "subscribers add ADDRESS'\n",
		    list);
	else if (edition->picked_count == 0 && !edition->is_note)
		buf_addf(said, "nothing new in '%s'%s%s%s%s\n", list,
		    edition->address[0] != '\0' ? " for " : "", edition->address,
		    edition->is_catch_up ? " on " : "",
		    edition->is_catch_up ? date_format_day(date, edition->date) : "");
}

/* What was not final when the deliveries ended; what stopped them is told already. */
static void
tell_waiting(struct day *day, size_t count)
{
	const char *deliveries = count == 1 ? "delivery was" : "deliveries were";
	struct err trouble = ERR_NONE;

	if (count == 0 || day->is_mail_stopped)
		return;
	if (day->result->is_interrupted)
		err_set(&trouble, EX_TEMPFAIL,
		    "deliver: %zu %s left by a signal; the next run goes on", count, deliveries);
	else
		err_set(&trouble, EX_TEMPFAIL,
		    "deliver: %zu %s put off by the server; "
		    "the next run tries again ('digest status' tells)",
		    count, deliveries);
	day_trouble(day, &trouble);
}

/* What was in doubt before this run and is held, so that somebody looks. */
static void
tell_held(struct day *day, size_t count)
{
	struct err trouble = ERR_NONE;

	if (count == 0 || day->is_mail_stopped || day->result->is_interrupted)
		return;
	err_set(&trouble, EX_TEMPFAIL,
	    "deliver: %zu %s in doubt and held; 'digest issues resend' sends such an issue again",
	    count, count == 1 ? "delivery is" : "deliveries are");
	day_trouble(day, &trouble);
}

/* What still waits makes the exit code say "try again". */
static int
report_waiting(struct day *day, struct err *err)
{
	size_t waiting = 0, doubt = 0;

	for (size_t i = 0; i < day->scope_count; i++) {
		struct ledger_counts counts;
		if (ledger_count(day->ledger, &day->scopes[i], true, &counts, err) < 0)
			return -1;
		waiting += counts.count[LEDGER_QUEUED] + counts.count[LEDGER_DEFERRED] +
		    counts.count[LEDGER_ATTEMPT];
		doubt += counts.count[LEDGER_DOUBT];
	}
	tell_waiting(day, waiting);
	tell_held(day, doubt > day->doubt_count ? doubt - day->doubt_count : 0);
	if (waiting + doubt > 0)
		day->result->exit_code = err_worse_code(day->result->exit_code, EX_TEMPFAIL);
	return 0;
}

int
stage_report(struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->sent_count && i < TOLD_MOST; i++) {
		if (report_sent(day, &day->sent[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < day->edition_count && i < TOLD_MOST; i++)
		report_edition(&day->editions[i], &day->result->said);
	if (day->sent_count > TOLD_MOST)
		buf_addf(&day->result->said, "and %zu more issues\n", day->sent_count - TOLD_MOST);
	return report_waiting(day, err);
}

/* ---- what would be sent ---- */

/* The first of those who would get it, and how many there are more. */
static void
foresee_recipients(struct day *day, const struct day_edition *edition)
{
	enum { SHOWN_MOST = 5 };
	struct buf *data = &day->result->data;
	size_t count = edition->recipient_count;

	buf_addf(data, "would send %s to ", papers_or_note(day, edition->picked_count));
	if (count == 1)
		buf_add(data, edition->recipients[0].address);
	else
		buf_addf(data, "%zu recipients of '%s'", count, edition->list->name);
	buf_addf(data, " by %s\n", day->transport);
	for (size_t i = 0; count > 1 && i < count && i < SHOWN_MOST; i++)
		buf_addf(data, "  %.*s\n", STR_ARG(edition->recipients[i].address));
	if (count > SHOWN_MOST)
		buf_addf(data, "  and %zu more\n", count - SHOWN_MOST);
}

/* In whose name it would go, and with what receivers look for. */
static void
foresee_envelope(struct day *day, const struct day_edition *edition)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	struct buf *data = &day->result->data;
	bool has_page = settings_string(edition->rules->settings, "unsubscribe_url")[0] != '\0';
	bool has_one_click = has_page && edition->has_kind[MESSAGE_TO_PERSON];

	buf_addf(data, "  envelope sender %s; DKIM ", day->from_address);
	if (day->dkim != NULL)
		dkim_describe(day->dkim, data);
	else
		buf_add_string(data, "off");
	buf_addf(data, "; one-click unsubscribing %s; VERP %s\n", has_one_click ? "on" : "off",
	    settings_bool(smtp, "verp") ? "on" : "off");
}

/* Who gets one message together with others, where the list wants that; or why nobody does. */
static void
foresee_together(struct day *day, const struct day_edition *edition)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	struct buf *data = &day->result->data;
	size_t count = 0;

	if (!day_goes_together(edition, MESSAGE_TO_LIST))
		return;
	for (size_t i = 0; i < edition->recipient_count; i++)
		count += edition->recipients[i].kind == MESSAGE_TO_LIST;
	if (settings_bool(smtp, "verp"))
		buf_add_string(
		    data, "  each by itself: VERP gives it a return address of its own\n");
	else if (!deliver_is_remote(day->transport))
		buf_add_string(data, "  each by itself: this transport takes one at a time\n");
	else
		buf_addf(data, "  %zu of kind list together, at most %d at a time\n", count,
		    MESSAGE_TOGETHER_MOST);
}

int
stage_foresee(struct day *day, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < day->edition_count; i++) {
		const struct day_edition *edition = &day->editions[i];
		if (edition->issue_id == 0) {
			report_edition(edition, &day->result->data);
			continue;
		}
		foresee_recipients(day, edition);
		foresee_envelope(day, edition);
		foresee_together(day, edition);
	}
	return 0;
}

/* ---- what the sources had ---- */

int
stage_tell_sources(struct day *day, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < day->source_count; i++) {
		const struct source_outcome *outcome = &day->outcomes[i];
		struct buf *data = &day->result->data;
		buf_addf(data, "%s: %s: %s read, %zu new", day->sources[i].name,
		    source_verdict_name(outcome->verdict), day_papers(day, outcome->entry_count),
		    outcome->new_count);
		if (outcome->skipped_count > 0)
			buf_addf(data, ", %zu left out", outcome->skipped_count);
		buf_add_char(data, '\n');
		for (size_t j = 0; j < outcome->skipped_kept; j++)
			buf_addf(data, "  %.*s\n", STR_ARG(outcome->skipped[j]));
	}
	return 0;
}

/* ---- a preview ---- */

/* The message as the recipient gets it, but with LF. */
static int
print_message(
    struct day *day, const struct day_edition *edition, enum message_kind kind, struct err *err)
{
	const struct str frozen = buf_str(&edition->message[kind]);
	const char *named = edition->address[0] != '\0' ? edition->address : "list@localhost";
	const char *to = day_path(day->arena, str_from(named));
	struct buf filled = BUF_INIT(BUF_LIMIT);
	struct str rest, line;

	int status = day_signer(day, err);
	if (status == 0)
		status = dkim_fill(day->dkim, &filled, frozen, to,
		    day_message_id(day, edition, kind, named, day->arena), "", err);
	rest = status == 0 ? buf_str(&filled) : STR("");
	while (str_next_line(&rest, &line)) {
		buf_add(&day->result->data, line);
		buf_add_char(&day->result->data, '\n');
	}
	buf_release(&filled);
	return status;
}

static int
print_text(
    struct day *day, const struct day_edition *edition, enum message_kind kind, struct err *err)
{
	const struct run_request *request = day->request;
	const struct settings *digest = config_settings(request->config, CONFIG_DIGEST);
	struct render_options options = {
		.template_name = settings_string(edition->rules->settings, "template"),
		.template_folder = settings_string(digest, "templates"),
		.kind = kind,
		.unsubscribe = "",
	};

	if (request->columns == 0) {
		buf_add(&day->result->data, buf_str(&edition->parts[kind].text));
		return 0;
	}
	return render_terminal(&edition->issue, &options, request->columns, request->has_colour,
	    &day->result->data, err);
}

static int
print_edition(struct day *day, const struct day_edition *edition, struct err *err)
{
	enum message_kind kind =
	    edition->parts[MESSAGE_TO_LIST].html.len > 0 ? MESSAGE_TO_LIST : MESSAGE_TO_PERSON;
	const struct render_parts *parts = &edition->parts[kind];

	int format = day->request->format;

	/* Programs get a whole file, also of nothing. */
	if (format >= RUN_EXPORT) {
		export_issue(export_format((size_t)(format - RUN_EXPORT)), &edition->issue,
		    str_from(edition->list->key), str_from(edition->address), &day->result->data);
		return 0;
	}
	if (format == RUN_JSON) {
		render_json(&edition->issue, buf_str(&parts->subject), &day->result->data);
		return 0;
	}
	if (edition->issue.item_count == 0 && !edition->is_note)
		return 0;
	switch (format) {
	case RUN_HTML: render_page(parts, &day->result->data); return 0;
	case RUN_EML: return print_message(day, edition, kind, err);
	default: return print_text(day, edition, kind, err);
	}
}

/* Why a look at what is listed shows nothing: that is for no reader, and nobody has had it. */
static void
report_look(struct day *day, const struct day_edition *edition)
{
	const struct run_request *request = day->request;
	int32_t asked = request->date != DATE_NO_DAY ? request->date : request->since;
	const char *on = request->date != DATE_NO_DAY ? " on " : " since ";
	size_t count = edition->candidates.count;
	struct buf *said = &day->result->said;
	char date[DATE_DAY_BYTES] = "";

	if (count > 0)
		buf_addf(said, "the rules of '%s' leave out all that is listed (%s)",
		    edition->list->name, day_papers(day, count));
	else
		buf_addf(said, "nothing is listed for '%s'", edition->list->name);
	if (asked != DATE_NO_DAY)
		buf_addf(said, "%s%s", on, date_format_day(date, asked));
	buf_add_char(said, '\n');
}

int
stage_print(struct day *day, struct err *err)
{
	bool is_look = day->scope == STORE_NEWEST || day->scope == STORE_DAYS_ALL;

	for (size_t i = 0; i < day->batch_count; i++) {
		const struct day_edition *edition = &day->batch[i];
		if (edition->is_given_up)
			continue;
		if (!edition->is_made && print_edition(day, edition, err) < 0)
			return -1;
		if (edition->issue.item_count == 0 && !edition->is_made && is_look)
			report_look(day, edition);
		else if (edition->is_made || edition->issue.item_count == 0)
			report_edition(edition, &day->result->said);
	}
	return 0;
}
