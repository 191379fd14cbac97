/*
 * What became of an entry: how two versions of it differ, and whether one says that it is
 * withdrawn. Which version anybody has had is the store's to know.
 */
#include "digest/entry.h"

#include "digest/buf.h"
#include "digest/unicode.h"

/* ---- differences ---- */

static bool
is_same_text(struct str a, struct str b)
{
	struct buf x = BUF_INIT(BUF_LIMIT), y = BUF_INIT(BUF_LIMIT);
	bool is_same = str_equal(a, b);

	if (!is_same) {
		entry_add_words(&x, a);
		entry_add_words(&y, b);
		is_same = str_equal(buf_str(&x), buf_str(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return is_same;
}

/* Affiliations are no change: some formats of one source have them, others do not. */
static bool
has_same_authors(const struct entry *a, const struct entry *b)
{
	if (a->author_count != b->author_count)
		return false;
	for (size_t i = 0; i < a->author_count; i++) {
		if (!is_same_text(a->authors[i].name, b->authors[i].name))
			return false;
	}
	return true;
}

unsigned
entry_changes(const struct entry *before, const struct entry *after)
{
	unsigned changes = 0;

	if (!is_same_text(before->title, after->title))
		changes |= ENTRY_TITLE_CHANGED;
	if (!is_same_text(before->abstract, after->abstract))
		changes |= ENTRY_ABSTRACT_CHANGED;
	if (!has_same_authors(before, after))
		changes |= ENTRY_AUTHORS_CHANGED;
	if (!is_same_text(before->comment, after->comment))
		changes |= ENTRY_COMMENT_CHANGED;
	if (!is_same_text(before->journal_ref, after->journal_ref))
		changes |= ENTRY_JOURNAL_CHANGED;
	return changes;
}

const char *
entry_change_name(size_t nth)
{
	static const char *const names[ENTRY_CHANGE_COUNT] = { "title", "abstract", "authors",
		"comment", "journal reference" };

	return nth < ENTRY_CHANGE_COUNT ? names[nth] : "";
}

/* ---- withdrawal ---- */

enum { WITHDRAWN_HEAD_BYTES = 200 };

static bool
is_one_of(struct str word, const char *const *words)
{
	while (*words != NULL && !str_is(word, *words))
		words++;
	return *words != NULL;
}

/* Whether the words go on "… has been withdrawn", but from no conference or journal. */
static bool
goes_on_withdrawn(struct str rest)
{
	static const char *const verbs[] = { "has", "have", "been", "is", "was", "now", "being",
		"temporarily", "hereby", NULL };
	struct str word;
	bool is_withdrawn = false;

	while (!is_withdrawn && str_next_word(&rest, &word)) {
		is_withdrawn = str_is(word, "withdrawn") || str_is(word, "retracted");
		if (!is_withdrawn && !is_one_of(word, verbs))
			return false;
	}
	if (!is_withdrawn || !str_next_word(&rest, &word) || !str_is(word, "from"))
		return is_withdrawn;
	return str_next_word(&rest, &word) && (str_is(word, "arxiv") || str_is(word, "the"));
}

/* "This paper has been withdrawn by the authors", "Withdrawn due to an error in …". */
static bool
says_withdrawn(struct str text, bool may_begin_with_it)
{
	static const char *const things[] = { "paper", "article", "submission", "manuscript",
		"preprint", "work", "version", "document", "note", "entry", "eprint", NULL };
	struct buf words = BUF_INIT(BUF_LIMIT);
	bool is_found;

	entry_add_words(&words, unicode_head(text, WITHDRAWN_HEAD_BYTES));
	struct str rest = buf_str(&words), word, before = STR("");
	is_found = may_begin_with_it && goes_on_withdrawn(rest);
	while (!is_found && str_next_word(&rest, &word)) {
		bool is_thing = is_one_of(word, things) &&
		    (str_is(before, "this") || str_is(before, "the") || before.len == 0);
		is_found = is_thing && goes_on_withdrawn(rest);
		before = word;
	}
	buf_release(&words);
	return is_found;
}

bool
entry_says_withdrawn(const struct entry *entry)
{
	/* Almost no entry has the word, and a look for it is cheap. */
	static const struct str marks[] = { { "ithdrawn", 8 }, { "ITHDRAWN", 8 },
		{ "etracted", 8 } };
	bool has_mark = false;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && !has_mark; i++)
		has_mark = str_find(entry->comment, marks[i]) >= 0 ||
		    str_find(entry->abstract, marks[i]) >= 0;
	return has_mark &&
	    (says_withdrawn(entry->comment, true) ||
	        says_withdrawn(entry->abstract, entry->abstract.len < WITHDRAWN_HEAD_BYTES));
}
