/*
 * digest daemon: sleeps until a list comes due, and runs what `digest run` would. Each run is a
 * child: what goes wrong in it, up to running out of memory, is over with it, and the daemon stays
 * small and hears its signals. What is due is decided in the run alone.
 */
#include "cli.h"
#include "notify.h"

#include "digest/child.h"
#include "digest/clock.h"
#include "digest/json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * When something waits or failed; and at least, since readers' schedules may change in the store.
 */
enum { AGAIN_S = 15 * 60, AT_LEAST_S = 3600 };

enum { LINE_BYTES = 64 << 10 };

/* What a run leaves for the daemon, in memory that both see. */
struct outcome {
	int64_t next_due;
	bool is_waiting;
};

struct daemon {
	struct cli *cli;
	struct store_lock *lock;
	struct outcome *outcome;
	int signals; /* signalfd */
	int alarm; /* timerfd: the next run */
	int clock; /* timerfd that ends when the clock is set */
	sigset_t old_mask;
	pid_t child; /* 0: none */
	int told; /* what the child says; -1: none */
	struct buf line; /* of it, unfinished */
	int64_t next; /* run */
	int stopped_by; /* signal, or 0 */
};

/* ---- telling ---- */

static void
tell(const struct daemon *daemon, const char *event, struct str text)
{
	char now[DATE_INSTANT_BYTES];

	if (daemon->cli->options->log != OPTIONS_FORM_JSON) {
		fprintf(stderr, "digest: daemon: %s: %.*s\n", event, STR_ARG(text));
		return;
	}
	struct buf line = BUF_INIT(BUF_LIMIT);
	struct json *object = json_new_object();
	json_add_text(object, "time", str_from(date_format_instant(now, clock_now())));
	json_add_text(object, "event", str_from(event));
	json_add_text(object, "text", text);
	json_write(object, &line);
	fprintf(stderr, "%s\n", line.ptr);
	json_free(object);
	buf_release(&line);
}

/* What the child said so far, line by line; at its end also a last line without its end. */
static void
tell_lines(struct daemon *daemon, bool is_end)
{
	struct buf *said = &daemon->line;
	struct str rest = buf_str(said);
	ptrdiff_t end;

	while ((end = str_find_char(rest, '\n')) >= 0 || (is_end && rest.len > 0)) {
		struct str line = end >= 0 ? str_head(rest, (size_t)end) : rest;
		rest = str_skip(rest, line.len + 1);
		if (str_starts(line, "digest: "))
			line = str_skip(line, strlen("digest: "));
		tell(daemon, "run", line);
	}
	struct buf left = BUF_INIT(BUF_LIMIT);
	buf_add(&left, rest);
	buf_release(said);
	*said = left;
}

static void
tell_next(struct daemon *daemon)
{
	char text[DATE_INSTANT_BYTES];

	notify("READY=1\nSTATUS=the next look is at %s", date_format_instant(text, daemon->next));
}

/* ---- a run ---- */

/* In the child: as `digest run`, with all it says in the pipe. */
static int
work(struct daemon *daemon, int out)
{
	struct cli *cli = daemon->cli;
	struct err err = ERR_NONE;

	sigprocmask(SIG_SETMASK, &daemon->old_mask, NULL);
	store_unlock(daemon->lock);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	cli->options->is_verbose = true;
	struct run_request request = cli_request(cli, "send");
	request.is_due_only = true;
	request.yields_to_other = true;
	if (cli_run(cli, &request, &err) < 0 && !cli->is_silent)
		fprintf(stderr, "digest: %s\n", err.text);
	daemon->outcome->next_due = cli->next_due;
	daemon->outcome->is_waiting = cli->is_waiting;
	fflush(NULL);
	return err_worse_code(err.code, cli->exit_code);
}

/* A failure to start one is told; the next look tries again. */
static void
start_run(struct daemon *daemon)
{
	struct err err = ERR_NONE;
	int ends[2];

	daemon->next = clock_now() + AGAIN_S;
	if (child_pipe(ends, &err) < 0) {
		tell(daemon, "trouble", str_from(err.text));
		return;
	}
	*daemon->outcome = (struct outcome){ .next_due = DATE_NO_INSTANT };
	daemon->child = fork();
	if (daemon->child == 0)
		_exit(work(daemon, ends[1]));
	close(ends[1]);
	daemon->told = ends[0];
	fcntl(daemon->told, F_SETFL, O_NONBLOCK);
	if (daemon->child < 0) {
		err_set_errno(&err, EX_OSERR, errno, "cannot start a run");
		tell(daemon, "trouble", str_from(err.text));
		close(ends[0]);
		daemon->told = -1;
		daemon->child = 0;
	}
}

