/*
 * Finding templates and what they include. A template is a file that its user wrote, so it is
 * checked as one; what it may say is mustache's business, what it is filled with the view's.
 */
#include "template.h"

#include "builtin.h"

#include "digest/render.h"
#include "digest/unicode.h"

#include <errno.h>
#include <stdio.h>

enum {
	FILE_BYTES = 1 << 20,
	INCLUDE_LIMIT = 100, /* files that one template may include, directly or not */
};

static const struct {
	const char *name, *help;
} rows[] = {
#define TEMPLATE(name, help) { #name, help },
#include "templates.def"
#undef TEMPLATE
};

static const char *const extensions[RENDER_PART_COUNT] = {
	[RENDER_SUBJECT] = "subject",
	[RENDER_TEXT] = "txt",
	[RENDER_HTML] = "html",
};

struct loaded {
	struct str name;
	struct mustache *template;
};

struct render_template {
	struct arena *arena;
	const char *folder;
	enum render_part part;
	struct loaded *items; /* the template itself, then what it includes */
	size_t count;
	struct err *err; /* while it is filled: what was wrong with what data named */
};

/* A name is no path: letters, digits, "-" and "_". */
static bool
is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_alnum(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_')
			return false;
	return name.len > 0;
}

static const char *
nearest_name(struct str name)
{
	const char *nearest = rows[0].name;
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t distance = str_distance(name, str_from(rows[i].name));

		if (distance < least) {
			nearest = rows[i].name;
			least = distance;
		}
	}
	return nearest;
}

