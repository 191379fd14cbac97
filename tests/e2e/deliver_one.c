/*
 * Sends messages by a transport and prints what came of each, for tests of deliver against real
 * peers:
 *
 *     deliver_one URL FROM TO[,TO...] [KEY=VALUE...] <MESSAGE
 *
 * KEY is a setting of the section smtp; ca_file is given to the network too. Each recipient has a
 * line,
 *
 *     OUTCOME CODE PHASE REPLY      accepted deferred failed doubt, as it was settled
 *     stopped CODE ERROR            what ended the run before that; CODE is the exit status
 *
 * with the journal's calls before it when JOURNAL=1 is in the environment. A session that is over
 * is opened again. Exit status 0 when all was settled. With BENCH=N the recipients are sent to N
 * times.
 */
#include "digest/buf.h"
#include "digest/clock.h"
#include "digest/deliver.h"
#include "digest/net.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const outcome_names[] = { "accepted", "deferred", "failed", "doubt" };

static void
tell(const char *event, int64_t delivery)
{
	if (getenv("JOURNAL") != NULL)
		printf("%s %lld\n", event, (long long)delivery);
}

static int
journal_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	(void)journal;
	(void)err;
	for (size_t i = 0; i < count; i++)
		tell("dot", deliveries[i]);
	return 0;
}

static int
journal_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	(void)journal;
	(void)receipt;
	(void)err;
	tell("settle", delivery);
	return 0;
}

/* Standard input with CRLF line ends. */
static void
read_message(struct buf *out)
{
	struct buf input = BUF_INIT(BUF_LIMIT);
	char bytes[65536];
	struct str rest, line;
	size_t count;

	while ((count = fread(bytes, 1, sizeof(bytes), stdin)) > 0)
		buf_add_bytes(&input, bytes, count);
	rest = buf_str(&input);
	while (str_next_line(&rest, &line)) {
		buf_add(out, line);
		buf_add_string(out, "\r\n");
	}
	buf_release(&input);
}

static int
stop(const struct err *err)
{
	printf("stopped %d %s\n", err->code, err->text);
	return err->code;
}

struct job {
	const char *url;
	const struct settings *settings;
	struct net *net;
	struct deliver_session *session;
	struct message message;
};

/* Sends to one recipient; an exit status. */
static int
send_one(struct job *job)
{
	struct journal journal = { .dot = journal_dot, .settle = journal_settle };
	struct err err = ERR_NONE;
	struct receipt receipt;
	char id[64];

	if (job->session != NULL && !deliver_is_open(job->session)) {
		deliver_close(job->session);
		job->session = NULL;
	}
	if (job->session == NULL &&
	    deliver_open(&job->session, job->url, job->settings, job->net, &err) < 0)
		return stop(&err);
	job->message.delivery++;
	snprintf(id, sizeof(id), "%lld.test@example.org", (long long)job->message.delivery);
	job->message.id = id;
	if (deliver_send(job->session, &job->message, &journal, &receipt, &err) < 0)
		return stop(&err);
	if (getenv("BENCH") == NULL)
		printf("%s %d %s %s\n", outcome_names[receipt.outcome], receipt.code, receipt.phase,
		    receipt.reply);
	return receipt.outcome == RECEIPT_ACCEPTED || getenv("BENCH") == NULL ? 0 : EX_TEMPFAIL;
}

static int
send_all(struct job *job, char *recipients)
{
	int64_t rounds = 1;
	int status = 0;

	if (getenv("BENCH") != NULL &&
	    str_to_int(str_from(getenv("BENCH")), 1, INT32_MAX, &rounds) < 0)
		return EX_USAGE;
	int64_t start_ms = clock_monotonic_ms();
	for (int64_t round = 0; round < rounds && status == 0; round++) {
		for (char *to = recipients; to != NULL && status == 0;) {
			char *comma = strchr(to, ',');
			if (comma != NULL)
				*comma = '\0';
			job->message.recipient = to;
			status = send_one(job);
			if (comma != NULL)
				*comma = ',';
			to = comma != NULL ? comma + 1 : NULL;
		}
	}
	deliver_close(job->session);
	int64_t took_ms = clock_monotonic_ms() - start_ms;
	if (getenv("BENCH") != NULL)
		printf("%lld messages in %lld ms\n", (long long)job->message.delivery,
		    (long long)took_ms);
	return status;
}

static int
set_all(struct settings *settings, char *const *assignments, struct err *err)
{
	for (; *assignments != NULL; assignments++) {
		char *equals = strchr(*assignments, '=');
		if (equals == NULL)
			return err_set(err, EX_USAGE, "'%s' is no KEY=VALUE", *assignments);
		*equals = '\0';
		if (settings_set(settings, *assignments, equals + 1, "command line", err) < 0)
			return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct settings *settings = settings_new(deliver_settings());
	struct net_options net_options = { .user_agent = "test" };
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct job job = { .settings = settings };
	int status = EX_USAGE;

	if (argc < 4) {
		fprintf(stderr, "usage: deliver_one URL FROM TO[,TO...] [KEY=VALUE...] <MESSAGE\n");
		goto out;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	signal(SIGPIPE, SIG_IGN);
	if (set_all(settings, argv + 4, &err) < 0)
		goto stopped;
	if (settings_is_set(settings, "ca_file"))
		net_options.ca_file = settings_string(settings, "ca_file");
	if (net_open(&job.net, &net_options, &err) < 0)
		goto stopped;
	read_message(&message);
	job.url = argv[1];
	job.message.sender = argv[2];
	job.message.bytes = buf_str(&message);
	status = send_all(&job, argv[3]);
	goto out;
stopped:
	status = stop(&err);
out:
	net_close(job.net);
	buf_release(&message);
	settings_free(settings);
	return status;
}
