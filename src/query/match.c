/*
 * Whether an expression holds for an entry. The entry's words are made once, and every term is a
 * search in them.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/query.h"
#include "digest/unicode.h"

/*
 * Words stand between spaces, with one before the first and one after the last, so that a search
 * for " word " finds whole words. Names stand between bars, which are no part of any word.
 */
enum { SET_BITS = 1024, SET_BITS_EACH = 64 };

struct query_subject {
	struct str title, abstract;
	struct str authors; /* "| yoshua bengio | geoffrey hinton |" */
	struct str comment, organisation;
	struct str *categories, *sources; /* folded */
	size_t category_count, source_count;
	const struct entry *entry;
	int32_t today;
	/*
	 * A bit for each word of the texts, by its hash:
	 * most words that are not there are known by it.
	 */
	uint64_t word_set[SET_BITS / SET_BITS_EACH];
};

/* FNV-1a, folded to the number of a bit. */
static uint32_t
bit_of(struct str word)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
	return (hash ^ hash >> 16) % SET_BITS;
}

static void
note_words(struct query_subject *subject, struct str text)
{
	struct str word;

	while (str_next_word(&text, &word)) {
		uint32_t bit = bit_of(word);
		subject->word_set[bit / SET_BITS_EACH] |= UINT64_C(1) << bit % SET_BITS_EACH;
	}
}

/* Whether the last word of a term, which no initial stands for, may be among the words. */
static bool
may_have(const struct query_subject *subject, const struct query_node *term)
{
	size_t start = term->text.len;
	uint32_t bit;

	if (term->is_prefix)
		return true;
	while (start > 0 && term->text.ptr[start - 1] != ' ')
		start--;
	bit = bit_of(str_skip(term->text, start));
	return (subject->word_set[bit / SET_BITS_EACH] >> bit % SET_BITS_EACH & 1) != 0;
}

void
query_add_name(struct buf *out, struct str name)
{
	struct buf spoken = BUF_INIT(BUF_LIMIT);
	ptrdiff_t comma = str_find_char(name, ',');

	if (comma >= 0) {
		buf_add(&spoken, str_skip(name, (size_t)comma + 1));
		buf_add_char(&spoken, ' ');
		name = str_head(name, (size_t)comma);
	}
	buf_add(&spoken, name);
	entry_add_words(out, buf_str(&spoken));
	buf_release(&spoken);
}

void
query_add_label(struct buf *out, struct str category)
{
	struct buf folded = BUF_INIT(BUF_LIMIT);

	unicode_add_folded(&folded, category);
	unicode_add_collapsed(out, buf_str(&folded));
	buf_release(&folded);
}

static struct str
words_of(struct arena *arena, struct str text)
{
	struct buf words = BUF_INIT(BUF_LIMIT);

	buf_add_char(&words, ' ');
	entry_add_words(&words, text);
	buf_add_char(&words, ' ');
	return arena_keep(arena, &words);
}

/* Authors who asked not to be shown are not found either. */
static struct str
names_of(struct arena *arena, const struct entry *entry)
{
	struct buf names = BUF_INIT(BUF_LIMIT);

	buf_add_char(&names, '|');
	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		buf_add_char(&names, ' ');
		query_add_name(&names, entry->authors[i].name);
		buf_add_string(&names, " |");
	}
	return arena_keep(arena, &names);
}

static struct str *
labels_of(struct arena *arena, const struct str *names, size_t count)
{
	struct str *labels = arena_array(arena, count, sizeof(labels[0]));

	for (size_t i = 0; i < count; i++) {
		struct buf label = BUF_INIT(BUF_LIMIT);
		query_add_label(&label, names[i]);
		labels[i] = arena_keep(arena, &label);
	}
	return labels;
}

/* The comment and the journal reference, which no phrase joins. */
static struct str
comment_of(struct arena *arena, const struct entry *entry)
{
	struct buf words = BUF_INIT(BUF_LIMIT);

	buf_add_char(&words, ' ');
	entry_add_words(&words, entry->comment);
	buf_add_string(&words, " | ");
	entry_add_words(&words, entry->journal_ref);
	buf_add_char(&words, ' ');
	return arena_keep(arena, &words);
}

struct query_subject *
query_subject(struct arena *arena, const struct entry *entry, int64_t now)
{
	struct query_subject *subject = arena_alloc(arena, sizeof(*subject));

	*subject = (struct query_subject){
		.entry = entry,
		.today = date_day_of(now),
		.title = words_of(arena, entry->title),
		.abstract = words_of(arena, entry->abstract),
		.authors = names_of(arena, entry),
		.comment = comment_of(arena, entry),
		.organisation = words_of(arena, entry->organisation),
		.categories = labels_of(arena, entry->categories, entry->category_count),
		.category_count = entry->category_count,
		.sources = labels_of(arena, entry->sources, entry->source_count),
		.source_count = entry->source_count,
	};
	note_words(subject, subject->title);
	note_words(subject, subject->abstract);
	note_words(subject, subject->authors);
	note_words(subject, subject->comment);
	note_words(subject, subject->organisation);
	return subject;
}

