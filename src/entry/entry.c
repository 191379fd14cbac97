/*
 * Building an entry: what comes from outside becomes clean text here. Names are identity's
 * business, and reading a source's bytes is the formats'.
 */
#include "digest/entry.h"

#include "digest/buf.h"
#include "digest/lanes.h"
#include "digest/unicode.h"
#include "entry_list.h"

void
entry_init(struct entry *entry)
{
	*entry = (struct entry){
		.published_at = DATE_NO_INSTANT,
		.updated_at = DATE_NO_INSTANT,
		.listed_on = DATE_NO_DAY,
		.changed_on = DATE_NO_DAY,
		.votes = -1,
		.comments = -1,
	};
}

struct str
entry_key(const struct entry *entry)
{
	return entry->alias_count > 0 ? entry->aliases[0] : STR("");
}

void
entry_set_title(struct entry *entry, struct arena *arena, struct str raw)
{
	struct buf valid = BUF_INIT(SIZE_MAX);

	if (unicode_is_plain(raw)) {
		entry->title_raw = entry->title = arena_copy(arena, raw);
		return;
	}
	unicode_add_valid(&valid, raw);
	entry->title_raw = arena_keep(arena, &valid);
	entry->title = entry_text_line(arena, raw);
}

/*
 * Whether a line that ends with a hyphen, and goes on with `after`, was wrapped inside of a word:
 * "long-" and "term", but not "open-" and "and closed-source".
 */
static bool
is_inside_word(struct str before, struct str after)
{
	static const char *const parted[] = { "and", "or", "to", "und", "et", "oder" };
	struct str word;

	if (before.len < 2 || before.ptr[before.len - 1] != '-' ||
	    !str_is_alpha(before.ptr[before.len - 2]))
		return false;
	if (!str_next_word(&after, &word) || word.ptr[0] < 'a' || word.ptr[0] > 'z')
		return false;
	for (size_t i = 0; i < sizeof(parted) / sizeof(parted[0]); i++)
		if (str_is(word, parted[i]))
			return false;
	return true;
}

/* Appends a text of lines on one line. */
static void
add_unwrapped(struct buf *out, struct str text)
{
	ptrdiff_t end;

	while ((end = str_find(text, STR("-\n"))) >= 0) {
		struct str before = str_head(text, (size_t)end + 1);
		struct str after = str_skip(text, (size_t)end + 2);

		buf_add(out, before);
		if (is_inside_word(before, after))
			after = str_trim(after);
		else
			buf_add_char(out, ' ');
		text = after;
	}
	buf_add(out, text);
}

struct str
entry_text_line(struct arena *arena, struct str raw)
{
	struct buf line = BUF_INIT(SIZE_MAX);
	struct buf unwrapped = BUF_INIT(SIZE_MAX);

	if (unicode_is_plain(raw))
		return arena_copy(arena, raw);
	add_unwrapped(&unwrapped, raw);
	unicode_add_collapsed(&line, buf_str(&unwrapped));
	buf_release(&unwrapped);
	return arena_keep(arena, &line);
}

static bool
is_blank(struct str line)
{
	struct buf text = BUF_INIT(SIZE_MAX);

	/* Most lines need no closer look. */
	if (line.len > 0 && str_is_alnum(line.ptr[0]))
		return false;
	unicode_add_collapsed(&text, line);
	bool is_empty = text.len == 0;

	buf_release(&text);
	return is_empty;
}

/* Takes the next paragraph off the front of clean text: lines up to a blank one. */
static bool
next_paragraph(struct str *rest, struct str *paragraph)
{
	struct str line;

	*paragraph = (struct str){ NULL, 0 };
	while (str_next(rest, '\n', &line)) {
		if (!is_blank(line)) {
			if (paragraph->len == 0)
				paragraph->ptr = line.ptr;
			paragraph->len = (size_t)(line.ptr + line.len - paragraph->ptr);
		} else if (paragraph->len > 0) {
			return true;
		}
	}
	return paragraph->len > 0;
}

static size_t
longest_line(struct str text)
{
	struct str line;
	size_t longest = 0;

	while (str_next(&text, '\n', &line))
		longest = line.len > longest ? line.len : longest;
	return longest;
}

static void
add_on_one_line(struct buf *out, struct str lines)
{
	struct buf unwrapped = BUF_INIT(SIZE_MAX);

	if (out->len > 0)
		buf_add_char(out, '\n');
	add_unwrapped(&unwrapped, lines);
	unicode_add_collapsed(out, buf_str(&unwrapped));
	buf_release(&unwrapped);
}

