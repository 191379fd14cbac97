/*
 * HTML in, by libxml2's HTML parser, which reads anything. As a stream of events, and as the two
 * things we want of it: the plain text of a fragment, and one attribute of a page.
 *
 * Input is taken as UTF-8, whatever it says of itself. Reading stops silently at what no honest
 * page has: 256 elements inside one another, 512 attributes of one element, 10 seconds of work.
 */
#ifndef DIGEST_HTML_H
#define DIGEST_HTML_H

#include "digest/buf.h"

struct html_attribute {
	struct str name, value; /* the name in lower case, the value with its entities resolved */
};

struct html_element {
	struct str name; /* in lower case */
	const struct html_attribute *attributes;
	size_t attribute_count;
};

/*
 * A callback that returns non-zero stops the reading; everything it is given lives until it
 * returns. Elements that HTML implies are started and ended too. Scripts and styles are no text.
 */
struct html_handler {
	int (*start)(void *context, const struct html_element *element);
	int (*end)(void *context, struct str name);
	int (*text)(void *context, struct str text);
};

/* Reads a page or fragment: 0, or what a callback returned if that was not 0. */
int html_read(struct str page, const struct html_handler *handler, void *context);

/* The value of an attribute, or "" when the element has none of that name. */
struct str html_attribute(const struct html_element *element, const char *name);

/*
 * Appends a fragment as plain text: references resolved, white space collapsed, an empty line
 * between blocks, "- " or the number before list items, LF for <br> and the lines of <pre>. Links
 * are their text; images say what their alt text is when nothing else says anything. Scripts,
 * styles, comments and what the page hides are dropped. Indices and exponents are Unicode's where
 * it has them ("H₂O", "x²"), else after "_" and "^"; formulas are their TeX where it is given, else
 * in one line. JATS is understood as HTML is.
 *
 * Tags that nobody knows, and what is none, stay as text: "<think>", "x<y". What was escaped once
 * too often becomes markup again, where it makes some: "&amp;lt;i&amp;gt;a&amp;lt;/i&amp;gt;" is
 * "a". No white space at either end.
 */
void html_add_text(struct buf *out, struct str fragment);

/*
 * Whether text that may be plain or HTML holds a tag that HTML, MathML or JATS know, a comment or a
 * character reference: "x<y and z>0", "<think>" and "<picture of a man>" do not.
 */
bool html_is_markup(struct str text);

/*
 * The value of attribute `wanted` of the first element whose attribute `name` is `value`: true and
 * appended to `out`, or false.
 */
bool html_find_attribute(
    struct buf *out, struct str page, const char *name, const char *value, const char *wanted);

#endif
