/* Feeds any bytes to the readers of names; what they give must be understood again, as the same. */
#include "../../src/entry/identity_link.h"

#include "digest/identity.h"

#include "digest/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_same(struct str a, struct str b)
{
	if (!str_equal(a, b) || !unicode_is_valid(a))
		abort();
}

/* The canonical form of a URL, as its alias has it. */
static int
canonical_url(struct arena *arena, struct str text, struct str *url)
{
	struct identity_link link;

	if (identity_link_split(arena, text, &link) < 0 || !link.has_scheme)
		return -1;
	*url = identity_link_canonical(arena, &link, false);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	struct arena *arena = arena_new();
	struct str name, again;
	struct entry entry;
	int version;

	if (identity_arxiv(arena, text, &name, &version) == 0) {
		if (version < 0 || identity_arxiv(arena, name, &again, &version) < 0 ||
		    version != 0)
			abort();
		check_same(name, again);
	}
	if (identity_doi(arena, text, &name) == 0) {
		if (identity_doi(arena, name, &again) < 0)
			abort();
		check_same(name, again);
	}
	if (canonical_url(arena, text, &name) == 0) {
		if (canonical_url(arena, name, &again) < 0)
			abort();
		check_same(name, again);
	}
	if (identity_from_user(arena, text, &name) == 0) {
		if (identity_from_user(arena, name, &again) < 0)
			abort();
		check_same(name, again);
	}

	/* Every key of an entry can be typed. */
	entry_init(&entry);
	entry_set_title(&entry, arena, text);
	entry_add_author(&entry, arena, text, STR(""), false);
	identity_add(&entry, arena, text);
	identity_add_guid(&entry, arena, STR("a:b"), text);
	identity_finish(&entry, arena, STR("a:b"));
	for (size_t i = 0; i < entry.alias_count; i++) {
		if (identity_from_user(arena, entry.aliases[i], &again) < 0)
			abort();
		check_same(entry.aliases[i], again);
	}
	arena_free(arena);
	return 0;
}