struct str
entry_text_paragraphs(struct arena *arena, struct str raw)
{
	struct buf clean = BUF_INIT(SIZE_MAX);
	struct buf text = BUF_INIT(SIZE_MAX);
	struct str paragraph, part;
	struct entry_list list;

	if (unicode_is_plain(raw))
		return arena_copy(arena, raw);
	unicode_add_clean(&clean, raw);
	struct str rest = buf_str(&clean);
	size_t columns = longest_line(rest);
	while (next_paragraph(&rest, &paragraph)) {
		entry_list_begin(&list, paragraph, columns);
		while (entry_list_next(&list, &part))
			add_on_one_line(&text, part);
	}
	buf_release(&clean);
	return arena_keep(arena, &text);
}

/* Whether nothing in `url` would have to be dropped or changed to show it. */
static bool
is_url_text(struct str url)
{
	struct buf line = BUF_INIT(SIZE_MAX);

	if (unicode_is_plain(url))
		return str_find_char(url, ' ') < 0;
	unicode_add_collapsed(&line, url);
	bool is_same = str_equal(buf_str(&line), url) && str_find_char(url, ' ') < 0;

	buf_release(&line);
	return is_same;
}

struct str
entry_text_url(struct arena *arena, struct str raw)
{
	static const char *const schemes[] = { "https://", "http://" };
	struct str url = str_trim(raw);

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct str scheme = str_from(schemes[i]);
		struct str rest = str_skip(url, scheme.len);
		if (!str_starts_nocase(url, schemes[i]))
			continue;
		/* A host comes next, and not the path, query or fragment of no host. */
		if (rest.len == 0 || str_find_char(STR("/?#:@\\"), rest.ptr[0]) >= 0)
			break;
		return is_url_text(url) ? arena_copy(arena, url) : STR("");
	}
	return STR("");
}

void
entry_add_author(struct entry *entry, struct arena *arena, struct str name, struct str affiliation,
    bool is_hidden)
{
	struct str clean = entry_text_line(arena, name);

	if (clean.len == 0)
		return;
	entry->authors =
	    arena_grow(arena, entry->authors, &entry->author_count, sizeof(entry->authors[0]));
	entry->authors[entry->author_count - 1] = (struct entry_author){
		.name = clean,
		.affiliation = entry_text_line(arena, affiliation),
		.is_hidden = is_hidden,
	};
}

void
entry_add_category(struct entry *entry, struct arena *arena, struct str category)
{
	struct str clean = entry_text_line(arena, category);

	if (clean.len == 0 || entry->category_count == ENTRY_CATEGORIES_MAX)
		return;
	for (size_t i = 0; i < entry->category_count; i++)
		if (str_equal(entry->categories[i], clean))
			return;
	entry->categories = arena_grow(
	    arena, entry->categories, &entry->category_count, sizeof(entry->categories[0]));
	entry->categories[entry->category_count - 1] = clean;
}

/* One line with its name, so that text that moves from one field to another is a change. */
static void
add_field(struct buf *out, const char *name, struct str text)
{
	buf_add_string(out, name);
	buf_add_char(out, ' ');
	unicode_add_collapsed(out, text);
	buf_add_char(out, '\n');
}

void
entry_add_content(const struct entry *entry, struct buf *out)
{
	add_field(out, "title", entry->title);
	add_field(out, "abstract", entry->abstract);
	for (size_t i = 0; i < entry->author_count; i++)
		add_field(out, "author", entry->authors[i].name);
	add_field(out, "comment", entry->comment);
	add_field(out, "journal", entry->journal_ref);
}

/* As str_is_space(). */
static lanes
find_spaces(lanes bytes)
{
	return (bytes == ' ') | ((bytes >= '\t') & (bytes <= '\r'));
}

size_t
entry_text_words(struct str text)
{
	size_t count = text.len > 0 && !str_is_space(text.ptr[0]);

	/* After the first byte a word begins where a space has none after it. */
	for (size_t at = 1; at < text.len; at += sizeof(lanes)) {
		lanes before = find_spaces(lanes_load(text.ptr + at - 1, text.len - at));
		lanes here = find_spaces(lanes_load(text.ptr + at, text.len - at));

		count += lanes_count(before & ~here);
	}
	return count;
}

size_t
entry_word_count(const struct entry *entry)
{
	return entry_text_words(entry->title) + entry_text_words(entry->abstract);
}
