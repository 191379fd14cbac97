/*
 * The configuration: where it is found, what it refuses and with which words, what counts, where
 * the store is.
 */
#include "unit.h"

#include "digest/config.h"
#include "digest/mem.h"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static const struct setting smtp_rows[] = {
	{ "url", SETTING_STRING, "", "where mail goes" },
	{ "from", SETTING_STRING, "", "the sender" },
	{ "password_file", SETTING_STRING, "", "a file" },
	{ "password_command", SETTING_STRING, "", "a command" },
	{ "rate", SETTING_INT, "30", "messages a minute" },
	SETTING_END,
};

static const struct setting source_rows[] = {
	{ "provider", SETTING_STRING, "", "whom to ask" },
	{ "base_url", SETTING_STRING, "", "a mirror" },
	{ "categories", SETTING_STRINGS, "", "of arXiv" },
	SETTING_END,
};

static const struct config_rows rows = {
	{ [CONFIG_SMTP] = smtp_rows, [CONFIG_SOURCE] = source_rows }
};

static char folder[64];
static char path[128];

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_config.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/digest.conf", folder);
	setenv("HOME", folder, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	unsetenv("DIGEST_CONFIG");
	unsetenv("STATE_DIRECTORY");
	return 0;
}

static int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* ---- helpers ---- */

static struct config *
load(const char *text)
{
	struct config *config = NULL;
	struct err err = ERR_NONE;

	write_file(path, text, 0644);
	if (config_load(&config, path, &rows, &err) < 0)
		fail_msg("%s", err.text);
	return config;
}

/* `expected` stands after the file's name. */
static void
assert_refused_with(const char *text, mode_t mode, int code, const char *expected)
{
	struct config *config = NULL;
	struct err err = ERR_NONE;
	char whole[ERR_TEXT_BYTES];

	write_file(path, text, mode);
	assert_int_equal(config_load(&config, path, &rows, &err), -1);
	assert_null(config);
	snprintf(whole, sizeof(whole), "%s:%s", path, expected);
	assert_string_equal(err.text, whole);
	assert_int_equal(err.code, code);
}

static void
assert_refused(const char *text, const char *expected)
{
	assert_refused_with(text, 0644, EX_CONFIG, expected);
}

static void
assert_override_refused(struct config *config, const char *text, const char *expected)
{
	struct err err = ERR_NONE;

	assert_int_equal(config_override(config, text, &err), -1);
	assert_string_equal(err.text, expected);
	assert_int_equal(err.code, EX_CONFIG);
}

static void
override(struct config *config, const char *text)
{
	struct err err = ERR_NONE;

	if (config_override(config, text, &err) < 0)
		fail_msg("%s", err.text);
}

/* ---- what counts ---- */

static void
nothing_is_the_built_in_one(void **state)
{
	struct config *config = NULL;
	struct settings *settings;
	struct err err = ERR_NONE;

	(void)state;
	assert_int_equal(config_load(&config, NULL, &rows, &err), 0);
	assert_string_equal(config_path(config), "");
	assert_string_equal(config_title(config, CONFIG_SOURCE, 0, &settings), "hf");
	assert_string_equal(settings_string(settings, "provider"), "hf_daily");
	assert_string_equal(settings_origin(settings, "provider"), "built in");
	assert_null(config_title(config, CONFIG_SOURCE, 1, &settings));
	assert_string_equal(config_title(config, CONFIG_LIST, 0, &settings), "daily");
	assert_int_equal(settings_count(settings, "sources"), 0);
	assert_string_equal(settings_string(settings, "rank"), "listing");
	assert_string_equal(settings_string(settings, "timezone"), "local");
	assert_true(settings_bool(settings, "updates"));
	assert_null(config_title(config, CONFIG_LIST, 1, &settings));
	settings = config_settings(config, CONFIG_DIGEST);
	assert_int_equal(settings_duration_s(settings, "keep"), 14 * 86400);
	assert_int_equal(settings_duration_s(settings, "timeout"), 60);
	assert_int_equal(settings_duration_s(settings, "deadline"), 15 * 60);
	assert_int_equal(settings_int(config_settings(config, CONFIG_SMTP), "rate"), 30);
	assert_null(config_find(config, CONFIG_LIST, "hf"));
	config_free(config);
	config_free(NULL);
}

