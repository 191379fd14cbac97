/*
 * The words of a text as searches and fingerprints compare them: without TeX, case and accents. For
 * comparing alone; what readers see is made elsewhere.
 */
#include "digest/entry.h"

#include "digest/buf.h"
#include "digest/unicode.h"

/* Commands that change how something looks or is set, and say nothing. */
static const char *const silent_commands[] = { "Big", "Bigg", "bar", "bf", "bfseries", "big",
	"bigg", "bm", "boldsymbol", "breve", "cal", "check", "cite", "ddot", "displaystyle", "dot",
	"em", "emph", "ensuremath", "footnote", "frac", "grave", "hat", "hbox", "href", "hspace",
	"it", "itshape", "left", "limits", "mathbb", "mathbf", "mathcal", "mathfrak", "mathit",
	"mathrm", "mathring", "mathscr", "mathsf", "mathtt", "mbox", "operatorname", "overline",
	"overrightarrow", "protect", "qquad", "quad", "ref", "right", "rm", "sc", "scriptsize",
	"sf", "sl", "small", "sqrt", "tag", "text", "textbf", "textcolor", "textit", "textmd",
	"textnormal", "textrm", "textsc", "textsf", "textsl", "textsubscript", "textsuperscript",
	"texttt", "tfrac", "tilde", "tt", "underline", "url", "vec", "widehat", "widetilde" };

/* Letters, by their TeX commands and by themselves, that no decomposition takes apart. */
static const struct {
	const char *command;
	const char *letter; /* folded */
	const char *plain;
} letters[] = {
	{ "aa", "å", "a" },
	{ "ae", "æ", "ae" },
	{ "dh", "ð", "d" },
	{ "dj", "đ", "d" },
	{ "i", "ı", "i" },
	{ "j", "ȷ", "j" },
	{ "l", "ł", "l" },
	{ "ng", "ŋ", "ng" },
	{ "o", "ø", "o" },
	{ "oe", "œ", "oe" },
	{ "ss", "ß", "ss" },
	{ "th", "þ", "th" },
};

/* The Greek letters from U+03B1 to U+03C9 by name: a title has "τ-bench" or "$\tau$-bench". */
static const char *const greek[] = { "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta",
	"theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma",
	"sigma", "tau", "upsilon", "phi", "chi", "psi", "omega" };

enum { GREEK_LETTERS = sizeof(greek) / sizeof(greek[0]) };

static bool
is_silent(struct str command)
{
	for (size_t i = 0; i < sizeof(silent_commands) / sizeof(silent_commands[0]); i++)
		if (str_is(command, silent_commands[i]))
			return true;
	/* \c c, \v{s}: an accent on the letter that follows. */
	return command.len == 1 && str_find_char(STR("bcdHkrtuv"), command.ptr[0]) >= 0;
}

/* What a command that is a letter stands for, or NULL. */
static const char *
letter_of(struct str command)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (str_equal_nocase(command, str_from(letters[i].command)))
			return letters[i].plain;
	return NULL;
}

static bool
is_greek_name(struct str name)
{
	for (size_t i = 0; i < GREEK_LETTERS; i++)
		if (str_is(name, greek[i]))
			return true;
	return false;
}

static struct str
skip_spaces(struct str s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = str_skip(s, 1);
	return s;
}

/* Appends what a named command says; returns what follows it. */
static struct str
add_named_command(struct buf *out, struct str s)
{
	struct str name = str_head(s, 0);

	while (name.len < s.len && str_is_alpha(s.ptr[name.len]))
		name.len++;
	/* TeX takes the spaces after a command's name as its end. */
	s = skip_spaces(str_skip(s, name.len));
	if (is_silent(name))
		return s;

	const char *letter = letter_of(name);
	if (letter != NULL) {
		buf_add_string(out, letter);
		return s;
	}
	if (str_starts(name, "var") && is_greek_name(str_skip(name, 3)))
		name = str_skip(name, 3);
	buf_add_char(out, ' ');
	buf_add(out, name);
	buf_add_char(out, ' ');
	return s;
}

/* Appends what the command after a backslash says; returns what follows it. */
static struct str
add_command(struct buf *out, struct str s)
{
	if (s.len == 0)
		return s;
	if (str_is_alpha(s.ptr[0]))
		return add_named_command(out, s);
	if (str_find_char(STR("'`\"^~=."), s.ptr[0]) >= 0) /* an accent */
		return skip_spaces(str_skip(s, 1));
	if (str_find_char(STR("-/!"), s.ptr[0]) >=
	    0) /* a place to break, no space, less than none */
		return str_skip(s, 1);
	/* Spaces, and characters that are no letters: "AT\&T". */
	buf_add_char(out, ' ');
	return (unsigned char)s.ptr[0] < 0x80 ? str_skip(s, 1) : s;
}

/* Whether an index or exponent after '_' or '^' belongs to the word: "H_2O", "R^{2}". */
static bool
is_joined(struct str s)
{
	if (str_starts(s, "{"))
		s = str_skip(s, 1);
	return s.len > 0 && str_is_digit(s.ptr[0]);
}

