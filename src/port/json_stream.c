/*
 * JSON that is read as it comes: the elements of one array, or lines. Only what is being looked at
 * is kept. The grammar is json_scan.c's business, values are json.c's.
 */
#include "json_scan.h"
#include "json_value.h"

#include "digest/input.h"

#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_NAMES = 4,
	NAME_BYTES = 256, /* longer names are no part of a path */
	OUTLINE_BYTES = 512,
	WHY_BYTES = 512,
};

static const char bom[] = "\xef\xbb\xbf";

/* ---- what is kept of a text that comes in pieces ---- */

/* Bytes from `mark` on, up to where the reading stands, belong to `kept` and are not in it yet. */
struct text {
	const char *piece, *at, *end;
	size_t before; /* bytes of the pieces before this one */
	const char *mark; /* NULL while nothing is kept */
	struct buf *kept;
};

static void
text_keep(struct text *text, struct buf *kept)
{
	text->kept = kept;
	text->mark = text->at;
}

/* Puts what is not kept yet where it belongs. */
static void
text_flush(struct text *text)
{
	if (text->mark != NULL)
		buf_add_bytes(text->kept, text->mark, (size_t)(text->at - text->mark));
	text->mark = text->mark != NULL ? text->at : NULL;
}

static void
text_init(struct text *text)
{
	*text = (struct text){ .piece = buf_empty, .at = buf_empty, .end = buf_empty };
}

/* Bytes of the input before where the reading stands. */
static size_t
text_offset(const struct text *text)
{
	return text->before + (size_t)(text->at - text->piece);
}

/* What was kept, without a copy where it lies in one piece; keeps nothing further. */
static struct str
text_taken(struct text *text)
{
	struct str taken = { text->mark, (size_t)(text->at - text->mark) };

	if (text->kept->len > 0 || buf_has_failed(text->kept)) {
		text_flush(text);
		taken = buf_str(text->kept);
	}
	text->mark = NULL;
	return taken;
}

static int
text_fault(const struct text *text, const char *why, struct err *err)
{
	return err_set(err, EX_DATAERR, "byte %zu: %s", text_offset(text) + 1, why);
}

/* The next piece: 1; 0 at the end; -1. The first one without a byte order mark. */
static int
text_next(struct text *text, struct input *input, size_t *bom_left, struct err *err)
{
	struct str chunk;
	int status = input_next(input, &chunk, err);

	text->before += (size_t)(text->end - text->piece);
	if (status <= 0)
		chunk = (struct str){ buf_empty, 0 };
	size_t skipped = *bom_left < chunk.len ? *bom_left : chunk.len;
	*bom_left -= skipped;
	text->piece = chunk.ptr;
	text->at = chunk.ptr + skipped;
	text->end = chunk.ptr + chunk.len;
	if (text->mark != NULL)
		text->mark = text->at;
	return status;
}

/* Looks at the head of an input, which then stands at its beginning. */
static int
check_head(struct input *input, size_t *bom_left, struct err *err)
{
	struct str head;

	if (input_head(input, &head, err) < 0)
		return -1;
	const char *encoding = json_foreign_encoding(head);
	if (encoding != NULL)
		return err_set(err, EX_DATAERR, "in %s, where JSON has to be UTF-8", encoding);
	*bom_left = str_starts(head, bom) ? strlen(bom) : 0;
	return 0;
}

/* `arena` holds what is given, and nothing else. */
static int
give(const struct json_visitor *visitor, struct str text, bool is_unfit, struct arena *arena,
    struct err *err)
{
	struct json *json;
	int result;

	if (text.len > JSON_ELEMENT_BYTES) {
		visitor->skip(visitor->context, "is over 8 MiB");
		return 0;
	}
	json = json_value_read(text, is_unfit, arena);
	if (json == NULL)
		return err_set(err, EX_SOFTWARE, "cJSON refused JSON that is valid");
	result = visitor->element(visitor->context, json);
	arena_reset(arena);
	return result;
}

/* ---- the elements of one array ---- */

struct reading {
	struct text text;
	struct json_scan scan;
	const struct json_visitor *visitor;
	struct buf rest, element;
	struct arena *arena; /* of the element being given */
	bool is_rest_unfit;