static void
a_file_replaces_what_it_defines(void **state)
{
	struct settings *settings;
	struct config *config = load("list reading-group { sources = {hf, cl} limit = 5 }\n"
	                             "list other { }\n"
	                             "digest { contact = admin@example.com keep = 3d }\n");

	(void)state;
	assert_string_equal(config_path(config), path);
	assert_string_equal(config_title(config, CONFIG_LIST, 0, &settings), "reading-group");
	assert_int_equal(settings_count(settings, "sources"), 2);
	assert_string_equal(settings_string_at(settings, "sources", 1), "cl");
	assert_int_equal(settings_int(settings, "limit"), 5);
	assert_string_equal(config_title(config, CONFIG_LIST, 1, &settings), "other");
	assert_null(config_title(config, CONFIG_LIST, 2, &settings));
	assert_null(config_find(config, CONFIG_LIST, "daily"));
	assert_ptr_equal(config_find(config, CONFIG_LIST, "other"), settings);
	assert_non_null(config_find(config, CONFIG_SOURCE, "hf"));
	settings = config_settings(config, CONFIG_DIGEST);
	assert_string_equal(settings_string(settings, "contact"), "admin@example.com");
	assert_int_equal(settings_duration_s(settings, "keep"), 3 * 86400);
	config_free(config);

	config = load("source cl { provider = arxiv_api categories = cs.CL }");
	assert_null(config_find(config, CONFIG_SOURCE, "hf"));
	assert_non_null(config_find(config, CONFIG_LIST, "daily"));
	assert_false(settings_is_set(config_blank(config, CONFIG_SOURCE), "provider"));
	config_free(config);
}

static void
the_command_line_comes_last(void **state)
{
	struct config *config =
	    load("list a.b { limit = 5 subscribers = {x@example.com, y@example.com} }\n"
	         "digest { keep = 3d }\n");
	const struct settings *list = config_find(config, CONFIG_LIST, "a.b");

	(void)state;
	override(config, "list.a.b.limit=7");
	override(config, "digest.keep=1d");
	override(config, "smtp.url=maildir:/tmp/x=y");
	override(config, "source.hf.base_url=http://127.0.0.1:8080");
	override(config, "list.a.b.subscribers=z@example.com, w@example.com");
	override(config, "list.a.b.include=ti:\"a b\"\nau:c");
	assert_int_equal(settings_int(list, "limit"), 7);
	assert_string_equal(settings_origin(list, "limit"), "command line");
	assert_int_equal(
	    settings_duration_s(config_settings(config, CONFIG_DIGEST), "keep"), 86400);
	assert_string_equal(
	    settings_string(config_settings(config, CONFIG_SMTP), "url"), "maildir:/tmp/x=y");
	assert_string_equal(settings_string(config_find(config, CONFIG_SOURCE, "hf"), "base_url"),
	    "http://127.0.0.1:8080");
	assert_int_equal(settings_count(list, "subscribers"), 2);
	assert_string_equal(settings_string_at(list, "subscribers", 0), "z@example.com");
	assert_string_equal(settings_string_at(list, "subscribers", 1), "w@example.com");
	override(config, "list.a.b.subscribers=");
	assert_int_equal(settings_count(list, "subscribers"), 0);
	override(config, "list.a.b.title=");
	assert_string_equal(settings_string(list, "title"), "");
	config_free(config);
}

