/*
 * Which entry a listing speaks of: names against names. What else a listing says is put.c's.
 */
#include "names.h"

#include "digest/log.h"

#include <string.h>

static const char *const alias_kinds[] = {
	"arxiv:", "doi:", "openreview:", "s2:", "pmid:", "guid:", "url:", "fp:"
};
enum {
	ALIAS_KIND_COUNT = sizeof(alias_kinds) / sizeof(alias_kinds[0]),
	ALIAS_ARXIV = 0,
	ALIAS_GUID = 5, /* the first of those that are weak */
};

int
store_alias_rank(struct str alias)
{
	int rank = 0;

	while (rank < ALIAS_KIND_COUNT && !str_starts(alias, alias_kinds[rank]))
		rank++;
	return rank;
}

/* ---- who has a name ---- */

static struct store_owner
owner_of(int64_t entry, struct str key)
{
	struct store_owner owner = { .entry = entry, .rank = store_alias_rank(key) };
	size_t len = key.len < sizeof(owner.key) ? key.len : sizeof(owner.key) - 1;

	if (len > 0)
		memcpy(owner.key, key.ptr, len);
	return owner;
}

static int
find_owner(struct store *store, struct str alias, struct store_owner *owner, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT e.id, e.key FROM alias a JOIN entry e ON e.id = a.entry WHERE a.key = ?1", err);

	*owner = (struct store_owner){ 0 };
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, alias);
	int found = db_step(stmt, err);
	if (found > 0) {
		*owner = owner_of(db_int(stmt, 0), db_text(stmt, 1));
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

/* ---- who is not who ---- */

/* The beginning that two names have in common when at most one of them can be an entry's. */
static struct str
namespace_of(struct str alias)
{
	size_t len = strlen(alias_kinds[store_alias_rank(alias)]);

	if (store_alias_rank(alias) == ALIAS_GUID) {
		ptrdiff_t scope = str_find_char(str_skip(alias, len), ':');
		len = scope >= 0 ? len + (size_t)scope + 1 : alias.len;
	}
	return str_head(alias, len);
}

/* Whether the entry has another name of that kind (of that feed, for a guid): 1, 0, or -1. */
static int
has_another(struct store *store, int64_t entry, struct str alias, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT 1 FROM alias WHERE entry = ?1 AND substr(key, 1, length(?2)) = ?2"
	    " AND key <> ?3",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry);
	db_bind_text(stmt, 2, namespace_of(alias));
	db_bind_text(stmt, 3, alias);
	int found = db_step(stmt, err);
	db_reset(stmt);
	return found;
}

/*
 * Whether a stronger name says that the listing does not speak of the owner of its `nth` name: two
 * arXiv identifiers are two papers even if a DOI was copied from one to the other, two guids of one
 * feed are two posts even if all of its posts have the same address. 1, 0, or -1.
 */
static int
is_told_apart(struct store *store, const struct entry *entry, const struct store_names *names,
    size_t nth, struct err *err)
{
	int64_t owner = names->owners[nth].entry;
	int rank = store_alias_rank(entry->aliases[nth]);

	for (size_t i = 0; i < nth; i++) {
		struct str stronger = entry->aliases[i];
		int stronger_rank = store_alias_rank(stronger);
		if (names->owners[i].entry == owner || stronger_rank >= rank ||
		    stronger_rank > ALIAS_GUID)
			continue;
		int found = has_another(store, owner, stronger, err);
		if (found == 0)
			continue;
		if (found > 0)
			log_info("store: kept_apart=%.*s from=%s although_both=%.*s",
			    STR_ARG(stronger), names->owners[nth].key,
			    STR_ARG(entry->aliases[nth]));
		return found;
	}
	return 0;
}

/*
 * Makes one entry of two that a listing says are one: the one with the stronger name stays, or the
 * older one. A weak name (a feed's guid, an address, a title) joins only entries of which one has
 * no strong name, and nothing joins two arXiv identifiers.
 */
static int
join(struct store *store, struct store_owner *target, const struct store_owner *other,
    struct str by, struct err *err)
{
	bool is_other_stronger = other->rank < target->rank ||
	    (other->rank == target->rank && other->entry < target->entry);
	struct store_owner winner = is_other_stronger ? *other : *target;
	struct store_owner loser = is_other_stronger ? *target : *other;

	if (loser.rank == ALIAS_ARXIV ||
	    (store_alias_rank(by) >= ALIAS_GUID && loser.rank < ALIAS_GUID)) {
		log_info("store: kept_apart=%s from=%s although_both=%.*s", winner.key, loser.key,
		    STR_ARG(by));
		return 0;
	}
	if (store_merge(store, winner.entry, loser.entry, err) < 0)
		return -1;
	log_info("store: merged=%s into=%s by=%.*s", loser.key, winner.key, STR_ARG(by));
	*target = winner;
	return 0;
}

/* ---- the two together ---- */

/* A listing that gives an entry two arXiv identifiers speaks of another paper with the second. */
static bool
is_of_another_paper(const struct entry *entry, size_t nth)
{
	return nth > 0 && store_alias_rank(entry->aliases[nth]) == ALIAS_ARXIV;
}

int
store_find_names(
    struct store *store, const struct entry *entry, struct store_names *names, struct err *err)
{
	struct store_owner *target = &names->target;

	*target = (struct store_owner){ 0 };
	names->unknown_count = 0;
	names->count =
	    entry->alias_count < STORE_NAMES_MOST ? entry->alias_count : STORE_NAMES_MOST;
	for (size_t i = 0; i < names->count; i++) {
		struct store_owner *owner = &names->owners[i];
		*owner = (struct store_owner){ 0 };
		if (is_of_another_paper(entry, i))
			continue;
		if (find_owner(store, entry->aliases[i], owner, err) < 0)
			return -1;
		if (owner->entry == 0)
			names->unknown_count++;
		if (owner->entry == 0 || owner->entry == target->entry)
			continue;
		int is_other = is_told_apart(store, entry, names, i, err);
		if (is_other < 0)
			return -1;
		if (is_other > 0)
			continue;
		if (target->entry == 0)
			*target = *owner;
		else if (join(store, target, owner, entry->aliases[i], err) < 0)
			return -1;
	}
	return 0;
}

int
store_learn_names(struct store *store, int64_t id, const struct entry *entry,
    const struct store_names *names, struct err *err)
{
	for (size_t i = 0; i < names->count && names->unknown_count > 0; i++) {
		if (names->owners[i].entry != 0 || is_of_another_paper(entry, i))
			continue;
		struct db_stmt *stmt = db_prepare(
		    store->db, "INSERT OR IGNORE INTO alias (key, entry) VALUES (?1, ?2)", err);
		if (stmt == NULL)
			return -1;
		db_bind_text(stmt, 1, entry->aliases[i]);
		db_bind_int(stmt, 2, id);
		if (db_run(stmt, err) < 0)
			return -1;
	}
	if (names->target.entry == 0 || store_alias_rank(entry_key(entry)) >= names->target.rank)
		return 0;

	struct db_stmt *stmt =
	    db_prepare(store->db, "UPDATE entry SET key = ?2 WHERE id = ?1", err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_text(stmt, 2, entry_key(entry));
	return db_run(stmt, err);
}