	struct str names[PATH_MAX_NAMES]; /* the path */
	int name_count;
	int matched; /* containers that are open along the path */
	bool is_on_path; /* the value to come is the path's next one */
	bool is_over; /* what the path leads to has come, or cannot come any more */
	bool is_inside; /* the array: its elements come */
	size_t name_at; /* where the name being read begins in `rest` */
};

static void
split_path(struct reading *reading, const char *path)
{
	struct str rest = str_from(path), name;

	while (reading->name_count < PATH_MAX_NAMES && str_next(&rest, '.', &name))
		reading->names[reading->name_count++] = name;
}

static bool
is_name(struct str quoted, struct str name)
{
	struct json *json;
	struct err err = ERR_NONE;

	if (quoted.len < 2 || quoted.len > NAME_BYTES)
		return false;
	if (str_find_char(quoted, '\\') < 0)
		return str_equal(str_head(str_skip(quoted, 1), quoted.len - 2), name);
	if (json_parse(&json, quoted, &err) < 0)
		return false;
	bool is_same = str_equal(json_text(json), name);
	json_free(json);
	return is_same;
}

/* A name has ended that may be the path's next one. */
static void
see_name(struct reading *reading)
{
	struct str kept;

	text_flush(&reading->text);
	kept = str_skip(buf_str(&reading->rest), reading->name_at);
	reading->is_on_path = is_name(kept, reading->names[reading->matched - 1]);
}

/* A value begins that the path leads to or through. */
static void
enter(struct reading *reading)
{
	char c = *reading->text.at;

	reading->is_on_path = false;
	if (reading->matched < reading->name_count && c == '{') {
		reading->matched++;
		return;
	}
	reading->is_over = true;
	reading->scan.watch = -1;
	if (reading->matched < reading->name_count || c != '[')
		return;
	/* The rest has the array, but nothing of what is in it. */
	buf_add_string(&reading->rest, "[]");
	reading->text.mark = NULL;
	reading->is_inside = true;
	reading->is_rest_unfit = reading->scan.is_unfit;
	reading->scan.watch = reading->matched + 1;
}

static void
begin(struct reading *reading)
{
	struct json_scan *scan = &reading->scan;

	if (reading->is_inside) {
		scan->is_unfit = false;
		buf_reset(&reading->element);
		if (reading->visitor != NULL)
			text_keep(&reading->text, &reading->element);
	} else if (scan->depth == reading->matched) {
		text_flush(&reading->text);
		reading->name_at = reading->rest.len;
		if (!scan->is_name && reading->is_on_path)
			enter(reading);
	}
}

/* The commas between elements are nobody's. */
static int
end_element(struct reading *reading, struct err *err)
{
	struct str text;

	if (reading->visitor == NULL)
		return 0;
	text = text_taken(&reading->text);
	if (buf_has_failed(&reading->element))
		text.len = (size_t)JSON_ELEMENT_BYTES + 1;
	return give(reading->visitor, text, reading->scan.is_unfit, reading->arena, err);
}

static int
end(struct reading *reading, struct err *err)
{
	struct json_scan *scan = &reading->scan;

	if (reading->is_inside && scan->depth > reading->matched)
		return end_element(reading, err);
	if (reading->is_inside) {
		reading->is_inside = false;
		scan->is_unfit = reading->is_rest_unfit;
		scan->watch = -1;
		text_keep(&reading->text, &reading->rest);
	} else if (scan->depth < reading->matched) {
		/* The first of equal names counts, whatever it lacks. */
		reading->is_over = true;
		scan->watch = -1;
	} else if (scan->is_name && scan->depth == reading->matched) {
		see_name(reading);
	}
	return 0;
}

/* Scans a piece: 0, what the visitor returned, or -1. */
static int
read_piece(struct reading *reading, struct err *err)
{
	struct text *text = &reading->text;
	enum json_event event;
	int result = 0;

	while (result == 0) {
		event = json_scan(&reading->scan, &text->at, text->end);
		if (event == JSON_MORE)
			break;
		if (event == JSON_FAULT)
			return text_fault(text, reading->scan.why, err);
		if (event == JSON_BEGIN)
			begin(reading);
		else
			result = end(reading, err);
	}
	if (result != 0)
		return result;
	text_flush(text);
	if (buf_has_failed(&reading->rest))
		return err_set(err, EX_DATAERR, "over 4 MiB that are no part of the list");
	return 0;
}

