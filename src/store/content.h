/*
 * The content of entries, for the files of the store: what a listing says, against what is known.
 */
#ifndef DIGEST_STORE_CONTENT_H
#define DIGEST_STORE_CONTENT_H

#include "store_internal.h"

#include "digest/crypt.h"

/* One entry as a source lists it, on its way into the store. */
struct store_listed {
	const struct entry *entry;
	int64_t source, now;
	bool is_past; /* somebody looked it up in the past: it is nobody's news */
	/* Set by store_weigh(): */
	bool is_archive; /* the archive's own word, which counts more than what others say */
	bool is_withdrawn; /* the content says so */
	unsigned char hash[CRYPT_SHA256_BYTES]; /* of the content */
};

/* Finds out what the listing's word is worth. */
void store_weigh(struct store *store, struct store_listed *listed);

/* The categories of an entry as the tables hold them; they live until the next call. */
struct str store_join_categories(struct store *store, const struct entry *entry);

/* The content of an entry that nobody had listed. */
int store_add_first(
    struct store *store, int64_t id, const struct store_listed *listed, struct err *err);

/* What the listing says of an entry that is known: sets put->change. */
int store_compare(
    struct store *store, const struct store_listed *listed, struct store_put *put, struct err *err);

/* Notes that the entry was taken back, and that who has had it must be told. */
int store_withdraw(struct store *store, const struct store_listed *listed,
    const struct store_put *put, struct err *err);

#endif
