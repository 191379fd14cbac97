/*
 * Saved text of arXiv papers in blocks: the abstract, perhaps a comment, "arXiv:ID", "Created:
 * DATE". There are no titles in the blocks we know; where most blocks begin with one, it is taken.
 */
#include "format.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <string.h>

/* Shorter paragraphs after an abstract are comments, and before it titles. */
enum { COMMENT_BYTES_MAX = 300, TITLE_BYTES_MAX = 250 };

struct blocks {
	struct format_reader *reader;
	bool is_counting; /* first pass: nothing is emitted */
	size_t block_count, titled_count;
	bool has_titles;

	/* The block under way. */
	struct str *paragraphs;
	size_t count;
	bool is_open; /* the last paragraph may go on */
	struct str id;
	int64_t created, updated;
};

/* "arXiv:ID" alone on its line. */
static bool
is_identifier(struct arena *arena, struct str line)
{
	struct str id;
	int version;
	return str_starts_nocase(line, "arxiv:") && str_find_char(line, ' ') < 0 &&
	    identity_arxiv(arena, line, &id, &version) == 0;
}

static bool
is_field(struct str line, const char *name, struct str *value)
{
	if (!str_starts_nocase(line, name))
		return false;
	*value = str_trim(str_skip(line, strlen(name)));
	return true;
}

static int
sniff(struct str bytes)
{
	struct arena *arena = arena_new();
	struct str line, created;
	bool was_identifier = false;
	int score = 0;
	while (score == 0 && str_next_line(&bytes, &line)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (was_identifier && is_field(line, "Created:", &created))
			score = 90;
		was_identifier = is_identifier(arena, line);
	}
	arena_free(arena);
	return score;
}

/* ---- one block ---- */

static bool
ends_sentence(struct str text)
{
	return str_ends(text, ".");
}

/* The paragraph that is the abstract: the first that is long, else the longest. */
static size_t
find_abstract(const struct blocks *blocks)
{
	size_t best = 0;
	for (size_t i = 0; i < blocks->count; i++) {
		if (blocks->paragraphs[i].len > COMMENT_BYTES_MAX)
			return i;
		if (blocks->paragraphs[i].len > blocks->paragraphs[best].len)
			best = i;
	}
	return best;
}

/* The line before the abstract, or "". */
static struct str
find_title(const struct blocks *blocks)
{
	size_t abstract = blocks->count > 0 ? find_abstract(blocks) : 0;
	if (abstract == 0)
		return STR("");
	struct str title = blocks->paragraphs[abstract - 1];
	return title.len <= TITLE_BYTES_MAX && !ends_sentence(title) ? title : STR("");
}

static struct str
joined(const struct blocks *blocks, size_t from, size_t to, const char *between)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_add_string(&text, between);
		buf_add(&text, blocks->paragraphs[i]);
	}
	return arena_keep(blocks->reader->arena, &text);
}

static int
emit_block(struct blocks *blocks, struct err *err)
{
	struct arena *arena = blocks->reader->arena;
	size_t start = find_abstract(blocks), end = blocks->count;
	struct entry entry;

	entry_init(&entry);
	identity_add(&entry, arena, blocks->id);
	if (blocks->has_titles)
		entry_set_title(&entry, arena, find_title(blocks));
	while (end > start + 1 && blocks->paragraphs[end - 1].len <= COMMENT_BYTES_MAX)
		end--;
	entry.abstract = entry_text_paragraphs(arena, joined(blocks, start, end, "\n\n"));
	entry.comment = entry_text_line(arena, joined(blocks, end, blocks->count, "; "));
	entry.published_at = blocks->created;
	entry.updated_at = blocks->updated;
	return format_emit(blocks->reader, &entry, err);
}

static int
end_block(struct blocks *blocks, struct err *err)
{
	int result = 0;
	bool has_id = blocks->id.len > 0;
	if (blocks->is_counting) {
		blocks->block_count += has_id;
		blocks->titled_count += has_id && find_title(blocks).len > 0;
	} else if (has_id) {
		result = emit_block(blocks, err);
	} else if (blocks->count > 0) {
		format_skip(blocks->reader, "the text ends before its arXiv identifier");
	}
	blocks->paragraphs = NULL;
	blocks->count = 0;
	blocks->is_open = false;
	blocks->id = STR("");
	blocks->created = blocks->updated = DATE_NO_INSTANT;
	return result;
}

/* ---- lines ---- */

/* Lines without a blank one between them are one paragraph. */
static void
add_text(struct blocks *blocks, struct str line)
{
	struct arena *keep = blocks->reader->keep;
	if (blocks->is_open) {
		struct str *last = &blocks->paragraphs[blocks->count - 1];
		last->len = (size_t)(line.ptr + line.len - last->ptr);
		return;
	}
	blocks->paragraphs =
	    arena_grow(keep, blocks->paragraphs, &blocks->count, sizeof(*blocks->paragraphs));
	blocks->paragraphs[blocks->count - 1] = line;
	blocks->is_open = true;
}

static int
take_line(struct blocks *blocks, struct str line, struct err *err)
{
	struct str value;
	line = str_trim(line);
	if (line.len == 0) {
		blocks->is_open = false;
		return 0;
	}
	if (is_identifier(blocks->reader->keep, line)) {
		if (blocks->id.len > 0 && end_block(blocks, err) < 0)
			return -1;
		blocks->id = line;
		return 0;
	}
	if (blocks->id.len > 0) {
		if (is_field(line, "Created:", &value)) {
			date_parse_instant(value, &blocks->created);
			return 0;
		}
		if (is_field(line, "Updated:", &value)) {
			date_parse_instant(value, &blocks->updated);
			return 0;
		}
		if (end_block(blocks, err) < 0)
			return -1;
	}
	add_text(blocks, line);
	return 0;
}

static int
read_lines(struct blocks *blocks, struct str bytes, struct err *err)
{
	struct str line;
	while (str_next_line(&bytes, &line)) {
		if (take_line(blocks, line, err) < 0)
			return -1;
	}
	return end_block(blocks, err);
}

static int
read_blocks(struct input *input, struct format_reader *reader, struct err *err)
{
	struct blocks blocks = {
		.reader = reader,
		.is_counting = true,
		.created = DATE_NO_INSTANT,
		.updated = DATE_NO_INSTANT,
	};
	struct str bytes;

	if (format_whole(input, &bytes, err) < 0)
		return -1;
	read_lines(&blocks, bytes, err);
	/* A heading of the page stands before its first block only. */
	blocks.has_titles = blocks.titled_count * 2 > blocks.block_count;
	blocks.is_counting = false;
	return read_lines(&blocks, bytes, err);
}

const struct source_format source_format_arxiv_blocks = {
	.name = "arxiv_blocks",
	.help = "saved text of arXiv abstracts, each with its identifier and date",
	.sniff = sniff,
	.read = read_blocks,
};
