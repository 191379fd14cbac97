/*
 * Which words of a paper count for what somebody likes, and numbers for words. What they tell is
 * liked.c's.
 */
#include "liked_words.h"

#include "digest/mem.h"
#include "digest/unicode.h"

/* ---- words that say nothing ---- */

/* scikit-learn's, which are those of the Glasgow Information Retrieval Group. */
static const char *const stop_words[] = {
	"about",
	"above",
	"across",
	"after",
	"afterwards",
	"again",
	"against",
	"all",
	"almost",
	"alone",
	"along",
	"already",
	"also",
	"although",
	"always",
	"am",
	"among",
	"amongst",
	"amoungst",
	"amount",
	"an",
	"and",
	"another",
	"any",
	"anyhow",
	"anyone",
	"anything",
	"anyway",
	"anywhere",
	"are",
	"around",
	"as",
	"at",
	"back",
	"be",
	"became",
	"because",
	"become",
	"becomes",
	"becoming",
	"been",
	"before",
	"beforehand",
	"behind",
	"being",
	"below",
	"beside",
	"besides",
	"between",
	"beyond",
	"bill",
	"both",
	"bottom",
	"but",
	"by",
	"call",
	"can",
	"cannot",
	"cant",
	"co",
	"con",
	"could",
	"couldnt",
	"cry",
	"de",
	"describe",
	"detail",
	"do",
	"done",
	"down",
	"due",
	"during",
	"each",
	"eg",
	"eight",
	"either",
	"eleven",
	"else",
	"elsewhere",
	"empty",
	"enough",
	"etc",
	"even",
	"ever",
	"every",
	"everyone",
	"everything",
	"everywhere",
	"except",
	"few",
	"fifteen",
	"fifty",
	"fill",
	"find",
	"fire",
	"first",
	"five",
	"for",
	"former",
	"formerly",
	"forty",
	"found",
	"four",
	"from",
	"front",
	"full",
	"further",
	"get",
	"give",
	"go",
	"had",
	"has",
	"hasnt",
	"have",
	"he",
	"hence",
	"her",
	"here",
	"hereafter",
	"hereby",
	"herein",
	"hereupon",
	"hers",
	"herself",
	"him",
	"himself",
	"his",
	"how",
	"however",
	"hundred",
	"ie",
	"if",
	"in",
	"inc",
	"indeed",
	"interest",
	"into",
	"is",
	"it",
	"its",
	"itself",
	"keep",
	"last",
	"latter",
	"latterly",
	"least",
	"less",
	"ltd",
	"made",
	"many",
	"may",
	"me",
	"meanwhile",
	"might",
	"mill",
	"mine",
	"more",
	"moreover",
	"most",
	"mostly",
	"move",
	"much",
	"must",
	"my",
	"myself",
	"name",
	"namely",
	"neither",
	"never",
	"nevertheless",
	"next",
	"nine",
	"no",
	"nobody",
	"none",
	"noone",
	"nor",
	"not",
	"nothing",
	"now",
	"nowhere",
	"of",
	"off",
	"often",
	"on",
	"once",
	"one",
	"only",
	"onto",
	"or",
	"other",
	"others",
	"otherwise",
	"our",
	"ours",
	"ourselves",
	"out",
	"over",
	"own",
	"part",
	"per",
	"perhaps",
	"please",
	"put",
	"rather",
	"re",
	"same",
	"see",
	"seem",
	"seemed",
	"seeming",
	"seems",
	"serious",
	"several",
	"she",
	"should",
	"show",
	"side",
	"since",
	"sincere",
	"six",
	"sixty",
	"so",
	"some",
	"somehow",
	"someone",
	"something",
	"sometime",
	"sometimes",
	"somewhere",
	"still",
	"such",
	"system",
	"take",
	"ten",
	"than",
	"that",
	"the",
	"their",
	"them",
	"themselves",
	"then",
	"thence",
	"there",
	"thereafter",
	"thereby",
	"therefore",
	"therein",
	"thereupon",
	"these",
	"they",
	"thick",
	"thin",
	"third",
	"this",
	"those",
	"though",
	"three",
	"through",
	"throughout",
	"thru",
	"thus",
	"to",
	"together",
	"too",
	"top",
	"toward",
	"towards",
	"twelve",
	"twenty",
	"two",
	"un",
	"under",
	"until",
	"up",
	"upon",
	"us",
	"very",
	"via",
	"was",
	"we",
	"well",
	"were",
	"what",
	"whatever",
	"when",
	"whence",
	"whenever",
	"where",
	"whereafter",
	"whereas",
	"whereby",
	"wherein",
	"whereupon",
	"wherever",
	"whether",
	"which",
	"while",
	"whither",
	"who",
	"whoever",
	"whole",
	"whom",
	"whose",
	"why",
	"will",
	"with",
	"within",
	"without",
	"would",
	"yet",
	"you",
	"your",
	"yours",
	"yourself",
	"yourselves",
};

