/*
 * Imports: files of any size and age become entries of the store, which are nobody's news. Each
 * batch is one transaction together with the place that it came to, so that an import which was
 * killed goes on after the last one.
 */
#include "digest/run.h"

#include "digest/clock.h"
#include "digest/crypt.h"
#include "digest/source.h"
#include "digest/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_ENTRIES = 10000, PROGRESS_ENTRIES = 256, IDENTITY_BYTES = 64 << 10 };

static volatile sig_atomic_t caught_signal;

static void
catch_signal(int number)
{
	caught_signal = number;
}

static const int caught_signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { CAUGHT_SIGNAL_COUNT = sizeof(caught_signals) / sizeof(caught_signals[0]) };

/* A signal ends the import after the entry under way; one that was ignored (nohup) stays so. */
static void
catch_signals(struct sigaction old[CAUGHT_SIGNAL_COUNT])
{
	struct sigaction action = { .sa_handler = catch_signal };

	caught_signal = 0;
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < CAUGHT_SIGNAL_COUNT; i++) {
		sigaction(caught_signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(caught_signals[i], &action, NULL);
	}
}

static void
restore_signals(const struct sigaction old[CAUGHT_SIGNAL_COUNT])
{
	for (int i = 0; i < CAUGHT_SIGNAL_COUNT; i++)
		sigaction(caught_signals[i], &old[i], NULL);
}

struct import {
	const struct run_import_request *request;
	struct run_result *result;
	struct arena *arena;
	struct store *store;
	int64_t now;

	/* of one file */
	const char *path;
	int64_t total_bytes;
	struct buf identity;
	const char *format; /* whose source `source` is */
	int64_t source;
	size_t entry_count, new_count;
	size_t batch_count; /* entries of the transaction under way */
	bool is_stopped; /* by a signal */
};

/* ---- files ---- */

