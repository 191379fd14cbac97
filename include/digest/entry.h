/*
 * An entry: one paper or post as one listing tells of it, or as the store knows it. A plain value;
 * it and all its text live in one arena and die with it. Text is clean UTF-8 on one line unless
 * said otherwise (formats call entry_set_text() and its kin, which see to that).
 */
#ifndef DIGEST_ENTRY_H
#define DIGEST_ENTRY_H

#include "digest/arena.h"
#include "digest/date.h"

enum entry_kind { ENTRY_PAPER, ENTRY_POST };

/*
 * How a listing announces an entry: arXiv's types, and the withdrawal; others are ENTRY_NEW. What
 * is withdrawn may have a name and nothing else. The numbers are stored: only append.
 */
enum entry_announce {
	ENTRY_NEW,
	ENTRY_CROSS, /* listed under another category earlier */
	ENTRY_REPLACED, /* a new version */
	ENTRY_REPLACED_CROSS,
	ENTRY_WITHDRAWN,
};

/* So many categories an entry has at most: who names more names everything. */
enum { ENTRY_CATEGORIES_MAX = 256 };

struct entry_author {
	struct str name; /* as the source writes it, white space collapsed */
	struct str affiliation;
	bool is_hidden; /* the source asks not to show it */
};

struct entry {
	enum entry_kind kind;

	/* Names (see identity.h): the strongest first, the first being the key. */
	struct str *aliases;
	size_t alias_count;
	int version; /* arXiv's version number; 0 when unknown */

	struct str title; /* plain */
	struct str title_raw; /* byte for byte as the source wrote it (but valid UTF-8) */
	struct str abstract; /* plain, one paragraph a line, LF between paragraphs */
	struct entry_author *authors;
	size_t author_count;
	struct str *categories; /* the primary one first */
	size_t category_count;
	struct str comment, journal_ref, license;
	struct str organisation;

	struct str url; /* the page to read; http or https */
	struct str pdf_url, code_url, project_url, discussion_url;
	struct str image_url; /* a picture that stands for it in small */

	int64_t published_at; /* instants; DATE_NO_INSTANT when unknown */
	int64_t updated_at;
	int32_t listed_on; /* the listing day; DATE_NO_DAY when the listing has none */
	int32_t changed_on; /* when its record changed last, as some archives tell; likewise */
	enum entry_announce announce;
	int rank; /* place in the listing, from 1; 0 when it has none */
	int votes, comments; /* -1 when unknown */

	/* Known to the store only. */
	int64_t id; /* 0 until stored */
	int64_t version_id; /* the row of the content shown here */
	int64_t sighting; /* the sighting that makes it a candidate */
	bool is_withdrawn; /* whatever it says of itself: its source took it back */
	struct str *sources; /* names of the sources that listed it */
	size_t source_count;
};

/* An entry with nothing known: counts -1 or 0, dates none, text empty. */
void entry_init(struct entry *entry);

/* The strongest name, or "" while it has none. */
struct str entry_key(const struct entry *entry);

/* Clean, collapsed to one line (title_raw keeps the source's own bytes). */
void entry_set_title(struct entry *entry, struct arena *arena, struct str raw);
struct str entry_text_line(struct arena *arena, struct str raw);

/*
 * Clean text of paragraphs: single line breaks inside a paragraph become spaces, or nothing inside
 * of a word ("long-", "term"), an empty line separates paragraphs and becomes one LF. An item of a
 * list in a paragraph ("- ", "1. ", "(i) " at the beginning of its lines) becomes one, too.
 */
struct str entry_text_paragraphs(struct arena *arena, struct str raw);

/* An http or https URL without white space or control characters, trimmed; else "". */
struct str entry_text_url(struct arena *arena, struct str raw);

void entry_add_author(struct entry *entry, struct arena *arena, struct str name,
    struct str affiliation, bool is_hidden);

/* Adds a category unless it is there, or there are ENTRY_CATEGORIES_MAX. */
void entry_add_category(struct entry *entry, struct arena *arena, struct str category);

/*
 * What makes a new version: SHA-256 is the store's; this appends the text it is taken over (title,
 * abstract, authors, comment, journal reference, white space collapsed). Votes never count.
 */
struct buf;
void entry_add_content(const struct entry *entry, struct buf *out);

/* What of an entry's content differs from one version to another. */
enum entry_change {
	ENTRY_TITLE_CHANGED = 1u << 0,
	ENTRY_ABSTRACT_CHANGED = 1u << 1,
	ENTRY_AUTHORS_CHANGED = 1u << 2,
	ENTRY_COMMENT_CHANGED = 1u << 3,
	ENTRY_JOURNAL_CHANGED = 1u << 4,
};
enum { ENTRY_CHANGE_COUNT = 5 };

/*
 * The changes as flags. Case, TeX, punctuation and white space are none: two sources write one text
 * in many ways.
 */
unsigned entry_changes(const struct entry *before, const struct entry *after);

/* The name of the n-th flag: "title", "abstract", "authors", "comment", "journal reference". */
const char *entry_change_name(size_t nth);

/*
 * Whether comment or abstract say that the paper has been withdrawn: arXiv withdraws by a new
 * version that says so.
 */
bool entry_says_withdrawn(const struct entry *entry);

/*
 * Appends the words of a text as searches and fingerprints compare them: TeX taken away or spelled
 * out ("$\tau$-bench" and "τ-bench" are "tau bench"), folded, letters and digits alone, one space
 * between words. Applied to its own result it changes nothing.
 */
void entry_add_words(struct buf *out, struct str text);

/* Words of the title and abstract, as white space separates them: for minutes of reading. */
size_t entry_word_count(const struct entry *entry);

/* Words of a text, likewise. */
size_t entry_text_words(struct str text);

/*
 * The first sentences of an abstract: the first one, and those that follow it as long as there are
 * no more than so many words. "e.g.", "et al.", "Fig. 3", initials, decimals, URLs and formulas are
 * no ends of sentences; East Asian full stops and the end of a paragraph are.
 */
struct str entry_lead(struct str abstract, size_t words);

#endif
