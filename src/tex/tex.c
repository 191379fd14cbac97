/*
 * What all of the module begins with: nodes, commands and groups. What they mean is for the
 * parsers.
 */
#include "node.h"

/*
 * Groups in one another, more than can be set: or every brace of many would be sought to the end.
 */
enum { GROUP_DEPTH_MAX = 256 };

struct tex_node *
tex_new_node(struct arena *arena, enum tex_kind kind)
{
	struct tex_node *node = arena_alloc(arena, sizeof(*node));

	node->kind = kind;
	node->style = TEX_ROMAN;
	return node;
}

void
tex_list_add(struct tex_list *list, struct tex_node *node)
{
	if (list->last != NULL)
		list->last->next = node;
	else
		list->first = node;
	list->last = node;
}

size_t
tex_char_len(struct str text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len++;
	return len;
}

struct str
tex_command(struct str text)
{
	struct str name = str_skip(text, 1);
	size_t len = 0;

	while (len < name.len && str_is_alpha(name.ptr[len]))
		len++;
	if (len == 0 && name.len > 0)
		len = tex_char_len(name);
	return str_head(name, len);
}

struct str
tex_group(struct str text)
{
	size_t depth = 0;

	if (!str_starts(text, "{"))
		return STR("");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\')
			i++;
		else if (text.ptr[i] == '{' && ++depth > GROUP_DEPTH_MAX)
			return STR("");
		else if (text.ptr[i] == '}' && --depth == 0)
			return str_head(text, i + 1);
	}
	return STR("");
}

const struct tex *
tex_parse(struct arena *arena, struct str text)
{
	struct tex *tex = arena_alloc(arena, sizeof(*tex));
	bool is_whole = true;

	tex->nodes = tex_parse_words(arena, text, &is_whole);
	return tex;
}
