/*
 * The typography of the text part: what a template gives, one long line a paragraph, becomes lines
 * of the width that is wanted.
 */
#ifndef DIGEST_RENDER_LAYOUT_H
#define DIGEST_RENDER_LAYOUT_H

#include "digest/buf.h"

/*
 * How a line looks on a terminal. A template puts a style's mark at the start of a line; marks are
 * control characters, so no text from outside has one.
 */
enum render_style {
	RENDER_STYLE_TITLE = 0x0e,
	RENDER_STYLE_HEADING,
	RENDER_STYLE_FACTS,
	RENDER_STYLE_LINK,
	RENDER_STYLE_NOTE,
};

/*
 * Appends `text` with its lines wrapped at `columns` (a line keeps its indentation, and a list
 * item's text stays behind its number), at most two empty lines in a row, none at either end, no
 * blanks at line ends. A URL alone or after a short label is never
 * broken, nor is a line with a slot of message.h; a rule ("----") is cut. Styles
 * become escape sequences when `has_colour`, else nothing.
 */
void render_layout(struct buf *out, struct str text, size_t columns, bool has_colour);

#endif
