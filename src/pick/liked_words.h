/*
 * Words of papers, and numbers for them. For the files liked*.c alone.
 */
#ifndef DIGEST_PICK_LIKED_WORDS_H
#define DIGEST_PICK_LIKED_WORDS_H

#include "digest/buf.h"
#include "digest/entry.h"

/* ---- the words of one paper ---- */

struct liked_reader {
	struct buf folded;
	struct str rest;
};
#define LIKED_READER_INIT \
	{ \
		BUF_INIT(BUF_LIMIT), \
		{ \
			NULL, 0 \
		} \
	}

void liked_reader_start(struct liked_reader *reader, const struct entry *entry);

/* The next word: of Latin letters and digits, at least two. */
bool liked_reader_next(struct liked_reader *reader, struct str *word);

/* ---- numbers ---- */

enum { LIKED_NO_WORD = UINT32_MAX };

/*
 * Words by number, from 0 in the order in which they were added: those that say nothing come first.
 */
struct liked_words {
	struct buf text; /* one after the other, each terminated */
	uint32_t *starts; /* of each word in `text` */
	uint32_t count, room;
	uint32_t *slots; /* number + 1 by hash; 0 is free */
	uint32_t slot_count; /* a power of 2 */
};

void liked_words_init(struct liked_words *words);
void liked_words_release(struct liked_words *words);

uint32_t liked_words_add(struct liked_words *words, struct str word);

/* LIKED_NO_WORD when it is not among them. */
uint32_t liked_words_find(const struct liked_words *words, struct str word);

/* Whether it is one of the words that say nothing, as "the". */
bool liked_words_is_stop(uint32_t number);

struct str liked_words_text(const struct liked_words *words, uint32_t number);

#endif
