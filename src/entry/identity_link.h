/*
 * A URL taken apart, for finding the names in it. Private to identity.
 */
#ifndef DIGEST_ENTRY_IDENTITY_LINK_H
#define DIGEST_ENTRY_IDENTITY_LINK_H

#include "digest/arena.h"

/* All parts are as they were written, but for the host. */
struct identity_link {
	bool has_scheme; /* "http:" or "https:"; people leave it out */
	struct str host; /* ASCII, lower case */
	struct str port; /* digits, or "" */
	struct str path; /* begins with "/", or "" */
	struct str query, fragment; /* without "?" and "#" */
};

/* -1 when the text is no http(s) URL, or names a user, which no public page does. */
int identity_link_split(struct arena *arena, struct str text, struct identity_link *link);

/*
 * Whether the text is a URL of a site that names no papers by its addresses, which most are:
 * nothing but a url: alias will come of it. False when that is not certain.
 */
bool identity_link_is_elsewhere(struct str text);

/* Whether the host is `domain` or "www." before it. */
bool identity_link_is_at(const struct identity_link *link, const char *domain);

/* The value of a parameter of the query, as it is written; "" when it is not there. */
struct str identity_link_parameter(const struct identity_link *link, const char *name);

/* The text with its %XX decoded; what is no such triplet stays. */
struct str identity_link_decode(struct arena *arena, struct str text);

/*
 * The canonical form of a URL. With `keep_fragment`, a fragment that tells two places of a
 * page apart stays: changelogs and pages of news give all their items one URL but for that.
 */
struct str
identity_link_canonical(struct arena *arena, const struct identity_link *link, bool keep_fragment);

/*
 * The same, with "url:" before it, when the text is a URL with nothing in it to be changed;
 * else "".
 */
struct str identity_link_plain(struct arena *arena, struct str text);

#endif
