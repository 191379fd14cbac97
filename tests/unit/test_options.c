/*
 * The command line: what is understood, what is refused and with which words, and what help says.
 */
#include "unit.h"

#include "src/cli/options.h"

#include "digest/date.h"
#include "digest/err.h"
#include "digest/export.h"
#include "digest/message.h"
#include "digest/run.h"
#include "digest/unicode.h"

enum { MOST_WORDS = 32 };

/* Words as a shell would pass them, "digest" first; single quotes keep spaces. */
struct line {
	char text[512];
	char *words[MOST_WORDS];
	int count;
	struct options options;
	struct err err;
	int status;
};

static void
split(struct line *line, const char *text)
{
	char *out = line->text;

	*line = (struct line){ .words = { line->text }, .err = ERR_NONE };
	out += snprintf(out, sizeof(line->text), "digest") + 1;
	line->count = 1;
	while (*text != '\0') {
		bool is_quoted = false;
		line->words[line->count++] = out;
		for (; *text != '\0' && (is_quoted || *text != ' '); text++) {
			if (*text == '\'')
				is_quoted = !is_quoted;
			else
				*out++ = *text;
		}
		*out++ = '\0';
		text += *text == ' ';
	}
}

static struct line *
parse(const char *text)
{
	static struct line line;

	split(&line, text);
	line.status = options_parse(&line.options, line.count, line.words, &line.err);
	return &line;
}

static void
assert_refused(const char *text, const char *expected)
{
	struct line *line = parse(text);

	if (line->status == 0)
		fail_msg("'%s' was taken", text);
	assert_string_equal(line->err.text, expected);
	assert_int_equal(line->err.code, EX_USAGE);
	options_release(&line->options);
}

static const struct options *
taken(const char *text)
{
	struct line *line = parse(text);

	if (line->status < 0)
		fail_msg("'%s': %s", text, line->err.text);
	return &line->options;
}

static void
release(const struct options *options)
{
	options_release((struct options *)(uintptr_t)options);
}

/* ---- what is understood ---- */

static void
nothing_is_nothing(void **state)
{
	const struct options *options = taken("");

	(void)state;
	assert_null(options->command);
	assert_int_equal(options->operand_count, 0);
	assert_int_equal(options->preview, OPTIONS_UNSET);
	assert_int_equal(options->limit, OPTIONS_UNSET);
	assert_int_equal(options->wait_s, OPTIONS_UNSET);
	assert_int_equal(options->date, DATE_NO_DAY);
	assert_int_equal(options->since, DATE_NO_DAY);
	assert_int_equal(options->progress, OPTIONS_PROGRESS_AUTO);
	assert_int_equal(options->send_to.count, 0);
	assert_null(options->config);
	assert_null(options->completion);
	release(options);

	/* A caller may pass no name of the program at all. */
	struct options bare;
	struct err err = ERR_NONE;
	char *none[] = { NULL };
	assert_int_equal(options_parse(&bare, 0, none, &err), 0);
	assert_null(bare.command);
	options_release(&bare);
}

static void
takes_modes(void **state)
{
	const struct options *options = taken("--preview");

	(void)state;
	assert_int_equal(options->preview, RUN_TEXT);
	release(options);
	static const struct {
		const char *text;
		int format;
	} formats[] = { { "--preview=text", RUN_TEXT }, { "--preview=html", RUN_HTML },
		{ "--preview=eml", RUN_EML }, { "--preview=json", RUN_JSON },
		{ "--preview=bibtex", RUN_EXPORT }, { "--preview=atom", RUN_EXPORT + 5 },
		{ "--prev=json", RUN_JSON }, { "--preview=html --preview=eml", RUN_EML } };
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		options = taken(formats[i].text);
		assert_int_equal(options->preview, formats[i].format);
		release(options);
	}
	options = taken("--send-to a@example.com --send-to=b@example.com --preview");
	assert_int_equal(options->send_to.count, 2);
	assert_string_equal(options->send_to.items[0], "a@example.com");
	assert_string_equal(options->send_to.items[1], "b@example.com");
	assert_int_equal(options->preview, RUN_TEXT);
	release(options);
}

