/*
 * The configuration file's syntax. A scanner checks the text by itself, because libConfuse 3.3
 * - counts two lines too many for every comment, and refuses comments inside of lists,
 * - replaces ${NAME} by the environment, outside of single quotes,
 * - takes the end of the file for the end of an open section,
 * - skips characters that it does not know ("cs.*" unquoted becomes "cs."),
 * - remembers an open string until the next file;
 * then libConfuse reads sections, titles, keys and lists. What they mean is not known here.
 */
#include "digest/conf.h"

#include "digest/arena.h"
#include "digest/buf.h"
#include "digest/mem.h"
#include "digest/unicode.h"

#include <confuse.h>
#include <locale.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

/* Room for a hundred thousand subscribers; whatever is larger is no configuration file. */
#define LARGEST_FILE ((size_t)16 << 20)

/* ---- the bytes ---- */

/*
 * Copies `text` to `out` without byte order mark and with LF line ends; refuses what is not text.
 */
static int
copy_text(struct str text, const char *name, struct buf *out, struct err *err)
{
	struct str line;

	if (text.len > LARGEST_FILE)
		return err_set(
		    err, EX_CONFIG, "%s: larger than 16 MiB; is it a configuration file?", name);
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	for (int number = 1; str_next_line(&text, &line); number++) {
		for (size_t i = 0; i < line.len; i++) {
			unsigned char c = (unsigned char)line.ptr[i];
			if ((c < 0x20 && c != '\t') || c == 0x7f)
				return err_set(err, EX_CONFIG,
				    "%s:%d: control character 0x%02x; save the file as UTF-8 text",
				    name, number, c);
		}
		if (!unicode_is_valid(line))
			return err_set(err, EX_CONFIG,
			    "%s:%d: not UTF-8; save the file as UTF-8 text", name, number);
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
	return 0;
}

/* ---- the scanner ---- */

enum token {
	TOKEN_NONE,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_ASSIGN,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA
};

enum { HISTORY = 3 };

struct scan {
	const char *name;
	char *text; /* comments are blanked in place */
	size_t at, len;
	int line;
	int depth, open_line; /* of braces; where the outermost open one stands */
	enum token last[HISTORY]; /* newest first */
	int last_line[HISTORY];
};

static int
refuse(const struct scan *scan, int line, struct err *err, const char *what)
{
	return err_set(err, EX_CONFIG, "%s:%d: %s", scan->name, line, what);
}

static bool
is_value(enum token token)
{
	return token == TOKEN_WORD || token == TOKEN_STRING;
}

/*
 * What is wrong with a token after those before it, as far as libConfuse would not say it, or only
 * with a message that tells nothing; NULL when it may stand there.
 */
static const char *
complaint(const struct scan *scan, enum token token)
{
	const enum token *last = scan->last;
	bool is_list = last[1] == TOKEN_OPEN && last[2] == TOKEN_ASSIGN;
	bool is_second = is_value(last[0]) && is_value(last[1]) && last[2] == TOKEN_ASSIGN;

	if (token == TOKEN_ASSIGN)
		return last[0] == TOKEN_STRING ? "a key stands without quotes" : NULL;
	if (is_second && scan->last_line[0] == scan->last_line[1])
		return "a value with spaces needs quotes around it";
	if (token == TOKEN_CLOSE && last[0] == TOKEN_OPEN && last[1] == TOKEN_ASSIGN)
		return "the list is empty; name something or leave the key out";
	if (is_value(token) && is_value(last[0]) && (is_list || last[1] == TOKEN_COMMA))
		return "a ',' is missing, or quotes around a value with spaces";
	return NULL;
}

static int
note_token(struct scan *scan, enum token token, int line, struct err *err)
{
	const char *what = complaint(scan, token);

	if (what != NULL)
		return refuse(scan, scan->last_line[0], err, what);
	if (token == TOKEN_OPEN && scan->depth++ == 0)
		scan->open_line = line;
	if (token == TOKEN_CLOSE && scan->depth > 0)
		scan->depth--;
	for (int i = HISTORY - 1; i > 0; i--) {
		scan->last[i] = scan->last[i - 1];
		scan->last_line[i] = scan->last_line[i - 1];
	}
	scan->last[0] = token;
	scan->last_line[0] = line;
	return 0;
}

/* The byte `offset` places further on; NUL after the end. */
static char
peek(const struct scan *scan, size_t offset)
{
	if (scan->at + offset >= scan->len)
		return '\0';
	return scan->text[scan->at + offset];
}

static void
blank(struct scan *scan)
{
	if (peek(scan, 0) == '\n')
		scan->line++;
	else
		scan->text[scan->at] = ' ';
	scan->at++;
}

/* Whether "#", "//" or C's comment begins here. */
static bool
is_comment(const struct scan *scan)
{
	char next = peek(scan, 1);

	return peek(scan, 0) == '#' || (peek(scan, 0) == '/' && (next == '/' || next == '*'));
}

static int
scan_comment(struct scan *scan, struct err *err)
{
	int line = scan->line;
	bool is_block = peek(scan, 1) == '*' && peek(scan, 0) == '/';

	while (!is_block && scan->at < scan->len && peek(scan, 0) != '\n')
		blank(scan);
	if (!is_block)
		return 0;
	blank(scan);
	blank(scan);
	while (scan->at < scan->len && !(peek(scan, 0) == '*' && peek(scan, 1) == '/'))
		blank(scan);
	if (scan->at == scan->len)
		return refuse(scan, line, err, "the comment that begins here is never closed");
	blank(scan);
	blank(scan);
	return 0;
}

/* One character, or escape, of a string; `quote` is its kind. */
static int
scan_character(struct scan *scan, char quote, struct err *err)
{
	char c = peek(scan, 0), next = peek(scan, 1);

	if (quote == '"' && c == '$' && next == '{')
		return refuse(scan, scan->line, err,
		    "'${…}' is not replaced by the environment; write what it stands for, "
		    "or use single quotes");
	if (quote == '"' && c == '\\' && strchr("\\\"nt\n", next) == NULL)
		return err_set(err, EX_CONFIG,
		    "%s:%d: unknown escape '\\%c'; a backslash is written '\\\\'", scan->name,
		    scan->line, next);
	if (c == '\\' && next != '\0')
		scan->at++;
	if (peek(scan, 0) == '\n')
		scan->line++;
	scan->at++;
	return 0;
}

static int
scan_string(struct scan *scan, struct err *err)
{
	char quote = peek(scan, 0);
	int line = scan->line;

	scan->at++;
	while (scan->at < scan->len && peek(scan, 0) != quote)
		if (scan_character(scan, quote, err) < 0)
			return -1;
	if (scan->at >= scan->len)
		return refuse(scan, line, err, "the string that begins here is never closed");
	scan->at++;
	return note_token(scan, TOKEN_STRING, line, err);
}

static bool
is_word_char(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("_-./:@%~?&", c) != NULL);
}

