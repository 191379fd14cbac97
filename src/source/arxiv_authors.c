/*
 * Takes a line of authors apart as arXiv's submitters write it (help page "author names"). Names
 * given one by one, as other services give them, need none of this.
 */
#include "arxiv_authors.h"

#include "digest/buf.h"

#include <string.h>

/* No legend is longer, no author has more marks, and no list of authors is longer. */
enum { MARKS_MAX = 256, MARK_BYTES = 8, LINE_BYTES = 1 << 20 };

/* One "(1) ETH, Zürich" of the list at the end. */
struct place {
	struct str mark, name;
};

struct authors {
	struct entry *entry;
	struct arena *arena;
	struct str line; /* all texts below lie in it */
	uint32_t *groups; /* of each byte of it the bytes of the group it opens; 0: it opens none */
	struct place places[MARKS_MAX];
	size_t place_count;
};

/* Finds the groups in parentheses that are closed. */
static void
find_groups(struct authors *authors)
{
	size_t len = authors->line.len, depth = 0;
	uint32_t *open = arena_array(authors->arena, len, sizeof(*open));

	authors->groups = arena_array(authors->arena, len, sizeof(*authors->groups));
	for (size_t i = 0; i < len; i++) {
		char c = authors->line.ptr[i];
		if (c == '\\')
			i++;
		else if (c == '(')
			open[depth++] = (uint32_t)i;
		else if (c == ')' && depth > 0) {
			depth--;
			authors->groups[open[depth]] = (uint32_t)i - open[depth] + 1;
		}
	}
}

static bool
is_group(const struct authors *authors, struct str s)
{
	size_t len = s.len > 0 ? authors->groups[s.ptr - authors->line.ptr] : 0;
	return len > 0 && len <= s.len;
}

/* The bytes of what stands at the front of `s` and belongs together: a group, a TeX character after
 * its backslash, or one byte. */
static size_t
unit_bytes(const struct authors *authors, struct str s)
{
	if (is_group(authors, s))
		return authors->groups[s.ptr - authors->line.ptr];
	return s.len > 1 && s.ptr[0] == '\\' ? 2 : 1;
}

static struct str
inside(struct str group)
{
	group = str_skip(group, 1);
	return str_trim(str_ends(group, ")") ? str_head(group, group.len - 1) : group);
}

static bool
is_mark_char(char c)
{
	return str_is_digit(c) || c == '*' || c == '+';
}

/* "1", "12", "1a", "a", "*": what stands for an affiliation. */
static bool
is_mark(struct str text)
{
	size_t at = 0;
	while (at < text.len && is_mark_char(text.ptr[at]))
		at++;
	if (at < text.len && str_is_alpha(text.ptr[at]))
		at++;
	return at > 0 && at <= MARK_BYTES && at == text.len;
}

/* Takes the next mark of "1, 2 and 3" off the front. */
static bool
next_mark(struct str *rest, struct str *mark)
{
	size_t at = 0;
	while (at < rest->len &&
	    (str_is_space(rest->ptr[at]) || str_find_char(STR(",;&"), rest->ptr[at]) >= 0))
		at++;
	*rest = str_skip(*rest, at);
	for (at = 0; at < rest->len && str_find_char(STR(" ,;&"), rest->ptr[at]) < 0; at++)
		continue;
	*mark = str_head(*rest, at);
	*rest = str_skip(*rest, at);
	return at > 0;
}

/* Whether all that a group holds are marks. */
static bool
is_marks(struct str text)
{
	struct str mark;
	bool is_any = false;
	while (next_mark(&text, &mark)) {
		if (!is_mark(mark) && !str_is(mark, "and"))
			return false;
		is_any = true;
	}
	return is_any;
}

/* ---- the list of affiliations ---- */

/* Without what stands between the items of the list: "(1). ETH, and (2) …". */
static struct str
tidy_place(struct str name)
{
	name = str_trim(name);
	while (name.len > 0 && str_find_char(STR("-.,;: "), name.ptr[0]) >= 0)
		name = str_skip(name, 1);
	for (;;) {
		struct str shorter = name;
		if (str_ends(name, ",") || str_ends(name, ";"))
			shorter = str_trim(str_head(name, name.len - 1));
		else if (str_ends(name, " and"))
			shorter = str_trim(str_head(name, name.len - strlen(" and")));
		if (shorter.len == name.len)
			return name;
		name = shorter;
	}
}

/* "(1) ETH (Zürich), (2) CERN": what is in parentheses and no mark belongs to the name. */
static void
read_places(struct authors *authors, struct str text)
{
	struct place *open = NULL;
	size_t at = 0, start = 0;
	while (at < text.len) {
		struct str rest = str_skip(text, at);
		size_t len = unit_bytes(authors, rest);
		struct str mark = inside(str_head(rest, len));
		if (is_group(authors, rest) && is_marks(mark) && authors->place_count < MARKS_MAX) {
			if (open != NULL)
				open->name =
				    tidy_place(str_head(str_skip(text, start), at - start));
			open = &authors->places[authors->place_count++];
			*open = (struct place){ mark, STR("") };
			start = at + len;
		}
		at += len;
	}
	if (open != NULL)
		open->name = tidy_place(str_skip(text, start));
}

/* Takes the list off the end of the line, wherever its group begins with one. */
static struct str
take_places(struct authors *authors, struct str line)
{
	for (size_t at = 0; at < line.len;) {
		struct str rest = str_skip(line, at);
		size_t len = unit_bytes(authors, rest);
		struct str group = is_group(authors, rest) ? inside(str_head(rest, len)) : STR("");
		if (str_starts(group, "(") &&
		    is_marks(inside(str_head(group, unit_bytes(authors, group))))) {
			read_places(authors, group);
			return str_trim(str_head(line, at));
		}
		at += len;
	}
	return line;
}

