/*
 * Reading comments, clause by clause: a clause that says one of the things that most comments say
 * is a fact, any other stays where it is. Nothing here guesses at what authors meant.
 */
#include "comment.h"

#include "digest/buf.h"

enum { YEAR_FIRST = 1990, YEAR_LAST = 2099 };

enum clause { CLAUSE_OTHER, CLAUSE_VENUE, CLAUSE_LENGTH, CLAUSE_YEAR };

/* What a clause begins with that tells where a paper appears. */
static const char *const acceptances[] = {
	"accepted ",
	"to appear ",
	"to be published ",
	"will appear ",
	"published ",
	"presented at ",
	"appeared ",
	"appears ",
	"camera-ready ",
	"camera ready ",
};

/* Names that say where by themselves, with a year after them. */
static const char *const venues[] = { "AAAI", "AAMAS", "ACCV", "ACL", "ACM MM", "AISTATS", "ASPLOS",
	"BMVC", "CHI", "CIKM", "COLING", "COLM", "COLT", "CoRL", "CVPR", "EACL", "ECAI", "ECCV",
	"ECIR", "EMNLP", "FOCS", "HPCA", "ICASSP", "ICCV", "ICDE", "ICDM", "ICLR", "ICML", "ICRA",
	"ICSE", "IJCAI", "INTERSPEECH", "Interspeech", "IROS", "ISCA", "KDD", "MICCAI", "MICRO",
	"MLSys", "NAACL", "NeurIPS", "NIPS", "OSDI", "PODS", "RecSys", "RSS", "SIGGRAPH", "SIGIR",
	"SIGMOD", "SODA", "SOSP", "STOC", "TACL", "TMLR", "UAI", "USENIX Security", "VLDB", "WACV",
	"WSDM", "WWW" };

/* What is counted in a paper. */
static const char *const measures[] = { "page", "figure", "table", "pp", "pages", "figures",
	"tables", "pp.", "pg", "pages.", "figs", "figs.", "appendices", "appendix" };

static bool
is_year(struct str word)
{
	int64_t year;

	return word.len == 4 && str_to_int(word, YEAR_FIRST, YEAR_LAST, &year) == 0;
}

static bool
is_one_of(struct str word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal_nocase(word, str_from(list[i])))
			return true;
	return false;
}

static bool
is_number(struct str word)
{
	int64_t number;

	return str_to_int(word, 1, 99999, &number) == 0;
}

/*
 * "12 pages", "12 pages and 5 figures", "8+4 pages" are not all alike: a number, a measure,
 * no more.
 */
static bool
is_length(struct str clause)
{
	struct str word;
	bool wants_number = true;
	size_t pairs = 0;

	while (str_next_word(&clause, &word)) {
		if (wants_number && pairs > 0 && (str_is(word, "and") || str_is(word, "&")))
			continue;
		if (wants_number ? !is_number(word)
		                 : !is_one_of(word, measures, sizeof(measures) / sizeof(*measures)))
			return false;
		pairs += !wants_number;
		wants_number = !wants_number;
	}
	return pairs > 0 && wants_number;
}

/* "ICML 2026", "ICML 2026 (Oral)", "ICML'26 Workshop". */
static bool
starts_with_venue(struct str clause)
{
	for (size_t i = 0; i < sizeof(venues) / sizeof(*venues); i++) {
		struct str name = str_from(venues[i]);

		if (!str_starts(clause, venues[i]))
			continue;

		struct str after = str_trim(str_skip(clause, name.len));
		bool is_apart = after.len == 0 || !str_is_alnum(clause.ptr[name.len]);
		if (is_apart && (is_year(str_head(after, 4)) || str_starts(after, "'")))
			return true;
	}
	return false;
}

static enum clause
read_clause(struct str clause)
{
	if (is_length(clause))
		return CLAUSE_LENGTH;
	if (is_year(clause))
		return CLAUSE_YEAR;
	for (size_t i = 0; i < sizeof(acceptances) / sizeof(*acceptances); i++)
		if (str_starts_nocase(clause, acceptances[i]))
			return CLAUSE_VENUE;
	return starts_with_venue(clause) ? CLAUSE_VENUE : CLAUSE_OTHER;
}

/* "Proc. of", "vol. 3", "J. Things": whether a full stop between those ends no sentence. */
static bool
is_abbreviation(struct str before, struct str after)
{
	static const char *const numbered[] = { "vol", "no", "nr", "pp", "proc", "sec", "art",
		"fig" };
	size_t start = before.len;

	after = str_trim(after);
	while (start > 0 && str_is_alpha(before.ptr[start - 1]))
		start--;
	if (after.len == 0 || str_starts(after, "http"))
		return false;
	if (before.len - start == 1 && before.ptr[start] <= 'Z')
		return true;
	if (!str_is_digit(after.ptr[0]))
		return after.ptr[0] >= 'a' && after.ptr[0] <= 'z';
	return is_one_of(str_skip(before, start), numbered, sizeof(numbered) / sizeof(*numbered));
}

/* Takes a clause off, and how much stands up to the next one: "; ", ", ", or a sentence's end. */
static size_t
next_clause(struct str text, struct str *clause)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_end = i + 1 == text.len || text.ptr[i + 1] == ' ';

		depth += c == '(';
		depth -= c == ')' && depth > 0;
		if (c == '.' && is_end && is_abbreviation(str_head(text, i), str_skip(text, i + 1)))
			is_end = false;
		if (depth == 0 && is_end && (c == ',' || c == ';' || c == '.')) {
			*clause = str_trim(str_head(text, i));
			return i + 1;
		}
	}
	*clause = str_trim(text);
	return text.len;
}

static void
add_joined(struct buf *text, struct str clause)
{
	if (text->len > 0)
		buf_add_string(text, ", ");
	buf_add(text, clause);
}

/* Without what joined it to clauses that are gone. */
static struct str
trim_joints(struct str text)
{
	text = str_trim(text);
	while (text.len > 0 && (text.ptr[text.len - 1] == ',' || text.ptr[text.len - 1] == ';'))
		text = str_trim(str_head(text, text.len - 1));
	return text;
}

struct render_comment
render_read_comment(struct arena *arena, struct str comment)
{
	struct buf venue = BUF_INIT(BUF_LIMIT), length = BUF_INIT(BUF_LIMIT);
	struct buf rest = BUF_INIT(BUF_LIMIT);
	enum clause before = CLAUSE_OTHER;
	struct str text = comment, clause;

	while (text.len > 0) {
		size_t len = next_clause(text, &clause);
		enum clause kind = read_clause(clause);

		/* A second place, and a year that belongs to none, stay where they are. */
		if (kind == CLAUSE_VENUE && venue.len == 0)
			buf_add(&venue, clause);
		else if (kind == CLAUSE_YEAR && before == CLAUSE_VENUE)
			add_joined(&venue, clause);
		else if (kind == CLAUSE_LENGTH)
			add_joined(&length, clause);
		else
			buf_add(&rest, str_head(text, len));
		before = kind;
		text = str_skip(text, len);
	}

	struct render_comment found = {
		.venue = arena_copy(arena, buf_str(&venue)),
		.length = arena_copy(arena, buf_str(&length)),
		.rest = arena_copy(arena, trim_joints(buf_str(&rest))),
	};
	buf_release(&venue);
	buf_release(&length);
	buf_release(&rest);
	return found;
}