static int
scan_word(struct scan *scan, struct err *err)
{
	while (is_word_char(peek(scan, 0)))
		scan->at++;
	if (peek(scan, 0) == '#')
		return refuse(scan, scan->line, err,
		    "put quotes around a value with '#', or a space before a comment");
	return note_token(scan, TOKEN_WORD, scan->line, err);
}

static int
scan_sign(struct scan *scan, struct err *err)
{
	static const char signs[] = "={},";
	static const enum token tokens[] = { TOKEN_ASSIGN, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA };
	char c = peek(scan, 0);

	if (c == '+' && peek(scan, 1) == '=')
		c = scan->text[++scan->at];
	const char *sign = strchr(signs, c);
	if (c == '(')
		return refuse(scan, scan->line, err,
		    "there are no functions here; a value with '(' needs quotes");
	if (sign == NULL)
		return err_set(err, EX_CONFIG,
		    "%s:%d: '%c' needs quotes around the value it stands in", scan->name,
		    scan->line, c);
	scan->at++;
	return note_token(scan, tokens[sign - signs], scan->line, err);
}

static int
scan_one(struct scan *scan, struct err *err)
{
	char c = peek(scan, 0);

	if (str_is_space(c)) {
		scan->line += c == '\n';
		scan->at++;
		return 0;
	}
	if (is_comment(scan))
		return scan_comment(scan, err);
	if (c == '"' || c == '\'')
		return scan_string(scan, err);
	return is_word_char(c) ? scan_word(scan, err) : scan_sign(scan, err);
}

static int
scan_text(struct buf *text, const char *name, struct err *err)
{
	struct scan scan = { .name = name, .text = text->ptr, .len = text->len, .line = 1 };

	while (scan.at < scan.len)
		if (scan_one(&scan, err) < 0)
			return -1;
	if (scan.depth > 0)
		return refuse(&scan, scan.open_line, err, "the '{' is never closed by a '}'");
	if (is_value(scan.last[0]) && scan.last[1] != TOKEN_ASSIGN)
		return refuse(
		    &scan, scan.last_line[0], err, "the file ends in the middle of a section");
	return 0;
}

