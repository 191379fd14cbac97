/*
 * Names of people in their parts, and the keys by which papers are cited.
 */
#include "format.h"

#include "digest/unicode.h"

#include <stdlib.h>

enum { NAME_WORDS_MAX = 16, KEY_WORD_LETTERS = 4 };

/* ---- names ---- */

static bool
is_among(struct str word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (str_is(word, *words))
			return true;
	}
	return false;
}

static bool
is_particle(struct str word)
{
	static const char *const particles[] = { "af", "al", "av", "bin", "bint", "d'", "da", "das",
		"de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la",
		"le", "ten", "ter", "van", "von", "y", "zu", "zum", "zur", NULL };
	return is_among(word, particles);
}

static bool
is_suffix(struct str word)
{
	static const char *const suffixes[] = { "Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", NULL };
	return is_among(word, suffixes);
}

/* Whether the last word says that no person is meant. */
static bool
is_of_many(struct str last)
{
	static const char *const words[] = { "AI", "Collaboration", "Community", "Consortium",
		"Contributors", "Foundation", "Group", "Initiative", "Institute", "Lab", "Labs",
		"Project", "Research", "Team", "University", "collaboration", "group", "team",
		NULL };
	return is_among(last, words);
}

static struct str
span(const struct str *words, size_t from, size_t to)
{
	if (from == to)
		return STR("");
	return (struct str){ words[from].ptr,
		(size_t)(words[to - 1].ptr + words[to - 1].len - words[from].ptr) };
}

/*
 * "King, Martin" and "King, Martin, Jr."; a suffix alone after the comma belongs to a spoken name.
 */
static bool
split_at_comma(struct arena *arena, struct str name, struct export_name *parts)
{
	struct str rest = name, family, given, suffix = STR("");

	str_next(&rest, ',', &family);
	if (!str_next(&rest, ',', &given))
		return false;
	str_next(&rest, ',', &suffix);
	family = str_trim(family);
	given = str_trim(given);
	if (is_suffix(given)) {
		*parts = export_name(arena, family);
		parts->suffix = given;
		parts->is_whole = false;
		return true;
	}
	if (family.len == 0 || given.len == 0)
		return false;
	*parts =
	    (struct export_name){ .family = family, .given = given, .suffix = str_trim(suffix) };
	return true;
}

struct export_name
export_name(struct arena *arena, struct str name)
{
	struct str words[NAME_WORDS_MAX], rest = name, word;
	struct export_name parts = { .family = name, .is_whole = true };
	size_t count = 0, end, start;

	if (str_find_char(name, ',') >= 0 && split_at_comma(arena, name, &parts))
		return parts;
	while (str_next_word(&rest, &word)) {
		if (count == NAME_WORDS_MAX)
			return parts;
		words[count++] = word;
	}
	if (count < 2 || is_of_many(words[count - 1]) || str_is(words[0], "The"))
		return parts;
	end = count > 2 && is_suffix(words[count - 1]) ? count - 1 : count;
	for (start = end - 1; start > 1 && is_particle(words[start - 1]);)
		start--;
	return (struct export_name){
		.given = span(words, 0, start),
		.particle = span(words, start, end - 1),
		.family = words[end - 1],
		.suffix = span(words, end, count),
	};
}

bool
export_next_author(struct arena *arena, const struct entry *entry, size_t *at, struct str *name)
{
	while (*at < entry->author_count) {
		const struct entry_author *author = &entry->authors[(*at)++];
		if (author->is_hidden)
			continue;
		*name = export_line(arena, author->name);
		if (name->len > 0)
			return true;
	}
	return false;
}

/* ---- keys ---- */

static void
add_key_letters(struct buf *out, struct str folded)
{
	for (size_t i = 0; i < folded.len; i++) {
		if (str_is_alnum(folded.ptr[i]))
			buf_add_char(out, str_lower_char(folded.ptr[i]));
	}
}

/* The first word of the title that is long enough to tell something, or else the first. */
static void
add_key_word(struct buf *out, struct str title)
{
	struct buf folded = BUF_INIT(BUF_LIMIT), letters = BUF_INIT(BUF_LIMIT);
	struct str rest, word, first = STR("");

	unicode_add_folded(&folded, title);
	rest = buf_str(&folded);
	while (unicode_next_word(&rest, &word)) {
		buf_reset(&letters);
		add_key_letters(&letters, word);
		if (first.len == 0 && letters.len > 0)
			first = word;
		if (letters.len >= KEY_WORD_LETTERS) {
			first = word;
			break;
		}
	}
	add_key_letters(out, first);
	buf_release(&letters);
	buf_release(&folded);
}

static struct str
make_key(struct export_writer *writer, const struct entry *entry)
{
	struct buf key = BUF_INIT(BUF_LIMIT), folded = BUF_INIT(BUF_LIMIT);
	int32_t day = export_day(entry);
	struct str author, kept;
	size_t at = 0;

	if (export_next_author(writer->scratch, entry, &at, &author))
		unicode_add_folded(&folded, export_name(writer->scratch, author).family);
	add_key_letters(&key, buf_str(&folded));
	if (day != DATE_NO_DAY)
		buf_addf(&key, "%d", date_civil(day).year);
	add_key_word(&key, export_line(writer->scratch, entry->title));
	if (key.len == 0)
		buf_add_string(&key, "paper");
	kept = arena_copy(writer->arena, buf_str(&key));
	buf_release(&folded);
	buf_release(&key);
	return kept;
}

struct place {
	struct str key;
	size_t nth;
};

static int
compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = str_compare(a->key, b->key);

	return order != 0 ? order : (a->nth > b->nth) - (a->nth < b->nth);
}

void
export_make_keys(struct export_writer *writer)
{
	struct place *places = arena_array(writer->arena, writer->count + 1, sizeof(*places));
	size_t same = 0;

	writer->keys = arena_array(writer->arena, writer->count + 1, sizeof(*writer->keys));
	for (size_t i = 0; i < writer->count; i++) {
		places[i] = (struct place){ make_key(writer, writer->entries[i]), i };
		arena_reset(writer->scratch);
	}
	qsort(places, writer->count, sizeof(*places), compare_places);
	for (size_t i = 0; i < writer->count; i++) {
		same = i > 0 && str_equal(places[i - 1].key, places[i].key) ? same + 1 : 0;
		writer->keys[places[i].nth] = same == 0
		    ? places[i].key
		    : arena_printf(writer->arena, "%.*s-%zu", STR_ARG(places[i].key), same + 1);
	}
}