static void
refuses_bad_overrides(void **state)
{
	struct config *config = load("list a { }\nlist b { }\n");

	(void)state;
	assert_override_refused(
	    config, "", "command line: '' is not section.key=value or list.NAME.key=value");
	assert_override_refused(config, "digest.keep",
	    "command line: 'digest.keep' is not section.key=value or list.NAME.key=value");
	assert_override_refused(config, "keep=1d",
	    "command line: 'keep=1d' is not section.key=value or list.NAME.key=value");
	assert_override_refused(config, ".keep=1d",
	    "command line: '.keep=1d' is not section.key=value or list.NAME.key=value");
	assert_override_refused(config, "digest.=1d",
	    "command line: 'digest.=1d' is not section.key=value or list.NAME.key=value");
	assert_override_refused(config, "digset.keep=1d",
	    "command line: unknown section 'digset'; there are 'digest', 'smtp', 'source' and "
	    "'list'");
	assert_override_refused(config, "digest.x.keep=1d",
	    "command line: a section 'digest' has no name; write digest.keep=value");
	assert_override_refused(config, "list.limit=1",
	    "command line: which list? write list.NAME.key=value; there is 'a', 'b'");
	assert_override_refused(
	    config, "list.c.limit=1", "command line: there is no list 'c', only 'a', 'b'");
	assert_override_refused(
	    config, "list.a.limt=1", "command line: unknown key 'limt'; did you mean 'limit'?");
	assert_override_refused(
	    config, "list.a.limit=x", "command line: 'limit' must be a whole number, not 'x'");
	assert_override_refused(
	    config, "list.a.limit=-1", "command line: 'limit' must be a whole number, not '-1'");
	assert_override_refused(config, "smtp.rate=99999999999",
	    "command line: 'rate' must be a whole number, not '99999999999'");
	assert_override_refused(config, "list.a.title=a\nb",
	    "command line: 'title': must be one line without control characters");
	assert_override_refused(config, "list.a.title=\xff", "command line: 'title': not UTF-8");
	assert_override_refused(config, "smtp.password=x",
	    "command line: a password may not stand there, where every user of this machine can "
	    "read it; "
	    "use password_file or password_command");
	assert_override_refused(config, "smtp.url=smtps://a:b@example.com",
	    "command line: a password may not stand there, where every user of this machine can "
	    "read it; "
	    "use password_file or password_command");
	config_free(config);
}

/* ---- what is refused ---- */

static void
refuses_unknown_keys(void **state)
{
	(void)state;
	assert_refused("list a {\n limti = 5\n}", "2: unknown key 'limti'; did you mean 'limit'?");
	assert_refused(
	    "list a {\n schedul = x\n}", "2: unknown key 'schedul'; did you mean 'schedule'?");
	assert_refused("digest { wombat = 5 }",
	    "1: unknown key 'wombat' in section 'digest'; see 'digest config --init'");
	assert_refused(
	    "smpt { }", "1: unknown section 'smpt'; there are 'digest', 'smtp', 'source', 'list'");
	assert_refused("contact = a@example.com",
	    "1: 'contact' belongs into a section: digest { contact = … }");
	assert_refused("limit = 5", "1: 'limit' belongs into a section: list NAME { limit = … }");
}

static void
refuses_what_is_there_twice(void **state)
{
	char expected[256];

	(void)state;
	snprintf(expected, sizeof(expected), "3: 'limit' is set twice; first at %s:2", path);
	assert_refused("list a {\n limit = 5\n limit = 6\n}", expected);
	assert_refused(
	    "list a { }\nlist a { }", "2: the name 'a' is taken by another section of that kind");
	snprintf(expected, sizeof(expected),
	    "3: the section 'digest' stands in the file twice; first at %s:1", path);
	assert_refused("digest { }\n\ndigest { }", expected);
	snprintf(expected, sizeof(expected),
	    "4: the section 'digest' stands in the file twice; first at %s:2", path);
	assert_refused("digest {\n keep = 1d }\ndigest {\n timeout = 1s }", expected);
}