static void
takes_a_selection(void **state)
{
	const struct options *options =
	    taken("--preview --source hf --source - --list x --match 'ti:a b' "
	          "--match c --limit 0 --rank votes,recency --date 2024-02-29 --offline");

	(void)state;
	assert_int_equal(options->source.count, 2);
	assert_string_equal(options->source.items[1], "-");
	assert_string_equal(options->list, "x");
	assert_int_equal(options->match.count, 2);
	assert_string_equal(options->match.items[0], "ti:a b");
	assert_int_equal(options->limit, 0);
	assert_string_equal(options->rank, "votes,recency");
	assert_int_equal(options->date, date_day(2024, 2, 29));
	assert_true(options->is_offline);
	release(options);
	options = taken("--preview --since 2026-07-27 --limit 5 --limit 2147483647");
	assert_int_equal(options->since, date_day(2026, 7, 27));
	assert_int_equal(options->limit, INT32_MAX);
	release(options);
}

static void
takes_delivery_and_general_options(void **state)
{
	const struct options *options =
	    taken("--send-to a@example.com --from 'A <b@example.com>' --transport null: "
	          "--wait=2m --yes --dry-run -c f -o a.b=c --set d.e=f,g --db x.db -v "
	          "--progress never");

	(void)state;
	assert_string_equal(options->from, "A <b@example.com>");
	assert_string_equal(options->transport, "null:");
	assert_int_equal(options->wait_s, 120);
	assert_true(options->may_grow);
	assert_true(options->is_dry_run);
	assert_string_equal(options->config, "f");
	assert_int_equal(options->set.count, 2);
	assert_string_equal(options->set.items[1], "d.e=f,g");
	assert_string_equal(options->db, "x.db");
	assert_true(options->is_verbose);
	assert_int_equal(options->progress, OPTIONS_PROGRESS_NEVER);
	release(options);
	options = taken("--send-to a@example.com --wait");
	assert_int_equal(options->wait_s, 3600);
	release(options);
	options = taken("--send-to a@example.com --wait=0s");
	assert_int_equal(options->wait_s, 0);
	release(options);
}

static void
takes_commands(void **state)
{
	const struct options *options =
	    taken("-v subscribers --list x add --as-list a@example.com");

	(void)state;
	assert_string_equal(options->command, "subscribers");
	assert_int_equal(options->operand_count, 2);
	assert_string_equal(options->operands[0], "add");
	assert_string_equal(options->operands[1], "a@example.com");
	assert_true(options->is_list_address);
	assert_true(options->is_verbose);
	release(options);
	options = taken("show -- --odd-key");
	assert_string_equal(options->command, "show");
	assert_string_equal(options->operands[0], "--odd-key");
	release(options);
	options = taken("check --as-cron --send-test a@example.com");
	assert_true(options->as_cron);
	assert_string_equal(options->send_test, "a@example.com");
	release(options);
	options = taken("help --completion=bash");
	assert_string_equal(options->completion, "bash");
	release(options);
	options = taken("config --init");
	assert_true(options->is_init);
	release(options);
	options = taken("config --show");
	assert_true(options->is_show);
	release(options);
	options = taken("status --json");
	assert_true(options->is_json);
	release(options);
}

/* Whoever asks for help has not finished typing. */
static void
helps_with_half_a_line(void **state)
{
	const struct options *options = taken("run --help --match x");

	(void)state;
	assert_string_equal(options->command, "run");
	assert_true(options->is_help);
	release(options);
	options = taken("--limit 5 -h");
	assert_true(options->is_help);
	release(options);
	options = taken("-V");
	assert_true(options->is_version);
	release(options);
}

/* ---- what is refused ---- */

