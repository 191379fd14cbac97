/*
 * render_dump PART FILE TEMPLATE: one rendered part of the issue that FILE describes (tests/lib/
 * issue_json.h). PART is subject, text, html, data (JSON), terminal (wide, without colour), colour
 * (60 columns, with colour), list or person (a message).
 */
#include "tests/lib/issue_json.h"

#include "digest/err.h"
#include "digest/render.h"

#include <stdio.h>
#include <string.h>

static int
dump_message(const struct issue *issue, const struct render_options *options,
    const struct render_parts *parts, struct buf *out, struct err *err)
{
	const char *title = issue->title.ptr != NULL ? issue->title.ptr : "";
	const struct render_envelope envelope = {
		.from_name = title,
		.from_address = "digest@example.com",
		.reply_to = "",
		.list_title = title,
		.list_id = "daily.example.com",
		.owner = issue->contact.ptr != NULL ? issue->contact.ptr : "",
		.unsubscribe = options->unsubscribe,
		.kind = options->kind,
		.date = issue->made_at,
	};
	struct buf frozen = BUF_INIT(BUF_LIMIT);
	int result = render_message(parts, &envelope, &frozen, err);

	if (result == 0)
		result = render_verify(buf_str(&frozen), parts, err);
	message_fill(out, buf_str(&frozen), "reader@example.com", "20260727.daily.0123@example.com",
	    "t0ken");
	buf_release(&frozen);
	return result;
}

static int
dump(const char *part, const struct issue *issue, const struct render_options *options,
    struct buf *out, struct err *err)
{
	struct render_parts parts = RENDER_PARTS_INIT;
	int result = render_issue(issue, options, &parts, err);

	if (result < 0)
		;
	else if (strcmp(part, "subject") == 0)
		buf_addf(out, "%s\n", parts.subject.ptr);
	else if (strcmp(part, "text") == 0)
		buf_add(out, buf_str(&parts.text));
	else if (strcmp(part, "html") == 0)
		buf_add(out, buf_str(&parts.html));
	else if (strcmp(part, "data") == 0)
		render_json(issue, buf_str(&parts.subject), out);
	else if (strcmp(part, "terminal") == 0 || strcmp(part, "colour") == 0)
		result = render_terminal(
		    issue, options, part[0] == 'c' ? 60 : 200, part[0] == 'c', out, err);
	else
		result = dump_message(issue, options, &parts, out, err);
	render_parts_release(&parts);
	return result;
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		return EX_USAGE;

	struct arena *arena = arena_new();
	struct json *json = issue_json_read(argv[2]);
	struct issue issue = issue_json(arena, json);
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	bool is_person = strcmp(argv[1], "person") == 0 ||
	    (strcmp(argv[1], "list") != 0 && json_is_true(json_get(json, "is_person")));
	struct render_options options = {
		.template_name = argv[3],
		.template_folder = "",
		.kind = is_person ? MESSAGE_TO_PERSON : MESSAGE_TO_LIST,
		.unsubscribe = "mailto:digest@example.com?subject=unsubscribe%20\x03",
	};
	int result = dump(argv[1], &issue, &options, &out, &err);

	if (result < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		fwrite(out.ptr, 1, out.len, stdout);
	buf_release(&out);
	json_free(json);
	arena_free(arena);
	return result < 0 ? err.code : 0;
}
