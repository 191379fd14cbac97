/* A temporary folder for one test, and what is in it, byte for byte. */
#ifndef DIGEST_TESTS_UNIT_FOLDER_H
#define DIGEST_TESTS_UNIT_FOLDER_H

#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64];
};

static inline void
folder_make(struct folder *folder)
{
	snprintf(folder->path, sizeof(folder->path), "/tmp/digest-test-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
}

/* The path of a file in the folder; lives until the fourth call after this one. */
static inline const char *
folder_file(const struct folder *folder, const char *name)
{
	static char paths[4][160];
	static int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder->path, name);
	return path;
}

static inline void
folder_remove(struct folder *folder)
{
	DIR *dir = opendir(folder->path);
	struct dirent *item;

	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL) {
		if (item->d_name[0] == '.')
			continue;
		if (unlinkat(dirfd(dir), item->d_name, 0) < 0)
			assert_int_equal(unlinkat(dirfd(dir), item->d_name, AT_REMOVEDIR), 0);
	}
	closedir(dir);
	assert_int_equal(rmdir(folder->path), 0);
}

/* FNV-1a over the names, sizes, times and bytes of all files: equal means untouched. */
static inline uint64_t
folder_fingerprint(const struct folder *folder)
{
	DIR *dir = opendir(folder->path);
	struct dirent *item;
	uint64_t sum = 0;

	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL) {
		uint64_t hash = 14695981039346656037u;
		unsigned char bytes[4096];
		ssize_t got;
		struct stat status;
		if (item->d_name[0] == '.')
			continue;
		int fd = openat(dirfd(dir), item->d_name, O_RDONLY);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &status), 0);
		for (const char *c = item->d_name; *c != '\0'; c++)
			hash = (hash ^ (unsigned char)*c) * 1099511628211u;
		hash = (hash ^ (uint64_t)status.st_size) * 1099511628211u;
		hash = (hash ^ (uint64_t)status.st_mtim.tv_sec) * 1099511628211u;
		hash = (hash ^ (uint64_t)status.st_mtim.tv_nsec) * 1099511628211u;
		while ((got = read(fd, bytes, sizeof(bytes))) > 0) {
			for (ssize_t i = 0; i < got; i++)
				hash = (hash ^ bytes[i]) * 1099511628211u;
		}
		close(fd);
		sum += hash;
	}
	closedir(dir);
	return sum;
}

#endif
