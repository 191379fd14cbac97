/*
 * A source's token: read from a file or a program when it is needed, sent by https or to this
 * machine alone, wiped with the job.
 */
#include "fetch.h"

#include "digest/child.h"

#include <string.h>

enum { TOKEN_BYTES = 4096, COMMAND_MS = 30000, HOST_BYTES = 256 };

static bool
may_carry_secret(struct str url)
{
	struct str name = fetch_host(url);
	char host[HOST_BYTES];

	if (str_starts(url, "https://"))
		return true;
	if (name.len >= sizeof(host))
		return false;
	memcpy(host, name.ptr, name.len);
	host[name.len] = '\0';
	return net_is_loopback(host);
}

/* The first line that the program prints. */
static int
ask_command(const char *command, struct buf *token, struct err *why)
{
	char line[TOKEN_BYTES];
	int status =
	    child_first_line(line, sizeof(line), command, "token_command", COMMAND_MS, why);
	struct str text = status == 0 ? str_trim(str_from(line)) : STR("");

	for (size_t i = 0; i < text.len && status == 0; i++) {
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			status = err_set(
			    why, EX_CONFIG, "token_command must print plain characters alone");
	}
	if (status == 0)
		buf_add(token, text);
	explicit_bzero(line, sizeof(line));
	return status;
}

static int
read_token(const struct settings *settings, struct buf *token, struct err *why)
{
	const char *path = settings_string(settings, "token_file");

	if (path[0] != '\0')
		return fetch_local_secret(path, token, why);
	return ask_command(settings_string(settings, "token_command"), token, why);
}

int
fetch_token_read(struct fetch_job *job, struct err *why)
{
	const struct settings *settings = job->task.source->settings;
	const char *header = job->provider->token_header;
	struct buf token = BUF_INIT(TOKEN_BYTES);
	int status = -1;

	if (job->provider->is_local ||
	    (settings_string(settings, "token_file")[0] == '\0' &&
	        settings_string(settings, "token_command")[0] == '\0'))
		return 0;
	if (!may_carry_secret(buf_str(&job->task.request.url))) {
		err_set(why, EX_CONFIG, "a token is sent by https alone");
	} else if (read_token(settings, &token, why) == 0) {
		/* "Basic dXNlcjpwYXNz" is a whole value, a word alone is a bearer's token. */
		bool is_whole = header != NULL || str_find_char(buf_str(&token), ' ') >= 0;
		buf_addf(&job->secret, "%s: %s%s", header != NULL ? header : "Authorization",
		    is_whole ? "" : "Bearer ", token.ptr);
		job->headers[0] = job->secret.ptr;
		status = 0;
	}
	if (token.len > 0)
		explicit_bzero(token.ptr, token.len);
	buf_release(&token);
	return status;
}