/* What stands for the bytes of a file: its size, and what it begins and ends with. */
static int
identify(struct import *import, struct err *err)
{
	unsigned char hash[CRYPT_SHA256_BYTES];
	struct buf bytes = BUF_INIT(BUF_LIMIT);
	char block[IDENTITY_BYTES];
	struct stat status;
	int fd = open(import->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t count = -1;

	buf_reset(&import->identity);
	if (fd >= 0 && fstat(fd, &status) == 0) {
		int64_t size = status.st_size;
		int64_t ends[] = { 0, size > IDENTITY_BYTES ? size - IDENTITY_BYTES : 0 };
		import->total_bytes = size;
		buf_addf(&bytes, "%lld ", (long long)size);
		for (int i = 0; i < 2; i++) {
			count = pread(fd, block, sizeof(block), ends[i]);
			if (count < 0)
				break;
			buf_add_bytes(&bytes, block, (size_t)count);
		}
	}
	if (count < 0)
		err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", import->path);
	if (fd >= 0)
		close(fd);
	crypt_sha256(buf_str(&bytes), hash);
	crypt_add_base32(&import->identity, hash, sizeof(hash));
	buf_release(&bytes);
	return count < 0 ? -1 : 0;
}

/* ---- batches ---- */

/* The source that an import's entries are of: one for each format. */
static int
find_source(struct import *import, const char *format, struct err *err)
{
	struct str spec = arena_printf(import->arena, "import:%s", format);
	struct source_state unused;

	if (import->format == format)
		return 0;
	import->format = format;
	return store_source(import->store, spec.ptr, spec.ptr, &import->source, &unused, err);
}

static int
commit_batch(struct import *import, const struct source_place *place, struct err *err)
{
	if (store_set_import_place(import->store, buf_str(&import->identity),
	        str_from(import->path), place->offset, place->item_count, import->now, err) < 0)
		return -1;
	import->batch_count = 0;
	return db_commit(store_db(import->store), err);
}

static void
tell_progress(const struct import *import, int64_t done_bytes)
{
	struct run_import_progress progress = {
		.path = import->path,
		.done_bytes = done_bytes,
		.total_bytes = import->total_bytes,
		.entry_count = import->entry_count,
	};

	if (import->request->progress != NULL)
		import->request->progress(&progress);
}

static int
take_entry(
    void *context, const struct entry *entry, const struct source_place *place, struct err *err)
{
	struct import *import = context;
	struct store_put put;

	if (find_source(import, place->format, err) < 0 ||
	    store_put_past(import->store, import->source, entry, import->now, &put, err) < 0)
		return -1;
	import->entry_count++;
	import->new_count += put.change == STORE_ADDED;
	if (import->entry_count % PROGRESS_ENTRIES == 0)
		tell_progress(import, place->byte);
	import->is_stopped = caught_signal != 0;
	if (++import->batch_count < BATCH_ENTRIES && !import->is_stopped)
		return 0;
	if (commit_batch(import, place, err) < 0)
		return -1;
	return import->is_stopped ? -1 : db_begin(store_db(import->store), err);
}

/* ---- the whole ---- */

static void
tell_file(struct import *import, const struct source_imported *imported)
{
	struct buf *data = &import->result->data;

	buf_addf(data, "%s: %s%s%zu %s read, %zu new", import->path, imported->format,
	    imported->format[0] != '\0' ? ": " : "", import->entry_count,
	    import->entry_count == 1 ? "entry" : "entries", import->new_count);
	if (imported->skipped_count > 0)
		buf_addf(data, ", %zu left out", imported->skipped_count);
	buf_add_char(data, '\n');
	for (size_t i = 0; i < imported->skipped_kept; i++)
		buf_addf(data, "  %.*s\n", STR_ARG(imported->skipped[i]));
}

static void
tell_trouble(struct import *import, struct err *trouble)
{
	err_prefix(trouble, "import");
	buf_addf(&import->result->troubles, "%s\n", trouble->text);
	import->result->exit_code = err_worse_code(import->result->exit_code, trouble->code);
}

/* What was read before a file broke off is kept; reading it again would come no further. */
static int
end_file(struct import *import, struct err *err)
{
	if (!db_in_transaction(store_db(import->store)))
		return 0;
	if (store_end_import(import->store, buf_str(&import->identity), err) < 0 ||
	    db_commit(store_db(import->store), err) < 0)
		return -1;
	return 0;
}

static bool
is_of_store(const struct err *err)
{
	return err->code != EX_DATAERR && err->code != EX_IOERR;
}

/* A file that cannot be read is a trouble of its own. */
static int
import_file(struct import *import, struct err *err)
{
	struct source_place from = { .format = "" };
	struct source_imported imported = { .format = "" };
	struct err trouble = ERR_NONE;

	import->entry_count = import->new_count = import->batch_count = 0;
	if (identify(import, &trouble) < 0) {
		tell_trouble(import, &trouble);
		return 0;
	}
	if (store_import_place(import->store, buf_str(&import->identity), &from.offset,
	        &from.item_count, err) < 0 ||
	    db_begin(store_db(import->store), err) < 0)
		return -1;
	int status = source_import(
	    import->path, &from, take_entry, import, import->arena, &imported, &trouble);
	if (import->is_stopped) {
		tell_file(import, &imported);
		return 0;
	}
	if (status < 0 && is_of_store(&trouble)) {
		*err = trouble;
		return -1;
	}
	if (end_file(import, err) < 0)
		return -1;
	if (status < 0 && import->entry_count == 0)
		err_prefix(&trouble, "'%s'", import->path);
	else if (status < 0)
		err_prefix(&trouble, "'%s' breaks off behind %zu entries, which are kept",
		    import->path, import->entry_count);
	if (status < 0)
		tell_trouble(import, &trouble);
	if (status == 0 || import->entry_count > 0)
		tell_file(import, &imported);
	return 0;
}

static int
import_path(struct import *import, const char *path, struct err *err)
{
	struct err trouble = ERR_NONE;
	const char *const *files = source_import_files(import->arena, path, &trouble);

	if (files == NULL) {
		tell_trouble(import, &trouble);
		return 0;
	}
	if (files[0] == NULL) {
		err_set(&trouble, EX_DATAERR, "the folder '%s' has no files", path);
		tell_trouble(import, &trouble);
	}
	for (; *files != NULL && !import->is_stopped; files++) {
		import->path = *files;
		if (import_file(import, err) < 0)
			return -1;
	}
	return 0;
}

static void
tell_stop(struct import *import)
{
	struct err trouble = ERR_NONE;

	err_set(
	    &trouble, EX_TEMPFAIL, "stopped by a signal; the same command goes on where it was");
	tell_trouble(import, &trouble);
	import->result->is_interrupted = true;
	import->result->signal = caught_signal;
}

int
run_import(const struct run_import_request *request, struct run_result *result, struct err *err)
{
	struct import import = {
		.request = request,
		.result = result,
		.arena = arena_new(),
		.now = clock_now(),
		.identity = BUF_INIT(BUF_LIMIT),
	};
	struct sigaction old[CAUGHT_SIGNAL_COUNT];
	struct store_lock *lock = NULL;
	int status = -1;

	catch_signals(old);
	if (store_lock(&lock, request->store_path, err) < 0)
		goto out;
	if (store_open(&import.store, request->store_path, DB_WRITE, err) < 0 ||
	    store_begin_bulk(import.store, err) < 0)
		goto out;
	status = 0;
	for (size_t i = 0; i < request->path_count && status == 0 && !import.is_stopped; i++)
		status = import_path(&import, request->paths[i], err);
	if (import.is_stopped)
		tell_stop(&import);
out:
	store_close(import.store);
	store_unlock(lock);
	restore_signals(old);
	buf_release(&import.identity);
	arena_free(import.arena);
	return status;
}
