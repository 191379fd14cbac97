/*
 * Listings and secrets in files. What the bytes of a listing mean is the formats' business.
 */
#include "fetch.h"

#include "digest/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, SECRET_BYTES = 4096 };

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The regular files of a folder but for hidden ones, by name. */
static const char *const *
list_folder(struct arena *arena, DIR *folder, const char *path)
{
	const char **paths = NULL;
	size_t count = 0;
	struct dirent *file;
	struct stat status;

	while ((file = readdir(folder))) {
		if (file->d_name[0] == '.' ||
		    fstatat(dirfd(folder), file->d_name, &status, 0) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		paths = arena_grow(arena, paths, &count, sizeof(paths[0]));
		paths[count - 1] = arena_printf(arena, "%s/%s", path, file->d_name).ptr;
	}
	if (count > 0)
		qsort(paths, count, sizeof(paths[0]), compare_paths);
	return arena_grow(arena, paths, &count, sizeof(paths[0]));
}

const char *const *
fetch_local_list(struct arena *arena, const char *path, struct err *err)
{
	const char **paths;
	struct stat status;
	DIR *folder = NULL;

	if (strcmp(path, "-") != 0) {
		if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
			folder = opendir(path);
		else
			errno = 0;
		if (folder == NULL && errno != 0) {
			err_set_errno(err, EX_IOERR, errno, "cannot read the folder '%s'", path);
			return NULL;
		}
	}
	if (folder != NULL) {
		const char *const *found = list_folder(arena, folder, path);
		closedir(folder);
		return found;
	}
	paths = arena_array(arena, 2, sizeof(paths[0]));
	paths[0] = arena_string(arena, str_from(path));
	return paths;
}

int32_t
fetch_local_day(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_from(slash != NULL ? slash + 1 : path);
	struct str rest = str_skip(name, 10);
	int32_t day;

	if (rest.len > 0 && rest.ptr[0] != '.')
		return DATE_NO_DAY;
	return date_parse_day(str_head(name, 10), &day) == 0 ? day : DATE_NO_DAY;
}

/* What can be read only once, like a pipe, is kept: a listing may be read twice. */
static int
keep_all(
    int fd, const char *name, const struct source_wish *wish, struct input **input, struct err *err)
{
	int64_t limit = wish->is_frugal ? (int64_t)wish->limit_bytes : FETCH_LOCAL_BYTES_MAX;
	struct input_spool *spool = input_spool_new(limit, !wish->is_frugal);
	char chunk[CHUNK_BYTES];
	ssize_t count;

	while ((count = read(fd, chunk, sizeof(chunk))) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", name);
		else if (input_spool_add(spool, (struct str){ chunk, (size_t)count }, err) < 0)
			err_prefix(err, "'%s'", name);
		else
			continue;
		input_spool_free(spool);
		return -1;
	}
	*input = input_of_spool(spool);
	return 0;
}

/* Takes the descriptor. */
static int
open_input(
    int fd, const char *name, const struct source_wish *wish, struct input **input, struct err *err)
{
	struct stat status;
	int result;

	if (fd < 0 || fstat(fd, &status) < 0) {
		err_set_errno(err, EX_IOERR, errno, "cannot open '%s'", name);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (S_ISREG(status.st_mode) && status.st_size <= FETCH_LOCAL_BYTES_MAX) {
		*input = input_of_file(fd, name);
		return 0;
	}
	if (S_ISREG(status.st_mode))
		result = err_set(err, EX_DATAERR, "'%s' is over %lld GiB", name,
		    (long long)FETCH_LOCAL_BYTES_MAX >> 30);
	else
		result = keep_all(fd, name, wish, input, err);
	close(fd);
	return result;
}

int
fetch_local_open(
    const char *path, const struct source_wish *wish, struct input **input, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return open_input(
		    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), "standard input", wish, input, err);
	return open_input(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), path, wish, input, err);
}

/* One line of visible characters. */
static int
check_line(struct buf *secret, const char *path, struct err *err)
{
	struct str line = str_trim(buf_str(secret));

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return err_set(err, EX_NOPERM,
			    "token_file '%s' must hold one line of plain characters", path);
	}
	if (line.len == 0)
		return err_set(err, EX_NOPERM, "token_file '%s' is empty", path);
	memmove(secret->ptr, line.ptr, line.len);
	buf_cut(secret, line.len);
	return 0;
}

int
fetch_local_secret(const char *path, struct buf *secret, struct err *err)
{
	struct buf content = BUF_INIT(SECRET_BYTES);
	int status = private_read(&content, path, "token_file", err);

	if (status == 0)
		status = check_line(&content, path, err);
	if (status == 0)
		buf_add(secret, buf_str(&content));
	private_wipe(&content);
	return status;
}