/* ---- libConfuse ---- */

struct parse {
	const char *name;
	const struct conf_section *sections;
	const struct conf_reader *reader;
	struct err *err;
	const cfg_t *open; /* the section being read */
	size_t section;
	struct settings *settings; /* where its values go */
	struct arena *arena;
	void **titles; /* of each kind of section: a tree of those that were read */
};

/* libConfuse's callbacks get nothing of ours, and its scanner is one per process anyway. */
static struct parse *current;

static const char *
origin(const cfg_t *cfg, struct buf *out)
{
	buf_addf(out, "%s:%d", current->name, cfg->line);
	return out->ptr;
}

static size_t
section_index(const char *name)
{
	size_t i = 0;

	while (strcmp(current->sections[i].name, name) != 0)
		i++;
	return i;
}

static int
compare_titles(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Whether no section of that kind had the title before. */
static bool
is_new_title(size_t section, const char *title)
{
	const char *own = arena_string(current->arena, str_from(title));
	char *const *kept = tsearch(own, &current->titles[section], compare_titles);

	if (kept == NULL)
		mem_die();
	return *kept == own;
}

/* Tells the reader of a section when its first value comes, or its end. */
static int
enter(const cfg_t *section, const char *where)
{
	const struct conf_reader *reader = current->reader;

	if (section == current->open)
		return 0;
	current->open = section;
	current->section = section_index(section->name);
	if (section->title != NULL && !is_new_title(current->section, section->title))
		return err_set(current->err, EX_CONFIG,
		    "%s: the name '%s' is taken by another section of that kind", where,
		    section->title);
	current->settings =
	    reader->section(reader->context, current->section, section->title, where, current->err);
	return current->settings != NULL ? 0 : -1;
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	const struct conf_reader *reader = current->reader;
	struct buf buf = BUF_INIT(BUF_LIMIT);
	const char *where = origin(cfg, &buf);
	int status = -1;

	*(void **)result = NULL;
	if (enter(cfg, where) < 0)
		goto out;
	/* An assignment makes this the first of its values, whatever there was before. */
	if (opt->nvalues == 1 && settings_is_set(current->settings, opt->name)) {
		err_set(current->err, EX_CONFIG, "%s: '%s' is set twice; first at %s", where,
		    opt->name, settings_origin(current->settings, opt->name));
		goto out;
	}
	status = reader->value(reader->context, current->settings, current->section, opt->name,
	    text, where, current->err);
out:
	buf_release(&buf);
	return status;
}

/*
 * A section that was read is forgotten: for each one libConfuse looks through the titles of all
 * those before it.
 */
static int
on_section_end(cfg_t *cfg, cfg_opt_t *opt)
{
	struct buf buf = BUF_INIT(BUF_LIMIT);
	int status = enter(cfg_opt_getnsec(opt, 0), origin(cfg, &buf));

	cfg_opt_rmnsec(opt, 0);
	current->open = NULL;
	buf_release(&buf);
	return status;
}

static void
refuse_section(const char *name, const char *where)
{
	struct buf known = BUF_INIT(BUF_LIMIT);
	const struct conf_section *owner = NULL, *section;

	for (section = current->sections; section->name != NULL; section++) {
		buf_addf(&known, "%s'%s'", known.len > 0 ? ", " : "", section->name);
		if (owner == NULL && settings_row(section->keys, name) != NULL)
			owner = section;
	}
	if (owner != NULL)
		err_set(current->err, EX_CONFIG, "%s: '%s' belongs into a section: %s%s { %s = … }",
		    where, name, owner->name, owner->has_title ? " NAME" : "", name);
	else
		err_set(current->err, EX_CONFIG, "%s: unknown section '%s'; there are %s", where,
		    name, known.ptr);
	buf_release(&known);
}

static void
refuse_name(const cfg_t *cfg, const char *name, const char *where)
{
	const struct conf_reader *reader = current->reader;

	if (strcmp(cfg->name, "root") == 0)
		refuse_section(name, where);
	else
		reader->unknown(
		    reader->context, section_index(cfg->name), name, where, current->err);
}

/* What libConfuse says, and what we say with the name it gives. */
static const struct {
	const char *theirs, *before, *after;
} wordings[] = {
	{ "missing equal sign after option '%s'", "'", "' needs '=' and a value behind it" },
	{ "missing opening brace for section '%s'", "section '", "' needs a '{' here" },
	{ "missing title for section '%s'", "section '", "' needs a name before its '{'" },
	{ "attempt to append to non-list option '%s'", "'", "' is no list; set it with '='" },
	{ "unexpected token '%s'", "unexpected '", "'" },
};

static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *format, va_list args)
{
	struct buf buf = BUF_INIT(BUF_LIMIT);
	const char *where = origin(cfg, &buf);
	char text[256];

	if (strcmp(format, "no such option '%s'") == 0) {
		refuse_name(cfg, va_arg(args, const char *), where);
		goto out;
	}
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++)
		if (strcmp(format, wordings[i].theirs) == 0) {
			err_set(current->err, EX_CONFIG, "%s: %s%s%s", where, wordings[i].before,
			    va_arg(args, const char *), wordings[i].after);
			goto out;
		}
	vsnprintf(text, sizeof(text), format, args);
	err_set(current->err, EX_CONFIG, "%s: %s", where, text);
