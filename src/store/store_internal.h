/*
 * What the files of the store share. Not for anybody else: the contract is digest/store.h.
 */
#ifndef DIGEST_STORE_INTERNAL_H
#define DIGEST_STORE_INTERNAL_H

#include "digest/arena.h"
#include "digest/buf.h"
#include "digest/store.h"

struct store {
	struct db *db;
	char *secret;
	struct buf content, authors, categories; /* of the entry being put, kept for their memory */
	/* Not on an overlay: what is put there is gone before anybody looks. */
	bool has_index;
	struct arena *words; /* of the entry being indexed */
	struct buf columns; /* likewise */
	struct buf mailbox; /* see store_mailbox() */
	bool has_hits; /* whether searches may select hits() */
	int64_t unindexed; /* the entry being put, when the index has forgotten it; or 0 */
};

/*
 * Brings a database to the present schema in one transaction. EX_DATAERR when it is not ours or was
 * made by a newer version.
 */
int store_migrate(struct db *db, const char *path, struct err *err);

/* Whether that would be refused; nothing is changed. */
int store_check_schema(struct db *db, const char *path, struct err *err);

/* ---- the full-text index ---- */

/* Puts the words of a new entry into the index. */
int store_index(struct store *store, int64_t id, const struct entry *entry, struct err *err);

/*
 * To be called before what is stored of an entry changes in its words: the index forgets them, as
 * it can only while they are known. Doing so twice before store_reindex() is once.
 */
int store_unindex(struct store *store, int64_t id, struct err *err);

/* Likewise of two that become one, of which the winner comes back. */
int store_unindex_two(struct store *store, int64_t winner, int64_t loser, struct err *err);

/* Puts the entry that the index was made to forget back into it, as it is now. */
int store_reindex(struct store *store, struct err *err);

/* Runs a statement that takes two numbers, or one, and gives no rows. */
int store_run(struct store *store, const char *sql, int64_t first, int64_t second, struct err *err);
int store_run_for(struct store *store, const char *sql, int64_t id, struct err *err);

/* DATE_NO_INSTANT and DATE_NO_DAY are NULL in the tables. */
void store_bind_instant(struct db_stmt *stmt, int index, int64_t instant);
void store_bind_day(struct db_stmt *stmt, int index, int32_t day);
int64_t store_instant(struct db_stmt *stmt, int column);
int32_t store_day(struct db_stmt *stmt, int column);

/* Votes and comments: -1 is NULL. */
void store_bind_count(struct db_stmt *stmt, int index, int count);
int store_count(struct db_stmt *stmt, int column);

/* The form in which an address is compared; it lasts until the next is asked for. */
struct str store_mailbox(struct store *store, struct str address);

/* A column's text, copied into the arena. */
struct str store_text(struct db_stmt *stmt, int column, struct arena *arena);

/* Appends the authors of an entry as the tables hold them; and adds to it what they hold. */
void store_write_authors(const struct entry *entry, struct buf *out);
int store_read_authors(struct entry *entry, struct str text, struct arena *arena, struct err *err);

/*
 * An entry with all its names and the names of the sources that list it; `version` is the row of
 * the content to show, or 0 for the newest. Its listing is that of its newest sighting.
 */
int store_load_entry(struct store *store, int64_t id, int64_t version, struct arena *arena,
    struct entry **entry, struct err *err);

/* How strong a name is: 0 for arxiv:, the weakest kinds last. */
int store_alias_rank(struct str alias);

/* Makes a plain recipient an audience of his own that begins where the plain recipients stand. */
int store_split_reader(
    struct store *store, int64_t list, const struct store_recipient *recipient, struct err *err);

/* The listing day that is the newest of a source up to `until`; DATE_NO_DAY when there is none. */
int
store_newest_day(struct store *store, int64_t source, int32_t until, int32_t *day, struct err *err);

#endif
