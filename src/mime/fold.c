/*
 * Where the lines of a field end. What its words are is the callers' business.
 */
#include "fold.h"

struct mime_fold
mime_fold_begin(struct buf *out, const char *name, size_t limit)
{
	struct str text = str_from(name);

	buf_add(out, text);
	buf_add_char(out, ':');
	return (struct mime_fold){ out, text.len + 1, limit, false };
}

static void
break_line(struct mime_fold *fold)
{
	buf_add_string(fold->out, "\r\n");
	fold->column = 0;
}

/* A word that no line can hold is cut: a reader that must choose would drop the whole message. */
static void
add_huge_word(struct mime_fold *fold, struct str word)
{
	while (word.len > 0) {
		struct str part = str_head(word, MIME_LINE_BYTES - 1);

		break_line(fold);
		buf_add_char(fold->out, ' ');
		buf_add(fold->out, part);
		fold->column = part.len + 1;
		word = str_skip(word, part.len);
	}
}

void
mime_fold_add(struct mime_fold *fold, struct str text)
{
	while (text.len > 0) {
		size_t blanks = str_spaces(text);
		struct str rest = str_skip(text, blanks);
		ptrdiff_t end = str_find_char(rest, ' ');
		struct str word = end < 0 ? rest : str_head(rest, (size_t)end);
		size_t gap = blanks > 0 ? blanks : 1;

		text = str_skip(rest, word.len);
		if (gap + word.len > MIME_LINE_BYTES) {
			add_huge_word(fold, word);
		} else {
			size_t width = fold->column + gap + word.len;

			if (width > (fold->has_word ? fold->limit : MIME_LINE_BYTES))
				break_line(fold);
			buf_add_repeat(fold->out, ' ', gap);
			buf_add(fold->out, word);
			fold->column += gap + word.len;
		}
		fold->has_word = true;
	}
}

void
mime_fold_end(struct mime_fold *fold)
{
	break_line(fold);
}