static void
refuses_bad_names(void **state)
{
	char text[128], expected[256];

	(void)state;
	static const char *const bad[] = { "", "a b", ".a", "a.", "a..b", "-a", "a/b", "a@b",
		"\xc3\xbc", "a.-b",
		"0123456789012345678901234567890123456789012345678901234567890123x" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "\nlist \"%s\" { }", bad[i]);
		snprintf(expected, sizeof(expected),
		    "2: '%s' cannot be a name; use letters, digits, '_', '-' and '.', at most 64 "
		    "of them",
		    bad[i]);
		assert_refused(text, expected);
	}
	config_free(load("list a.b-c_1.D { } source cs.CL { }"));
}

static void
refuses_bad_values(void **state)
{
	(void)state;
	assert_refused(
	    "list a {\n limit = many\n}", "2: 'limit' must be a whole number, not 'many'");
	assert_refused("list a {\n limit = -1\n}", "2: 'limit' must be a whole number, not '-1'");
	assert_refused("list a {\n limit = 2147483648\n}",
	    "2: 'limit' must be a whole number, not '2147483648'");
	assert_refused(
	    "list a {\n updates = maybe\n}", "2: 'updates' must be true or false, not 'maybe'");
	assert_refused("digest {\n keep = 2w\n}",
	    "2: 'keep' must be a duration like 90s, 15m, 2h or 5d, not '2w'");
	assert_refused("digest {\n timeout = 0s\n}", "2: 'timeout': must be longer than nothing");
	assert_refused("list a {\n title = \"a\\nBcc: b\"\n}",
	    "2: 'title': must be one line without control characters");
	assert_refused("smtp {\n from = \"a\\nBcc: b\"\n}",
	    "2: 'from': must be one line without control characters");
	assert_refused(
	    "digest {\n templates = relative\n}", "2: 'templates': 'relative' must begin with '/'");
	assert_refused("digest {\n templates = /nowhere/at/all\n}",
	    "2: 'templates': there is no folder '/nowhere/at/all'");
	assert_refused("digest {\n templates = /etc/passwd\n}",
	    "2: 'templates': '/etc/passwd' is not a folder");
}

