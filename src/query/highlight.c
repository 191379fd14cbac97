/*
 * Where in a text the words stand that a query looks for, so that people can see why it was found.
 * Whether it was is match.c's to say.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/query.h"

/* A word as it is compared, and the piece of text (between white space) that it comes from. */
struct word {
	struct str text;
	size_t piece;
};

struct finder {
	struct arena *arena;
	struct str *pieces;
	bool *is_found; /* of each piece */
	struct word *words;
	size_t piece_count, word_count;
	enum query_column column;
};

static void
add_piece(struct finder *finder, struct str piece)
{
	struct buf words = BUF_INIT(BUF_LIMIT);
	struct str rest, word;

	finder->pieces = arena_grow(
	    finder->arena, finder->pieces, &finder->piece_count, sizeof(finder->pieces[0]));
	finder->pieces[finder->piece_count - 1] = piece;
	entry_add_words(&words, piece);
	rest = arena_copy(finder->arena, buf_str(&words));
	while (str_next_word(&rest, &word)) {
		finder->words = arena_grow(
		    finder->arena, finder->words, &finder->word_count, sizeof(finder->words[0]));
		finder->words[finder->word_count - 1] =
		    (struct word){ word, finder->piece_count - 1 };
	}
	buf_release(&words);
}

/* How many words from the given one on are those of the term; 0 when they are not. */
static size_t
match_at(const struct finder *finder, size_t at, const struct query_node *term)
{
	struct str rest = term->text, wanted;
	size_t count = 0;

	while (str_next_word(&rest, &wanted)) {
		if (at + count >= finder->word_count)
			return 0;
		struct str word = finder->words[at + count].text;
		bool is_beginning = term->is_prefix && rest.len == 0;
		if (!str_equal(is_beginning ? str_head(word, wanted.len) : word, wanted))
			return 0;
		count++;
	}
	return count;
}

static void
find_term(struct finder *finder, const struct query_node *term)
{
	for (size_t i = 0; i < finder->word_count; i++) {
		size_t count = match_at(finder, i, term);
		for (size_t j = i; j < i + count; j++)
			finder->is_found[finder->words[j].piece] = true;
	}
}

/* Of a name each word counts, since others may stand between them. */
static void
find_name(struct finder *finder, const struct query_node *term)
{
	struct str rest = term->text, word;

	while (str_next_word(&rest, &word)) {
		struct query_node one = { .text = word,
			.is_prefix = term->is_prefix && rest.len == 0 };
		find_term(finder, &one);
	}
}

static bool
looks_at(enum query_field field, enum query_column column)
{
	switch (column) {
	case QUERY_COLUMN_TITLE: return field == QUERY_ANY || field == QUERY_TITLE;
	case QUERY_COLUMN_ABSTRACT: return field == QUERY_ANY || field == QUERY_ABSTRACT;
	case QUERY_COLUMN_AUTHORS: return field == QUERY_ANY || field == QUERY_AUTHOR;
	case QUERY_COLUMN_COMMENT: return field == QUERY_COMMENT;
	case QUERY_COLUMN_ORGANISATION: return field == QUERY_ORGANISATION;
	default: return false;
	}
}

static void
find_node(struct finder *finder, const struct query_node *node)
{
	if (node->kind == QUERY_NOT)
		return;
	for (size_t i = 0; i < node->child_count; i++)
		find_node(finder, node->children[i]);
	if (node->kind != QUERY_TERM || !looks_at(node->field, finder->column))
		return;
	if (node->field == QUERY_AUTHOR)
		find_name(finder, node);
	else
		find_term(finder, node);
}

void
query_find_words(const struct query *query, enum query_column column, struct str text,
    struct arena *arena, struct query_span **spans, size_t *count)
{
	struct finder finder = { .arena = arena, .column = column };
	struct str rest = text, piece;

	*spans = NULL;
	*count = 0;
	while (str_next_word(&rest, &piece))
		add_piece(&finder, piece);
	if (query->root == NULL || finder.piece_count == 0)
		return;
	finder.is_found = arena_array(arena, finder.piece_count, sizeof(finder.is_found[0]));
	find_node(&finder, query->root);
	for (size_t i = 0; i < finder.piece_count; i++) {
		if (!finder.is_found[i])
			continue;
		*spans = arena_grow(arena, *spans, count, sizeof(**spans));
		(*spans)[*count - 1] = (struct query_span){
			.start = (size_t)(finder.pieces[i].ptr - text.ptr),
			.len = finder.pieces[i].len,
		};
	}
}
