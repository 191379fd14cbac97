/*
 * A read-only file system with a memory for SQLite, one per connection. What the bytes mean is
 * SQLite's; who may write when is db.c's.
 */
#include "db_overlay.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "digest/str.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4096, WAL_HEADER_BYTES = 32, LOCK_WAIT_MS = 10000, LOCK_STEP_MS = 20 };

/*
 * A file: what is on disk up to the size it had when it was opened, and chunks in memory over it.
 * What a live writer appends after that size is not seen.
 */
struct layer {
	int fd; /* -1 when there is nothing on disk */
	int64_t base_size;
	int64_t size;
	unsigned char **chunks; /* by number; NULL where the disk counts */
	size_t chunk_count;
	bool is_made; /* SQLite made it, or it is on disk */
	bool is_gone; /* SQLite deleted it: the disk does not count any more */
	bool is_wal;
	struct timespec changed; /* when the file on disk was last modified */
	unsigned char wal_header[WAL_HEADER_BYTES];
};

struct db_overlay {
	sqlite3_vfs vfs; /* first: SQLite gives it back to us */
	char name[48];
	char *path;
	struct layer database, wal, journal;
	int last_errno;
	bool is_disturbed;
};

struct overlay_file {
	sqlite3_file file; /* first: SQLite gives it back to us */
	struct db_overlay *overlay;
	struct layer *layer;
	bool is_temporary; /* the layer dies with the file */
};

/* ---- layers ---- */

static void
drop_chunks(struct layer *layer, size_t first)
{
	for (size_t i = first; i < layer->chunk_count; i++) {
		mem_free(layer->chunks[i]);
		layer->chunks[i] = NULL;
	}
}

static void
layer_release(struct layer *layer)
{
	drop_chunks(layer, 0);
	mem_free(layer->chunks);
	if (layer->fd >= 0)
		close(layer->fd);
	*layer = (struct layer){ .fd = -1 };
}

