/*
 * Which entries a fetch has given already, by hashes of their keys: a repeated page must be known for
 * one however long the listing.
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

/* The slot that has the hash, or is free for it. */
static uint64_t *
find(const struct fetch_keys *keys, uint64_t hash)
{
	size_t at = hash & (keys->room - 1);

	while (keys->slots[at] != 0 && keys->slots[at] != hash)
		at = (at + 1) & (keys->room - 1);
	return &keys->slots[at];
}

static bool
has(const struct fetch_keys *keys, uint64_t hash)
{
	return keys->room > 0 && *find(keys, hash) != 0;
}

static void
insert(struct fetch_keys *keys, uint64_t hash)
{
	if (8 * keys->count >= 7 * keys->room) {
		struct fetch_keys wider = { .room = keys->room > 0 ? 2 * keys->room : FIRST_ROOM };
		wider.slots = mem_array(wider.room, sizeof(wider.slots[0]));
		for (size_t i = 0; i < keys->room; i++) {
			if (keys->slots[i] != 0)
				insert(&wider, keys->slots[i]);
		}
		mem_free(keys->slots);
		*keys = wider;
	}
	*find(keys, hash) = hash;
	keys->count++;
}

static void
release(struct fetch_keys *keys)
{
	mem_free(keys->slots);
	*keys = (struct fetch_keys){ .count = 0 };
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
	if (seen->kept.count == 0) {
		release(&seen->kept);
		seen->kept = seen->pending;
		seen->pending = (struct fetch_keys){ .count = 0 };
		return;
	}
	for (size_t i = 0; i < seen->pending.room; i++) {
		if (seen->pending.slots[i] != 0)
			insert(&seen->kept, seen->pending.slots[i]);
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
