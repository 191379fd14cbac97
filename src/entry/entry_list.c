/*
 * Finds the list that somebody wrote in lines: "- ", "* ", "1. ", "(a) ", "(i) ". Most lines that
 * begin so are sentences of a text that was wrapped there ("… is fast\n- and small", "… in
 * Section\n1. We …"), so a list has two items at least, numbers in order, and each begins where no
 * sentence goes on.
 */
#include "entry_list.h"

#include <string.h>

enum {
	COLUMNS_MIN = 60, /* shorter lines were not wrapped, but ended */
	COLUMNS_MAX = 120, /* nor were longer ones */
	ROMAN_MAX = 10,
	FIRSTS_MAX = 20, /* marks that may begin a list: each is held against all lines after it */
};

static const char *const bullets[] = { "- ", "* ", "+ ", "• ", "– ", "‣ ", "◦ " };

static struct str
trim_front(struct str line)
{
	while (line.len > 0 && str_is_space(line.ptr[0]))
		line = str_skip(line, 1);
	return line;
}

/* ---- marks ---- */

static int
roman_number(struct str numeral)
{
	static const char *const numerals[ROMAN_MAX] = { "i", "ii", "iii", "iv", "v", "vi", "vii",
		"viii", "ix", "x" };

	for (int i = 0; i < ROMAN_MAX; i++)
		if (str_equal_nocase(numeral, str_from(numerals[i])))
			return i + 1;
	return 0;
}

/* The number that a numeral of this kind is; 0 when it is none. */
static int
number_of(struct str numeral, char kind)
{
	int64_t number;

	switch (kind) {
	case '1': return str_to_int(numeral, 1, 99, &number) == 0 ? (int)number : 0;
	case 'a': return numeral.len == 1 ? str_lower_char(numeral.ptr[0]) - 'a' + 1 : 0;
	default: return roman_number(numeral);
	}
}

/* "1", "a" or "i" begin a list, each one of its kind. */
static char
numeral_kind(struct str numeral)
{
	char c = str_lower_char(numeral.ptr[0]);

	return str_is_digit(c) ? '1' : c == 'i' ? 'i' : 'a';
}

/* "(1) ", "1) " and "1. ", with letters too but for the last: "A. Smith". */
static bool
number_marker(struct str line, char numeral, struct entry_marker *marker)
{
	bool is_open = str_starts(line, "(");
	struct str inside = str_skip(line, is_open);
	size_t len = 0;

	while (len < inside.len && str_is_alnum(inside.ptr[len]))
		len++;
	if (len == 0 || len + 1 >= inside.len || !str_is_space(inside.ptr[len + 1]))
		return false;
	struct str name = str_head(inside, len);
	marker->open = is_open ? '(' : '\0';
	marker->close = inside.ptr[len];
	marker->numeral = numeral != '\0' ? numeral : numeral_kind(name);
	marker->number = number_of(name, marker->numeral);
	marker->len = is_open + len + 2;
	if (marker->close == '.' && (is_open || marker->numeral != '1'))
		return false;
	return marker->number > 0 && strchr(".)", marker->close) != NULL;
}

/* The mark at the front of a line; `numeral` is the kind that its number must be of, or '\0'. */
static bool
marker_of(struct str line, char numeral, struct entry_marker *marker)
{
	line = trim_front(line);
	*marker = (struct entry_marker){ .len = 0 };
	for (size_t i = 0; i < sizeof(bullets) / sizeof(*bullets); i++) {
		if (!str_starts(line, bullets[i]))
			continue;
		marker->len = strlen(bullets[i]);
		marker->close = line.ptr[marker->len - 2];
		return str_trim(str_skip(line, marker->len)).len > 0;
	}
	return number_marker(line, numeral, marker);
}

static bool
is_same_list(const struct entry_marker *a, const struct entry_marker *b)
{
	return a->open == b->open && a->close == b->close && a->numeral == b->numeral;
}

/* ---- where one begins ---- */

static struct str
without_conjunction(struct str line)
{
	static const char *const conjunctions[] = { " and", " or" };

	for (size_t i = 0; i < sizeof(conjunctions) / sizeof(*conjunctions); i++) {
		struct str before = str_head(line, line.len - strlen(conjunctions[i]));
		if (str_ends(line, conjunctions[i]) && before.len > 0 &&
		    strchr(",;", before.ptr[before.len - 1]) != NULL)
			return str_head(before, before.len - 1);
	}
	return line;
}

