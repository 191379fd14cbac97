/*
 * Who an entry is. Every spelling of a name (an arXiv URL, a DOI, a feed's guid) becomes one alias;
 * two entries that share an alias are one entry. Aliases, strongest first:
 *
 *     arxiv:2505.09568, arxiv:math/0611800    version-less, archive without its subject class
 *     doi:10.1038/s41586-021-03819-2          lower case; arXiv's own DOIs become arxiv:
 *     openreview:, s2:, pmid:
 *     guid:SCOPE:TEXT                         only within one feed (SCOPE)
 *     url:https://example.com/a?b=c           canonical, tracking parameters gone
 *     fp:HEX                                  of title, first author and year: the last resort
 *
 * Two papers must never become one: an entry keeps the first arXiv identifier it is given and no
 * other, and a URL's fragment counts when it tells items of one page apart ("…/2026/07.html#a3").
 *
 * Pure functions; text lives in the given arena.
 */
#ifndef DIGEST_IDENTITY_H
#define DIGEST_IDENTITY_H

#include "digest/entry.h"

/*
 * An arXiv identifier in any spelling: bare, "arXiv:", "oai:arXiv.org:", a URL of arxiv.org and its
 * mirrors, ar5iv, alphaxiv or huggingface.co/papers, DOI 10.48550/arXiv.…; a version, ".pdf", query
 * or fragment after it. Gives the canonical identifier ("2505.09568", "math/0611800") and the
 * version (0 when none). 0, or -1 when it is none.
 */
int identity_arxiv(struct arena *arena, struct str text, struct str *id, int *version);

/* Whether that is a category of arXiv's ("cs.CL", "hep-th"). */
bool identity_is_arxiv_category(struct str text);

/*
 * A DOI in any spelling, canonical (lower case; of bioRxiv's and medRxiv's pages and versions, the
 * paper): 0, or -1 when it is none.
 */
int identity_doi(struct arena *arena, struct str text, struct str *doi);

/*
 * Adds the alias of a name whose kind is not known: an arXiv identifier, DOI, OpenReview, Semantic
 * Scholar or PubMed name where it is one of these, else a URL, else nothing. Sets the entry's
 * version when the name carries one. Returns whether it was understood.
 */
bool identity_add(struct entry *entry, struct arena *arena, struct str name);

/*
 * Adds a feed's own identifier: as identity_add(), or else as guid:SCOPE:TEXT. A bare number with a
 * dot is the feed's own, whatever it looks like; with a version after it, it is arXiv's.
 */
void identity_add_guid(struct entry *entry, struct arena *arena, struct str scope, struct str guid);

/*
 * Adds the names of a feed's item: its own identifier, as identity_add_guid() does, and the page it
 * links to. A guid that is the URL of another page than that also stands as guid:SCOPE:URL, so that
 * two items of one feed stay two where both link to one page. Either may be "".
 */
void identity_add_item(
    struct entry *entry, struct arena *arena, struct str scope, struct str guid, struct str link);

/*
 * Puts the aliases in order, and adds the fingerprint when there is a title and no other
 * name; or none but a URL, and it is a paper with an author: posts share their titles ("Weekly
 * links"), and for them the day stands in for the year. A title of less than five words is told
 * apart by SCOPE, too. False when the entry has no name at all.
 */
bool identity_finish(struct entry *entry, struct arena *arena, struct str scope);

/*
 * What a user types for an entry ("2505.09568", "arXiv:2505.09568v2", a URL, a key) as an alias to
 * look up: 0, or -1 when it is none.
 */
int identity_from_user(struct arena *arena, struct str text, struct str *alias);

/*
 * The title as the fingerprint sees it: folded, letters and digits only, words joined by a space.
 */
struct str identity_title(struct arena *arena, struct str title);

#endif
