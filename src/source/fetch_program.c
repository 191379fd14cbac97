/*
 * Listings that programs print. A program runs beside the requests, in a process group of its own
 * so that what it starts ends with it; it reads nothing, and what it says on standard error goes to
 * the log.
 */
#include "fetch.h"

#include "digest/child.h"
#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 64 << 10,
	CHUNKS_AT_ONCE = 64,
	LINE_BYTES = 1000,
	NAP_MS = 5,
	PIPE_BYTES = 1 << 20
};

struct fetch_program {
	const char *source; /* its name */
	const char *program;
	pid_t pid; /* 0 when it has ended */
	int out, err; /* where it prints; -1 at the end */
	int64_t timeout_ms, deadline_ms;
	struct input_spool *spool;
	bool has_printed; /* since the last look */
	struct buf said, last; /* the line it is saying on standard error, and the last whole one */
	int status; /* how it ended */
};

static int
start(struct fetch_program *program, const char *const words[], struct err *why)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int status = -1;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0) {
		err_set_errno(why, EX_OSERR, errno, "cannot open '/dev/null'");
	} else if (child_pipe(out, why) == 0 && child_pipe(err, why) == 0) {
		const int fds[3] = { null, out[1], err[1] };
		/* So that it need not wait for each of our looks. Less will do. */
		fcntl(out[0], F_SETPIPE_SZ, PIPE_BYTES);
		status = child_start_group(&program->pid, words, fds, why);
	}
	if (null >= 0)
		close(null);
	if (out[1] >= 0)
		close(out[1]);
	if (err[1] >= 0)
		close(err[1]);
	program->out = out[0];
	program->err = err[0];
	for (int i = 0; i < 2 && status == 0; i++)
		fcntl(i == 0 ? out[0] : err[0], F_SETFL, O_NONBLOCK);
	return status;
}

int
fetch_program_start(struct fetch_program **out, const struct fetch_job *job, struct err *why)
{
	const struct provider_request *request = &job->task.request;
	const struct source_wish *wish = job->task.wish;
	struct fetch_program *program = mem_alloc(sizeof(*program));
	int64_t now_ms = clock_monotonic_ms(), left_ms = wish->deadline_ms - now_ms;

	*program = (struct fetch_program){
		.source = job->task.source->name,
		.program = request->program[0],
		.out = -1,
		.err = -1,
		.timeout_ms = request->timeout_ms < left_ms ? request->timeout_ms : left_ms,
		.spool = input_spool_new((int64_t)wish->limit_bytes, !wish->is_frugal),
		.said = BUF_INIT(LINE_BYTES),
		.last = BUF_INIT(LINE_BYTES),
	};
	program->deadline_ms = now_ms + program->timeout_ms;
	if (start(program, request->program, why) < 0) {
		fetch_program_free(program);
		return -1;
	}
	*out = program;
	return 0;
}

void
fetch_program_free(struct fetch_program *program)
{
	if (program == NULL)
		return;
	if (program->pid > 0)
		child_kill_group(program->pid);
	if (program->out >= 0)
		close(program->out);
	if (program->err >= 0)
		close(program->err);
	input_spool_free(program->spool);
	buf_release(&program->said);
	buf_release(&program->last);
	mem_free(program);
}

/* ---- what it says ---- */

static void
end_line(struct fetch_program *program)
{
	struct str line = str_trim(buf_str(&program->said));

	if (line.len > 0) {
		log_info("source program name=%s: %.*s", program->source, STR_ARG(line));
		buf_reset(&program->last);
		buf_add(&program->last, line);
	}
	buf_reset(&program->said);
}

static void
take_said(struct fetch_program *program, struct str chunk)
{
	for (size_t i = 0; i < chunk.len; i++) {
		/* What is too long for a line is cut into several. */
		if (chunk.ptr[i] == '\n' || program->said.len == LINE_BYTES)
			end_line(program);
		if (chunk.ptr[i] != '\n')
			buf_add_char(&program->said, chunk.ptr[i]);
	}
}

static int
take(struct fetch_program *program, int fd, struct str chunk, struct err *why)
{
	if (fd == program->out)
		return input_spool_add(program->spool, chunk, why);
	take_said(program, chunk);
	return 0;
}

/* Reads what there is, within reason: 1 when there may be more; 0; -1. Closes what has ended. */
static int
drain(struct fetch_program *program, int *fd, struct err *why)
{
	char chunk[CHUNK_BYTES];

	for (int i = 0; i < CHUNKS_AT_ONCE && *fd >= 0; i++) {
		ssize_t count = read(*fd, chunk, sizeof(chunk));
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			return 0;
		if (count <= 0) {
			close(*fd);
			*fd = -1;
			return 0;
		}
		program->has_printed = true;
		if (take(program, *fd, (struct str){ chunk, (size_t)count }, why) < 0)
			return -1;
	}
	return *fd >= 0;
}

/* ---- how it ends ---- */

static int
judge(struct fetch_program *program, struct err *why)
{
	struct str last = buf_str(&program->last);
	const char *colon = last.len > 0 ? ": " : "";

	if (WIFSIGNALED(program->status))
		return err_set(why, EX_UNAVAILABLE, "'%s' was ended by signal %d%s%.*s",
		    program->program, WTERMSIG(program->status), colon, STR_ARG(last));
	if (WEXITSTATUS(program->status) != 0)
		return err_set(why, EX_UNAVAILABLE, "'%s' ended with status %d%s%.*s",
		    program->program, WEXITSTATUS(program->status), colon, STR_ARG(last));
	return 0;
}

/* Whether the program has ended; what it left running is not waited for. */
static bool
has_ended(struct fetch_program *program)
{
	if (program->pid > 0 && child_wait(program->pid, 0, &program->status) == 0) {
		child_kill_group(program->pid);
		program->pid = 0;
	}
	return program->pid == 0;
}

int
fetch_program_poll(
    struct fetch_program *program, struct input **body, int64_t *nap_ms, struct err *why)
{
	bool was_over = has_ended(program);

	program->has_printed = false;
	int out = drain(program, &program->out, why);
	int err = drain(program, &program->err, why);

	if (out < 0 || err < 0)
		return -1;
	/* What it wrote before it ended is in the pipe: one more look finds it. */
	if (was_over && out == 0 && err == 0) {
		end_line(program);
		if (judge(program, why) < 0)
			return -1;
		*body = input_of_spool(program->spool);
		program->spool = NULL;
		return 1;
	}
	if (clock_monotonic_ms() < program->deadline_ms) {
		int64_t nap = program->has_printed ? 0 : NAP_MS;
		*nap_ms = nap < *nap_ms ? nap : *nap_ms;
		return 0;
	}
	return err_set(why, EX_UNAVAILABLE, "'%s' did not end within %lld s", program->program,
	    (long long)(program->timeout_ms / 1000));
}
