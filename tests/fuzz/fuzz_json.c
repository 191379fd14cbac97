/*
 * Feeds any bytes to the JSON readers: what is taken must survive being written and read again, and
 * what is read in pieces must be what is read whole.
 */
#include "digest/input.h"
#include "digest/json.h"

#include <stdlib.h>
#include <string.h>

enum { PIECED_BYTES = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
insist(bool is_so)
{
	if (!is_so)
		abort();
}

/* Pieces of `size` bytes, each in memory of its own so that reading beyond it shows. */
struct pieces {
	struct str text;
	size_t at, size;
	char *piece;
};

static int
pieces_next(void *context, struct str *chunk, struct err *err)
{
	struct pieces *pieces = context;
	struct str rest = str_head(str_skip(pieces->text, pieces->at), pieces->size);
	(void)err;
	free(pieces->piece);
	pieces->piece = NULL;
	if (rest.len == 0)
		return 0;
	pieces->piece = malloc(rest.len);
	memcpy(pieces->piece, rest.ptr, rest.len);
	pieces->at += rest.len;
	*chunk = (struct str){ pieces->piece, rest.len };
	return 1;
}

static int
pieces_rewind(void *context, struct err *err)
{
	struct pieces *pieces = context;
	(void)err;
	pieces->at = 0;
	return 0;
}

static void
pieces_close(void *context)
{
	struct pieces *pieces = context;
	free(pieces->piece);
	pieces->piece = NULL;
}

static int
take(void *context, const struct json *element)
{
	json_write(element, context);
	buf_add_char(context, '\n');
	return 0;
}

static void
skip(void *context, const char *why)
{
	buf_addf(context, "skip %s\n", why);
}

/* Everything a reading says, as text. */
static void
read_all(struct input *input, const char *path, struct buf *out)
{
	struct json_visitor visitor = { out, take, skip };
	struct err err = ERR_NONE;
	struct json *rest = NULL;
	int result;

	if (path != NULL)
		result = json_each(input, path, &visitor, &rest, &err);
	else
		result = json_lines(input, &visitor, &err);
	insist((result < 0) == err_is_set(&err));
	insist(path == NULL || (result < 0) == (rest == NULL));
	if (rest != NULL)
		json_write(rest, out);
	buf_add_string(out, err.text);
	json_free(rest);
	input_close(input);
}

static void
read_in_pieces(struct str text)
{
	static const struct input_ops ops = { pieces_next, pieces_rewind, pieces_close };
	static const char *const paths[] = { "", "a", "a.b", NULL };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct buf whole = BUF_INIT(BUF_LIMIT), cut = BUF_INIT(BUF_LIMIT);
		read_all(input_of_bytes(text), paths[i], &whole);
		for (size_t size = 1; size <= 3; size++) {
			/* Many tiny pieces of a long text take long and find no more. */
			struct pieces pieces = {
				.text = text,
				.size = text.len <= PIECED_BYTES ? size : text.len / (size + 1),
			};
			buf_reset(&cut);
			read_all(input_new(&ops, &pieces), paths[i], &cut);
			insist(str_equal(buf_str(&whole), buf_str(&cut)));
		}
		buf_release(&whole);
		buf_release(&cut);
	}
}

static int
count(void *context, const struct json *element)
{
	size_t *elements = context;
	(void)element;
	(*elements)++;
	return 0;
}

static void
ignore_skip(void *context, const char *why)
{
	(void)context, (void)why;
}

static bool
see(void *context, struct str path, struct str text)
{
	struct str *whole = context;
	insist(text.len > 0 && text.ptr >= whole->ptr && text.ptr < whole->ptr + whole->len);
	insist(path.len < 4096);
	return true;
}

/* What json_parse() and json_each() say of the same text. */
static void
compare_readers(struct str text)
{
	struct buf first = BUF_INIT(BUF_LIMIT), second = BUF_INIT(BUF_LIMIT);
	struct input *input = input_of_bytes(text);
	struct json *json, *again;
	struct err err = ERR_NONE, each_err = ERR_NONE;
	size_t elements = 0, members = 0;
	struct json_visitor visitor = { &elements, count, ignore_skip };

	int result = json_parse(&json, text, &err);
	int each = json_each(input, "", &visitor, NULL, &each_err);
	bool is_plain = !(text.len > 2 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0);
	insist(!is_plain || json_foreign_encoding(text) != NULL || each == result);
	if (result == 0) {
		json_write(json, &first);
		insist(json_parse(&again, buf_str(&first), &err) == 0);
		json_write(again, &second);
		insist(str_equal(buf_str(&first), buf_str(&second)));
		json_free(again);
		const struct json *element = json_first(json);
		for (; element != NULL; element = json_after(element))
			members++;
		insist(members == elements);
	}
	json_free(json);
	input_close(input);
	buf_release(&first);
	buf_release(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };

	compare_readers(text);
	read_in_pieces(text);
	if (len > 0)
		json_outline(text, see, &text);
	return 0;
}