/* Whether a sentence or a part of one ends with the line. */
static bool
is_ended(struct str line, bool has_commas)
{
	struct str trimmed = str_trim(line), ended = without_conjunction(trimmed);

	if (ended.len == 0 || ended.len < trimmed.len)
		return true;
	return strchr(has_commas ? ".:;!?," : ".:;!?", ended.ptr[ended.len - 1]) != NULL;
}

/* Whether somebody ended the line where there was room for the next word. */
static bool
has_room(struct str line, struct str next, size_t columns)
{
	struct str word;

	line = str_trim(line);
	if (line.len > COLUMNS_MAX || !str_next_word(&next, &word))
		return true;
	return line.len + 1 + word.len <= columns;
}

/*
 * Whether a marked line begins an item, and is not the rest of a sentence; `is_first` of the list.
 */
static bool
begins_item(struct str before, struct str line, const struct entry_marker *marker, bool is_first,
    size_t columns)
{
	if (before.ptr == NULL || is_ended(before, marker->numeral != '\0' && !is_first))
		return true;
	/* A dash may stand after the last word of a line; no other mark does. */
	return has_room(before, line, columns) && !(is_first && marker->close == '-');
}

/*
 * Whether a list begins with this line, that of `first`, which stands in front of `rest`: further
 * items follow, and no bullet is anything else.
 */
static bool
goes_on(const struct entry_list *list, struct entry_marker first, struct str line, struct str rest)
{
	struct entry_marker marker;
	struct str before = line;
	size_t items = 1;

	while (str_next_line(&rest, &line)) {
		if (marker_of(line, first.numeral, &marker) && is_same_list(&marker, &first) &&
		    (first.numeral == '\0' || marker.number == first.number + (int)items)) {
			if (begins_item(before, line, &marker, false, list->columns))
				items++;
			else if (first.numeral == '\0')
				return false;
		}
		before = line;
	}
	return items > 1;
}

static void
find_list(struct entry_list *list)
{
	struct str rest = list->rest, line, before = { NULL, 0 };
	struct entry_marker marker;
	int firsts = 0;

	while (firsts < FIRSTS_MAX && str_next_line(&rest, &line)) {
		bool is_first = marker_of(line, '\0', &marker) && marker.number <= 1;
		firsts += is_first;
		if (is_first && begins_item(before, line, &marker, true, list->columns) &&
		    goes_on(list, marker, line, rest)) {
			list->next = marker;
			list->begin = line.ptr;
			return;
		}
		before = line;
	}
}

void
entry_list_begin(struct entry_list *list, struct str paragraph, size_t columns)
{
	*list = (struct entry_list){
		.rest = paragraph,
		.columns = columns < COLUMNS_MIN ? COLUMNS_MIN
		    : columns > COLUMNS_MAX      ? COLUMNS_MAX
		                                 : columns,
	};
	if (str_find_char(paragraph, '\n') >= 0)
		find_list(list);
}

/* ---- taking it apart ---- */

/*
 * Whether a line after an item is none of it: it is not set in,
 * and the item ended where there was room.
 */
static bool
is_behind(struct str item, struct str line, size_t columns)
{
	char first = line.len > 0 ? line.ptr[0] : ' ';

	if (str_is_space(first) || !has_room(item, line, columns))
		return false;
	return is_ended(item, false) || (first >= 'A' && first <= 'Z');
}

/* Where the item at the front ends: before the next one or, after the last, before other text. */
static size_t
item_end(struct entry_list *list)
{
	struct entry_marker item = list->next, marker;
	struct str rest = list->rest, line, before;
	const char *end = list->rest.ptr + list->rest.len, *after = NULL;

	str_next_line(&rest, &before);
	while (str_next_line(&rest, &line)) {
		if (marker_of(line, item.numeral, &marker) && is_same_list(&marker, &item) &&
		    (item.numeral == '\0' || marker.number == item.number + 1) &&
		    begins_item(before, line, &marker, false, list->columns)) {
			list->next = marker;
			list->begin = line.ptr;
			return (size_t)(line.ptr - list->rest.ptr);
		}
		if (after == NULL && is_behind(before, line, list->columns))
			after = line.ptr;
		before = line;
	}
	list->next.len = 0;
	return (size_t)((after != NULL ? after : end) - list->rest.ptr);
}

bool
entry_list_next(struct entry_list *list, struct str *part)
{
	size_t len = list->rest.len;

	if (len == 0)
		return false;
	if (list->next.len > 0)
		len = list->begin > list->rest.ptr ? (size_t)(list->begin - list->rest.ptr)
		                                   : item_end(list);
	*part = str_head(list->rest, len);
	list->rest = str_skip(list->rest, len);
	return true;
}