/* ---- the words of one paper ---- */

void
liked_reader_start(struct liked_reader *reader, const struct entry *entry)
{
	buf_reset(&reader->folded);
	unicode_add_folded(&reader->folded, entry->title);
	buf_add_char(&reader->folded, ' ');
	unicode_add_folded(&reader->folded, entry->abstract);
	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		buf_add_char(&reader->folded, ' ');
		unicode_add_folded(&reader->folded, entry->authors[i].name);
	}
	reader->rest = buf_str(&reader->folded);
}

/* The bytes of the character at the front of a text that is not empty. */
static size_t
char_bytes(struct str text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* The bytes of the character at the front when it can be within a word, else 0. */
static size_t
word_char(struct str text)
{
	struct str word, rest;

	if (str_is_alnum(text.ptr[0]) || text.ptr[0] == '_')
		return 1;
	if ((unsigned char)text.ptr[0] < 0x80)
		return 0;
	rest = str_head(text, char_bytes(text));
	return unicode_next_word(&rest, &word) ? char_bytes(text) : 0;
}

bool
liked_reader_next(struct liked_reader *reader, struct str *word)
{
	while (reader->rest.len > 0) {
		struct str start = reader->rest;
		bool is_latin = !str_is_digit(start.ptr[0]);
		size_t len;
		while (reader->rest.len > 0 && (len = word_char(reader->rest)) > 0) {
			is_latin = is_latin && (unsigned char)reader->rest.ptr[0] < 0x80;
			reader->rest = str_skip(reader->rest, len);
		}
		*word = str_head(start, start.len - reader->rest.len);
		if (reader->rest.len > 0)
			reader->rest = str_skip(reader->rest, char_bytes(reader->rest));
		if (is_latin && word->len > 1)
			return true;
	}
	return false;
}

/* ---- numbers ---- */

enum { FIRST_SLOTS = 1024, STOP_WORD_COUNT = sizeof(stop_words) / sizeof(stop_words[0]) };

void
liked_words_release(struct liked_words *words)
{
	buf_release(&words->text);
	mem_free(words->starts);
	mem_free(words->slots);
}

struct str
liked_words_text(const struct liked_words *words, uint32_t number)
{
	uint32_t start = words->starts[number];
	size_t end = number + 1 < words->count ? words->starts[number + 1] : words->text.len;

	return (struct str){ words->text.ptr + start, end - start - 1 };
}

/* FNV-1a. */
static uint32_t
hash_of(struct str word)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
	return hash;
}

/* The slot of the word, or the free one where it belongs. */
static uint32_t *
find_slot(const struct liked_words *words, struct str word)
{
	uint32_t mask = words->slot_count - 1, at = hash_of(word) & mask;

	while (words->slots[at] != 0 &&
	    !str_equal(liked_words_text(words, words->slots[at] - 1), word))
		at = (at + 1) & mask;
	return &words->slots[at];
}

static void
grow_slots(struct liked_words *words)
{
	mem_free(words->slots);
	words->slot_count *= 2;
	words->slots = mem_array(words->slot_count, sizeof(*words->slots));
	for (uint32_t i = 0; i < words->count; i++)
		*find_slot(words, liked_words_text(words, i)) = i + 1;
}

uint32_t
liked_words_find(const struct liked_words *words, struct str word)
{
	uint32_t slot = *find_slot(words, word);

	return slot > 0 ? slot - 1 : LIKED_NO_WORD;
}

uint32_t
liked_words_add(struct liked_words *words, struct str word)
{
	uint32_t *slot = find_slot(words, word);

	if (*slot > 0)
		return *slot - 1;
	if (words->count == words->room) {
		words->room = words->room > 0 ? words->room * 2 : FIRST_SLOTS / 2;
		words->starts = mem_resize(words->starts, words->room * sizeof(*words->starts));
	}
	*slot = words->count + 1;
	words->starts[words->count++] = (uint32_t)words->text.len;
	buf_add(&words->text, word);
	buf_add_char(&words->text, '\0');
	if (words->count > words->slot_count / 2)
		grow_slots(words);
	return words->count - 1;
}

void
liked_words_init(struct liked_words *words)
{
	*words = (struct liked_words){ .text = BUF_INIT(SIZE_MAX / 2), .slot_count = FIRST_SLOTS };
	words->slots = mem_array(words->slot_count, sizeof(*words->slots));
	for (size_t i = 0; i < STOP_WORD_COUNT; i++)
		liked_words_add(words, str_from(stop_words[i]));
}

bool
liked_words_is_stop(uint32_t number)
{
	return number < STOP_WORD_COUNT;
}
