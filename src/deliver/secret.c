/*
 * Where a password comes from. It is read when a session opens, wiped when the session is
 * authenticated, and never part of a message.
 */
#include "secret.h"

#include "digest/child.h"
#include "digest/private.h"

#include <string.h>

enum { FILE_BYTES = 64 << 10 };

bool
secret_is_set(const struct settings *settings)
{
	return settings_string(settings, "password_file")[0] != '\0' ||
	    settings_string(settings, "password_command")[0] != '\0';
}

/* Keeps the first line; 0, or -1 when there is nothing in it that could be a password. */
static int
keep_first_line(char *password, size_t len)
{
	struct str text = { password, len }, line;

	if (!str_next_line(&text, &line) || line.len == 0 ||
	    memchr(line.ptr, '\0', line.len) != NULL)
		return -1;
	password[line.len] = '\0';
	return 0;
}

static int
read_file(char password[SECRET_BYTES], const char *path, struct err *err)
{
	struct buf content = BUF_INIT(FILE_BYTES);
	int status = private_read(&content, path, "password_file", err);

	if (status == 0) {
		struct str kept = str_head(buf_str(&content), SECRET_BYTES - 1);
		memcpy(password, kept.ptr, kept.len);
		if (keep_first_line(password, kept.len) < 0)
			status = err_set(err, EX_CONFIG,
			    "the first line of password_file '%s' holds no password", path);
	}
	private_wipe(&content);
	return status;
}

int
secret_read(char password[SECRET_BYTES], const struct settings *settings, int64_t timeout_ms,
    struct err *err)
{
	const char *file = settings_string(settings, "password_file");
	const char *command = settings_string(settings, "password_command");

	password[0] = '\0';
	if (file[0] != '\0')
		return read_file(password, file, err);
	return child_first_line(
	    password, SECRET_BYTES, command, "password_command", timeout_ms, err);
}
