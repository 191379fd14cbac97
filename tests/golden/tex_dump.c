/*
 * Sets texts that may hold TeX: for each line of standard input a line of JSON, with the text and
 * the HTML. For tests/suites/tex_texts.py; not a part of digest.
 */
#include "digest/json.h"
#include "digest/tex.h"
#include "digest/unicode.h"

#include <stdio.h>
#include <stdlib.h>

static void
set(struct str line)
{
	struct buf clean = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT),
	           html = BUF_INIT(BUF_LIMIT);
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct json *object = json_new_object();
	struct arena *arena = arena_new();

	unicode_add_collapsed(&clean, line);
	const struct tex *tex = tex_parse(arena, buf_str(&clean));
	tex_add_text(tex, &text);
	tex_add_html(tex, true, &html);
	json_add_text(object, "clean", buf_str(&clean));
	json_add_text(object, "text", buf_str(&text));
	json_add_text(object, "html", buf_str(&html));
	json_write(object, &out);
	puts(out.ptr);
	json_free(object);
	arena_free(arena);
	buf_release(&clean);
	buf_release(&text);
	buf_release(&html);
	buf_release(&out);
}

int
main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0)
		set((struct str){ line, (size_t)len });
	free(line);
	return 0;
}