/* What others say is wrong gets the place, the key and the exit code of a configuration error. */
static void
refuses_what_others_refuse(void **state)
{
	static const struct {
		const char *text, *start;
	} cases[] = {
		{ "list a {\n timezone = Europe/Berln\n}", "2: 'timezone': " },
		{ "list a {\n timezone = \"../../etc/passwd\"\n}", "2: 'timezone': " },
		{ "list a {\n schedule = \"25:00\"\n}", "2: 'schedule': " },
		{ "list a {\n schedule = \"0 0 31 2 *\"\n}", "2: 'schedule': " },
		{ "list a {\n schedule = \"@reboot\"\n}", "2: 'schedule': " },
		{ "list a {\n include = 'a \"b'\n}", "2: 'include': 'a \"b': " },
		{ "list a {\n exclude = 'fine\n(not'\n}", "3: 'exclude': '(not': " },
		{ "list a {\n subscribers = {a@example.com,\n nobody}\n}", "3: 'subscribers': " },
		{ "list a {\n reply_to = \"a b\"\n}", "2: 'reply_to': " },
		{ "digest {\n contact = nobody\n}", "2: 'contact': " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *config;
		struct err err = ERR_NONE;
		char start[256];
		write_file(path, cases[i].text, 0644);
		assert_int_equal(config_load(&config, path, &rows, &err), -1);
		snprintf(start, sizeof(start), "%s:%s", path, cases[i].start);
		if (strncmp(err.text, start, strlen(start)) != 0)
			fail_msg("'%s' does not begin with '%s'", err.text, start);
		assert_true(strlen(err.text) > strlen(start));
		assert_int_equal(err.code, EX_CONFIG);
	}
	config_free(load("list a { schedule = \"08:30 weekdays\" timezone = Europe/Berlin\n"
	                 "include = 'ti:x\n\nau:y' reply_to = a@example.com }"));
}

static void
refuses_passwords(void **state)
{
	(void)state;
	assert_refused_with("smtp {\n password = secret\n}", 0600, EX_CONFIG,
	    "2: a password may not stand here; use password_file or password_command");
	assert_refused_with("smtp {\n password = secret\n}", 0644, EX_NOPERM,
	    "2: a password may not stand here, and others may read the file; change that password, "
	    "and use "
	    "password_file or password_command");
	assert_refused_with("smtp {\n url = \"smtps://me:secret@example.com\"\n}", 0600, EX_CONFIG,
	    "2: a password may not stand in a URL; use password_file or password_command");
	assert_refused_with("source a {\n base_url = \"http://me:secret@example.com/\"\n}", 0640,
	    EX_NOPERM,
	    "2: a password may not stand in a URL, and others may read the file; change that "
	    "password, and "
	    "use password_file or password_command");
	config_free(load("smtp { url = \"smtps://me@example.com:465/a:b@c\" }"));
}

static void
refuses_commands_that_others_wrote(void **state)
{
	char expected[512];

	(void)state;
	snprintf(expected, sizeof(expected),
	    "2: a file that says which command to run may not be written by others; type 'chmod "
	    "go-w %s'",
	    path);
	assert_refused_with("smtp {\n password_command = \"pass x\" }", 0664, EX_NOPERM, expected);
	assert_refused_with("smtp {\n password_command = \"pass x\" }", 0646, EX_NOPERM, expected);
	config_free(load("smtp {\n password_command = \"pass x\" }"));
	write_file(path, "digest { }", 0666);
	struct config *config;
	struct err err = ERR_NONE;
	assert_int_equal(config_load(&config, path, &rows, &err), 0);
	config_free(config);
	if (geteuid() != 0)
		return;
	write_file(path, "smtp {\n password_command = \"pass x\" }", 0600);
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_int_equal(config_load(&config, path, &rows, &err), -1);
	snprintf(expected, sizeof(expected),
	    "%s:2: a file of another user may not say which command you run; type 'sudo -u nobody "
	    "digest …'",
	    path);
	assert_string_equal(err.text, expected);
	assert_int_equal(err.code, EX_NOPERM);
	assert_int_equal(unlink(path), 0);
}

/* ---- where the file is ---- */

static const char *
found(const char *named)
{
	static char result[ERR_TEXT_BYTES + 16];
	struct config *config = NULL;
	struct err err = ERR_NONE;

	if (config_load(&config, named, &rows, &err) < 0) {
		snprintf(result, sizeof(result), "%d %s", err.code, err.text);
	} else {
		snprintf(result, sizeof(result), "%s", config_path(config));
		config_free(config);
	}
	return result;
}

static void
looks_in_this_order(void **state)
{
	char by_name[128], by_variable[128], by_xdg[128], by_home[128], expected[512];

	(void)state;
	snprintf(by_name, sizeof(by_name), "%s/name.conf", folder);
	snprintf(by_variable, sizeof(by_variable), "%s/variable.conf", folder);
	snprintf(by_xdg, sizeof(by_xdg), "%s/xdg/digest/digest.conf", folder);
	snprintf(by_home, sizeof(by_home), "%s/.config/digest/digest.conf", folder);
	char xdg[128];
	snprintf(xdg, sizeof(xdg), "%s/xdg", folder);
	assert_int_equal(mkdir(xdg, 0700), 0);
	snprintf(expected, sizeof(expected), "%s/digest", xdg);
	assert_int_equal(mkdir(expected, 0700), 0);
	snprintf(expected, sizeof(expected), "%s/.config", folder);
	assert_int_equal(mkdir(expected, 0700), 0);
	snprintf(expected, sizeof(expected), "%s/.config/digest", folder);
	assert_int_equal(mkdir(expected, 0700), 0);

	assert_string_equal(found(NULL), "");
	write_file(by_home, "", 0600);
	assert_string_equal(found(NULL), by_home);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	assert_string_equal(found(NULL), by_home);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	assert_string_equal(found(NULL), "");
	write_file(by_xdg, "", 0600);
	assert_string_equal(found(NULL), by_xdg);
	setenv("DIGEST_CONFIG", "", 1);
	assert_string_equal(found(NULL), by_xdg);
	setenv("DIGEST_CONFIG", by_variable, 1);
	snprintf(expected, sizeof(expected),
	    "78 %s: there is no such file; $DIGEST_CONFIG names it", by_variable);
	assert_string_equal(found(NULL), expected);
	write_file(by_variable, "", 0600);
	assert_string_equal(found(NULL), by_variable);
	snprintf(
	    expected, sizeof(expected), "78 %s: there is no such file; --config names it", by_name);
	assert_string_equal(found(by_name), expected);
	write_file(by_name, "", 0600);
	assert_string_equal(found(by_name), by_name);
	snprintf(
	    expected, sizeof(expected), "78 %s: a folder, not a file; name the file in it", folder);
	assert_string_equal(found(folder), expected);
	assert_string_equal(found("/dev/null"), "/dev/null");
	unsetenv("DIGEST_CONFIG");
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(unlink(by_home), 0);
}

/* Runs `body` in a process of its own and expects it to succeed. */
static void
in_child(void (*body)(void))
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child ended with status %#x", (unsigned)status);
}

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			_exit(1); \
		} \
	} while (0)

