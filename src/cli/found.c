/*
 * Papers that were found: how they are set for a terminal, for a pipe and for programs. What is
 * found, and in which order, is the store's.
 */
#include "found.h"

#include "entry_json.h"
#include "terminal.h"

#include "digest/tex.h"
#include "digest/unicode.h"

#define BOLD "\x1b[1m"
#define PLAIN "\x1b[0m"

enum {
	USUAL_COLUMNS = 80,
	MOST_COLUMNS = 100,
	AUTHORS_SHOWN = 6,
	SNIPPET_WORDS = 36,
	WORDS_BEFORE = 6, /* of a snippet, before the first word that was looked for */
	SNIPPET_LINES = 4,
};

#define INDENT "    "

struct setter {
	struct buf *out;
	const struct query *query;
	struct arena *arena; /* of one entry */
	size_t columns;
	bool has_colour;
};

/* ---- lines ---- */

static struct str
set_tex(const struct setter *setter, struct str text)
{
	struct buf set = BUF_INIT(BUF_LIMIT), line = BUF_INIT(BUF_LIMIT);
	struct str kept;

	tex_add_text(tex_parse(setter->arena, text), &set);
	unicode_add_collapsed(&line, buf_str(&set));
	kept = arena_keep(setter->arena, &line);
	buf_release(&set);
	return kept;
}

static void
add_bold(const struct setter *setter, struct str text)
{
	buf_add_string(setter->out, BOLD);
	buf_add(setter->out, text);
	buf_add_string(setter->out, PLAIN);
}

/* Lines, with what was looked for in bold. Line breaks part words as spaces do. */
static void
add_marked(const struct setter *setter, enum query_column column, struct str lines)
{
	struct query_span *spans;
	size_t count, at = 0;

	query_find_words(setter->query, column, lines, setter->arena, &spans, &count);
	for (size_t i = 0; i < count && setter->has_colour; i++) {
		buf_add(setter->out, str_head(str_skip(lines, at), spans[i].start - at));
		add_bold(setter, str_head(str_skip(lines, spans[i].start), spans[i].len));
		at = spans[i].start + spans[i].len;
	}
	buf_add(setter->out, str_skip(lines, at));
}

static void
add_lines(const struct setter *setter, enum query_column column, struct str text, struct str first)
{
	struct buf lines = BUF_INIT(BUF_LIMIT);

	unicode_wrap(&lines, text, setter->columns, first, STR(INDENT));
	add_marked(setter, column, buf_str(&lines));
	buf_release(&lines);
}

/* ---- the parts of a block ---- */

static void
add_title(const struct setter *setter, const struct entry *entry, size_t number)
{
	struct buf lines = BUF_INIT(BUF_LIMIT);
	struct str first = arena_printf(setter->arena, "%2zu. ", number), rest, line;

	unicode_wrap(&lines, set_tex(setter, entry->title), setter->columns, first, STR(INDENT));
	rest = buf_str(&lines);
	while (setter->has_colour && str_next_line(&rest, &line)) {
		add_bold(setter, line);
		buf_add_char(setter->out, '\n');
	}
	buf_add(setter->out, rest);
	buf_release(&lines);
}

static void
add_authors(const struct setter *setter, const struct entry *entry)
{
	struct buf names = BUF_INIT(BUF_LIMIT);
	size_t shown = 0, others = 0;

	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		if (shown == AUTHORS_SHOWN) {
			others++;
			continue;
		}
		buf_add_string(&names, shown++ > 0 ? ", " : "");
		unicode_add_isolated(&names, set_tex(setter, entry->authors[i].name));
	}
	if (others > 0)
		buf_addf(&names, " and %zu more", others);
	add_lines(setter, QUERY_COLUMN_AUTHORS, buf_str(&names), STR(INDENT));
	buf_release(&names);
}

