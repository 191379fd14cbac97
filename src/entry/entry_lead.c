/*
 * Where sentences end, so that the first ones of an abstract can stand for it. A sentence that is
 * not seen to end makes the beginning longer, which does less harm than one that is cut.
 */
#include "digest/entry.h"

enum { FORMULA_BYTES = 400 }; /* the longest that stands in a line of text */

/* What a full stop does not end, in lower case and without its last stop. */
static const char *const abbreviations[] = { "al", "alg", "app", "appx", "approx", "assn", "avg",
	"ca", "cf", "chap", "dept", "dr", "eds", "eq", "eqn", "eqs", "fig", "figs", "fn", "incl",
	"jr", "lem", "mr", "mrs", "ms", "prof", "prop", "refs", "resp", "sect", "sr", "tab", "thm",
	"univ", "viz", "vol", "vs" };

/* Likewise where a number follows; otherwise they are words that may end a sentence. */
static const char *const before_numbers[] = { "ch", "ex", "no", "nos", "p", "par", "pp", "ref",
	"sec" };

/* The size of a full stop, question or exclamation mark of East Asian text at the front, or 0. */
static size_t
wide_stop(struct str s)
{
	static const char *const stops[] = { "。", "！", "？", "．", "｡" };

	if (s.len == 0 || (unsigned char)s.ptr[0] < 0x80)
		return 0;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (str_starts(s, stops[i]))
			return str_from(stops[i]).len;
	return 0;
}

/* The size of what closes at the front of `s`, like a quote or a parenthesis; 0 for none. */
static size_t
closing(struct str s)
{
	static const char *const marks[] = { ")", "]", "\"", "'", "}", "”", "’", "»", "」", "』",
		"）" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(s, marks[i]))
			return str_from(marks[i]).len;
	return 0;
}

/* Single letters between full stops: "e.g", "U.S", "i.i.d", and initials. */
static bool
is_letters_with_stops(struct str word)
{
	struct str piece;

	while (str_next(&word, '.', &piece))
		if (piece.len != 1 || !str_is_alpha(piece.ptr[0]))
			return false;
	return true;
}

static bool
is_number(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!str_is_digit(word.ptr[i]))
			return false;
	return word.len > 0;
}

static bool
is_one_of(const char *const *words, size_t count, struct str word)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal_nocase(word, str_from(words[i])))
			return true;
	return false;
}

/*
 * Whether the full stop after `before` (a sentence up to it) may belong to its last word; `next` is
 * what the next word begins with.
 */
static bool
is_abbreviation(struct str before, char next)
{
	enum {
		COUNT = sizeof(abbreviations) / sizeof(abbreviations[0]),
		NUMBER_COUNT = sizeof(before_numbers) / sizeof(before_numbers[0]),
	};
	size_t start = before.len;

	while (start > 0 && !str_is_space(before.ptr[start - 1]) &&
	    str_find_char(STR("([{\"'~"), before.ptr[start - 1]) < 0)
		start--;

	struct str word = str_skip(before, start);
	if (word.len == 0 || is_letters_with_stops(word))
		return true;
	/* "1. First, …" */
	if (start == 0 && is_number(word))
		return true;
	return is_one_of(abbreviations, COUNT, word) ||
	    (str_is_digit(next) && is_one_of(before_numbers, NUMBER_COUNT, word));
}

/* Whether a sentence can begin so. */
static bool
may_begin(char first)
{
	return first < 'a' || first > 'z';
}

static bool
is_dollar(struct str s, size_t at)
{
	return s.ptr[at] == '$' && (at == 0 || s.ptr[at - 1] != '\\');
}

/*
 * Whether a formula that is open at a place is closed after it, soon enough to be one: else the
 * dollar was a price.
 */
static bool
is_closed(struct str s, size_t at)
{
	for (size_t i = at; i < s.len && i < at + FORMULA_BYTES && s.ptr[i] != '\n'; i++)
		if (is_dollar(s, i))
			return true;
	return false;
}

/* Whether the ".", "!" or "?" at `stop` ends a sentence; `end` is after what closes it. */
static bool
is_end(struct str s, size_t stop, size_t end, bool is_formula)
{
	if (end + 1 >= s.len || s.ptr[end] != ' ' || !may_begin(s.ptr[end + 1]))
		return false;
	if (s.ptr[stop] == '.' && is_abbreviation(str_head(s, stop), s.ptr[end + 1]))
		return false;
	return !is_formula || !is_closed(s, stop);
}

/* The size of the first sentence with what closes it and the white space after it. */
static size_t
sentence_size(struct str s)
{
	bool is_formula = false;

	/* Wide stops begin with one of the last two. */
	for (size_t i = 0; i < s.len; i++) {
		i += str_until(str_skip(s, i), ".!?\n$\xe3\xef");
		if (i == s.len)
			break;
		size_t wide = wide_stop(str_skip(s, i));
		size_t end = i + (wide > 0 ? wide : 1);

		if (s.ptr[i] == '\n')
			return end;
		is_formula ^= is_dollar(s, i);
		if (wide == 0 && str_find_char(STR(".!?"), s.ptr[i]) < 0)
			continue;
		while (closing(str_skip(s, end)) > 0)
			end += closing(str_skip(s, end));
		if (wide > 0)
			return end;
		if (is_end(s, i, end, is_formula))
			return end + 1;
	}
	return s.len;
}

struct str
entry_lead(struct str abstract, size_t words)
{
	size_t end = 0, count = 0;

	while (end < abstract.len) {
		struct str rest = str_skip(abstract, end);
		size_t size = sentence_size(rest);

		count += entry_text_words(str_head(rest, size));
		if (end > 0 && count > words)
			break;
		end += size;
	}
	return str_trim(str_head(abstract, end));
}
