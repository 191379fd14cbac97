/* The log: levels, one line per event, and nothing in it that a terminal would obey. */
#include "unit.h"

#include "digest/log.h"

#include <errno.h>
#include <unistd.h>

static char text[300000];

/* Points standard error at a file; gives the old one. */
static int
capture(FILE *file)
{
	int saved = dup(STDERR_FILENO);

	assert_true(saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	return saved;
}

/* Puts standard error back and reads what was written into `text`. */
static struct str
finish(FILE *file, int saved)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	size_t len = fread(text, 1, sizeof(text), file);
	fclose(file);
	return (struct str){ text, len };
}

static void
events_above_the_level_are_dropped(void **state)
{
	(void)state;
	FILE *file = tmpfile();

	int saved = capture(file);
	log_error("store.open path=%s", "a b");
	log_warn("fetch.retry n=%d", 2);
	log_info("dropped");
	log_debug("dropped");
	log_set_level(LOG_LEVEL_DEBUG);
	log_info("fetch.start");
	log_debug("smtp.reply code=250");
	log_set_level(LOG_LEVEL_ERROR);
	log_warn("dropped");
	log_set_level(LOG_LEVEL_WARN);
	assert_str(finish(file, saved),
	    "digest: error: store.open path=a b\n"
	    "digest: warning: fetch.retry n=2\n"
	    "digest: info: fetch.start\n"
	    "digest: debug: smtp.reply code=250\n");
}

static void
controls_are_escaped(void **state)
{
	(void)state;
	FILE *file = tmpfile();

	int saved = capture(file);
	log_warn("x title=%s", "a\nb\tc\r\x1b[2J\x7f\xc2\x9bz\xff\xe2\x82\xac");
	assert_str(finish(file, saved),
	    "digest: warning: x title=a\\nb\\tc\\x0d\\x1b[2J\\x7f\\xc2\\x9bz\\xff\xe2\x82\xac\n");
}

static void
long_lines_are_whole(void **state)
{
	(void)state;
	static const size_t lengths[] = { 4000, 4070, 4080, 4095, 4096, 4097, 8192, 50000 };
	FILE *file = tmpfile();
	size_t expected = 0;

	int saved = capture(file);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		log_warn("%0*d", (int)lengths[i], 1);
		expected += strlen("digest: warning: ") + lengths[i] + 1;
	}
	/* Every byte of this one becomes four. */
	static char controls[6001];
	memset(controls, 1, sizeof(controls) - 1);
	log_warn("%s", controls);
	expected += strlen("digest: warning: ") + 6000 * 4 + 1;

	struct str rest = finish(file, saved);
	assert_int_equal(rest.len, expected);
	struct str line;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		assert_true(str_next_line(&rest, &line));
		assert_true(str_starts(line, "digest: warning: 0"));
		assert_true(str_ends(line, "01"));
	}
	assert_true(str_next_line(&rest, &line));
	assert_true(str_ends(line, "\\x01\\x01"));
	assert_false(str_next_line(&rest, &line));
}

static void
errno_is_preserved(void **state)
{
	(void)state;
	int saved = dup(STDERR_FILENO);

	close(STDERR_FILENO);
	errno = EAGAIN;
	log_error("nobody hears this");
	int after = errno;
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(after, EAGAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_above_the_level_are_dropped),
		cmocka_unit_test(controls_are_escaped),
		cmocka_unit_test(long_lines_are_whole),
		cmocka_unit_test(errno_is_preserved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
