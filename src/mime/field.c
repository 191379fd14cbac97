/*
 * Whole header fields. Where lines end is fold.c's, what a word looks like word.c's.
 */
#include "digest/mime.h"

#include "digest/message.h"
#include "fold.h"
#include "word.h"

/* Shorter first encoded-words are not worth their place after what stands on the line. */
enum { WORD_WORTHWHILE = 30 };

/* The part of a text, in bytes, that has to be encoded: from its first such word to its last. */
struct span {
	size_t start, end;
};

/* A word that the next line could not hold is encoded too, since encoded-words can be folded. */
static bool
is_word_plain(struct str word)
{
	return word.len < MIME_FOLD_ENCODED && mime_is_plain(word);
}

static struct span
find_encoded(struct str text)
{
	struct span span = { 0, 0 };
	size_t start = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.ptr[i] != ' ')
			continue;

		struct str word = { text.ptr + start, i - start };

		/* An empty word means blanks that a reader might not keep: all is encoded. */
		if (word.len == 0)
			return (struct span){ 0, text.len };
		if (!is_word_plain(word))
			span = (struct span){ span.end > 0 ? span.start : start, i };
		start = i + 1;
	}
	return span;
}

static void
add_encoded(struct mime_fold *fold, struct str text)
{
	struct buf words = BUF_INIT(BUF_LIMIT);
	size_t left = fold->limit > fold->column + 1 ? fold->limit - fold->column - 1 : 0;

	mime_encode_words(&words, text, left < WORD_WORTHWHILE ? MIME_WORD_BYTES : left);
	mime_fold_add(fold, buf_str(&words));
	buf_release(&words);
}

void
mime_field(struct buf *out, const char *name, struct str text)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);
	struct span encoded;
	struct mime_fold fold;

	mime_add_clean(&clean, text);
	text = buf_str(&clean);
	encoded = find_encoded(text);
	fold = mime_fold_begin(out, name, encoded.end > 0 ? MIME_FOLD_ENCODED : MIME_FOLD_PLAIN);
	if (encoded.end > 0) {
		mime_fold_add(&fold, str_trim(str_head(text, encoded.start)));
		add_encoded(&fold, str_skip(str_head(text, encoded.end), encoded.start));
		text = str_trim(str_skip(text, encoded.end));
	}
	mime_fold_add(&fold, text);
	mime_fold_end(&fold);
	buf_release(&clean);
}

void
mime_field_raw(struct buf *out, const char *name, struct str text)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);
	bool has_words = str_find(text, STR("=?")) >= 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		bool is_control = byte < 0x20 || byte == 0x7f;

		if (is_control && !message_is_slot(text.ptr[i]))
			buf_add_char(&clean, ' ');
		else
			buf_add_char(&clean, byte < 0x80 ? text.ptr[i] : '?');
	}

	struct mime_fold fold =
	    mime_fold_begin(out, name, has_words ? MIME_FOLD_ENCODED : MIME_FOLD_PLAIN);
	mime_fold_add(&fold, str_trim(buf_str(&clean)));
	mime_fold_end(&fold);
	buf_release(&clean);
}