static void
refuses_unknown_words(void **state)
{
	(void)state;
	assert_refused("--sorce hf", "unknown option '--sorce'; did you mean '--source'?");
	assert_refused("--prevew=html", "unknown option '--prevew'; did you mean '--preview'?");
	assert_refused("--sendto a", "unknown option '--sendto'; did you mean '--send-to'?");
	assert_refused("--wombat", "unknown option '--wombat'; 'digest --help' names them");
	assert_refused("--prog --x", "--progress: '--x' is none of auto|always|never");
	assert_refused("--d 1", "unclear option '--d': '--date' or '--dry-run' or '--db'?");
	assert_refused("-x", "unknown option '-x'; 'digest --help' names them");
	assert_refused("-vx", "unknown option '-x'; 'digest --help' names them");
	assert_refused("staus", "unknown command 'staus'; did you mean 'status'?");
	assert_refused("wombat", "unknown command 'wombat'; 'digest --help' names them");
	assert_refused("wombat --help", "unknown command 'wombat'; 'digest --help' names them");
}

static void
refuses_missing_and_needless_arguments(void **state)
{
	(void)state;
	assert_refused("--send-to", "--send-to needs its ADDRESS");
	assert_refused("--preview --limit", "--limit needs its N");
	assert_refused("-c", "--config needs its FILE");
	assert_refused("--preview --offline=yes", "--offline takes no argument");
	assert_refused("--config ''", "--config: its FILE is empty");
	assert_refused("--db ''", "--db: its FILE is empty");
	assert_refused("--preview --source ''", "--source: its SOURCE is empty");
}

static void
refuses_bad_arguments(void **state)
{
	(void)state;
	assert_refused(
	    "--preview=pdf", "--preview: 'pdf' is none of text|html|eml|json|" EXPORT_NAMES);
	assert_refused("--preview=", "--preview: '' is none of text|html|eml|json|" EXPORT_NAMES);
	assert_refused("--preview=bibtx",
	    "--preview: 'bibtx' is none of text|html|eml|json|" EXPORT_NAMES
	    "; did you mean 'bibtex'?");
	assert_refused("--progress=some", "--progress: 'some' is none of auto|always|never");
	assert_refused("--preview --limit five", "--limit: 'five' is not a whole number");
	assert_refused("--preview --limit -1", "--limit: '-1' is not a whole number");
	assert_refused("--preview --limit 5x", "--limit: '5x' is not a whole number");
	assert_refused(
	    "--preview --limit 2147483648", "--limit: '2147483648' is not a whole number");
	assert_refused("--preview --date 2026-02-30",
	    "--date: '2026-02-30' is no day of the calendar; write it like 2026-07-27, or "
	    "7d for a week ago");
	assert_refused("--preview --since 2026-13-01",
	    "--since: '2026-13-01' is no day of the calendar; write it like 2026-07-27, or "
	    "7d for a week ago");
	assert_refused("--preview --date 27.7.2026",
	    "--date: '27.7.2026' is no day of the calendar; write it like 2026-07-27, or "
	    "7d for a week ago");
	assert_refused("--preview --date ''",
	    "--date: '' is no day of the calendar; write it like 2026-07-27, or "
	    "7d for a week ago");
	assert_refused(
	    "--send-to a --wait=soon", "--wait: 'soon' is not a duration like 90s, 15m or 2h");
	assert_refused(
	    "--send-to a --wait=-5s", "--wait: '-5s' is not a duration like 90s, 15m or 2h");
	assert_refused("--preview --match \xff", "--match: '?' is not UTF-8");
	assert_refused("--preview --match 'a\nb'", "--match: 'a b' holds a control character");
	assert_refused("--preview --from 'a@b\r\nBcc: c@d'",
	    "--from: 'a@b  Bcc: c@d' holds a control character");
}

static void
refuses_bad_addresses(void **state)
{
	(void)state;
	assert_refused("--send-to ''", "--send-to: its ADDRESS is empty");
	assert_refused("--send-to a@example.com,b@example.com",
	    "--send-to: 'a@example.com,b@example.com' has a comma; repeat the option for each "
	    "address");
	assert_refused("--send-to 'a@example.com\nb'",
	    "--send-to: 'a@example.com b' holds a control character");
	assert_refused("--send-to 'a\x7f@example.com'",
	    "--send-to: 'a?@example.com' holds a control character");
	assert_refused("check --send-test 'a,b'",
	    "--send-test: 'a,b' has a comma; repeat the option for each address");
}

