/*
 * Names of entries, for the files of the store.
 */
#ifndef DIGEST_STORE_NAMES_H
#define DIGEST_STORE_NAMES_H

#include "store_internal.h"

/* Names beyond that many are neither looked up nor learned; no source gives ten. */
enum { STORE_NAMES_MOST = 32, STORE_KEY_BYTES = 96 };

/* Who has a name. */
struct store_owner {
	int64_t entry; /* 0: nobody */
	int rank; /* of its strongest name */
	char key[STORE_KEY_BYTES]; /* its strongest name, for the log; cut when longer */
};

/* The names of a listing's entry, and what is known of each. */
struct store_names {
	struct store_owner target; /* whom the listing speaks of; entry 0: somebody new */
	struct store_owner owners[STORE_NAMES_MOST];
	size_t count, unknown_count;
};

/* Finds out, joining entries that turn out to be one. */
int store_find_names(
    struct store *store, const struct entry *entry, struct store_names *names, struct err *err);

/* Gives the entry `id` those names that nobody had. */
int store_learn_names(struct store *store, int64_t id, const struct entry *entry,
    const struct store_names *names, struct err *err);

/* Joins two entries that are one: `loser` leaves its names, sightings and issues to `winner`. */
int store_merge(struct store *store, int64_t winner, int64_t loser, struct err *err);

#endif