/* 1 when the file was read, 0 when there is none, -1 on failure. */
static int
read_file(const char *path, struct buf *text, struct err *err)
{
	char block[4096];
	size_t len;
	FILE *file = fopen(path, "re");
	int result = -1;

	if (file == NULL && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (file == NULL)
		return err_set_errno(err, EX_CONFIG, errno, "template '%s'", path);
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add_bytes(text, block, len);
	if (ferror(file))
		err_set_errno(err, EX_CONFIG, errno, "template '%s'", path);
	else if (buf_has_failed(text))
		err_set(
		    err, EX_CONFIG, "template '%s': it is larger than %d bytes", path, FILE_BYTES);
	else
		result = 1;
	fclose(file);
	return result;
}

/* The text of a template's file: 1, or 0 when there is none, or -1. */
static int
find_text(const struct render_template *set, const char *file, struct str *path, struct str *text,
    struct err *err)
{
	struct buf content = BUF_INIT(FILE_BYTES), clean = BUF_INIT(BUF_LIMIT);
	int found = 0;

	if (set->folder[0] != '\0') {
		*path = arena_printf(set->arena, "%s/%s", set->folder, file);
		found = read_file(path->ptr, &content, err);
	}
	if (found > 0 && !unicode_is_valid(buf_str(&content)))
		found = err_set(err, EX_CONFIG, "template '%s': it is not UTF-8", path->ptr);
	if (found > 0) {
		/* Line ends become LF, and control characters have no business here. */
		unicode_add_clean(&clean, buf_str(&content));
		*text = arena_copy(set->arena, buf_str(&clean));
	}
	buf_release(&content);
	buf_release(&clean);
	for (const struct render_builtin *b = render_builtin_templates; b->name && found == 0;
	     b++) {
		if (!str_is(str_from(b->name), file))
			continue;
		*path = str_from(b->name);
		*text = (struct str){ (const char *)b->bytes, b->len };
		found = 1;
	}
	return found;
}

static int
fail_missing(const struct render_template *set, struct str name, const char *file, struct err *err)
{
	const char *in = set->folder[0] != '\0' ? set->folder : NULL;

	if (set->count > 0)
		return err_set(err, EX_CONFIG,
		    "template '%.*s' includes '%s', which cannot be found",
		    STR_ARG(set->items[0].name), file);
	return err_set(err, EX_CONFIG,
	    "template '%.*s': there is no '%s'%s%s%s; did you mean '%s'?", STR_ARG(name), file,
	    in != NULL ? " in '" : "", in != NULL ? in : "", in != NULL ? "'" : "",
	    nearest_name(name));
}

static int
load_one(struct render_template *set, struct str name, struct err *err)
{
	const char *extension = extensions[set->part];
	struct str path = { 0 }, text = { 0 };
	struct mustache *template;

	if (!is_name(name))
		return err_set(err, EX_CONFIG,
		    "template '%.*s': a name has letters, digits, '-' and '_' only",
		    STR_ARG(str_head(name, 40)));
	if (set->count > INCLUDE_LIMIT)
		return err_set(err, EX_CONFIG, "template '%.*s' includes more than %d others",
		    STR_ARG(set->items[0].name), INCLUDE_LIMIT);

	const char *file = arena_printf(set->arena, "%.*s.%s", STR_ARG(name), extension).ptr;
	int found = find_text(set, file, &path, &text, err);
	if (found == 0)
		return fail_missing(set, name, file, err);
	if (found < 0 || mustache_parse(&template, set->arena, path.ptr, text, err) < 0)
		return -1;
	if (set->part == RENDER_HTML && mustache_raw_line(template) > 0)
		return err_set(err, EX_CONFIG,
		    "%s:%zu: '{{{' and '{{&' would make text from outside markup; write '{{'",
		    path.ptr, mustache_raw_line(template));
	set->items = arena_grow(set->arena, set->items, &set->count, sizeof(*set->items));
	set->items[set->count - 1] = (struct loaded){ name, template };
	return 0;
}

static const struct mustache *
find_loaded(const struct render_template *set, struct str name)
{
	for (size_t i = 0; i < set->count; i++)
		if (str_equal(set->items[i].name, name))
			return set->items[i].template;
	return NULL;
}

/*
 * Loads a template, and what it includes: what is loaded on the way is looked through in its turn.
 */
static int
load_with_partials(struct render_template *set, struct str name, struct err *err)
{
	size_t first = set->count;

	if (load_one(set, name, err) < 0)
		return -1;
	for (size_t i = first; i < set->count; i++) {
		struct str included;
		size_t index = 0;

		while (mustache_next_partial(set->items[i].template, &index, &included))
			if (find_loaded(set, included) == NULL && load_one(set, included, err) < 0)
				return -1;
	}
	return 0;
}

/* Likewise, while the template is filled: what only data names is loaded now, if there is such. */
static const struct mustache *
find_named(void *context, struct str name)
{
	struct render_template *set = context;
	const struct mustache *found = find_loaded(set, name);
	struct str path, text;

	if (found != NULL || !is_name(name))
		return found;

	const char *file =
	    arena_printf(set->arena, "%.*s.%s", STR_ARG(name), extensions[set->part]).ptr;
	if (find_text(set, file, &path, &text, set->err) > 0 &&
	    load_with_partials(set, name, set->err) == 0)
		found = find_loaded(set, name);
	return found;
}

int
render_template_load(struct render_template **template, struct arena *arena, const char *folder,
    const char *name, enum render_part part, struct err *err)
{
	struct render_template *set = arena_alloc(arena, sizeof(*set));

	*set = (struct render_template){ .arena = arena, .folder = folder, .part = part };
	if (load_with_partials(set, str_from(name), err) < 0)
		return -1;
	*template = set;
	return 0;
}

int
render_template_fill(struct render_template *template, const struct mustache_value *data,
    struct buf *out, struct err *err)
{
	const struct mustache_options options = {
		.escape = template->part == RENDER_HTML ? MUSTACHE_HTML : MUSTACHE_PLAIN,
		.partial = find_named,
		.context = template,
	};

	template->err = err;
	if (mustache_render(template->items[0].template, data, &options, out, err) < 0)
		return -1;
	return err_is_set(err) ? -1 : 0;
}

const char *
render_template_name(size_t index, const char **help)
{
	if (index >= sizeof(rows) / sizeof(*rows))
		return NULL;
	*help = rows[index].help;
	return rows[index].name;
}

int
render_template_source(const char *file, const char *folder, struct buf *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct render_template set = { .arena = arena, .folder = folder };
	struct str path, text;
	int found = find_text(&set, file, &path, &text, err);

	if (found > 0)
		buf_add(out, text);
	else if (found == 0)
		err_set(err, EX_CONFIG,
		    "template '%s': there is no such file; 'digest template' names them", file);
	arena_free(arena);
	return found > 0 ? 0 : -1;
}