static struct str
place_of(const struct authors *authors, struct str mark)
{
	for (size_t i = 0; i < authors->place_count; i++) {
		if (str_equal(authors->places[i].mark, mark))
			return authors->places[i].name;
	}
	return STR("");
}

/* What a group after a name says of where the author works. */
static void
add_affiliation(const struct authors *authors, struct buf *out, struct str group)
{
	struct str text = inside(group), mark;
	if (!is_marks(text)) {
		if (out->len > 0)
			buf_add_string(out, "; ");
		buf_add(out, text);
		return;
	}
	while (next_mark(&text, &mark)) {
		struct str place = place_of(authors, mark);
		if (place.len > 0 && out->len > 0)
			buf_add_string(out, "; ");
		buf_add(out, place);
	}
}

/* ---- names ---- */

static bool
is_suffix(struct str name)
{
	static const char *const suffixes[] = { "Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "PhD",
		"Ph.D.", "MD", "M.D." };
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (str_is(name, suffixes[i]))
			return true;
	}
	return false;
}

/* "U.D.J. Gieseler, T.W. Jones, (University of Minnesota)": the group has no name of its own. */
static void
add_to_last(struct authors *authors, struct str name, struct str affiliation)
{
	struct entry *entry = authors->entry;
	struct entry_author *last = &entry->authors[entry->author_count - 1];
	if (name.len > 0)
		last->name =
		    arena_printf(authors->arena, "%.*s, %.*s", STR_ARG(last->name), STR_ARG(name));
	if (affiliation.len > 0)
		last->affiliation = entry_text_line(authors->arena, affiliation);
}

static void
add_author(struct authors *authors, struct str name, struct str affiliation)
{
	name = str_trim(name);
	if (str_is(name, "et al") || str_is(name, "et al.") || str_is(name, "others"))
		return;
	if (authors->entry->author_count > 0 && (name.len == 0 || is_suffix(name))) {
		add_to_last(authors, name, affiliation);
		return;
	}
	/* "(The XYZ Collaboration)" and nobody else. */
	if (name.len == 0)
		entry_add_author(authors->entry, authors->arena, affiliation, STR(""), false);
	else if (!str_is(name, "."))
		entry_add_author(authors->entry, authors->arena, name, affiliation, false);
}

/*
 * One piece between separators: a name with groups after it. A group with more of the name after
 * it belongs to the name ("Shun-ichi (Sam) Amari"); where it holds marks, only the comma is
 * missing.
 */
static void
add_piece(struct authors *authors, struct str piece)
{
	struct buf affiliation = BUF_INIT(BUF_LIMIT);
	size_t at = 0, name_end = 0;
	bool has_group = false;
	struct str marks = STR("");

	while (at < piece.len) {
		struct str rest = str_skip(piece, at);
		size_t len = unit_bytes(authors, rest);
		if (is_group(authors, rest)) {
			struct str group = str_head(rest, len);
			name_end = has_group ? name_end : at;
			has_group = true;
			marks = is_marks(inside(group)) ? group : STR("");
			add_affiliation(authors, &affiliation, group);
		} else if (has_group && str_find_char(STR(" .,:*"), rest.ptr[0]) < 0) {
			if (marks.len > 0) {
				add_author(
				    authors, str_head(piece, name_end), buf_str(&affiliation));
				piece = str_skip(piece, at);
				at = 0;
			}
			has_group = false;
			buf_reset(&affiliation);
			continue;
		}
		at += len;
	}
	add_author(authors, has_group ? str_head(piece, name_end) : piece, buf_str(&affiliation));
	buf_release(&affiliation);
}

/* The bytes of the word "and" or "&" that stands between names at the front of `s`, or 0. */
static size_t
conjunction_bytes(struct str s)
{
	static const char *const words[] = { " and ", " & ", " \\& " };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_starts(s, words[i]))
			return strlen(words[i]) - 1; /* the blank may begin the next */
	}
	return 0;
}

/* The bytes of what parts two names at the front of `s`, or 0. */
static size_t
separator_bytes(struct str s, struct str before)
{
	if (s.ptr[0] == ',' || s.ptr[0] == ';')
		return 1;
	/* "The XYZ Collaboration: A, B" */
	if (s.ptr[0] == ':' &&
	    (str_ends(before, "ollaboration") || str_ends(before, "ollaborations")))
		return 1;
	return conjunction_bytes(s);
}

static void
add_pieces(struct authors *authors, struct str line)
{
	size_t start = 0, at = 0;
	while (at < line.len) {
		struct str rest = str_skip(line, at);
		size_t len = separator_bytes(rest, str_head(line, at));
		if (len > 0) {
			add_piece(authors, str_trim(str_head(str_skip(line, start), at - start)));
			at = start = at + len;
			if (str_starts(rest, ",") && str_starts(str_skip(line, at), " and "))
				at = start = at + strlen(" and");
			continue;
		}
		at += unit_bytes(authors, rest);
	}
	add_piece(authors, str_trim(str_skip(line, start)));
}

void
arxiv_authors_add(struct entry *entry, struct arena *arena, struct str line)
{
	struct authors authors = { .entry = entry, .arena = arena };
	authors.line = entry_text_line(arena, str_head(line, LINE_BYTES));
	if (authors.line.len == 0)
		return;
	find_groups(&authors);
	line = take_places(&authors, authors.line);
	if (line.len > 0)
		add_pieces(&authors, line);
}
