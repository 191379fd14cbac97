/*
 * The transport that gives messages to a sendmail program of this machine (Postfix, Exim,
 * OpenSMTPD, msmtp, nullmailer …): executed, never by a shell, one process per message. The end of
 * its input stands for the final dot: the last byte is held back until the journal knows.
 */
#include "transport.h"

#include "digest/child.h"
#include "digest/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define USUAL_PATH "/usr/sbin/sendmail"

/* One run of the program. */
struct sendmail {
	pid_t pid;
	int in, out; /* its input and its output, seen from us; -1 when closed */
	bool has_ended;
	int status; /* its wait status then */
	char said[RECEIPT_REPLY_BYTES];
};

static const char *
program(const struct deliver_target *target)
{
	return target->path[0] != '\0' ? target->path : USUAL_PATH;
}

static int
sendmail_check(
    const struct deliver_target *target, const struct settings *settings, struct err *err)
{
	const char *path = program(target);

	(void)settings;
	if (strchr(path, '/') != NULL && access(path, X_OK) < 0)
		return err_set_errno(err, EX_CONFIG, errno, "cannot run '%s'", path);
	return 0;
}

static void
close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

static int
start(struct sendmail *run, const struct deliver_target *target, const struct message *message,
    struct err *err)
{
	const char *sender = message->sender[0] != '\0' ? message->sender : "<>";
	const char *const argv[] = { program(target), "-i", "-f", sender, "--", message->recipient,
		NULL };
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	int status = -1;

	*run = (struct sendmail){ .in = -1, .out = -1 };
	if (child_pipe(in, err) == 0 && child_pipe(out, err) == 0) {
		const int fds[3] = { in[0], out[1], out[1] };
		status = child_start(&run->pid, argv, fds, err);
	}
	close_end(&in[0]);
	close_end(&out[1]);
	if (status < 0) {
		close_end(&in[1]);
		close_end(&out[0]);
		return -1;
	}
	run->in = in[1];
	run->out = out[0];
	fcntl(run->in, F_SETFL, O_NONBLOCK);
	fcntl(run->out, F_SETFL, O_NONBLOCK);
	return 0;
}

/* Takes what it says, and not for ever: some would talk as long as anybody listens. */
static void
listen_to(struct sendmail *run)
{
	enum { MOST_READS = 16 };
	char bytes[RECEIPT_REPLY_BYTES];

	for (int i = 0; i < MOST_READS && run->out >= 0; i++) {
		ssize_t count = read(run->out, bytes, sizeof(bytes));
		if (count > 0)
			journal_add_reply(run->said, (struct str){ bytes, (size_t)count });
		else if (count == 0 || (errno != EINTR && errno != EAGAIN))
			close_end(&run->out);
		else if (errno == EAGAIN)
			return;
	}
}

/* Writes it all: 0; -1 when the program reads no more, or not in time. */
static int
feed(struct sendmail *run, struct str bytes, int64_t deadline_ms)
{
	while (bytes.len > 0) {
		listen_to(run);
		ssize_t count = write(run->in, bytes.ptr, bytes.len);
		if (count < 0 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (count < 0 && child_poll(run->in, run->out, deadline_ms) < 0)
			return -1;
		bytes = str_skip(bytes, count > 0 ? (size_t)count : 0);
	}
	return 0;
}

/*
 * Waits for the end. The program may leave a process behind that keeps its output open, so the end
 * of the output is not waited for.
 */
static void
await(struct sendmail *run, int64_t deadline_ms)
{
	while (run->out >= 0 && !run->has_ended) {
		listen_to(run);
		if (run->out < 0)
			break;
		run->has_ended = child_wait(run->pid, 0, &run->status) == 0;
		if (!run->has_ended && child_poll(-1, run->out, deadline_ms) < 0)
			return;
	}
	if (!run->has_ended)
		run->has_ended = child_wait(run->pid, deadline_ms, &run->status) == 0;
	listen_to(run);
}

/*
 * Ends what has not ended. A program that did not get all is killed before its input is closed, so
 * it cannot take half a message for a whole one.
 */
static void
stop(struct sendmail *run)
{
	if (!run->has_ended)
		child_kill(run->pid);
	close_end(&run->in);
	close_end(&run->out);
}

/* What an exit status says about the message (sysexits.h). */
static enum receipt_outcome
outcome_of(int code)
{
	switch (code) {
	case EX_OK: return RECEIPT_ACCEPTED;
	case EX_DATAERR:
	case EX_NOUSER: return RECEIPT_FAILED;
	/*
	 * All else, EX_TEMPFAIL first, may be another thing tomorrow: a queue, a network, a file.
	 */
	default: return RECEIPT_DEFERRED;
	}
}

static void
judge(struct receipt *receipt, const struct sendmail *run, bool had_all)
{
	bool is_exit = run->has_ended && WIFEXITED(run->status);
	int code = is_exit ? WEXITSTATUS(run->status) : 0;
	enum receipt_outcome outcome = is_exit ? outcome_of(code) : RECEIPT_DOUBT;
	char text[64] = "";

	if (!had_all && outcome != RECEIPT_FAILED)
		outcome = RECEIPT_DEFERRED;
	if (!run->has_ended)
		snprintf(text, sizeof(text), "it did not end in time");
	else if (!is_exit)
		snprintf(text, sizeof(text), "it was ended by signal %d", WTERMSIG(run->status));
	else if (!had_all)
		snprintf(text, sizeof(text), "it did not read the message");
	else if (code != EX_OK)
		snprintf(text, sizeof(text), "exit status %d", code);
	journal_note(receipt, outcome, had_all ? "dot" : "write", code,
	    str_from(run->said[0] != '\0' ? run->said : text));
}

static int
hand_over(const struct deliver_session *session, struct sendmail *run, struct str text,
    const struct message *message, struct journal *journal, struct receipt *receipt,
    struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms() + 3 * session->timeout_ms;
	size_t len = text.len > 0 ? text.len - 1 : 0;
	int status = 0;

	bool had_all = feed(run, str_head(text, len), deadline_ms) == 0;
	if (had_all) {
		status = journal->dot(journal, &message->delivery, 1, err);
		if (status < 0)
			goto out;
		deadline_ms = clock_monotonic_ms() + session->dot_timeout_ms;
		had_all = feed(run, str_skip(text, len), deadline_ms) == 0;
		close_end(&run->in);
	}
	await(run, deadline_ms);
	judge(receipt, run, had_all);
out:
	stop(run);
	return status;
}

static int
sendmail_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct sendmail run;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "write" };
	deliver_add_lf(&text, message->bytes);
	int status = start(&run, &session->target, message, err);
	if (status == 0)
		status = hand_over(session, &run, buf_str(&text), message, journal, receipt, err);
	buf_release(&text);
	return status;
}

const struct deliver_transport deliver_transport_sendmail = {
	.name = "sendmail",
	.help = "sendmail:[PATH] runs this machine's sendmail program",
	.address = DELIVER_PATH_OR_NOTHING,
	.check = sendmail_check,
	.send = sendmail_send,
};
