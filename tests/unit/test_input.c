/*
 * Inputs: of memory, files and spools; from their beginning, over again, their head and the whole.
 */
#include "unit.h"

#include "digest/buf.h"
#include "digest/input.h"
#include "digest/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LARGE = 3 << 20 };

/* So many bytes, no two neighbours of them alike. */
static char *
make_bytes(size_t len)
{
	char *bytes = mem_alloc(len + 1);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	return bytes;
}

/* Reads to the end: the same bytes, in chunks that are never empty. */
static void
assert_reads(struct input *input, struct str expected)
{
	struct buf all = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct str chunk;
	int status;

	while ((status = input_next(input, &chunk, &err)) > 0) {
		assert_true(chunk.len > 0);
		buf_add(&all, chunk);
	}
	assert_int_equal(status, 0);
	assert_int_equal(input_next(input, &chunk, &err), 0);
	assert_true(str_equal(buf_str(&all), expected));
	buf_release(&all);
}

/* What every input does, whatever it is of; closes it. */
static void
assert_is_input(struct input *input, struct str expected)
{
	struct err err = ERR_NONE;
	struct str head, whole, chunk;

	assert_reads(input, expected);
	assert_int_equal(input_rewind(input, &err), 0);
	assert_reads(input, expected);
	assert_int_equal(input_head(input, &head, &err), 0);
	assert_true(str_equal(head, str_head(expected, INPUT_HEAD_BYTES)));
	assert_reads(input, expected);
	assert_int_equal(input_whole(input, &whole, &err), 0);
	assert_true(str_equal(whole, expected));
	/* In the middle, and back again. */
	assert_int_equal(input_rewind(input, &err), 0);
	assert_int_equal(input_next(input, &chunk, &err), expected.len > 0);
	assert_int_equal(input_head(input, &head, &err), 0);
	assert_reads(input, expected);
	assert_true(str_equal(head, str_head(expected, INPUT_HEAD_BYTES)));
	assert_true(str_equal(whole, expected));
	assert_false(err_is_set(&err));
	input_close(input);
}

static int
file_of(struct str bytes)
{
	char path[] = "/tmp/test_input-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static const size_t sizes[] = { 0, 1, 100, INPUT_HEAD_BYTES - 1, INPUT_HEAD_BYTES,
	INPUT_HEAD_BYTES + 1, INPUT_SPOOL_BYTES, INPUT_SPOOL_BYTES + 1, LARGE };

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void
memory_and_files(void **state)
{
	char *bytes = make_bytes(LARGE);

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		struct str text = { bytes, sizes[i] };
		assert_is_input(input_of_bytes(text), text);
		assert_is_input(input_of_file(file_of(text), "a file"), text);
	}
	input_close(NULL);
	mem_free(bytes);
}

/* From where it stands open; others may read it at the same time. */
static void
files_from_their_place(void **state)
{
	int fd = file_of(STR("header\nbody")), other;
	struct err err = ERR_NONE;
	struct str chunk;

	(void)state;
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	other = dup(fd);
	struct input *one = input_of_file(fd, "one"), *two = input_of_file(other, "two");
	assert_int_equal(input_next(one, &chunk, &err), 1);
	assert_str(chunk, "body");
	assert_is_input(two, STR("body"));
	assert_int_equal(input_rewind(one, &err), 0);
	assert_is_input(one, STR("body"));
}