static void
refuses_what_does_not_go_together(void **state)
{
	(void)state;
	assert_refused("--preview --date 2026-07-27 --since 2026-07-26",
	    "--date is one day and --since many; give one of them");
	assert_refused("--preview --dry-run",
	    "--preview sends nothing already; --dry-run goes with --send-to and run");
	assert_refused(
	    "config --show --init", "--show and --init are two things; give one of them");
	assert_refused(
	    "run --preview", "'run' takes no --preview; 'digest help run' tells what it takes");
	assert_refused("run --send-to a@example.com",
	    "'run' takes no --send-to; 'digest help run' tells what it takes");
	assert_refused("--preview --format bibtex",
	    "--format belongs to a command; a preview is told as --preview=FORMAT");
	assert_refused("--send-to a@example.com --preview --json",
	    "--json belongs to a command; a preview is told as --preview=FORMAT");
	assert_refused("--preview status",
	    "'status' takes no --preview; 'digest help status' tells what it takes");
	assert_refused("status --match x",
	    "'status' takes no --match; 'digest help status' tells what it takes");
	assert_refused(
	    "status --init", "'status' takes no --init; 'digest help status' tells what it takes");
	assert_refused("--json", "--json belongs to a command; 'digest --help' names them");
	assert_refused(
	    "--limit 5", "--limit alone does nothing; add --preview or --send-to ADDRESS");
	assert_refused(
	    "--source hf", "--source alone does nothing; add --preview or --send-to ADDRESS");
	assert_refused(
	    "--dry-run", "--dry-run alone does nothing; add --preview or --send-to ADDRESS");
	assert_refused("--preview papers.json",
	    "unexpected 'papers.json'; to read papers from it: --source papers.json");
}

/* ---- the rows ---- */

static const char *const option_names[] = {
#define OPTION(field, name, letter, argument, kind, group, commands, help) name,
#include "src/cli/options.def"
#undef OPTION
};

static const struct {
	const char *name, *usage;
} commands[] = {
#define COMMAND(name, usage, help) { #name, usage },
#include "src/cli/commands.def"
#undef COMMAND
};

static const char *const option_commands[] = {
#define OPTION(field, name, letter, argument, kind, group, commands, help) commands,
#include "src/cli/options.def"
#undef OPTION
};

static bool
is_command(struct str name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (str_is(name, commands[i].name))
			return true;
	return false;
}

static void
names_only_commands_that_are_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(option_commands) / sizeof(option_commands[0]); i++) {
		struct str rest = str_from(option_commands[i]), word;
		while (str_next_word(&rest, &word))
			if (!is_command(word))
				fail_msg("--%s: there is no command '%.*s'", option_names[i],
				    STR_ARG(word));
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		assert_true(str_starts(str_from(commands[i].usage), commands[i].name));
}

/* Every option of a command's own is taken by one, and its help names it. */
static void
helps_with_every_command(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct buf help = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;
		char usage[256];
		assert_int_equal(options_print_command_help(&help, commands[i].name, &err), 0);
		snprintf(usage, sizeof(usage), "Usage: digest %s [OPTION...]\n", commands[i].usage);
		assert_true(str_starts(buf_str(&help), usage));
		for (size_t j = 0; j < sizeof(option_names) / sizeof(option_names[0]); j++) {
			char name[64];
			struct str rest = str_from(option_commands[j]), word;
			bool is_taken = false;
			while (str_next_word(&rest, &word))
				is_taken |= str_is(word, commands[i].name);
			snprintf(name, sizeof(name), " --%s", option_names[j]);
			if (is_taken && strstr(help.ptr, name) == NULL)
				fail_msg("help of '%s' is silent on%s", commands[i].name, name);
		}
		buf_release(&help);
	}
	struct buf help = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	assert_int_equal(options_print_command_help(&help, "stauts", &err), -1);
	assert_string_equal(err.text, "unknown command 'stauts'; did you mean 'status'?");
	assert_int_equal(help.len, 0);
	buf_release(&help);
}

