/* Files written so that a crash at any moment leaves a whole message or none. */
#include "folder.h"

#include "digest/mem.h"
#include "digest/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, HASH_DIGITS = 16 };

/* FNV-1a, 64 bits. */
static uint64_t
hash(struct str text)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.len; i++)
		sum = (sum ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
	return sum;
}

void
folder_name(char name[FOLDER_NAME_BYTES], struct str id)
{
	enum { KEPT_BYTES = FOLDER_NAME_BYTES - 1 - HASH_DIGITS - 1 };
	bool is_whole = id.len <= KEPT_BYTES;

	if (id.len == 0)
		id = STR("_");
	size_t len = id.len < KEPT_BYTES ? id.len : KEPT_BYTES;
	/* A dot in front would hide the file, and a ":" would start a maildir's flags. */
	for (size_t i = 0; i < len; i++) {
		char c = id.ptr[i];
		bool is_plain = str_is_alnum(c) || (i > 0 && strchr(".-_@+=~", c) != NULL);
		name[i] = '_';
		if (is_plain)
			name[i] = c;
		is_whole = is_whole && is_plain;
	}
	name[len] = '\0';
	if (!is_whole)
		snprintf(name + len, FOLDER_NAME_BYTES - len, ".%0*llx", HASH_DIGITS,
		    (unsigned long long)hash(id));
}

struct folder_state {
	int fd;
};

int
folder_of(const struct deliver_session *session)
{
	const struct folder_state *state = session->state;
	return state->fd;
}

static int
make_folder(const char *path, struct err *err)
{
	if (mkdir(path, FOLDER_MODE) < 0 && errno != EEXIST)
		return err_set_errno(err, EX_CANTCREAT, errno, "cannot make folder '%s'", path);
	return 0;
}

int
folder_open(struct deliver_session *session, struct err *err)
{
	char *path = mem_copy_string(session->target.path);
	struct folder_state *state = mem_alloc(sizeof(*state));
	int status = 0;

	*state = (struct folder_state){ .fd = -1 };
	session->state = state;
	/* Every folder on the way, from the top. */
	for (char *slash = strchr(path + 1, '/'); slash != NULL && status == 0;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		status = make_folder(path, err);
		*slash = '/';
	}
	if (status == 0)
		status = make_folder(path, err);
	if (status < 0)
		goto out;
	state->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->fd < 0)
		status = err_set_errno(err, EX_CANTCREAT, errno, "cannot open folder '%s'", path);
out:
	mem_free(path);
	return status;
}

void
folder_close(struct deliver_session *session)
{
	struct folder_state *state = session->state;

	if (state != NULL && state->fd >= 0)
		close(state->fd);
	mem_free(state);
}

int
folder_make(const struct deliver_session *session, const char *name, struct err *err)
{
	if (mkdirat(folder_of(session), name, FOLDER_MODE) < 0 && errno != EEXIST)
		return err_set_errno(err, EX_CANTCREAT, errno, "cannot make folder '%s/%s'",
		    session->target.path, name);
	return 0;
}

/* 0, or -1 with errno. */
static int
write_file(int folder, const char *name, struct str bytes)
{
	int file =
	    openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	int status = file >= 0 ? output_write(file, bytes) : -1;

	if (status == 0)
		status = fsync(file);
	int saved_errno = errno;
	if (file >= 0 && close(file) < 0 && status == 0) {
		saved_errno = errno;
		status = -1;
	}
	if (status < 0 && file >= 0)
		unlinkat(folder, name, 0);
	errno = saved_errno;
	return status;
}

static int
sync_folder(int folder, const char *name)
{
	int holder = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = holder >= 0 ? fsync(holder) : -1;

	if (holder >= 0)
		close(holder);
	return status;
}

int
folder_put(const struct deliver_session *session, const struct folder_names *names,
    struct str bytes, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	int folder = folder_of(session);
	char reason[RECEIPT_REPLY_BYTES];

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "write" };
	if (write_file(folder, names->temporary, bytes) < 0)
		return err_set_errno(err, EX_IOERR, errno, "cannot write '%s/%s'",
		    session->target.path, names->temporary);
	if (journal->dot(journal, &message->delivery, 1, err) < 0) {
		unlinkat(folder, names->temporary, 0);
		return -1;
	}
	if (renameat(folder, names->temporary, folder, names->final) < 0) {
		snprintf(reason, sizeof(reason), "cannot rename it: %s", strerrordesc_np(errno));
		journal_note(receipt, RECEIPT_DEFERRED, "write", 0, str_from(reason));
		unlinkat(folder, names->temporary, 0);
	} else if (sync_folder(folder, names->holder) < 0) {
		/* It is there, and nobody knows whether it still is after a crash. */
		snprintf(reason, sizeof(reason), "cannot sync it: %s", strerrordesc_np(errno));
		journal_note(receipt, RECEIPT_DOUBT, "write", 0, str_from(reason));
	} else {
		journal_note(receipt, RECEIPT_ACCEPTED, "write", 0, str_from(names->final));
	}
	return 0;
}