static void
end_hearing(struct daemon *daemon)
{
	tell_lines(daemon, true);
	close(daemon->told);
	daemon->told = -1;
}

/* Whether there was something, and may be more. */
static bool
hear(struct daemon *daemon)
{
	char bytes[4096];
	ssize_t len = read(daemon->told, bytes, sizeof(bytes));

	if (len > 0) {
		buf_add(&daemon->line, (struct str){ bytes, (size_t)len });
		tell_lines(daemon, daemon->line.len > LINE_BYTES);
	} else if (len == 0) {
		end_hearing(daemon);
	}
	return len > 0;
}

/* When to look again: what the run knows, or soon when it ended badly. */
static void
plan_next(struct daemon *daemon, int status)
{
	const struct outcome *outcome = daemon->outcome;
	bool is_well = WIFEXITED(status) && WEXITSTATUS(status) == 0 && !outcome->is_waiting;
	int64_t now = clock_now();

	daemon->next = now + (is_well ? AT_LEAST_S : AGAIN_S);
	if (outcome->next_due != DATE_NO_INSTANT && outcome->next_due < daemon->next)
		daemon->next = outcome->next_due;
}

static void
end_run(struct daemon *daemon)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = 0;

	if (daemon->child == 0 || waitpid(daemon->child, &status, WNOHANG) != daemon->child)
		return;
	daemon->child = 0;
	/* What it started and left behind may hold the pipe open: no waiting for that. */
	while (daemon->told >= 0 && hear(daemon))
		continue;
	if (daemon->told >= 0)
		end_hearing(daemon);
	if (WIFSIGNALED(status))
		buf_addf(&text, "the run was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		buf_addf(&text, "the run ended with code %d", WEXITSTATUS(status));
	if (text.len > 0 && daemon->stopped_by == 0)
		tell(daemon, "trouble", buf_str(&text));
	buf_release(&text);
	plan_next(daemon, status);
	if (daemon->stopped_by == 0)
		tell_next(daemon);
}

/* ---- signals ---- */

/* A configuration that cannot be understood, or whose lists cannot run, is refused. */
static int
check_config(const struct daemon *daemon, struct config *config, struct err *err)
{
	struct cli with = *daemon->cli;
	struct buf findings = BUF_INIT(BUF_LIMIT);
	struct str rest, line;

	with.config = config;
	struct run_request request = cli_request(&with, "send");
	int code = run_check(&request, &findings);
	rest = buf_str(&findings);
	bool is_broken = code == EX_CONFIG || code == EX_USAGE || code == EX_NOPERM;
	while (is_broken && str_next_line(&rest, &line))
		if (str_starts(line, "BAD"))
			tell(daemon, "check", str_trim(str_skip(line, strlen("BAD"))));
	buf_release(&findings);
	return is_broken ? err_set(err, code, "its lists cannot run") : 0;
}

static void
reload(struct daemon *daemon)
{
	struct cli *cli = daemon->cli;
	struct config *config = NULL;
	struct buf path = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic_ms() * 1000);
	if (cli_load_config(cli, &config, &path, &err) == 0 &&
	    !str_equal(buf_str(&path), buf_str(&cli->store_path)))
		err_set(&err, EX_CONFIG, "the store would be '%s'; start the daemon anew for that",
		    path.ptr);
	if (!err_is_set(&err) && check_config(daemon, config, &err) == 0) {
		config_free(cli->config);
		cli->config = config;
		cli_heed_config(cli);
		config = NULL;
		daemon->next = clock_now();
		tell(daemon, "reloaded", str_from(config_path(cli->config)));
	} else {
		buf_addf(&text, "the configuration is broken, the old one stays: %s", err.text);
		tell(daemon, "refused", buf_str(&text));
	}
	config_free(config);
	buf_release(&path);
	buf_release(&text);
	tell_next(daemon);
}

