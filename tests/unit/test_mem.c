/* The allocators: zeroed, never NULL, and the one way the process ends when there is no more. */
#include "unit.h"

#include "digest/mem.h"

#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static void
new_memory_is_zeroed(void **state)
{
	(void)state;
	static const char zeros[64];
	char *bytes = mem_alloc(sizeof(zeros));
	int *numbers = mem_array(16, sizeof(int));

	assert_memory_equal(bytes, zeros, sizeof(zeros));
	assert_memory_equal(numbers, zeros, 16 * sizeof(int));
	mem_free(bytes);
	mem_free(numbers);
}

static void
nothing_is_one_byte(void **state)
{
	(void)state;
	char *a = mem_alloc(0);
	char *b = mem_array(0, 8);
	char *c = mem_resize(NULL, 0);

	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	a[0] = b[0] = c[0] = 'x';
	mem_free(a);
	mem_free(b);
	mem_free(c);
	mem_free(NULL);
}

static void
resizing_keeps_what_fits(void **state)
{
	(void)state;
	char *text = mem_copy_string("abcdef");

	text = mem_resize(text, 1000);
	assert_string_equal(text, "abcdef");
	text = mem_resize(text, 3);
	assert_memory_equal(text, "abc", 3);
	mem_free(text);
}

/* Runs `exhaust` in a child and gives its exit status and what it wrote to standard error. */
static int
run_out(void (*exhaust)(void), char *text, size_t size)
{
	int ends[2];
	int status;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		exhaust();
		_exit(0);
	}
	close(ends[1]);
	ssize_t len = read(ends[0], text, size - 1);
	assert_true(len >= 0);
	text[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
overflow_a_product(void)
{
	volatile size_t half = SIZE_MAX / 2 + 1;
	mem_free(mem_array(half, 2));
}

static void
die(void)
{
	mem_die();
}

static void
out_of_memory_ends_with_71(void **state)
{
	(void)state;
	char text[256];

	assert_int_equal(run_out(die, text, sizeof(text)), EX_OSERR);
	assert_string_equal(text, "digest: out of memory\n");
	/* A sanitizer that replaces calloc() has its own words first, and its own exit status. */
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(run_out(overflow_a_product, text, sizeof(text)), EX_OSERR);
	assert_string_equal(text, "digest: out of memory\n");
#else
	(void)overflow_a_product;
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_memory_is_zeroed),
		cmocka_unit_test(nothing_is_one_byte),
		cmocka_unit_test(resizing_keeps_what_fits),
		cmocka_unit_test(out_of_memory_ends_with_71),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
