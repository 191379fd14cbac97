/*
 * Lists in the lines of a paragraph, see entry_list.c. For entry.c alone.
 */
#ifndef DIGEST_ENTRY_ENTRY_LIST_H
#define DIGEST_ENTRY_ENTRY_LIST_H

#include "digest/str.h"

/* How the items of a list are marked. */
struct entry_marker {
	char open, close; /* "(1)" is '(' and ')', "1." '\0' and '.', "- " '\0' and '-' */
	char numeral; /* '1', 'a' or 'i'; '\0' for a bullet */
	int number;
	size_t len; /* with the blank after it */
};

struct entry_list {
	struct str rest; /* lines that were not taken */
	size_t columns;
	struct entry_marker next; /* of the next item; len is 0 when there is none */
	const char *begin; /* of the next item */
};

/* Begins with a paragraph of a text whose longest line has so many bytes. */
void entry_list_begin(struct entry_list *list, struct str paragraph, size_t columns);

/*
 * Takes off the front what stands before the list, an item, or what stands after the list; all of
 * it when there is no list. False at the end.
 */
bool entry_list_next(struct entry_list *list, struct str *part);

#endif
