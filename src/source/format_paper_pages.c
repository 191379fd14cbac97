/*
 * Saved text of a page of papers: a title, then its abstract, and so on; no identifiers. Which
 * paragraph is what is decided over the whole page: of all ways to read it, the one that costs
 * least, since a short abstract and a long title look alike but stand in different places.
 */
#include "format.h"

#include "digest/buf.h"
#include "digest/unicode.h"
#include "page_text.h"

#include <limits.h>
#include <string.h>

enum { NEVER = 100000, WORDS_SHOWN = 60 };

/* What a paragraph can be, and what has to be known of the ones before it. */
enum role {
	ROLE_TITLE,
	ROLE_ABSTRACT,
	ROLE_MORE, /* the abstract goes on */
	ROLE_OTHER, /* none of these, after an abstract or at the start */
	ROLE_OTHER_IN_PAPER, /* none of these, between a title and its abstract */
	ROLE_COUNT,
};

/* What it costs that one follows another. */
static const int step_costs[ROLE_COUNT][ROLE_COUNT] = {
	/* A title should be followed by its abstract. */
	[ROLE_TITLE] = { 40, 0, NEVER, NEVER, 0 },
	[ROLE_ABSTRACT] = { 0, NEVER, 30, 0, NEVER },
	[ROLE_MORE] = { 0, NEVER, 20, 0, NEVER },
	/* … 60: an abstract at the start, whose title was not saved. */
	[ROLE_OTHER] = { 0, NEVER, 60, 0, NEVER },
	[ROLE_OTHER_IN_PAPER] = { 40, 0, NEVER, NEVER, 0 },
};

/* What one paragraph looks like, taken alone. */
struct looks {
	size_t characters, words, sentences; /* sentences: full stops before a capital letter */
	bool has_full_stop, has_link, is_plain_start, is_listed;
};

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* "- ", "* ", "(1) ", "1) ": a point of a list. */
static bool
is_listed(struct str text)
{
	struct str word = STR("");
	str_next_word(&text, &word);
	if (str_is(word, "-") || str_is(word, "*") || str_is(word, "•"))
		return true;
	return word.len > 1 && word.len <= 5 && str_ends(word, ")");
}

/* A first word that is only lower-case letters: "we", "code", but not "zip2zip:" or "rStar". */
static bool
is_plain_start(struct str text)
{
	struct str word = STR("");
	str_next_word(&text, &word);
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] < 'a' || word.ptr[i] > 'z')
			return false;
	}
	return true;
}

static struct looks
look_at(struct str text)
{
	struct looks looks = {
		.has_full_stop = str_ends(text, "."),
		.has_link = str_find(text, STR("http://")) >= 0 ||
		    str_find(text, STR("https://")) >= 0 || str_find(text, STR("www.")) >= 0,
		.is_plain_start = is_plain_start(text),
		.is_listed = is_listed(text),
	};
	struct str rest = text, word;
	bool was_stop = false;
	for (size_t i = 0; i < text.len; i++)
		looks.characters += !is_continuation(text.ptr[i]);
	while (str_next_word(&rest, &word)) {
		looks.words++;
		looks.sentences += was_stop && word.ptr[0] >= 'A' && word.ptr[0] <= 'Z';
		was_stop = str_ends(word, ".") && word.len > 2;
	}
	return looks;
}

static int
title_cost(const struct looks *looks)
{
	int cost = looks->characters <= 130 ? 0
	    : looks->characters <= 200      ? 10
	    : looks->characters <= 300      ? 35
	    : looks->characters <= 400      ? 80
	                                    : NEVER;
	if (looks->has_full_stop)
		cost += 30;
	if (looks->has_link)
		cost += 60;
	if (looks->is_plain_start)
		cost += 25;
	if (looks->is_listed)
		cost += 40;
	if (looks->words < 2)
		cost += 10;
	return cost;
}

static int
abstract_cost(const struct looks *looks)
{
	int cost = looks->characters >= 400 ? 0
	    : looks->characters >= 250      ? 10
	    : looks->characters >= 150      ? 25
	    : looks->characters >= 60       ? 45
	                                    : 60;
	if (looks->has_full_stop)
		cost -= 20;
	else if (looks->characters < 250 && !looks->has_link)
		cost += 40;
	if (looks->has_link)
		cost -= 40;
	cost -= looks->sentences > 2 ? 20 : (int)looks->sentences * 10;
	return cost > 0 ? cost : 0;
}

static int
role_cost(const struct looks *looks, enum role role)
{
	if (role == ROLE_TITLE)
		return title_cost(looks);
	if (role == ROLE_ABSTRACT || role == ROLE_MORE)
		return abstract_cost(looks);
	if (looks->words < 2 || looks->characters < 15)
		return 25;
	return looks->characters > 150 || looks->has_link ? 90 : 60;
}

/* ---- the cheapest reading ---- */

/* For each paragraph and role: the role before it on the cheapest way there. */
struct back {
	uint8_t from[ROLE_COUNT];
};

