/*
 * What tells an entry without a name from others: title, first author, date. Which entries need it
 * is decided in identity.c.
 */
#include "identity_fingerprint.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <inttypes.h>

/* Below that, the same title in two feeds is chance: "Weekly links". */
enum { TELLING_TITLE_WORDS = 5 };

/* Whether a tag begins at the front of `s`: its bytes, or 0. "a < b" has none. */
static size_t
tag_bytes(struct str s)
{
	enum { LONGEST_TAG = 256 };
	struct str name = str_skip(s, str_starts(s, "</") ? 2 : 1);

	if (!str_starts(s, "<") || name.len == 0 || !str_is_alpha(name.ptr[0]))
		return 0;
	ptrdiff_t end = str_find_char(str_head(s, LONGEST_TAG), '>');
	return end < 0 ? 0 : (size_t)end + 1;
}

/* The number in "#233" or "#xe9", or 0. */
static uint32_t
entity_number(struct str name)
{
	bool is_hex = str_starts_nocase(name, "#x");
	uint32_t number = 0;

	name = str_skip(name, is_hex ? 2 : 1);
	for (size_t i = 0; i < name.len; i++) {
		char c = str_lower_char(name.ptr[i]);
		if (str_is_digit(c))
			number = number * (is_hex ? 16 : 10) + (uint32_t)(c - '0');
		else if (is_hex && c >= 'a' && c <= 'f')
			number = number * 16 + (uint32_t)(c - 'a') + 10;
		else
			return 0;
		if (number > 0x10ffff)
			return 0;
	}
	return number;
}

/* Appends the letter of an entity such as "&eacute;" or "&#233;"; the others part words. */
static void
add_entity(struct buf *out, struct str name)
{
	static const char *const accents[] = { "acute", "caron", "cedil", "circ", "grave", "ring",
		"slash", "tilde", "uml" };
	uint32_t number = str_starts(name, "#") ? entity_number(name) : 0;

	if (number > 0) {
		buf_add_utf8(out, number);
		return;
	}
	for (size_t i = 0; i < sizeof(accents) / sizeof(accents[0]); i++)
		if (str_is(str_skip(name, 1), accents[i])) {
			buf_add_char(out, name.ptr[0]);
			return;
		}
	buf_add_char(out, ' ');
}

/* The bytes of the entity at the front of `s`, or 0. */
static size_t
entity_bytes(struct str s)
{
	enum { LONGEST_ENTITY = 12 };
	ptrdiff_t end = str_find_char(str_head(s, LONGEST_ENTITY), ';');

	if (!str_starts(s, "&") || end < 2)
		return 0;
	for (ptrdiff_t i = 1; i < end; i++)
		if (!str_is_alnum(s.ptr[i]) && (s.ptr[i] != '#' || i > 1))
			return 0;
	return (size_t)end + 1;
}

/* Some feeds leave markup in titles; what another feed says without it is the same title. */
static void
add_without_markup(struct buf *out, struct str s)
{
	while (s.len > 0) {
		size_t tag = tag_bytes(s);
		size_t entity = entity_bytes(s);
		if (entity > 0)
			add_entity(out, str_head(str_skip(s, 1), entity - 2));
		else if (tag == 0)
			buf_add_char(out, s.ptr[0]);
		s = str_skip(s, tag + entity > 0 ? tag + entity : 1);
	}
}

struct str
identity_title(struct arena *arena, struct str title)
{
	struct buf plain = BUF_INIT(BUF_LIMIT);
	struct buf words = BUF_INIT(BUF_LIMIT);

	add_without_markup(&plain, title);
	entry_add_words(&words, buf_str(&plain));
	struct str kept = arena_keep(arena, &words);
	buf_release(&plain);
	return kept;
}

/* The last word of "Yoshua Bengio", and of what stands before the comma of "Bengio, Yoshua". */
static void
add_surname(struct buf *out, struct str name)
{
	struct buf words = BUF_INIT(BUF_LIMIT);
	struct str surname;
	struct str word = STR("");

	if (!str_next(&name, ',', &surname))
		return;
	entry_add_words(&words, surname);
	struct str rest = buf_str(&words);
	while (str_next_word(&rest, &word))
		continue;
	buf_add(out, word);
	buf_release(&words);
}

/*
 * FNV-1a with 128 bits (Fowler, Noll, Vo). Nothing here needs a cryptographic hash: whoever wants
 * to pass for another paper can copy its title.
 */
static void
add_hash(struct buf *out, struct str text)
{
	unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
	unsigned __int128 hash = (unsigned __int128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * prime;
	buf_addf(out, "%016" PRIx64 "%016" PRIx64, (uint64_t)(hash >> 64), (uint64_t)hash);
}

struct str
identity_fingerprint(
    struct arena *arena, const struct entry *entry, struct str title, struct str scope)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct buf alias = BUF_INIT(BUF_LIMIT);
	struct str rest = title;
	struct str word;
	size_t words = 0;

	while (str_next_word(&rest, &word))
		words++;
	buf_add(&text, title);
	buf_add_char(&text, '\n');
	if (entry->author_count > 0)
		add_surname(&text, entry->authors[0].name);
	buf_add_char(&text, '\n');
	if (entry->published_at != DATE_NO_INSTANT) {
		int32_t day = date_day_of(entry->published_at);
		/*
		 * A paper is printed a year long; posts come back with the same title every week.
		 */
		if (entry->kind == ENTRY_PAPER)
			buf_addf(&text, "%d", date_civil(day).year);
		else
			buf_addf(&text, "day %" PRId32, day);
	}
	if (words < TELLING_TITLE_WORDS) {
		buf_add_char(&text, '\n');
		buf_add(&text, scope);
	}

	buf_add_string(&alias, "fp:");
	add_hash(&alias, buf_str(&text));
	struct str kept = arena_keep(arena, &alias);
	buf_release(&text);
	return kept;
}
