/* Any text set as text and as HTML: valid UTF-8, tags in pairs, nothing of outside's unescaped. */
#include "digest/tex.h"
#include "digest/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
insist(bool is_so)
{
	if (!is_so)
		abort();
}

static const char *const tags[] = { "<em>", "</em>", "<strong>", "</strong>", "<code>", "</code>",
	"<sub>", "</sub>", "<sup>", "</sup>", "</a>", "<a href=\"http" };

static void
check_html(struct str html)
{
	int depth = 0;

	for (size_t i = 0; i < html.len; i++) {
		bool is_tag = false;
		if (html.ptr[i] != '<')
			continue;
		for (size_t j = 0; j < sizeof(tags) / sizeof(tags[0]); j++)
			is_tag = is_tag || str_starts_nocase(str_skip(html, i), tags[j]);
		insist(is_tag);
		depth += i + 1 < html.len && html.ptr[i + 1] == '/' ? -1 : 1;
		insist(depth >= 0);
	}
	insist(depth == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf clean = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT),
	           html = BUF_INIT(BUF_LIMIT);
	struct arena *arena = arena_new();

	unicode_add_clean(&clean, (struct str){ (const char *)bytes, len });
	const struct tex *tex = tex_parse(arena, buf_str(&clean));
	tex_add_text(tex, &text);
	tex_add_html(tex, true, &html);
	insist(unicode_is_valid(buf_str(&text)));
	insist(unicode_is_valid(buf_str(&html)));
	check_html(buf_str(&html));
	arena_free(arena);
	buf_release(&clean);
	buf_release(&text);
	buf_release(&html);
	return 0;
}