static void
fits_a_screen(void **state)
{
	struct buf help = BUF_INIT(BUF_LIMIT);
	struct str rest, line;
	int count = 0;

	(void)state;
	options_print_help(&help);
	rest = buf_str(&help);
	for (; str_next_line(&rest, &line); count++)
		if (unicode_width(line) > 79)
			fail_msg("wider than 79 columns: %.*s", STR_ARG(line));
	assert_true(count <= 46);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char name[64];
		snprintf(name, sizeof(name), " %s", commands[i].name);
		assert_non_null(strstr(help.ptr, name));
	}
	buf_release(&help);
}

static void
completes_every_option(void **state)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	struct err err = ERR_NONE;
	struct buf script = BUF_INIT(BUF_LIMIT);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		buf_reset(&script);
		assert_int_equal(options_write_completion(&script, shells[i], &err), 0);
		for (size_t j = 0; j < sizeof(option_names) / sizeof(option_names[0]); j++) {
			char word[64];
			snprintf(word, sizeof(word), i == 2 ? "-l %s" : "--%s", option_names[j]);
			if (strstr(script.ptr, word) == NULL)
				fail_msg("%s: no %s", shells[i], word);
		}
	}
	assert_int_equal(options_write_completion(&script, "csh", &err), -1);
	assert_string_equal(err.text, "--completion: 'csh' is none of bash, zsh, fish");
	assert_int_equal(err.code, EX_USAGE);
	buf_release(&script);
}

/* What bash offers for a line, joined by spaces. */
static char *
bash_offers(const char *script, const char *words)
{
	static char offered[4096];
	char command[512];
	char path[] = "/tmp/test_options.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	assert_non_null(file);
	fprintf(file,
	    "%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_digest\necho "
	    "\"${COMPREPLY[*]}\"\n",
	    script, words);
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof(command), "bash %s 2>&1", path);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	size_t length = fread(offered, 1, sizeof(offered) - 1, pipe);
	assert_int_equal(pclose(pipe), 0);
	offered[length] = '\0';
	remove(path);
	return offered;
}

static void
completes_in_bash(void **state)
{
	struct err err = ERR_NONE;
	struct buf script = BUF_INIT(BUF_LIMIT);

	(void)state;
	assert_int_equal(options_write_completion(&script, "bash", &err), 0);
	assert_string_equal(bash_offers(script.ptr, "digest stat"), "status\n");
	assert_string_equal(bash_offers(script.ptr, "digest --prev"), "--preview\n");
	assert_string_equal(bash_offers(script.ptr, "digest --preview = h"), "html\n");
	assert_string_equal(bash_offers(script.ptr, "digest --preview ="),
	    "text html eml json bibtex ris csl-json markdown rss atom\n");
	assert_string_equal(bash_offers(script.ptr, "digest --progress ''"), "auto always never\n");
	assert_string_equal(bash_offers(script.ptr, "digest status --js"), "--json\n");
	assert_string_equal(bash_offers(script.ptr, "digest status --sour"), "\n");
	assert_string_equal(bash_offers(script.ptr, "digest help sub"), "subscribers\n");
	assert_string_equal(bash_offers(script.ptr, "digest -c /etc/os-rel"), "/etc/os-release\n");
	assert_string_equal(bash_offers(script.ptr, "digest --limit ''"), "\n");
	buf_release(&script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(takes_modes),
		cmocka_unit_test(takes_a_selection),
		cmocka_unit_test(takes_delivery_and_general_options),
		cmocka_unit_test(takes_commands),
		cmocka_unit_test(helps_with_half_a_line),
		cmocka_unit_test(refuses_unknown_words),
		cmocka_unit_test(refuses_missing_and_needless_arguments),
		cmocka_unit_test(refuses_bad_arguments),
		cmocka_unit_test(refuses_bad_addresses),
		cmocka_unit_test(refuses_what_does_not_go_together),
		cmocka_unit_test(names_only_commands_that_are_there),
		cmocka_unit_test(helps_with_every_command),
		cmocka_unit_test(fits_a_screen),
		cmocka_unit_test(completes_every_option),
		cmocka_unit_test(completes_in_bash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
