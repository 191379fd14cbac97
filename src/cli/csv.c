/*
 * Comma-separated values, RFC 4180: records of fields, quotes doubled inside quotes. What the
 * fields mean is not known here.
 */
#include "csv.h"

void
csv_init(struct csv *csv, struct str text)
{
	*csv = (struct csv){ .rest = text, .next_line = 1 };
	if (str_starts(text, "\xef\xbb\xbf"))
		csv->rest = str_skip(text, 3);
}

static char
take(struct csv *csv)
{
	char c = csv->rest.ptr[0];

	csv->rest = str_skip(csv->rest, 1);
	csv->next_line += c == '\n';
	return c;
}

/* The rest of a field after its opening quote. */
static int
read_quoted(struct csv *csv, struct buf *field)
{
	while (csv->rest.len > 0) {
		char c = take(csv);
		if (c != '"') {
			buf_add_char(field, c);
			continue;
		}
		if (csv->rest.len == 0 || csv->rest.ptr[0] != '"')
			return 0;
		buf_add_char(field, take(csv));
	}
	return -1;
}

/*
 * Reads a field and what ends it, which is given: ',' or '\n',
 * which the end of the text stands for.
 */
static int
read_field(struct csv *csv, struct buf *field, char *end)
{
	bool is_quoted = csv->rest.len > 0 && csv->rest.ptr[0] == '"';

	*end = '\n';
	if (is_quoted) {
		take(csv);
		if (read_quoted(csv, field) < 0)
			return -1;
	}
	while (csv->rest.len > 0) {
		char c = take(csv);
		if (c == ',' || c == '\n') {
			*end = c;
			break;
		}
		buf_add_char(field, c);
	}
	return 0;
}

static int
read_record(struct csv *csv, struct arena *arena)
{
	struct buf field = BUF_INIT(BUF_LIMIT);
	char end = ',';
	int status = 0;

	csv->line = csv->next_line;
	csv->fields = NULL;
	csv->field_count = 0;
	while (end == ',' && status == 0) {
		buf_reset(&field);
		status = read_field(csv, &field, &end);
		csv->fields = arena_grow(arena, csv->fields, &csv->field_count, sizeof(struct str));
		csv->fields[csv->field_count - 1] = arena_copy(arena, str_trim(buf_str(&field)));
	}
	buf_release(&field);
	return status;
}

int
csv_next(struct csv *csv, struct arena *arena)
{
	while (csv->rest.len > 0) {
		if (read_record(csv, arena) < 0)
			return -1;
		if (csv->field_count > 1 || csv->fields[0].len > 0)
			return 1;
	}
	return 0;
}

void
csv_add(struct buf *out, struct str field, bool is_first)
{
	bool is_quoted = false;

	if (!is_first)
		buf_add_char(out, ',');
	for (size_t i = 0; i < field.len; i++)
		is_quoted = is_quoted || field.ptr[i] == '"' || field.ptr[i] == ',' ||
		    field.ptr[i] == '\r' || field.ptr[i] == '\n';
	if (!is_quoted) {
		buf_add(out, field);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, field.ptr[i]);
	}
	buf_add_char(out, '"');
}
