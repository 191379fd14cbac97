/*
 * The syntax of the configuration file, by libConfuse:
 *
 *     digest { contact = admin@example.com }       # a section, a key, a value, a comment
 *     list reading-group {                          # a section with a title
 *       sources = {hf, cl}                          # a list; {} is refused, += appends
 *       title = "Reading \"group\""                 # escapes: \\ \" \n \t and a backslash at the
 *     }                                             # end of a line; in '…' only \\ and \'
 *
 * Before libConfuse sees the text, a scanner of ours refuses what it would silently read as
 * something else and blanks the comments, after which it miscounts lines. There is no include(),
 * and environment variables are not replaced. Values may have any length. What a section or a value
 * means is the reader's business.
 */
#ifndef DIGEST_CONF_H
#define DIGEST_CONF_H

#include "digest/err.h"
#include "digest/settings.h"

struct conf_section {
	const char *name; /* NULL after the last */
	bool has_title;
	const struct settings *keys; /* its rows are the keys that may stand in it */
};

/*
 * Told of everything in the order of the file. `origin` is "FILE:LINE". `section` is an index into
 * the array of sections. A function that returns -1 (or NULL) has set `err` and ends the reading.
 */
struct conf_reader {
	void *context;

	/* A section begins: where its values belong. `title` is NULL when it has none. */
	struct settings *(*section)(
	    void *context, size_t section, const char *title, const char *origin, struct err *err);

	/* A value, or one element of a list: to be set in `settings`. */
	int (*value)(void *context, struct settings *settings, size_t section, const char *key,
	    const char *text, const char *origin, struct err *err);

	/* A key that is no row's: says so. */
	int (*unknown)(
	    void *context, size_t section, const char *key, const char *origin, struct err *err);
};

/*
 * Reads a whole file's text. EX_CONFIG as "NAME:LINE: what is wrong". Sections with one title
 * twice, keys twice, text that is not UTF-8, control characters, and whatever is left open are
 * refused; a byte order mark and CRLF line ends are not.
 */
int conf_parse(struct str text, const char *name, const struct conf_section *sections,
    const struct conf_reader *reader, struct err *err);

#endif