static int
read_pieces(struct reading *reading, struct input *input, struct err *err)
{
	size_t bom_left;
	int status, result;

	if (check_head(input, &bom_left, err) < 0)
		return -1;
	while ((status = text_next(&reading->text, input, &bom_left, err)) > 0) {
		result = read_piece(reading, err);
		if (result != 0)
			return result;
	}
	if (status < 0)
		return -1;
	while (json_scan_finish(&reading->scan) == JSON_END)
		;
	return reading->scan.why == NULL ? 0 : text_fault(&reading->text, reading->scan.why, err);
}

int
json_each(struct input *input, const char *path, const struct json_visitor *visitor,
    struct json **rest, struct err *err)
{
	struct reading reading = {
		.visitor = visitor,
		.rest = BUF_INIT(JSON_REST_BYTES),
		.element = BUF_INIT(JSON_ELEMENT_BYTES),
		.arena = arena_new(),
		.is_on_path = true,
	};
	int result;

	if (rest != NULL)
		*rest = NULL;
	split_path(&reading, path);
	json_scan_init(&reading.scan, reading.name_count);
	text_init(&reading.text);
	text_keep(&reading.text, &reading.rest);
	result = read_pieces(&reading, input, err);
	if (result == 0 && rest != NULL) {
		*rest = json_value_read(buf_str(&reading.rest), reading.scan.is_unfit, NULL);
		if (*rest == NULL)
			result = err_set(err, EX_SOFTWARE, "cJSON refused JSON that is valid");
	}
	buf_release(&reading.rest);
	buf_release(&reading.element);
	arena_free(reading.arena);
	return result;
}

/* ---- lines ---- */

struct lines {
	struct text text;
	struct json_scan scan;
	const struct json_visitor *visitor;
	struct buf line;
	struct arena *arena; /* of the value being given */
	size_t start; /* where the line begins in the input */
	bool is_bad; /* a fault was told, and the rest of the line passes by */
};

static void
start_line(struct lines *lines)
{
	json_scan_init(&lines->scan, -1);
	buf_reset(&lines->line);
	text_keep(&lines->text, &lines->line);
	lines->start = text_offset(&lines->text);
	lines->is_bad = false;
}

static void
refuse_line(struct lines *lines)
{
	char why[WHY_BYTES];

	snprintf(why, sizeof(why), "is not JSON: byte %zu of its line: %s",
	    text_offset(&lines->text) - lines->start + 1, lines->scan.why);
	lines->is_bad = true;
	lines->text.mark = NULL;
	lines->visitor->skip(lines->visitor->context, why);
}

/* 0, what the visitor returned, or -1. */
static int
end_line(struct lines *lines, struct err *err)
{
	struct str text;

	if (lines->is_bad || json_scan_is_blank(&lines->scan))
		return 0;
	if (json_scan_finish(&lines->scan) == JSON_FAULT) {
		refuse_line(lines);
		return 0;
	}
	text = text_taken(&lines->text);
	if (buf_has_failed(&lines->line))
		text.len = (size_t)JSON_ELEMENT_BYTES + 1;
	return give(lines->visitor, text, lines->scan.is_unfit, lines->arena, err);
}

static int
read_lines(struct lines *lines, struct err *err)
{
	struct text *text = &lines->text;
	int result = 0;

	while (result == 0 && text->at < text->end) {
		const char *feed = memchr(text->at, '\n', (size_t)(text->end - text->at));
		const char *stop = feed != NULL ? feed : text->end;
		if (!lines->is_bad && json_scan(&lines->scan, &text->at, stop) == JSON_FAULT)
			refuse_line(lines);
		text->at = stop;
		if (feed == NULL)
			break;
		result = end_line(lines, err);
		text->at++;
		start_line(lines);
	}
	text_flush(text);
	return result;
}

int
json_lines(struct input *input, const struct json_visitor *visitor, struct err *err)
{
	struct lines lines = { .visitor = visitor, .line = BUF_INIT(JSON_ELEMENT_BYTES) };
	size_t bom_left;
	int status, result = 0;

	if (check_head(input, &bom_left, err) < 0)
		return -1;
	lines.arena = arena_new();
	text_init(&lines.text);
	start_line(&lines);
	while (result == 0 && (status = text_next(&lines.text, input, &bom_left, err)) != 0)
		result = status < 0 ? -1 : read_lines(&lines, err);
	if (result == 0 && !lines.is_bad && !json_scan_is_blank(&lines.scan)) {
		if (json_scan_finish(&lines.scan) == JSON_FAULT)
			result = text_fault(&lines.text, lines.scan.why, err);
		else
			result = end_line(&lines, err);
	}
	buf_release(&lines.line);
	arena_free(lines.arena);
	return result;
}

