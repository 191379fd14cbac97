/* Feeds any bytes to the readers of names; what they give must be understood again, as the same. */
#include "../../src/entry/identity_link.h"

#include "digest/identity.h"

#include "digest/unicode.h"

#include <stdlib.h>
#include <string.h>

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

/* What is seen at once of most URLs is the same where capitals in the scheme forbid that. */
static void
check_plain(struct arena *arena, struct str text)
{
	struct entry plain, other;

	if (!str_starts(text, "http"))
		return;
	entry_init(&plain);
	entry_init(&other);
	struct str loud = arena_printf(arena, "HTTP%.*s", STR_ARG(str_skip(text, 4)));
	if (identity_add(&plain, arena, text) != identity_add(&other, arena, loud) ||
	    plain.alias_count != other.alias_count || plain.version != other.version)
		abort();
	for (size_t i = 0; i < plain.alias_count; i++)
		check_same(plain.aliases[i], other.aliases[i]);
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

	if (memchr(bytes, '\0', len) == NULL)
		check_plain(arena, text);

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