void
query_add_words(const struct query_subject *subject, enum query_column column, struct buf *out)
{
	switch (column) {
	case QUERY_COLUMN_TITLE: buf_add(out, subject->title); return;
	case QUERY_COLUMN_ABSTRACT: buf_add(out, subject->abstract); return;
	case QUERY_COLUMN_AUTHORS: buf_add(out, subject->authors); return;
	case QUERY_COLUMN_COMMENT: buf_add(out, subject->comment); return;
	case QUERY_COLUMN_ORGANISATION: buf_add(out, subject->organisation); return;
	case QUERY_COLUMN_CATEGORIES:
		for (size_t i = 0; i < subject->category_count; i++) {
			buf_add_string(out, i > 0 ? " | " : "");
			buf_add(out, subject->categories[i]);
		}
		return;
	case QUERY_COLUMN_COUNT: return;
	}
}

/* Whether the words of a term stand in a text, one after the other. */
static bool
has_words(struct str text, const struct query_node *term)
{
	struct str words = term->text;
	size_t from = 0;

	for (;;) {
		ptrdiff_t found = str_find(str_skip(text, from), words);
		if (found < 0)
			return false;
		size_t start = from + (size_t)found;
		size_t end = start + words.len;
		bool is_begin = start > 0 && text.ptr[start - 1] == ' ';
		bool is_end = end < text.len && text.ptr[end] == ' ';
		if (is_begin && (is_end || term->is_prefix))
			return true;
		from = start + 1;
	}
}

/* Whether a word is a single letter. */
static bool
is_initial(struct str word)
{
	size_t letters = 0;

	for (size_t i = 0; i < word.len; i++)
		letters += ((unsigned char)word.ptr[i] & 0xc0) != 0x80;
	return letters == 1;
}

static bool
begins_with(struct str word, struct str beginning)
{
	return str_equal(str_head(word, beginning.len), beginning);
}

/* Whether two given names may be one: equal, or one the initial of the other. */
static bool
may_be_same_name(struct str a, struct str b)
{
	return str_equal(a, b) || (is_initial(a) && begins_with(b, a)) ||
	    (is_initial(b) && begins_with(a, b));
}

/*
 * Whether the wanted words stand in a name in their order, others between them or not. The last
 * one, the surname, must stand there in full; before it, initials do. A wanted initial is that of
 * the first name: "Y. Li" is not "Xin Yu Li".
 */
static bool
is_name(struct str name, const struct query_node *term)
{
	struct str rest = term->text;
	struct str wanted, word;
	bool is_first = true;

	while (str_next_word(&rest, &wanted)) {
		bool is_last = rest.len == 0;
		bool is_found = false;
		bool must_be_next = is_first && !is_last && is_initial(wanted);
		while (!is_found && str_next_word(&name, &word)) {
			if (!is_last)
				is_found = may_be_same_name(word, wanted);
			else if (term->is_prefix)
				is_found = begins_with(word, wanted);
			else
				is_found = str_equal(word, wanted);
			if (must_be_next)
				break;
		}
		if (!is_found)
			return false;
		is_first = false;
	}
	return true;
}

static bool
has_author(const struct query_subject *subject, const struct query_node *term)
{
	struct str rest = subject->authors;
	struct str name;

	while (str_next(&rest, '|', &name))
		if (name.len > 0 && is_name(name, term))
			return true;
	return false;
}

/* "cs" is "cs" and all that begins with "cs.". */
static bool
has_category(const struct query_subject *subject, struct str wanted)
{
	for (size_t i = 0; i < subject->category_count; i++) {
		struct str category = subject->categories[i];
		struct str after = str_skip(category, wanted.len);
		if (begins_with(category, wanted) && (after.len == 0 || after.ptr[0] == '.'))
			return true;
	}
	return false;
}

static bool
has_key(const struct query_subject *subject, struct str alias)
{
	for (size_t i = 0; i < subject->entry->alias_count; i++)
		if (str_equal(subject->entry->aliases[i], alias))
			return true;
	return false;
}

static bool
has_source(const struct query_subject *subject, struct str wanted)
{
	for (size_t i = 0; i < subject->source_count; i++)
		if (str_equal(subject->sources[i], wanted))
			return true;
	return false;
}

/* What is not known is in no range. */
static bool
is_in_range(const struct query_node *term, bool is_known, int64_t value)
{
	return is_known && value >= term->least && value <= term->most;
}

static bool
is_day(const struct query_subject *subject, const struct query_node *term, int32_t day)
{
	if (!term->is_recent)
		return is_in_range(term, day != DATE_NO_DAY, day);
	return day != DATE_NO_DAY && day > (int64_t)subject->today - term->most;
}

static int32_t
published_on(const struct entry *entry)
{
	return entry->published_at != DATE_NO_INSTANT ? date_day_of(entry->published_at)
	                                              : DATE_NO_DAY;
}

/* ---- words near one another ---- */

