/*
 * Links on a terminal: URLs that can be clicked, by the escape that many terminals have in common
 * (OSC 8). Text and width stay what they are.
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VTE_WITH_LINKS = 5000, KONSOLE_WITH_LINKS = 201200 };

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

static bool
is_at_least(const char *name, int64_t least)
{
	int64_t version;

	return str_to_int(str_from(getenv(name)), 0, INT64_MAX, &version) == 0 && version >= least;
}

/* Whether a variable begins with one of the names. */
static bool
is_among(const char *variable, const char *const *names)
{
	struct str value = str_from(getenv(variable));

	for (; *names != NULL; names++) {
		if (str_starts(value, *names))
			return true;
	}
	return false;
}

/*
 * Terminals that are known to cope. Within tmux and screen there is no telling what is behind them,
 * and TERM says so.
 */
bool
terminal_has_links(void)
{
	static const char *const terms[] = { "xterm-kitty", "foot", "alacritty", "xterm-ghostty",
		"wezterm", "contour", NULL };
	static const char *const programs[] = { "iTerm.app", "WezTerm", "vscode", "ghostty",
		"Hyper", "Tabby", NULL };
	static const char *const multiplexers[] = { "screen", "tmux", NULL };

	if (!terminal_has_colour() || is_among("TERM", multiplexers))
		return false;
	return is_among("TERM", terms) || is_among("TERM_PROGRAM", programs) ||
	    is_at_least("VTE_VERSION", VTE_WITH_LINKS) ||
	    is_at_least("KONSOLE_VERSION", KONSOLE_WITH_LINKS) || is_set("WT_SESSION") ||
	    is_set("KITTY_WINDOW_ID") || is_set("DOMTERM");
}

/*
 * The length of the URL at the front, or 0: printable ASCII without what quotes or ends it, as the
 * escape has it, and without the punctuation of the sentence around it.
 */
static size_t
url_len(struct str text)
{
	size_t len = 0;

	if (!str_starts(text, "https://") && !str_starts(text, "http://"))
		return 0;
	while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] < 0x7f &&
	    strchr("<>\"\\`{}|^", text.ptr[len]) == NULL)
		len++;
	while (len > 0 && strchr(".,;:!?)]'*_", text.ptr[len - 1]) != NULL)
		len--;
	return len;
}

void
terminal_add_links(struct buf *out, struct str text)
{
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		size_t len = text.ptr[i] == 'h' ? url_len(str_skip(text, i)) : 0;
		if (len == 0)
			continue;
		struct str url = str_head(str_skip(text, i), len);
		buf_add(out, str_head(str_skip(text, start), i - start));
		buf_addf(out, "\x1b]8;;%.*s\x1b\\%.*s\x1b]8;;\x1b\\", STR_ARG(url), STR_ARG(url));
		i += len - 1;
		start = i + 1;
	}
	buf_add(out, str_skip(text, start));
}
