/*
 * What of an expression SQLite's full-text search (FTS5) can look for: an expression of its own
 * that finds every entry which the query matches, and as few others as can be. Whether one of them
 * matches is match.c's to say.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/query.h"

/*
 * FTS5 gives up on expressions that nest deeper than its parser's stack has room for, and each of
 * its phrases costs a look into the index. What is deeper, or after that many, is left out.
 */
enum { DEPTH_MOST = 12, PHRASES_MOST = 400 };

struct writer {
	struct arena *arena;
	struct buf text;
	struct query_fulltext *out;
	int depth;
};

/* The columns that a field stands for, as FTS5 wants them before a phrase. */
static const char *
columns_of(enum query_field field)
{
	switch (field) {
	case QUERY_TITLE: return "title";
	case QUERY_ABSTRACT: return "abstract";
	case QUERY_AUTHOR: return "authors";
	case QUERY_COMMENT: return "comment";
	case QUERY_ORGANISATION: return "organisation";
	case QUERY_CATEGORY: return "categories";
	default: return "{title abstract authors}";
	}
}

/* A phrase of such an expression, and its note in the list of them. */
static void
add_phrase(struct writer *writer, enum query_field field, struct str words, bool is_prefix,
    bool has_columns)
{
	struct query_fulltext *out = writer->out;
	struct str alone = arena_printf(writer->arena, "%s : \"%.*s\"%s", columns_of(field),
	    STR_ARG(words), is_prefix ? " *" : "");

	out->phrases =
	    arena_grow(writer->arena, out->phrases, &out->phrase_count, sizeof(out->phrases[0]));
	out->phrases[out->phrase_count - 1] = alone;
	if (has_columns)
		buf_add(&writer->text, alone);
	else
		buf_addf(&writer->text, "\"%.*s\"%s", STR_ARG(words), is_prefix ? " *" : "");
}

/* The first letter of a word, with all its bytes. */
static struct str
initial_of(struct str word)
{
	size_t len = 1;

	while (len < word.len && ((unsigned char)word.ptr[len] & 0xc0) == 0x80)
		len++;
	return str_head(word, len);
}

/*
 * A name has the surname, the last word, in full; each word before it, or its initial. What stands
 * for a wanted initial is any word with that letter, of which there are too many to look up.
 */
static void
add_name(struct writer *writer, const struct query_node *term)
{
	struct str rest = term->text, word;

	buf_add_char(&writer->text, '(');
	while (str_next_word(&rest, &word)) {
		struct str initial = initial_of(word);
		if (rest.len == 0) {
			add_phrase(writer, QUERY_AUTHOR, word, term->is_prefix, true);
		} else if (initial.len < word.len) {
			buf_add_char(&writer->text, '(');
			add_phrase(writer, QUERY_AUTHOR, word, false, true);
			buf_add_string(&writer->text, " OR ");
			add_phrase(writer, QUERY_AUTHOR, initial, false, true);
			buf_add_string(&writer->text, ") AND ");
		}
	}
	buf_add_char(&writer->text, ')');
}

/* A category may be punctuation alone, of which the index has nothing. */
static bool
has_words(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (str_is_alnum(text.ptr[i]) || ((unsigned char)text.ptr[i] & 0x80) != 0)
			return true;
	return false;
}

/* The writers say whether they wrote something; what they did not narrows nothing down. */
static bool
add_term(struct writer *writer, const struct query_node *term)
{
	bool is_words = query_field_type(term->field) == QUERY_WORDS;

	if (!is_words && (term->field != QUERY_CATEGORY || !has_words(term->text)))
		return false;
	if (term->field == QUERY_AUTHOR)
		add_name(writer, term);
	else
		add_phrase(writer, term->field, term->text, term->is_prefix, true);
	return true;
}

static bool
add_near(struct writer *writer, const struct query_node *near)
{
	buf_addf(&writer->text, "%s : NEAR(", columns_of(near->field));
	for (size_t i = 0; i < near->child_count; i++) {
		const struct query_node *term = near->children[i];
		buf_add_string(&writer->text, i > 0 ? " " : "");
		add_phrase(writer, near->field, term->text, term->is_prefix, false);
	}
	buf_addf(&writer->text, ", %lld)", (long long)near->distance);
	return true;
}

static bool add_node(struct writer *writer, const struct query_node *node);

/*
 * Alternatives are looked for only if each of them can be; of what must all hold, those parts that
 * can be.
 */
static bool
add_children(struct writer *writer, const struct query_node *node)
{
	bool is_or = node->kind == QUERY_OR;
	size_t written = 0;

	buf_add_char(&writer->text, '(');
	for (size_t i = 0; i < node->child_count; i++) {
		size_t before = writer->text.len;
		if (written > 0)
			buf_add_string(&writer->text, is_or ? " OR " : " AND ");
		if (add_node(writer, node->children[i]))
			written++;
		else if (is_or)
			return false;
		else
			buf_cut(&writer->text, before);
	}
	buf_add_char(&writer->text, ')');
	return written > 0;
}

static bool
add_node(struct writer *writer, const struct query_node *node)
{
	size_t len = writer->text.len, phrases = writer->out->phrase_count;
	bool is_written = false;

	if (writer->depth == DEPTH_MOST || phrases >= PHRASES_MOST)
		return false;
	writer->depth++;
	switch (node->kind) {
	case QUERY_TERM: is_written = add_term(writer, node); break;
	case QUERY_NEAR: is_written = add_near(writer, node); break;
	case QUERY_OR:
	case QUERY_AND: is_written = add_children(writer, node); break;
	case QUERY_NOT: break;
	}
	writer->depth--;
	if (!is_written) {
		buf_cut(&writer->text, len);
		writer->out->phrase_count = phrases;
	}
	return is_written;
}

void
query_fulltext(const struct query *query, struct arena *arena, struct query_fulltext *out)
{
	struct writer writer = { .arena = arena, .text = BUF_INIT(BUF_LIMIT), .out = out };

	*out = (struct query_fulltext){ .expression = STR("") };
	if (query->root != NULL && add_node(&writer, query->root))
		out->expression = arena_copy(arena, buf_str(&writer.text));
	buf_release(&writer.text);
}
