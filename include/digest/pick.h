/*
 * Picking: which of the candidates an issue holds, in which order, and why. Rankings are rows of
 * rankings.def, one file ranking_NAME.c each. Deterministic: same candidates, same picks.
 */
#ifndef DIGEST_PICK_H
#define DIGEST_PICK_H

#include "digest/err.h"
#include "digest/issue.h"

struct liked_model;
struct query;
struct query_subject;

struct pick_candidate {
	struct entry *entry;
	enum issue_section section;
	int from_version; /* these two are carried along, see struct issue_item */
	unsigned changes;
	/* What queries look at: NULL until one is asked; several picks of an entry may share it. */
	struct query_subject *subject;
	/* Set by pick(): */
	bool is_picked;
	double score; /* 0…1, by the rankings; 0 when the filters refuse it */
	enum issue_form form; /* how much of it the reader's minutes allow to show */
	/* Picked: why it stands where it does ("" for listing order); else the reason. */
	struct str why;
};

/* What a list asks its entries to be about, by the ranking that looks at it. */
enum pick_wish { PICK_KEYWORDS, PICK_AUTHORS, PICK_CATEGORIES, PICK_SIMILAR, PICK_WISH_COUNT };

/* One of its terms: a query, how a reason names it, and what it weighs in thousandths. */
struct pick_term {
	struct query *query;
	struct str name;
	int64_t weight;
	/* Of PICK_SIMILAR: the paper that it names. The caller's to find; NULL while unknown. */
	const struct entry *entry;
};

struct pick_terms {
	struct pick_term *items;
	size_t count;
};

struct pick_rules {
	const struct query *const *include; /* any of them suffices; none = everything */
	const char *const *include_names; /* how to name each in a reason: "include", "--match" */
	size_t include_count;
	const struct query *const *exclude; /* any of them refuses */
	const char *const *exclude_names; /* likewise, quoted, and where it stands */
	size_t exclude_count;
	/*
	 * Names of rankings joined by ",": the first decides, the next break ties; "" is listing.
	 * As soon as one has a weight ("votes:2, recency", 1 unless said) their scores are added
	 * up.
	 */
	const char *rank;
	struct pick_terms wishes[PICK_WISH_COUNT];
	const struct liked_model *liked; /* what the ranking 'liked' goes by; NULL for nothing */
	/* Thousandths: how much being like what comes before costs; 0 = nothing. */
	int64_t diversity;
	size_t limit; /* 0 = no limit */
	size_t minutes; /* the reader's, see enum issue_form; 0 = as many as it takes */
	bool has_updates; /* whether updated entries are wanted */
	/* What was listed on an earlier day is refused; DATE_NO_DAY: nothing. */
	int32_t listed_since;
	int64_t now;
};

/*
 * The name of a wish, which is that of the list's key and of the ranking: "keywords", "authors" …
 */
const char *pick_wish_name(enum pick_wish wish);

/*
 * EX_USAGE: with the column and the nearest ranking when `rank` is no list of rankings, and when it
 * names one that has nothing to go by in the wishes (PICK_WISH_COUNT of them).
 */
int pick_check_rank(const char *rank, const struct pick_terms *wishes, struct err *err);

/* Whether the rank names that ranking. */
bool pick_ranks_by(const char *rank, const char *name);

/*
 * Reads "TERM" or "TERM:WEIGHT". A keyword is a query, an author a name as au: finds it, a category
 * what cat: takes, what is to be similar any name of a paper, and has no weight. EX_USAGE.
 * Otherwise term->query is to be freed; the name is in the arena.
 */
int pick_read_term(struct pick_term *term, enum pick_wish wish, struct str text,
    struct arena *arena, struct err *err);

/*
 * Marks and orders the candidates: picked ones first, in the order they will be read, by section.
 * Each that is left out has a reason ("excluded by 'survey'", "beyond the limit of 10"). That an
 * entry which was had has been withdrawn is told whatever the rules say; one that was not had is
 * left out then.
 */
int pick(struct pick_candidate *candidates, size_t count, const struct pick_rules *rules,
    struct arena *arena, struct err *err);

/* The rankings, for help; NULL after the last. */
const char *pick_ranking_name(size_t index, const char **help);

#endif