/* ---- what stands in a text ---- */

struct outline {
	struct json_scan scan;
	char path[OUTLINE_BYTES];
	size_t len; /* of the path of the value to come */
	size_t lens[JSON_OUTLINE_DEPTH + 2]; /* of the open containers' paths, by depth */
	const char *name; /* where the name being read begins */
};

static void
outline_add(struct outline *outline, struct str part)
{
	part = str_head(part, sizeof(outline->path) - outline->len);
	if (part.len > 0)
		memcpy(outline->path + outline->len, part.ptr, part.len);
	outline->len += part.len;
}

/* A name has ended before `at`: it ends the path of the value to come. */
static void
outline_name(struct outline *outline, const char *at)
{
	outline->len = outline->lens[outline->scan.depth];
	if (outline->len > 0)
		outline_add(outline, STR("."));
	outline_add(outline, (struct str){ outline->name + 1, (size_t)(at - outline->name) - 2 });
}

/* A value begins: whether to go on. */
static bool
outline_value(struct outline *outline, struct str text, json_see *see, void *context)
{
	int depth = outline->scan.depth;

	if (!json_scan_is_in_object(&outline->scan)) {
		outline->len = outline->lens[depth];
		if (depth > 0)
			outline_add(outline, STR("[]"));
	}
	outline->lens[depth + 1] = outline->len;
	return see(context, (struct str){ outline->path, outline->len }, text);
}

void
json_outline(struct str text, json_see *see, void *context)
{
	struct outline outline = { .len = 0 };
	const char *at = text.ptr, *end = at + text.len;
	bool goes_on = true;

	json_scan_init(&outline.scan, JSON_OUTLINE_DEPTH);
	while (goes_on && at < end) {
		struct json_scan *scan = &outline.scan;
		enum json_event event = json_scan(scan, &at, end);
		struct str left = { at, (size_t)(end - at) };
		if (event == JSON_FAULT) {
			ptrdiff_t feed = str_find_char(left, '\n');
			if (!json_scan_is_done(scan))
				at = feed < 0 ? end : at + feed + 1;
			json_scan_init(scan, JSON_OUTLINE_DEPTH);
		} else if (event == JSON_BEGIN && scan->is_name) {
			outline.name = at;
		} else if (event == JSON_BEGIN) {
			goes_on = outline_value(&outline, left, see, context);
		} else if (event == JSON_END && scan->is_name) {
			outline_name(&outline, at);
		}
	}
}

/* ---- other encodings ---- */

/* Whether ASCII in units of `step` bytes, it being in byte `place` of each, begins as JSON does. */
static bool
begins_json(struct str text, size_t step, size_t place)
{
	for (; text.len >= step; text = str_skip(text, step)) {
		for (size_t i = 0; i < step; i++)
			if (i != place && text.ptr[i] != '\0')
				return false;
		if (!str_is_space(text.ptr[place]))
			return text.ptr[place] == '{' || text.ptr[place] == '[';
	}
	return false;
}

const char *
json_foreign_encoding(struct str text)
{
	static const struct {
		const char *mark;
		size_t mark_len, step, place; /* the byte of a unit that ASCII stands in */
	} encodings[] = {
		{ "\xff\xfe\0\0", 4, 4, 0 },
		{ "\0\0\xfe\xff", 4, 4, 3 },
		{ "\xff\xfe", 2, 2, 0 },
		{ "\xfe\xff", 2, 2, 1 },
		{ "", 0, 4, 0 },
		{ "", 0, 4, 3 },
		{ "", 0, 2, 0 },
		{ "", 0, 2, 1 },
	};

	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		size_t step = encodings[i].step;
		struct str mark = { encodings[i].mark, encodings[i].mark_len };
		if (!str_equal(str_head(text, mark.len), mark))
			continue;
		if (begins_json(str_skip(text, mark.len), step, encodings[i].place))
			return step == 4 ? "UTF-32" : "UTF-16";
	}
	return NULL;
}