/* Reads that much at that place; what lies after the end is zero. -1 on an I/O error. */
static int
read_fully(int fd, unsigned char *out, size_t len, int64_t offset)
{
	while (len > 0) {
		ssize_t got = pread(fd, out, len, offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		out += got;
		len -= (size_t)got;
		offset += got;
	}
	memset(out, 0, len);
	return 0;
}

/*
 * A writer of ours never changes what an overlay sees: it appends to the log and moves the log into
 * the database only while no overlay is open. Another program, sqlite3(1) say, knows nothing of
 * that. It shows: a log that starts anew has another salt in its header, which is written before
 * the frames are; and a database that is written to has another time of modification. Asked after
 * each read, so that what was read before the change is known to be good.
 */
static bool
is_undisturbed(const struct layer *layer)
{
	unsigned char header[WAL_HEADER_BYTES];
	struct stat status;

	if (layer->is_wal)
		return read_fully(layer->fd, header, sizeof(header), 0) == 0 &&
		    memcmp(header, layer->wal_header, sizeof(header)) == 0;
	return fstat(layer->fd, &status) == 0 && status.st_mtim.tv_sec == layer->changed.tv_sec &&
	    status.st_mtim.tv_nsec == layer->changed.tv_nsec;
}

/* Reads from disk. */
static int
read_base(
    struct db_overlay *overlay, struct layer *layer, unsigned char *out, size_t len, int64_t offset)
{
	size_t there = 0;

	if (layer->fd >= 0 && offset < layer->base_size) {
		int64_t left = layer->base_size - offset;
		there = left < (int64_t)len ? (size_t)left : len;
		if (read_fully(layer->fd, out, there, offset) < 0) {
			overlay->last_errno = errno;
			return SQLITE_IOERR_READ;
		}
		if (!is_undisturbed(layer)) {
			overlay->is_disturbed = true;
			return SQLITE_IOERR_READ;
		}
	}
	memset(out + there, 0, len - there);
	return SQLITE_OK;
}

static unsigned char *
chunk_at(const struct layer *layer, int64_t number)
{
	return (size_t)number < layer->chunk_count ? layer->chunks[number] : NULL;
}

/* The chunk of that number, made with what is on disk unless it is there. */
static int
make_chunk(struct db_overlay *overlay, struct layer *layer, int64_t number, unsigned char **chunk)
{
	size_t wanted = (size_t)number + 1;

	if (wanted > layer->chunk_count) {
		size_t count = wanted > layer->chunk_count * 2 ? wanted : layer->chunk_count * 2;
		layer->chunks = mem_resize(layer->chunks, count * sizeof(*layer->chunks));
		memset(layer->chunks + layer->chunk_count, 0,
		    (count - layer->chunk_count) * sizeof(*layer->chunks));
		layer->chunk_count = count;
	}
	*chunk = layer->chunks[number];
	if (*chunk != NULL)
		return SQLITE_OK;

	unsigned char *made = mem_alloc(CHUNK_BYTES);
	int result = read_base(overlay, layer, made, CHUNK_BYTES, number * CHUNK_BYTES);
	if (result != SQLITE_OK) {
		mem_free(made);
		return result;
	}
	layer->chunks[number] = *chunk = made;
	return SQLITE_OK;
}

/* Notes what tells later whether the file was changed. */
static int
take_fingerprint(struct layer *layer, const struct stat *status)
{
	layer->changed = status->st_mtim;
	layer->base_size = status->st_size;
	layer->size = status->st_size;
	layer->is_made = true;
	return layer->is_wal ? read_fully(layer->fd, layer->wal_header, WAL_HEADER_BYTES, 0) : 0;
}

/* Opens what is on disk, if anything: 0, or an errno. */
static int
layer_open(struct layer *layer, const char *path)
{
	struct stat status;

	if (layer->fd >= 0 || layer->is_gone || layer->is_made)
		return 0;
	layer->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (layer->fd < 0)
		return errno == ENOENT ? 0 : errno;
	if (fstat(layer->fd, &status) < 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
	return take_fingerprint(layer, &status) < 0 ? errno : 0;
}

/*
 * Waits for a writer that is just moving its log into the database. Where locks are not to be had
 * (some network file systems), is_undisturbed() must do.
 */
static int
lock_shared(struct layer *layer)
{
	int64_t deadline = clock_monotonic_ms() + LOCK_WAIT_MS;
	struct stat status;

	if (layer->fd < 0)
		return 0;
	while (flock(layer->fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		if (clock_monotonic_ms() > deadline)
			return EWOULDBLOCK;
		clock_sleep_ms(LOCK_STEP_MS);
	}
	/* What was seen before the lock may be older than what the lock protects. */
	if (fstat(layer->fd, &status) < 0)
		return errno;
	return take_fingerprint(layer, &status) < 0 ? errno : 0;
}

/* ---- the methods of a file ---- */

static int
file_close(sqlite3_file *file)
{
	struct overlay_file *self = (struct overlay_file *)file;

	if (self->is_temporary) {
		layer_release(self->layer);
		mem_free(self->layer);
	}
	return SQLITE_OK;
}

static int
file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	struct overlay_file *self = (struct overlay_file *)file;
	struct layer *layer = self->layer;
	unsigned char *out = bytes;
	int64_t end = offset + len < layer->size ? offset + len : layer->size;
	int64_t at = offset;

	while (at < end) {
		int64_t within = at % CHUNK_BYTES;
		int64_t piece = CHUNK_BYTES - within < end - at ? CHUNK_BYTES - within : end - at;
		const unsigned char *chunk = chunk_at(layer, at / CHUNK_BYTES);
		if (chunk != NULL) {
			memcpy(out, chunk + within, (size_t)piece);
		} else {
			/* All of it in one go where memory has nothing over it. */
			while (
			    at + piece < end && chunk_at(layer, (at + piece) / CHUNK_BYTES) == NULL)
				piece =
				    piece + CHUNK_BYTES < end - at ? piece + CHUNK_BYTES : end - at;
			int result = read_base(self->overlay, layer, out, (size_t)piece, at);
			if (result != SQLITE_OK)
				return result;
		}
		out += piece;
		at += piece;
	}
	if (at == offset + len)
		return SQLITE_OK;
	memset(out, 0, (size_t)len - (size_t)(out - (unsigned char *)bytes));
	return SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	struct overlay_file *self = (struct overlay_file *)file;
	struct layer *layer = self->layer;
	const unsigned char *in = bytes;
	int64_t end = offset + len;

	for (int64_t at = offset; at < end;) {
		int64_t within = at % CHUNK_BYTES;
		int64_t piece = CHUNK_BYTES - within < end - at ? CHUNK_BYTES - within : end - at;
		unsigned char *chunk;
		int result = make_chunk(self->overlay, layer, at / CHUNK_BYTES, &chunk);
		if (result != SQLITE_OK)
			return result;
		memcpy(chunk + within, in, (size_t)piece);
		in += piece;
		at += piece;
	}
	if (end > layer->size)
		layer->size = end;
	return SQLITE_OK;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct layer *layer = ((struct overlay_file *)file)->layer;

	if (size < layer->size) {
		unsigned char *last = chunk_at(layer, size / CHUNK_BYTES);
		drop_chunks(layer, (size_t)(size / CHUNK_BYTES) + (last != NULL ? 1 : 0));
		if (last != NULL)
			memset(last + size % CHUNK_BYTES, 0,
			    (size_t)(CHUNK_BYTES - size % CHUNK_BYTES));
		if (size < layer->base_size)
			layer->base_size = size;
	}
	layer->size = size;
	return SQLITE_OK;
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = ((struct overlay_file *)file)->layer->size;
	return SQLITE_OK;
}

static int
file_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return SQLITE_OK;
}

static int
file_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int
file_check_reserved(sqlite3_file *file, int *is_reserved)
{
	(void)file;
	*is_reserved = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *file, int what, void *argument)
{
	(void)file;
	(void)what;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int
file_sector_size(sqlite3_file *file)
{
	(void)file;
	return CHUNK_BYTES;
}

static int
file_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1 has no shared memory: the index of the log stays in the connection's own. */
static const sqlite3_io_methods file_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

/* ---- the methods of the file system ---- */

/* Which of the three files a path names, or NULL. */
static struct layer *
layer_named(struct db_overlay *overlay, const char *path)
{
	size_t len = overlay->path != NULL ? strlen(overlay->path) : 0;

	if (len == 0 || strncmp(path, overlay->path, len) != 0)
		return NULL;
	if (path[len] == '\0')
		return &overlay->database;
	if (strcmp(path + len, "-wal") == 0)
		return &overlay->wal;
	return strcmp(path + len, "-journal") == 0 ? &overlay->journal : NULL;
}

static int
open_named(struct db_overlay *overlay, struct layer *layer, const char *path, int flags)
{
	int number = layer_open(layer, path);

	if (number == 0 && (flags & SQLITE_OPEN_MAIN_DB) != 0)
		number = lock_shared(layer);
	if (number != 0) {
		overlay->last_errno = number;
		return SQLITE_CANTOPEN;
	}
	layer->is_made = true;
	return SQLITE_OK;
}

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
	struct db_overlay *overlay = (struct db_overlay *)vfs;
	struct overlay_file *self = (struct overlay_file *)file;
	bool is_named =
	    (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;

	*self = (struct overlay_file){ .overlay = overlay, .is_temporary = !is_named };
	if (is_named) {
		if ((flags & SQLITE_OPEN_MAIN_DB) != 0 && overlay->path == NULL)
			overlay->path = mem_copy_string(path);
		self->layer = layer_named(overlay, path);
		if (self->layer == NULL)
			return SQLITE_CANTOPEN;
		int result = open_named(overlay, self->layer, path, flags);
		if (result != SQLITE_OK)
			return result;
	} else {
		self->layer = mem_alloc(sizeof(*self->layer));
		self->layer->fd = -1;
	}
	self->file.pMethods = &file_methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int must_sync)
{
	struct layer *layer = layer_named((struct db_overlay *)vfs, path);
	bool is_wal = layer != NULL && layer->is_wal;

	(void)must_sync;
	if (layer == NULL)
		return SQLITE_OK;
	layer_release(layer);
	layer->is_gone = true;
	layer->is_wal = is_wal;
	return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
	const struct layer *layer = layer_named((struct db_overlay *)vfs, path);
	struct stat status;

	(void)flags;
	*result = layer != NULL &&
	    (layer->is_made || (!layer->is_gone && stat(path, &status) == 0 && status.st_size > 0));
	return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *vfs, int len, char *text)
{
	(void)len;
	(void)text;
	return ((struct db_overlay *)vfs)->last_errno;
}

struct db_overlay *
db_overlay_new(void)
{
	static unsigned made;
	struct db_overlay *overlay = mem_alloc(sizeof(*overlay));
	/* How paths are read, time and chance are the system's, as for any connection. */
	sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (system != NULL)
		overlay->vfs = *system;
	snprintf(overlay->name, sizeof(overlay->name), "digest-overlay-%u", ++made);
	overlay->vfs.iVersion = 2;
	overlay->vfs.pNext = NULL;
	overlay->vfs.zName = overlay->name;
	overlay->vfs.szOsFile = sizeof(struct overlay_file);
	overlay->vfs.xOpen = vfs_open;
	overlay->vfs.xDelete = vfs_delete;
	overlay->vfs.xAccess = vfs_access;
	overlay->vfs.xGetLastError = vfs_last_error;
	overlay->database.fd = overlay->wal.fd = overlay->journal.fd = -1;
	overlay->wal.is_wal = true;
	if (system == NULL || sqlite3_vfs_register(&overlay->vfs, 0) != SQLITE_OK)
		mem_die();
	return overlay;
}

void
db_overlay_free(struct db_overlay *overlay)
{
	if (overlay == NULL)
		return;
	sqlite3_vfs_unregister(&overlay->vfs);
	layer_release(&overlay->database);
	layer_release(&overlay->wal);
	layer_release(&overlay->journal);
	mem_free(overlay->path);
	mem_free(overlay);
}

const char *
db_overlay_name(const struct db_overlay *overlay)
{
	return overlay->name;
}

bool
db_overlay_is_disturbed(const struct db_overlay *overlay)
{
	return overlay->is_disturbed;
}
