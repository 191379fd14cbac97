/*
 * Which entries a fetch has given already, by hashes of their keys: a repeated page must be known
 * for one however long the listing.
 */
#include "fetch.h"

#include "digest/mem.h"

enum { FIRST_ROOM = 256 };

/* FNV-1a, and a stir since the low bits choose the slot. */
static uint64_t
hash_of(struct str key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash != 0 ? hash : 1;
}

static size_t
room_of(size_t table)
{
	return (size_t)FIRST_ROOM << table;
}

/* The slot of a table that has the hash, or is free (0) for it: open addressing. */
static uint64_t *
find(const struct fetch_keys *keys, size_t table, uint64_t hash)
{
	size_t mask = room_of(table) - 1, at = hash & mask;
	uint64_t *slots = keys->tables[table];

	while (slots[at] != 0 && slots[at] != hash)
		at = (at + 1) & mask;
	return &slots[at];
}

static bool
has(const struct fetch_keys *keys, uint64_t hash)
{
	for (size_t i = 0; i < keys->table_count; i++) {
		if (*find(keys, i, hash) != 0)
			return true;
	}
	return false;
}

/* A full table stays as it is and a larger one follows: to copy it would take both at once. */
static void
insert(struct fetch_keys *keys, uint64_t hash)
{
	if (keys->table_count == 0 || 8 * keys->last_count >= 7 * room_of(keys->table_count - 1)) {
		keys->tables[keys->table_count] =
		    mem_array(room_of(keys->table_count), sizeof(uint64_t));
		keys->table_count++;
		keys->last_count = 0;
	}
	*find(keys, keys->table_count - 1, hash) = hash;
	keys->last_count++;
}

static void
release(struct fetch_keys *keys)
{
	for (size_t i = 0; i < keys->table_count; i++)
		mem_free(keys->tables[i]);
	*keys = (struct fetch_keys){ .table_count = 0 };
}

bool
fetch_seen_add(struct fetch_seen *seen, struct str key)
{
	uint64_t hash = hash_of(key);

	if (has(&seen->kept, hash) || has(&seen->pending, hash))
		return false;
	insert(&seen->pending, hash);
	return true;
}

void
fetch_seen_keep(struct fetch_seen *seen)
{
	if (seen->kept.table_count == 0) {
		seen->kept = seen->pending;
		seen->pending = (struct fetch_keys){ .table_count = 0 };
		return;
	}
	for (size_t i = 0; i < seen->pending.table_count; i++) {
		for (size_t at = 0; at < room_of(i); at++) {
			if (seen->pending.tables[i][at] != 0)
				insert(&seen->kept, seen->pending.tables[i][at]);
		}
	}
	release(&seen->pending);
}

void
fetch_seen_forget(struct fetch_seen *seen)
{
	release(&seen->pending);
}

void
fetch_seen_release(struct fetch_seen *seen)
{
	release(&seen->pending);
	release(&seen->kept);
}
