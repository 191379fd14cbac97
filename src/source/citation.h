/*
 * What libraries of citations (BibTeX, RIS, CSL) tell of a paper, and the entry it makes. For
 * format_*.c alone.
 */
#ifndef DIGEST_SOURCE_CITATION_H
#define DIGEST_SOURCE_CITATION_H

#include "format.h"

/* Plain text all; what is not told is "". */
struct citation {
	struct str title, abstract, journal, date;
	struct str names[4]; /* a DOI, an arXiv identifier, … */
	size_t name_count;
	struct str url;
	struct str *authors; /* "Moreno, Ada" or "Ada Moreno", in the reader's arena */
	size_t author_count;
};

void citation_add_name(struct citation *citation, struct str name);
void citation_add_author(struct citation *citation, struct arena *arena, struct str author);

/* Ends an item: hands it on as an entry, or leaves it out when it is not known what it is. */
int citation_emit(const struct citation *citation, struct format_reader *reader, struct err *err);

#endif