static void
become_nobody(void)
{
	REQUIRE(setgid(65534) == 0 && setuid(65534) == 0);
}

static void
read_anothers_file(void)
{
	char expected[512];

	become_nobody();
	snprintf(expected, sizeof(expected),
	    "77 %s: you may not read this file; type 'sudo -u root digest …'", path);
	REQUIRE(strcmp(found(path), expected) == 0);
	snprintf(expected, sizeof(expected), "%s/shut/digest.conf", folder);
	char *shut = strdup(expected);
	snprintf(expected, sizeof(expected),
	    "77 %s: you may not look there; run digest as the user whose folder it is", shut);
	REQUIRE(strcmp(found(shut), expected) == 0);
	free(shut);
}

static void
tells_the_wrong_user(void **state)
{
	char shut[128];

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file(path, "", 0600);
	snprintf(shut, sizeof(shut), "%s/shut", folder);
	assert_int_equal(mkdir(shut, 0700), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	in_child(read_anothers_file);
}

/* ---- where the store is ---- */

static const char *
store_of(const char *config_path_or_null, const char *override_path)
{
	static char result[ERR_TEXT_BYTES + 16];
	struct config *config = NULL;
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (config_load(&config, config_path_or_null, &rows, &err) < 0 ||
	    config_store_path(config, override_path, &out, &err) < 0)
		snprintf(result, sizeof(result), "%d %s", err.code, err.text);
	else
		snprintf(result, sizeof(result), "%s", out.ptr);
	config_free(config);
	buf_release(&out);
	return result;
}

static void
finds_the_store(void **state)
{
	char expected[512];
	const struct passwd *user = getpwuid(geteuid());

	(void)state;
	snprintf(expected, sizeof(expected), "%s/.local/state/digest/digest.db", folder);
	assert_string_equal(store_of(NULL, NULL), expected);
	write_file(path, "", 0600);
	assert_string_equal(store_of(path, NULL), expected);
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_string_equal(store_of(path, NULL), expected);
	setenv("XDG_STATE_HOME", "/elsewhere", 1);
	assert_string_equal(store_of(path, NULL), "/elsewhere/digest/digest.db");
	unsetenv("XDG_STATE_HOME");

	setenv("STATE_DIRECTORY", "/run/state:/run/other", 1);
	assert_string_equal(store_of(path, NULL), "/run/state/digest.db");
	assert_string_equal(store_of(path, "here.db"), "here.db");
	setenv("STATE_DIRECTORY", "", 1);
	assert_string_equal(store_of(path, NULL), expected);
	unsetenv("STATE_DIRECTORY");
	assert_string_equal(store_of(path, ""), "64 --db: a file name is missing");

	/* Services have no $HOME; the user database knows. */
	if (user != NULL) {
		snprintf(
		    expected, sizeof(expected), "%s/.local/state/digest/digest.db", user->pw_dir);
		unsetenv("HOME");
		assert_string_equal(store_of("/dev/null", NULL), expected);
		setenv("HOME", "relative", 1);
		assert_string_equal(store_of("/dev/null", NULL), expected);
	}
	setenv("HOME", folder, 1);
}

/* In a mount namespace of its own, so that /etc and /var/lib are ours to fill. */
static void
use_system_files(void)
{
	static const char wrong[] = "77 store: the folder '/var/lib/digest' is another user's; "
	                            "type 'sudo -u nobody digest …'";

	REQUIRE(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	REQUIRE(mount("none", "/var/lib", "tmpfs", 0, "mode=755") == 0);
	int passwd = open("/etc/passwd", O_RDONLY);
	char users[65536];
	ssize_t size = read(passwd, users, sizeof(users) - 1);
	REQUIRE(size > 0);
	users[size] = '\0';
	REQUIRE(mount("none", "/etc", "tmpfs", 0, "mode=755") == 0);
	write_file("/etc/passwd", users, 0644);
	write_file("/etc/nsswitch.conf", "passwd: files\n", 0644);
	REQUIRE(mkdir("/etc/digest", 0755) == 0);
	REQUIRE(strcmp(found(NULL), "") == 0);
	write_file("/etc/digest/digest.conf", "", 0644);
	REQUIRE(strcmp(found(NULL), "/etc/digest/digest.conf") == 0);
	REQUIRE(strcmp(store_of(NULL, NULL), "/var/lib/digest/digest.db") == 0);
	REQUIRE(chdir("/etc/digest") == 0);
	REQUIRE(strcmp(store_of("digest.conf", NULL), "/var/lib/digest/digest.db") == 0);
	REQUIRE(chdir("/") == 0);
	REQUIRE(mkdir("/var/lib/digest", 0700) == 0);
	REQUIRE(strcmp(store_of(NULL, NULL), "/var/lib/digest/digest.db") == 0);
	REQUIRE(chown("/var/lib/digest", 65534, 65534) == 0);
	REQUIRE(strcmp(store_of(NULL, NULL), wrong) == 0);
	REQUIRE(strcmp(store_of(NULL, "/tmp/x.db"), "/tmp/x.db") == 0);
	become_nobody();
	setenv("HOME", "/", 1);
	REQUIRE(strcmp(store_of(NULL, NULL), "/var/lib/digest/digest.db") == 0);
}

static void
separate(void)
{
	_exit(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
	        ? 0
	        : 1);
}

static void
use_separate_system_files(void)
{
	REQUIRE(unshare(CLONE_NEWNS) == 0);
	use_system_files();
}

static void
the_file_decides_the_store(void **state)
{
	int status = 1;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		separate();
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		skip();
	in_child(use_separate_system_files);
}

/* ---- showing ---- */

static char *
shown(const struct config *config)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	config_show(config, &out);
	return buf_detach(&out);
}

static void
assert_shows(const char *all, const char *line)
{
	if (strstr(all, line) == NULL)
		fail_msg("'%s' is not in:\n%s", line, all);
}

static void
shows_values_and_origins(void **state)
{
	struct config *config =
	    load("digest {\n keep = 2h\n}\nlist a {\n title = \"x \\\"y\\\" \\\\\"\n"
	         " include = 'p\nq'\n exclude = '${x}'\n subscribers = {b@example.com, "
	         "c@example.com}\n}\n"
	         "smtp { password_command = \"printf %s hunter2\" }\n");
	char line[512];

	(void)state;
	override(config, "list.a.limit=3");
	override(config, "digest.deadline=90");
	char *all = shown(config);
	snprintf(line, sizeof(line), "\ndigest.keep = 2h   # %s:2\n", path);
	assert_shows(all, line);
	assert_shows(all, "\ndigest.timeout = 1m   # default\n");
	assert_shows(all, "\ndigest.deadline = 90s   # command line\n");
	snprintf(line, sizeof(line), "\nlist.a.title = \"x \\\"y\\\" \\\\\"   # %s:5\n", path);
	assert_shows(all, line);
	snprintf(line, sizeof(line), "\nlist.a.include = \"p\\nq\"   # %s:7\n", path);
	assert_shows(all, line);
	snprintf(line, sizeof(line), "\nlist.a.exclude = '${x}'   # %s:8\n", path);
	assert_shows(all, line);
	snprintf(line, sizeof(line),
	    "\nlist.a.subscribers = {\"b@example.com\", \"c@example.com\"}   # %s:9\n", path);
	assert_shows(all, line);
	assert_shows(all, "\nlist.a.limit = 3   # command line\n");
	assert_shows(all, "\nlist.a.updates = true   # default\n");
	assert_shows(all, "\nlist.a.sources = {}   # default\n");
	assert_shows(all, "\nsource.hf.provider = \"hf_daily\"   # built in\n");
	assert_shows(all, "\nsmtp.password_command = \"printf …\"   # ");
	assert_null(strstr(all, "hunter2"));
	mem_free(all);
	config_free(config);
}

/* Turns the lines of config_show() back into a file: equal but for the origins. */
static void
shows_what_a_file_could_say(void **state)
{
	struct config *config =
	    load("digest { contact = a@example.com deadline = 1h }\n"
	         "list a { title = 'it is \"a\" \\\\ ${b}' sources = {hf, \"x y\"} limit = 9 "
	         "updates = no\n"
	         "include = 'one\n\ttwo' }\nlist b.c { timezone = Asia/Tokyo }\n");
	char *before = shown(config), *rest = before, *line, *section;
	struct buf file = BUF_INIT(BUF_LIMIT);
	char last[128] = "";

	(void)state;
	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		char *key = strstr(line, " = ");
		while (key[-1] != '.')
			key--;
		key[-1] = '\0';
		section = line;
		if (strcmp(last, section) != 0) {
			char *dot = strchr(section, '.');
			snprintf(last, sizeof(last), "%s", section);
			if (dot != NULL)
				*dot = ' ';
			buf_addf(&file, "%s%s {\n", file.len > 0 ? "}\n" : "", section);
		}
		/* An empty list is said by leaving its key out. */
		if (strstr(key, " = {} ") == NULL)
			buf_addf(&file, "%s\n", key);
	}
	buf_add_string(&file, "}\n");
	mem_free(before);
	before = shown(config);
	config_free(config);

	config = load(file.ptr);
	char *after = shown(config), *rest_after = after;
	rest = before;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *line_after = strsep(&rest_after, "\n");
		assert_non_null(line_after);
		if (strstr(line, "   # ") != NULL) {
			*strstr(line, "   # ") = '\0';
			*strstr(line_after, "   # ") = '\0';
		}
		assert_string_equal(line_after, line);
	}
	assert_null(rest_after);
	buf_release(&file);
	mem_free(before);
	mem_free(after);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_the_built_in_one),
		cmocka_unit_test(a_file_replaces_what_it_defines),
		cmocka_unit_test(the_command_line_comes_last),
		cmocka_unit_test(refuses_bad_overrides),
		cmocka_unit_test(refuses_unknown_keys),
		cmocka_unit_test(refuses_what_is_there_twice),
		cmocka_unit_test(refuses_bad_names),
		cmocka_unit_test(refuses_bad_values),
		cmocka_unit_test(refuses_what_others_refuse),
		cmocka_unit_test(refuses_passwords),
		cmocka_unit_test(refuses_commands_that_others_wrote),
		cmocka_unit_test(looks_in_this_order),
		cmocka_unit_test(tells_the_wrong_user),
		cmocka_unit_test(finds_the_store),
		cmocka_unit_test(the_file_decides_the_store),
		cmocka_unit_test(shows_values_and_origins),
		cmocka_unit_test(shows_what_a_file_could_say),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
