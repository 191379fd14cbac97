/*
 * The bar of long work: sending, or reading a file. When there is one, and of what, is the
 * command's business.
 */
#include "terminal.h"

#include "digest/buf.h"
#include "digest/clock.h"
#include "digest/run.h"
#include "digest/unicode.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	DELAY_MS = 300, /* what is done before needs no bar */
	INTERVAL_MS = 100,
	USUAL_COLUMNS = 80,
	NAME_COLUMNS = 30,
	BAR_COLUMNS = 20,
};

static bool has_bar; /* one stands on the screen */
static int64_t since_ms; /* when this file was begun; 0: none yet */
static int64_t since_bytes; /* how much of it had been read before */
static int64_t told_ms;
static int64_t total; /* of the file that is shown: another one begins anew */

/* The width of the terminal on standard error. */
static size_t
columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return USUAL_COLUMNS;
	return size.ws_col;
}

/* "1:05:09", "3:20", "0:07" */
static void
add_time(struct buf *out, int64_t seconds)
{
	long long hours = seconds / 3600, minutes = seconds / 60 % 60;

	if (hours > 0)
		buf_addf(out, "%lld:%02lld:%02lld", hours, minutes, (long long)seconds % 60);
	else
		buf_addf(out, "%lld:%02lld", minutes, (long long)seconds % 60);
}

static void
add_bar(struct buf *out, int64_t done_bytes, int64_t total_bytes)
{
	size_t filled = total_bytes > 0 ? (size_t)(done_bytes * BAR_COLUMNS / total_bytes) : 0;

	buf_add_string(out, " [");
	buf_add_repeat(out, '#', filled < BAR_COLUMNS ? filled : BAR_COLUMNS);
	buf_add_repeat(out, ' ', filled < BAR_COLUMNS ? BAR_COLUMNS - filled : 0);
	buf_addf(
	    out, "] %3lld%%", (long long)(total_bytes > 0 ? done_bytes * 100 / total_bytes : 100));
}

static struct str
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return unicode_head(
	    str_from(slash != NULL && slash[1] != '\0' ? slash + 1 : path), NAME_COLUMNS);
}

static void
write_line(struct str line)
{
	struct str head = unicode_head(line, columns() - 1);

	fprintf(stderr, "\r\033[K%.*s", STR_ARG(head));
	fflush(stderr);
	has_bar = true;
}

void
terminal_bar(const char *name, int64_t done_bytes, int64_t total_bytes, size_t entry_count)
{
	int64_t now_ms = clock_monotonic_ms();
	struct buf line = BUF_INIT(BUF_LIMIT);

	if (since_ms == 0 || total != total_bytes) {
		since_ms = now_ms;
		since_bytes = done_bytes;
		total = total_bytes;
	}
	int64_t elapsed_ms = now_ms - since_ms, read_bytes = done_bytes - since_bytes;
	if (elapsed_ms < DELAY_MS || (has_bar && now_ms - told_ms < INTERVAL_MS))
		return;
	told_ms = now_ms;
	unicode_add_collapsed(&line, base_name(name));
	add_bar(&line, done_bytes, total_bytes);
	buf_addf(&line, "  %zu entries, %lld/s", entry_count,
	    (long long)((int64_t)entry_count * 1000 / elapsed_ms));
	if (read_bytes > 0) {
		buf_add_string(&line, ", ");
		add_time(&line, (total_bytes - done_bytes) / 1000 * elapsed_ms / read_bytes);
		buf_add_string(&line, " left");
	}
	write_line(buf_str(&line));
	buf_release(&line);
}

/* Appends ", COUNT WHAT" where there are any. */
static void
add_count(char *line, size_t size, size_t count, const char *what)
{
	size_t used = strlen(line);

	if (count > 0)
		snprintf(line + used, size - used, ", %zu %s", count, what);
}

/* Nothing may allocate here: see run.h. */
void
terminal_sending(const struct run_sending *sending)
{
	int64_t now_ms = clock_monotonic_ms();
	char line[256], bar[] = "                    ";

	if (since_ms == 0)
		since_ms = now_ms;
	int64_t elapsed_ms = now_ms - since_ms;
	if (elapsed_ms < DELAY_MS || (has_bar && now_ms - told_ms < INTERVAL_MS))
		return;
	told_ms = now_ms;
	size_t done = sending->done, all = sending->total > 0 ? sending->total : 1;
	int64_t left_s =
	    (int64_t)(sending->total - done) * elapsed_ms / 1000 / (int64_t)(done > 0 ? done : 1);
	memset(bar, '#', done * BAR_COLUMNS / all);
	snprintf(line, sizeof(line), "sending [%s] %3zu%%  %zu of %zu, %lld/s, %lld:%02lld left",
	    bar, done * 100 / all, done, sending->total,
	    (long long)((int64_t)done * 1000 / elapsed_ms), (long long)left_s / 60,
	    (long long)left_s % 60);
	add_count(line, sizeof(line), sending->deferred, "deferred");
	add_count(line, sizeof(line), sending->failed, "failed");
	add_count(line, sizeof(line), sending->doubt, "in doubt");
	fprintf(stderr, "\r\033[K%.*s", (int)columns() - 1, line);
	has_bar = true;
}

void
terminal_end_bar(void)
{
	if (has_bar)
		fputs("\r\033[K", stderr);
	has_bar = false;
	since_ms = 0;
}