static void
files_that_cannot_be_read(void **state)
{
	int fd = open("/tmp", O_RDONLY | O_CLOEXEC);
	struct input *input = input_of_file(fd, "some folder");
	struct err err = ERR_NONE;
	struct str chunk;

	(void)state;
	assert_int_equal(input_next(input, &chunk, &err), -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_non_null(strstr(err.text, "cannot read 'some folder'"));
	err_clear(&err);
	assert_int_equal(input_head(input, &chunk, &err), -1);
	err_clear(&err);
	assert_int_equal(input_whole(input, &chunk, &err), -1);
	input_close(input);
}

static void
the_whole_has_a_ceiling(void **state)
{
	int fd = file_of(STR(""));
	struct err err = ERR_NONE;
	struct str text;

	(void)state;
	assert_int_equal(ftruncate(fd, INPUT_WHOLE_BYTES + 1), 0);
	struct input *input = input_of_file(dup(fd), "large");
	assert_int_equal(input_whole(input, &text, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	assert_string_equal(err.text, "over 32 MiB");
	input_close(input);

	assert_int_equal(ftruncate(fd, INPUT_WHOLE_BYTES), 0);
	err_clear(&err);
	input = input_of_file(fd, "large");
	assert_int_equal(input_whole(input, &text, &err), 0);
	assert_int_equal(text.len, INPUT_WHOLE_BYTES);
	input_close(input);
}

/* ---- spools ---- */

static struct input *
spooled(struct str bytes, size_t piece, bool may_write)
{
	struct input_spool *spool = input_spool_new(LARGE, may_write);
	struct err err = ERR_NONE;

	for (; bytes.len > 0; bytes = str_skip(bytes, piece))
		assert_int_equal(input_spool_add(spool, str_head(bytes, piece), &err), 0);
	return input_of_spool(spool);
}

static void
spools_give_back(void **state)
{
	char *bytes = make_bytes(LARGE);

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		struct str text = { bytes, sizes[i] };
		assert_is_input(spooled(text, 10007, true), text);
		assert_is_input(spooled(text, 10007, false), text);
		assert_is_input(spooled(text, LARGE, true), text);
	}
	mem_free(bytes);
}

static size_t
count_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

/* Nothing is opened before it must be, nor when it may not, and nothing stays behind. */
static void
spools_open_files_when_they_may(void **state)
{
	char *bytes = make_bytes(LARGE), folder[] = "/tmp/test_input-XXXXXX";
	struct str text = { bytes, LARGE };
	size_t before = count_files();
	struct input *small, *large, *quiet;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	small = spooled(str_head(text, INPUT_SPOOL_BYTES), 4096, true);
	quiet = spooled(text, 4096, false);
	assert_int_equal(count_files(), before);
	large = spooled(str_head(text, INPUT_SPOOL_BYTES + 1), 4096, true);
	assert_int_equal(count_files(), before + 1);
	/* The file has no name. */
	assert_int_equal(rmdir(folder), 0);
	input_close(small);
	input_close(large);
	input_close(quiet);
	assert_int_equal(count_files(), before);

	/* Where no file can be, memory has to do. */
	assert_is_input(spooled(text, 4096, true), text);
	assert_int_equal(count_files(), before);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	mem_free(bytes);
}

static void
spools_have_a_ceiling(void **state)
{
	char *bytes = make_bytes(LARGE);
	struct str text = { bytes, LARGE };

	(void)state;
	for (int may_write = 0; may_write < 2; may_write++) {
		struct input_spool *spool = input_spool_new(LARGE, may_write);
		struct err err = ERR_NONE;
		assert_int_equal(input_spool_add(spool, text, &err), 0);
		assert_int_equal(input_spool_add(spool, STR("x"), &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
		assert_string_equal(err.text, "over 3 MiB");
		err_clear(&err);
		assert_int_equal(input_spool_add(spool, STR(""), &err), -1);
		/* Another try begins anew. */
		input_spool_reset(spool);
		assert_int_equal(input_spool_add(spool, STR("second"), &err), 0);
		assert_is_input(input_of_spool(spool), STR("second"));
	}
	input_spool_free(input_spool_new(1, true));
	input_spool_free(NULL);
	mem_free(bytes);
}

/* A disk that is full, by the limit on the size of files. */
static void
spools_tell_of_full_disks(void **state)
{
	char *bytes = make_bytes(LARGE);
	struct input_spool *spool = input_spool_new(LARGE, true);
	struct rlimit before, tight;
	struct err err = ERR_NONE;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = (struct rlimit){ 1 << 20, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int status = input_spool_add(spool, (struct str){ bytes, LARGE }, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(status, -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_non_null(strstr(err.text, "cannot write the temporary file"));
	input_spool_free(spool);
	mem_free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_and_files),
		cmocka_unit_test(files_from_their_place),
		cmocka_unit_test(files_that_cannot_be_read),
		cmocka_unit_test(the_whole_has_a_ceiling),
		cmocka_unit_test(spools_give_back),
		cmocka_unit_test(spools_open_files_when_they_may),
		cmocka_unit_test(spools_have_a_ceiling),
		cmocka_unit_test(spools_tell_of_full_disks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
