/*
 * Preloaded into the program: stands between SQLite and its files, and writes down what is written,
 * cut, synced and deleted, in order and with the time (CLOCK_MONOTONIC), to the file POWER_LOG. The
 * power cuts are made from that: run replays any beginning of it, with what was not synced kept,
 * dropped or torn. It changes nothing of what the program does.
 *
 * A record is its head and `length` bytes: the name of the file, or what was written.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPENED = 1, WRITTEN, RESIZED, SYNCED, DELETED };

struct head {
	uint64_t at_ns, offset;
	uint32_t what, file, length, unused;
};

struct file {
	sqlite3_file base;
	uint32_t number;
	sqlite3_file *real; /* after this */
};

static int log_fd = -1;
static uint32_t files;
static sqlite3_vfs shim, *real_vfs;

static void
note(uint32_t what, uint32_t file, uint64_t offset, const void *bytes, uint32_t length)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	struct head head = { (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec, offset,
		what, file, length, 0 };
	struct iovec parts[] = { { &head, sizeof(head) }, { (void *)bytes, length } };
	if (writev(log_fd, parts, 2) != (ssize_t)(sizeof(head) + length))
		abort();
}

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static uint32_t
number_of(sqlite3_file *file)
{
	return ((struct file *)file)->number;
}

static int
file_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int
file_read(sqlite3_file *file, void *to, int length, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), to, length, offset);
}

static int
file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	int result = real_of(file)->pMethods->xWrite(real_of(file), bytes, length, offset);

	if (result == SQLITE_OK)
		note(WRITTEN, number_of(file), (uint64_t)offset, bytes, (uint32_t)length);
	return result;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int result = real_of(file)->pMethods->xTruncate(real_of(file), size);

	if (result == SQLITE_OK)
		note(RESIZED, number_of(file), (uint64_t)size, NULL, 0);
	return result;
}

static int
file_sync(sqlite3_file *file, int flags)
{
	int result = real_of(file)->pMethods->xSync(real_of(file), flags);

	if (result == SQLITE_OK)
		note(SYNCED, number_of(file), 0, NULL, 0);
	return result;
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

/* Room that is made ahead shows in the size. */
static int
file_control(sqlite3_file *file, int what, void *argument)
{
	sqlite3_int64 before = 0, after = 0;

	file_size(file, &before);
	int result = real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
	file_size(file, &after);
	if (before != after)
		note(RESIZED, number_of(file), (uint64_t)after, NULL, 0);
	return result;
}

static int
file_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
file_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
file_check_lock(sqlite3_file *file, int *is_reserved)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}

static int
file_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
file_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, memory);
}

static int
file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void
file_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
file_shm_unmap(sqlite3_file *file, int is_deleted)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), is_deleted);
}

static const sqlite3_io_methods methods = { 2, file_close, file_read, file_write, file_truncate,
	file_sync, file_size, file_lock, file_unlock, file_check_lock, file_control,
	file_sector_size, file_traits, file_shm_map, file_shm_lock, file_shm_barrier,
	file_shm_unmap, NULL, NULL };

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
	struct file *file = (struct file *)base;

	(void)vfs;
	file->base.pMethods = NULL;
	file->real = (sqlite3_file *)(file + 1);
	int result = real_vfs->xOpen(real_vfs, name, file->real, flags, out_flags);
	if (file->real->pMethods == NULL)
		return result;
	file->base.pMethods = &methods;
	file->number = ++files;
	if (result == SQLITE_OK)
		note(OPENED, file->number, 0, name, name != NULL ? (uint32_t)strlen(name) : 0);
	return result;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
	int result = real_vfs->xDelete(real_vfs, name, is_synced);

	(void)vfs;
	if (result == SQLITE_OK)
		note(DELETED, 0, (uint64_t)is_synced, name, (uint32_t)strlen(name));
	return result;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("POWER_LOG");

	unsetenv("LD_PRELOAD");
	if (path == NULL)
		return;
	log_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	real_vfs = sqlite3_vfs_find(NULL);
	if (log_fd < 0 || real_vfs == NULL)
		abort();
	shim = *real_vfs;
	shim.zName = "power";
	shim.pNext = NULL;
	shim.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
	shim.xOpen = vfs_open;
	shim.xDelete = vfs_delete;
	if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK)
		abort();
}