static void
step(int costs[ROLE_COUNT], const struct looks *looks, struct back *back)
{
	int next[ROLE_COUNT];
	for (int to = 0; to < ROLE_COUNT; to++) {
		int best = 0;
		for (int from = 1; from < ROLE_COUNT; from++) {
			if (costs[from] + step_costs[from][to] < costs[best] + step_costs[best][to])
				best = from;
		}
		int cost = costs[best] + step_costs[best][to] + role_cost(looks, (enum role)to);
		next[to] = cost < INT_MAX / 2 ? cost : INT_MAX / 2;
		back->from[to] = (uint8_t)best;
	}
	/* Only differences count; on a long page the sums must not. */
	int least = next[0];
	for (int role = 1; role < ROLE_COUNT; role++)
		least = next[role] < least ? next[role] : least;
	for (int role = 0; role < ROLE_COUNT; role++)
		costs[role] = next[role] - least < NEVER ? next[role] - least : NEVER;
}

/* The role of each paragraph. */
static uint8_t *
assign_roles(struct arena *arena, const struct str *paragraphs, size_t count)
{
	uint8_t *roles = arena_array(arena, count, sizeof(*roles));
	struct back *back = arena_array(arena, count, sizeof(*back));
	int costs[ROLE_COUNT] = { NEVER, NEVER, NEVER, 0, NEVER };

	for (size_t i = 0; i < count; i++) {
		struct looks looks = look_at(paragraphs[i]);
		step(costs, &looks, &back[i]);
	}
	/* A title at the end lacks its abstract. */
	costs[ROLE_TITLE] += 40;
	costs[ROLE_OTHER_IN_PAPER] += 40;
	int role = 0;
	for (int other = 1; other < ROLE_COUNT; other++)
		role = costs[other] < costs[role] ? other : role;
	for (size_t i = count; i-- > 0;) {
		roles[i] = (uint8_t)role;
		role = back[i].from[role];
	}
	return roles;
}

/* ---- papers ---- */

struct paper {
	struct str title;
	struct buf abstract;
};

static int
end_paper(struct paper *paper, struct format_reader *reader, struct err *err)
{
	struct entry entry;
	int result = 0;

	if (paper->title.len > 0) {
		entry_init(&entry);
		entry_set_title(&entry, reader->arena, paper->title);
		entry.abstract = entry_text_paragraphs(reader->arena, buf_str(&paper->abstract));
		result = format_emit(reader, &entry, err);
	} else if (paper->abstract.len > 0) {
		format_skip(reader, "an abstract without a title: '%.*s'",
		    STR_ARG(unicode_head(buf_str(&paper->abstract), WORDS_SHOWN)));
	}
	paper->title = STR("");
	buf_reset(&paper->abstract);
	return result;
}

static int
read_pages(struct input *input, struct format_reader *reader, struct err *err)
{
	struct paper paper = { STR(""), BUF_INIT(BUF_LIMIT) };
	struct str bytes;
	size_t count;

	if (format_whole(input, &bytes, err) < 0)
		return -1;
	struct str *paragraphs = page_text_paragraphs(reader->keep, bytes, &count);
	uint8_t *roles = assign_roles(reader->keep, paragraphs, count);
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		switch (roles[i]) {
		case ROLE_TITLE:
			result = end_paper(&paper, reader, err);
			paper.title = paragraphs[i];
			break;
		case ROLE_ABSTRACT:
		case ROLE_MORE:
			buf_add(&paper.abstract, paragraphs[i]);
			buf_add_string(&paper.abstract, "\n\n");
			break;
		default:
			format_skip(reader, "neither a title nor an abstract: '%.*s'",
			    STR_ARG(unicode_head(paragraphs[i], WORDS_SHOWN)));
			break;
		}
	}
	if (result == 0)
		result = end_paper(&paper, reader, err);
	buf_release(&paper.abstract);
	return result;
}

/*
 * By the site's banner, or by its looks: nearly everything is a short line with a long one after
 * it. Markup and data are not for us.
 */
static int
sniff(struct str bytes)
{
	struct str text = str_trim(bytes);
	if (text.len == 0 || str_find_char(STR("<{[@%\\\""), text.ptr[0]) >= 0)
		return 0;
	if (page_text_has_banner(text))
		return 85;
	struct arena *arena = arena_new();
	size_t count, pairs = 0;
	struct str *paragraphs = page_text_paragraphs(arena, text, &count);
	for (size_t i = 1; i < count; i++) {
		pairs += paragraphs[i].len >= 400 && paragraphs[i - 1].len <= 250 &&
		    !str_ends(paragraphs[i - 1], ".");
	}
	arena_free(arena);
	return pairs >= 2 && pairs * 2 * 10 >= count * 8 ? 40 : 0;
}

const struct source_format source_format_paper_pages = {
	.name = "paper_pages",
	.help = "saved text of a page of papers: titles and abstracts",
	.sniff = sniff,
	.read = read_pages,
};