static void
add_without_tex(struct buf *out, struct str s)
{
	while (s.len > 0) {
		size_t plain = 0;
		while (plain < s.len && str_find_char(STR("\\{}$^_"), s.ptr[plain]) < 0)
			plain++;
		buf_add(out, str_head(s, plain));
		s = str_skip(s, plain);
		if (s.len == 0)
			break;

		char c = s.ptr[0];
		s = str_skip(s, 1);
		if (c == '\\')
			s = add_command(out, s);
		else if ((c == '^' || c == '_') && !is_joined(s))
			buf_add_char(out, ' ');
	}
}

/* The code point of the two-byte character at the front of `s`, or 0. */
static uint32_t
two_byte_char(struct str s)
{
	unsigned char first = s.len > 0 ? (unsigned char)s.ptr[0] : 0;
	unsigned char second = s.len > 1 ? (unsigned char)s.ptr[1] : 0;

	if (first < 0xc2 || first > 0xdf)
		return 0;
	return (uint32_t)(first & 0x1f) << 6 | (second & 0x3f);
}

/* What a letter beyond ASCII is spelled as by people who type, or NULL. */
static const char *
plain_of(struct str s)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (str_starts(s, letters[i].letter))
			return letters[i].plain;
	return NULL;
}

/* The name of the Greek letter at the front of `s`, or NULL. */
static const char *
greek_name(struct str s)
{
	enum { ALPHA = 0x3b1 };
	uint32_t c = two_byte_char(s);

	return c >= ALPHA && c < ALPHA + GREEK_LETTERS ? greek[c - ALPHA] : NULL;
}

/*
 * Appends folded text with letters spelled in ASCII where people who type do so. A Greek letter is
 * a symbol, and becomes its name, unless another stands beside it in a Greek word.
 */
static void
add_typeable(struct buf *out, struct str s)
{
	bool was_greek = false;

	while (s.len > 0) {
		const char *plain = plain_of(s);
		const char *name = greek_name(s);
		size_t len = two_byte_char(s) != 0 ? 2 : 1;
		if (name != NULL && !was_greek && greek_name(str_skip(s, len)) == NULL) {
			buf_add_char(out, ' ');
			buf_add_string(out, name);
			buf_add_char(out, ' ');
		} else if (plain != NULL) {
			buf_add_string(out, plain);
		} else {
			while (len < s.len && (unsigned char)s.ptr[len] < 0x80)
				len++;
			buf_add(out, str_head(s, len));
		}
		/* What was copied ends with a Greek letter only if it is that letter. */
		was_greek = name != NULL && len == 2;
		s = str_skip(s, len);
	}
}

/*
 * How much of a text is plain words: ASCII up to a space,
 * with no character that means something to TeX.
 */
static size_t
plain_bytes(struct str text)
{
	static const bool is_special[128] = {
		['\\'] = true, ['{'] = true, ['}'] = true, ['$'] = true, ['^'] = true, ['_'] = true
	};
	size_t len = 0, end = 0;

	for (; len < text.len; len++) {
		unsigned char c = (unsigned char)text.ptr[len];
		if (c >= 0x80 || is_special[c])
			return end;
		if (c == ' ')
			end = len + 1;
	}
	return len;
}

/* What all the rest of this file comes to for such a text, which most of every abstract is. */
static void
add_plain_words(struct buf *out, struct str text, bool *is_first)
{
	char word[64] = "";
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_begin = str_is_alnum(c) && (i == 0 || !str_is_alnum(text.ptr[i - 1]));
		if (len + 2 > sizeof(word)) {
			buf_add_bytes(out, word, len);
			len = 0;
		}
		if (is_begin && !*is_first)
			word[len++] = ' ';
		if (str_is_alnum(c))
			word[len++] = str_lower_char(c);
		*is_first = *is_first && !is_begin;
	}
	buf_add_bytes(out, word, len);
}

static void
add_any_words(struct buf *out, struct str text, bool *is_first)
{
	struct buf plain = BUF_INIT(SIZE_MAX);
	struct buf folded = BUF_INIT(SIZE_MAX);
	struct buf typeable = BUF_INIT(SIZE_MAX);
	struct str word;

	add_without_tex(&plain, text);
	unicode_add_folded(&folded, buf_str(&plain));
	add_typeable(&typeable, buf_str(&folded));
	struct str rest = buf_str(&typeable);
	while (unicode_next_word(&rest, &word)) {
		if (!*is_first)
			buf_add_char(out, ' ');
		buf_add(out, word);
		*is_first = false;
	}
	buf_release(&typeable);
	buf_release(&folded);
	buf_release(&plain);
}

void
entry_add_words(struct buf *out, struct str text)
{
	size_t plain = plain_bytes(text);
	bool is_first = true;

	add_plain_words(out, str_head(text, plain), &is_first);
	if (plain < text.len)
		add_any_words(out, str_skip(text, plain), &is_first);
}