/* The words at which a phrase begins, ascending, as places in the text. */
static size_t *
find_starts(struct arena *arena, struct str text, const struct query_node *term, size_t *count)
{
	size_t *starts = NULL;
	size_t place = 0;
	struct str rest = str_trim(text), word;

	*count = 0;
	while (rest.len > 0) {
		struct str after = str_skip(rest, term->text.len);
		bool is_here = begins_with(rest, term->text) &&
		    (term->is_prefix || after.len == 0 || after.ptr[0] == ' ');
		if (is_here) {
			starts = arena_grow(arena, starts, count, sizeof(starts[0]));
			starts[*count - 1] = place;
		}
		if (!str_next(&rest, ' ', &word))
			break;
		place++;
	}
	return starts;
}

static size_t
word_count(struct str words)
{
	return 1 + str_count(words, ' ');
}

/* Whether each phrase begins no later than `last`, and ends no further before it than may be. */
static bool
is_clump(const struct query_node *near, size_t *const *starts, const size_t *counts, size_t last)
{
	for (size_t i = 0; i < near->child_count; i++) {
		size_t len = word_count(near->children[i]->text);
		bool is_near = false;
		for (size_t j = 0; j < counts[i] && starts[i][j] <= last; j++)
			is_near = last <= starts[i][j] + len + (size_t)near->distance;
		if (!is_near)
			return false;
	}
	return true;
}

/*
 * As SQLite's full-text search has it: from the end of the first phrase to the start of the last.
 */
static bool
has_near(struct str text, const struct query_node *near)
{
	/* Most texts lack one of them, and need not be counted through. */
	for (size_t i = 0; i < near->child_count; i++)
		if (!has_words(text, near->children[i]))
			return false;

	struct arena *arena = arena_new();
	size_t **starts = arena_array(arena, near->child_count, sizeof(starts[0]));
	size_t *counts = arena_array(arena, near->child_count, sizeof(counts[0]));
	bool is_found = false;

	for (size_t i = 0; i < near->child_count; i++)
		starts[i] = find_starts(arena, text, near->children[i], &counts[i]);
	for (size_t i = 0; i < near->child_count && !is_found; i++)
		for (size_t j = 0; j < counts[i] && !is_found; j++)
			is_found = is_clump(near, starts, counts, starts[i][j]);
	arena_free(arena);
	return is_found;
}

static bool
is_near(const struct query_subject *subject, const struct query_node *near)
{
	switch (near->field) {
	case QUERY_TITLE: return has_near(subject->title, near);
	case QUERY_ABSTRACT: return has_near(subject->abstract, near);
	case QUERY_AUTHOR: return has_near(subject->authors, near);
	case QUERY_COMMENT: return has_near(subject->comment, near);
	case QUERY_ORGANISATION: return has_near(subject->organisation, near);
	default:
		return has_near(subject->title, near) || has_near(subject->abstract, near) ||
		    has_near(subject->authors, near);
	}
}

/* ---- expressions ---- */

static bool
has_term(const struct query_subject *subject, const struct query_node *term)
{
	const struct entry *entry = subject->entry;

	if (query_field_type(term->field) == QUERY_WORDS && !may_have(subject, term))
		return false;
	switch (term->field) {
	case QUERY_ANY:
		return has_words(subject->title, term) || has_words(subject->abstract, term) ||
		    has_words(subject->authors, term);
	case QUERY_TITLE: return has_words(subject->title, term);
	case QUERY_ABSTRACT: return has_words(subject->abstract, term);
	case QUERY_AUTHOR: return has_author(subject, term);
	case QUERY_CATEGORY: return has_category(subject, term->text);
	case QUERY_KEY: return has_key(subject, term->text);
	case QUERY_COMMENT: return has_words(subject->comment, term);
	case QUERY_ORGANISATION: return has_words(subject->organisation, term);
	case QUERY_SOURCE: return has_source(subject, term->text);
	case QUERY_CODE: return (entry->code_url.len > 0) == str_is(term->text, "yes");
	case QUERY_VOTES: return is_in_range(term, entry->votes >= 0, entry->votes);
	case QUERY_COMMENTS: return is_in_range(term, entry->comments >= 0, entry->comments);
	case QUERY_DATE: return is_day(subject, term, published_on(entry));
	case QUERY_LISTED: return is_day(subject, term, entry->listed_on);
	case QUERY_FIELD_COUNT: break;
	}
	return false;
}

static bool
holds(const struct query_node *node, const struct query_subject *subject)
{
	if (node->kind == QUERY_TERM)
		return has_term(subject, node);
	if (node->kind == QUERY_NEAR)
		return is_near(subject, node);
	if (node->kind == QUERY_NOT)
		return !holds(node->children[0], subject);

	/* One that holds decides an OR, one that does not an AND. */
	bool decisive = node->kind == QUERY_OR;
	for (size_t i = 0; i < node->child_count; i++)
		if (holds(node->children[i], subject) == decisive)
			return decisive;
	return !decisive;
}

bool
query_matches(const struct query *query, const struct query_subject *subject)
{
	return query->root == NULL || holds(query->root, subject);
}
