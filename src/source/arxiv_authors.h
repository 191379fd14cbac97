/*
 * The authors that arXiv's records name on one line. For formats.
 */
#ifndef DIGEST_SOURCE_ARXIV_AUTHORS_H
#define DIGEST_SOURCE_ARXIV_AUTHORS_H

#include "digest/entry.h"

/*
 * Adds the authors of a line as people write it for arXiv, in order: "Ann Lee (1, 2), Bo Wu, Jr.
 * (MIT) and the XYZ Collaboration ((1) ETH, (2) CERN)". What stands in parentheses after a name is
 * the affiliation; marks are looked up in the list at the end, and say nothing without one. TeX
 * stays as it is. "et al." is nobody.
 */
void arxiv_authors_add(struct entry *entry, struct arena *arena, struct str line);

#endif