static void
add_facts(const struct setter *setter, const struct entry *entry)
{
	bool is_listed = entry->listed_on != DATE_NO_DAY;
	int32_t day = DATE_NO_DAY;
	char text[DATE_DAY_BYTES];

	if (is_listed)
		day = entry->listed_on;
	else if (entry->published_at != DATE_NO_INSTANT)
		day = date_day_of(entry->published_at);
	buf_addf(setter->out, INDENT "%.*s", STR_ARG(entry_key(entry)));
	if (day != DATE_NO_DAY)
		buf_addf(setter->out, "  %s%s", is_listed ? "" : "published ",
		    date_format_day(text, day));
	if (entry->votes >= 0)
		buf_addf(setter->out, "  %d vote%s", entry->votes, entry->votes == 1 ? "" : "s");
	if (entry->is_withdrawn)
		buf_add_string(setter->out, "  withdrawn");
	if (entry->url.len > 0)
		buf_addf(setter->out, "  %.*s", STR_ARG(entry->url));
	buf_add_char(setter->out, '\n');
}

/* The words of the abstract from which most of what was looked for is seen. */
static size_t
find_window(const struct setter *setter, struct str abstract, const struct str *words, size_t count)
{
	struct query_span *spans;
	size_t span_count, best = 0, most = 0, first = 0;

	query_find_words(
	    setter->query, QUERY_COLUMN_ABSTRACT, abstract, setter->arena, &spans, &span_count);
	for (size_t i = 0; i < count; i++) {
		size_t start = (size_t)(words[i].ptr - abstract.ptr), seen = 0;
		size_t last = i + SNIPPET_WORDS - WORDS_BEFORE;
		const char *end = last < count ? words[last].ptr : abstract.ptr + abstract.len;
		while (first < span_count && spans[first].start < start)
			first++;
		if (first == span_count || spans[first].start > start)
			continue;
		for (size_t j = first; j < span_count && abstract.ptr + spans[j].start < end; j++)
			seen++;
		if (seen > most) {
			most = seen;
			best = i;
		}
	}
	return best > WORDS_BEFORE ? best - WORDS_BEFORE : 0;
}

static void
add_snippet(const struct setter *setter, const struct entry *entry)
{
	struct str abstract = set_tex(setter, entry->abstract), rest = abstract, word;
	struct buf snippet = BUF_INIT(BUF_LIMIT);
	struct str *words = NULL, head;
	size_t count = 0, first, end;

	while (str_next_word(&rest, &word)) {
		words = arena_grow(setter->arena, words, &count, sizeof(words[0]));
		words[count - 1] = word;
	}
	first = find_window(setter, abstract, words, count);
	end = first + SNIPPET_WORDS < count ? first + SNIPPET_WORDS : count;
	if (count == 0)
		return;
	buf_add_string(&snippet, first > 0 ? "… " : "");
	for (size_t i = first; i < end; i++) {
		buf_add_string(&snippet, i > first ? " " : "");
		buf_add(&snippet, words[i]);
	}
	/* Where no spaces part words, that many are too many. */
	head = unicode_head(buf_str(&snippet), setter->columns * SNIPPET_LINES);
	if (head.len < snippet.len || end < count) {
		buf_cut(&snippet, head.len);
		buf_add_string(&snippet, " …");
	}
	add_lines(setter, QUERY_COLUMN_ABSTRACT, buf_str(&snippet), STR(INDENT));
	buf_release(&snippet);
}

/* ---- the whole ---- */

void
found_add_text(struct buf *out, const struct store_found *found, const struct query *query)
{
	size_t columns = terminal_columns();
	struct setter setter = {
		.out = out,
		.query = query,
		.arena = arena_new(),
		.columns = columns == 0 ? USUAL_COLUMNS : columns,
		.has_colour = terminal_has_colour(),
	};

	if (setter.columns > MOST_COLUMNS)
		setter.columns = MOST_COLUMNS;
	for (size_t i = 0; i < found->count; i++) {
		const struct entry *entry = found->entries[i];
		if (i > 0)
			buf_add_char(out, '\n');
		add_title(&setter, entry, i + 1);
		add_authors(&setter, entry);
		add_facts(&setter, entry);
		add_snippet(&setter, entry);
		arena_reset(setter.arena);
	}
	arena_free(setter.arena);
}

void
found_add_json(struct json *object, const struct store_found *found)
{
	struct json *entries = json_add_array(object, "entries");

	for (size_t i = 0; i < found->count; i++) {
		const struct entry *entry = found->entries[i];
		struct json *item = json_add_object(entries, NULL);
		entry_json_add(item, entry);
		entry_json_day(item, "listed_on", entry->listed_on);
		entry_json_count(item, "votes", entry->votes, 0);
		entry_json_count(item, "comments", entry->comments, 0);
	}
}