static void
hear_signals(struct daemon *daemon)
{
	struct signalfd_siginfo info;

	while (read(daemon->signals, &info, sizeof(info)) == sizeof(info)) {
		int number = (int)info.ssi_signo;
		if (number == SIGCHLD) {
			end_run(daemon);
		} else if (number == SIGHUP && daemon->stopped_by == 0) {
			reload(daemon);
		} else if (number != SIGHUP) {
			daemon->stopped_by = number;
			notify("STOPPING=1");
			tell(daemon, "stopping",
			    daemon->child != 0 ? STR("the run under way ends first")
			                       : STR("nothing is under way"));
			if (daemon->child != 0)
				kill(daemon->child, SIGTERM);
		}
	}
}

/* ---- the loop ---- */

/* Wakes when the next run is due, also out of suspend; not at all while one is under way. */
static void
set_alarm(struct daemon *daemon)
{
	int64_t left = daemon->next - clock_now();
	struct itimerspec at = { 0 };

	if (daemon->child == 0)
		at.it_value = left > 0 ? (struct timespec){ .tv_sec = left }
		                       : (struct timespec){ .tv_nsec = 1 };
	timerfd_settime(daemon->alarm, 0, &at, NULL);
}

/* Ends with ECANCELED as soon as somebody sets the clock. */
static void
watch_clock(struct daemon *daemon)
{
	struct itimerspec never = { .it_value = { .tv_sec = INT64_C(1) << 33 } };

	timerfd_settime(daemon->clock, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

static void
hear_clock(struct daemon *daemon)
{
	uint64_t count;

	if (read(daemon->clock, &count, sizeof(count)) < 0 && errno == ECANCELED) {
		tell(daemon, "clock", STR("somebody set it; looking what is due now"));
		daemon->next = clock_now();
	}
	watch_clock(daemon);
}

static void
loop(struct daemon *daemon)
{
	int64_t watchdog_ms = notify_watchdog_ms();

	while (daemon->stopped_by == 0 || daemon->child != 0) {
		struct pollfd fds[] = { { daemon->signals, POLLIN, 0 },
			{ daemon->alarm, POLLIN, 0 }, { daemon->clock, POLLIN, 0 },
			{ daemon->told, POLLIN, 0 } };
		set_alarm(daemon);
		int count = poll(fds, 4, watchdog_ms > INT32_MAX ? -1 : (int)watchdog_ms);
		if (watchdog_ms > 0)
			notify("WATCHDOG=1");
		if (count <= 0)
			continue;
		if (fds[0].revents != 0)
			hear_signals(daemon);
		if (fds[2].revents != 0)
			hear_clock(daemon);
		if (fds[3].revents != 0 && daemon->told >= 0)
			hear(daemon);
		if (fds[1].revents != 0 && daemon->child == 0 && daemon->stopped_by == 0)
			start_run(daemon);
	}
}

static int
open_all(struct daemon *daemon, struct err *err)
{
	static const int heard[] = { SIGHUP, SIGTERM, SIGINT, SIGCHLD };
	struct buf path = BUF_INIT(BUF_LIMIT);
	sigset_t mask;

	buf_addf(&path, "%s.daemon", daemon->cli->store_path.ptr);
	int status = store_lock(&daemon->lock, path.ptr, err);
	buf_release(&path);
	if (status < 0)
		return err->code == EX_TEMPFAIL
		    ? err_prefix(err, "daemon: there is one for this store already")
		    : -1;
	sigemptyset(&mask);
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		sigaddset(&mask, heard[i]);
	sigprocmask(SIG_BLOCK, &mask, &daemon->old_mask);
	daemon->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	daemon->alarm = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	daemon->clock = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	daemon->outcome = mmap(NULL, sizeof(*daemon->outcome), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (daemon->signals < 0 || daemon->alarm < 0 || daemon->clock < 0 ||
	    daemon->outcome == MAP_FAILED)
		return err_set_errno(err, EX_OSERR, errno, "daemon: cannot start");
	return 0;
}

int
command_daemon(struct cli *cli, struct err *err)
{
	struct daemon daemon = { .cli = cli, .told = -1, .line = BUF_INIT(BUF_LIMIT) };
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0 || open_all(&daemon, err) < 0)
		goto out;
	watch_clock(&daemon);
	daemon.next = clock_now();
	buf_addf(&text, "configuration %s, store %s",
	    config_path(cli->config)[0] != '\0' ? config_path(cli->config) : "built in",
	    cli->store_path.ptr);
	tell(&daemon, "started", buf_str(&text));
	tell_next(&daemon);
	loop(&daemon);
	tell(&daemon, "stopped", STR("nothing is under way"));
	status = 0;
out:
	store_unlock(daemon.lock);
	buf_release(&daemon.line);
	buf_release(&text);
	return status;
}