out:
	buf_release(&buf);
}

/* The rows of a section as libConfuse wants them; it copies them. */
static cfg_opt_t *
section_options(const struct settings *keys)
{
	const struct setting *row;
	size_t count = 0;

	while (settings_row_at(keys, count) != NULL)
		count++;
	cfg_opt_t *options = mem_array(count + 1, sizeof(options[0]));
	for (size_t i = 0; (row = settings_row_at(keys, i)) != NULL; i++)
		options[i] = (cfg_opt_t){
			.name = row->name,
			.type = CFGT_PTR,
			.flags = CFGF_NODEFAULT | (row->type == SETTING_STRINGS ? CFGF_LIST : 0),
			.parsecb = on_value,
		};
	return options;
}

static cfg_t *
new_grammar(const struct conf_section *sections, size_t count)
{
	cfg_opt_t *options = mem_array(count + 1, sizeof(options[0]));
	for (size_t i = 0; i < count; i++)
		options[i] = (cfg_opt_t){
			.name = sections[i].name,
			.type = CFGT_SEC,
			.flags = CFGF_MULTI | (sections[i].has_title ? CFGF_TITLE : 0),
			.subopts = section_options(sections[i].keys),
			.validcb = on_section_end,
		};
	cfg_t *cfg = cfg_init(options, CFGF_NONE);
	for (size_t i = 0; i < count; i++)
		mem_free(options[i].subopts);
	mem_free(options);
	if (cfg == NULL)
		mem_die();
	cfg_set_error_function(cfg, on_error);
	return cfg;
}

/* Its messages are told apart by their English wording. */
static int
parse_untranslated(cfg_t *cfg, FILE *file)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t saved = uselocale(plain);
	int status = cfg_parse_fp(cfg, file);

	uselocale(saved);
	if (plain != (locale_t)0)
		freelocale(plain);
	return status;
}

static size_t
count_sections(const struct conf_section *sections)
{
	size_t count = 0;

	while (sections[count].name != NULL)
		count++;
	return count;
}

/* The titles are the arena's. */
static void
keep_title(void *title)
{
	(void)title;
}

int
conf_parse(struct str text, const char *name, const struct conf_section *sections,
    const struct conf_reader *reader, struct err *err)
{
	struct parse parse = { .name = name, .sections = sections, .reader = reader, .err = err };
	struct buf plain = BUF_INIT(LARGEST_FILE * 2);
	size_t count = count_sections(sections);
	cfg_t *cfg = NULL;
	FILE *file = NULL;
	int status = -1;

	parse.arena = arena_new();
	parse.titles = arena_array(parse.arena, count, sizeof(*parse.titles));
	if (copy_text(text, name, &plain, err) < 0 || scan_text(&plain, name, err) < 0)
		goto out;
	buf_add_char(&plain, '\n');
	file = fmemopen(plain.ptr, plain.len, "r");
	if (file == NULL)
		mem_die();
	current = &parse;
	cfg = new_grammar(sections, count);
	status = parse_untranslated(cfg, file) == CFG_SUCCESS ? 0 : -1;
	/*
	 * It stops without a word only when it cannot get memory;
	 * freeing what it has then would crash.
	 */
	if (status < 0 && !err_is_set(err))
		mem_die();
	current = NULL;
out:
	if (file != NULL)
		fclose(file);
	cfg_free(cfg);
	for (size_t i = 0; i < count; i++)
		tdestroy(parse.titles[i], keep_title);
	arena_free(parse.arena);
	buf_release(&plain);
	return status;
}
