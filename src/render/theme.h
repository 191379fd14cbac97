/*
 * The colours of an issue: one accent, made fit to read on light and on dark ground.
 */
#ifndef DIGEST_RENDER_THEME_H
#define DIGEST_RENDER_THEME_H

enum { RENDER_COLOUR_BYTES = 8 };

struct render_theme {
	char accent[RENDER_COLOUR_BYTES]; /* "#0a5aa8" */
	char accent_dark[RENDER_COLOUR_BYTES]; /* on dark ground */
};

/*
 * From "#rrggbb"; anything else gives the built-in accent. Both colours have a contrast of at least
 * 4.5 to their ground (WCAG 2.2, 1.4.3): what is too pale becomes darker, and the other way round.
 */
struct render_theme render_theme(const char *accent);

#endif
