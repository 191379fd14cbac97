/* Parses any bytes as a template, includes it in itself, and fills it with values of every kind. */
#include "src/render/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct mustache *
find_partial(void *context, struct str name)
{
	return name.len == 1 ? context : NULL;
}

static struct mustache_value *
make_data(struct arena *arena)
{
	struct mustache_value *data = mustache_value(arena, NULL, "", MUSTACHE_MAP);
	struct mustache_value *list = mustache_value(arena, data, "l", MUSTACHE_LIST);
	struct mustache_value *map = mustache_value(arena, data, "m", MUSTACHE_MAP);

	mustache_add_text(arena, data, "a", STR("<a&\">\n"));
	mustache_add_text(arena, data, "e", STR(""));
	mustache_add_text(arena, list, "", STR("1"));
	mustache_add_text(arena, mustache_value(arena, list, "", MUSTACHE_MAP), "b", STR("2"));
	mustache_add_text(arena, map, "c", STR("3"));
	mustache_value(arena, map, "t", MUSTACHE_TRUE);
	return data;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new();
	struct buf out = BUF_INIT(1 << 16);
	struct err err = ERR_NONE;
	struct mustache *template;

	if (mustache_parse(&template, arena, "t", (struct str){ (const char *)bytes, len }, &err) ==
	    0) {
		const struct mustache_options options = { MUSTACHE_HTML, find_partial, template };

		(void)mustache_render(template, make_data(arena), &options, &out, &err);
	}
	buf_release(&out);
	arena_free(arena);
	return 0;
}
