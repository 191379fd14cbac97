/*
 * The terminal: width, colour, pager, progress. What is shown is made elsewhere.
 */
#include "terminal.h"

#include "digest/clock.h"
#include "digest/output.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is done before PROGRESS_DELAY_MS needs no progress line. */
enum { USUAL_COLUMNS = 80, PROGRESS_DELAY_MS = 300, PROGRESS_INTERVAL_MS = 100 };

static bool has_progress; /* a progress line stands on the screen */
static int64_t progress_since_ms; /* when there was first something to say; 0: not yet */
static int64_t progress_at_ms; /* when it was last written */

size_t
terminal_columns(void)
{
	struct winsize size;
	int64_t columns;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (str_to_int(str_from(getenv("COLUMNS")), 1, UINT16_MAX, &columns) == 0)
		return (size_t)columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return USUAL_COLUMNS;
	return size.ws_col;
}

bool
terminal_has_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || (no_color != NULL && no_color[0] != '\0'))
		return false;
	return term != NULL && strcmp(term, "dumb") != 0;
}

bool
terminal_is_watched(void)
{
	return isatty(STDERR_FILENO);
}

bool
terminal_can_ask(void)
{
	return isatty(STDIN_FILENO) && terminal_is_watched();
}

bool
terminal_confirm(const char *question)
{
	char *line = NULL;
	size_t room = 0;

	terminal_end_progress();
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	ssize_t length = getline(&line, &room, stdin);
	bool is_yes = length > 0 && (line[0] == 'y' || line[0] == 'Y');
	free(line);
	return is_yes;
}

/* Whether who read standard output has gone: no error of ours, and nobody wants to hear of it. */
static bool is_left;

bool
terminal_is_left(void)
{
	return is_left;
}

int
terminal_write(struct str data, struct err *err)
{
	if (output_write(STDOUT_FILENO, data) == 0)
		return 0;
	is_left = errno == EPIPE;
	return err_set_errno(err, EX_IOERR, errno, "standard output: cannot write");
}

static bool
is_longer_than_screen(struct str data)
{
	struct winsize size;
	struct str line;
	size_t lines = 0;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    size.ws_row == 0)
		return false;
	while (str_next_line(&data, &line))
		lines++;
	return lines >= size.ws_row;
}

/* The reader's pager; less must keep no history file of what was read. */
static _Noreturn void
become_pager(const char *pager, int input)
{
	dup2(input, STDIN_FILENO);
	close(input);
	setenv("LESS", "FRX", 0);
	setenv("LESSHISTFILE", "-", 1);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(127);
}

/* Feeds the pager at the end of a pipe: 0 when it showed the text, -1 when there is none. */
static int
run_pager(const char *pager, struct str data)
{
	int ends[2], status;

	if (pipe(ends) < 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		become_pager(pager, ends[0]);
	}
	close(ends[0]);
	if (child > 0)
		/* A reader who has seen enough goes. */
		(void)output_write(ends[1], data);
	close(ends[1]);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? -1 : 0;
}

/* Whoever types ^C in a pager means the pager, which must not be left alone on the terminal. */
static int
page(struct str data)
{
	const struct sigaction ignored = { .sa_handler = SIG_IGN };
	struct sigaction interrupt, quit;
	const char *pager = getenv("PAGER");
	int result;

	if (pager == NULL || pager[0] == '\0')
		pager = "less -FRX";
	if (strcmp(pager, "cat") == 0)
		return -1;
	sigaction(SIGINT, &ignored, &interrupt);
	sigaction(SIGQUIT, &ignored, &quit);
	result = run_pager(pager, data);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return result;
}

int
terminal_show(struct str data, struct err *err)
{
	struct buf linked = BUF_INIT(2 * BUF_LIMIT);
	int status = 0;

	if (terminal_has_links()) {
		terminal_add_links(&linked, data);
		data = buf_has_failed(&linked) ? data : buf_str(&linked);
	}
	if (!is_longer_than_screen(data) || page(data) < 0)
		status = terminal_write(data, err);
	buf_release(&linked);
	return status;
}

/* Whether it is time for a progress line, or a new one; the old one is wiped then. */
static bool
begins_progress(void)
{
	int64_t now_ms = clock_monotonic_ms();

	if (progress_since_ms == 0)
		progress_since_ms = now_ms;
	if (now_ms - progress_since_ms < PROGRESS_DELAY_MS ||
	    (has_progress && now_ms - progress_at_ms < PROGRESS_INTERVAL_MS))
		return false;
	has_progress = true;
	progress_at_ms = now_ms;
	fputs("\r\033[K", stderr);
	return true;
}

void
terminal_progress(size_t done, size_t total, int64_t received_bytes)
{
	if (!begins_progress())
		return;
	fprintf(stderr, "fetching: %zu of %zu sources, %lld kB", done, total,
	    (long long)(received_bytes / 1000));
	fflush(stderr);
}

void
terminal_picturing(size_t done, size_t total)
{
	if (!begins_progress())
		return;
	fprintf(stderr, "fetching: %zu of %zu pictures", done, total);
	fflush(stderr);
}

void
terminal_end_progress(void)
{
	if (has_progress)
		fputs("\r\033[K", stderr);
	has_progress = false;
	progress_since_ms = 0;
}
