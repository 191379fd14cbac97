/*
 * What a format is made of, and what formats share: the text of a paper, its names and dates.
 */
#ifndef DIGEST_EXPORT_FORMAT_H
#define DIGEST_EXPORT_FORMAT_H

#include "digest/export.h"

struct export_writer {
	const struct export_head *head;
	struct entry *const *entries;
	size_t count;
	size_t nth; /* the paper that is being written, from 0 */
	struct buf *out;
	struct arena *arena; /* of the whole file */
	struct arena *scratch; /* of one paper */
	struct str *keys; /* of citation, one a paper; see export_make_keys() */
};

/* A format writes what stands before all papers, each paper, and what stands after them. */
struct export_format {
	const char *name;
	void (*begin)(struct export_writer *writer); /* may be NULL */
	void (*entry)(struct export_writer *writer, const struct entry *entry);
	void (*end)(struct export_writer *writer); /* may be NULL */
};

/* ---- text ---- */

/* The text as plain Unicode on one line. */
struct str export_line(struct arena *arena, struct str text);

/* Takes the next paragraph off the front of an abstract, likewise. */
bool export_next_paragraph(struct arena *arena, struct str *abstract, struct str *paragraph);

/* The URL with what would end or nest a quotation of it ("<", ">", "{", "\") percent-encoded. */
struct str export_url(struct arena *arena, struct str url);

/* Escaped for XML's text and quoted attributes; characters that XML 1.0 has not are U+FFFD. */
void export_add_xml(struct buf *out, struct str text);

/*
 * An element of that name with the text in it, on a line of its own;
 * nothing where there is no text.
 */
void export_add_element(struct buf *out, const char *name, struct str text);

/* The abstract as paragraphs of HTML, which is then escaped for XML. */
void export_add_xml_html(struct export_writer *writer, struct str abstract);

/* ---- facts ---- */

/* The entry's name of that kind ("arxiv:", "doi:") without the kind; "" when it has none. */
struct str export_alias(const struct entry *entry, const char *kind);

/* The day it was published, or listed when that is not known; or DATE_NO_DAY. */
int32_t export_day(const struct entry *entry);

/* "urn:uuid:…", the same for the same text (RFC 9562 section 5.8, over SHA-256). */
struct str export_urn(struct arena *arena, struct str text);

/* ---- names (name.c) ---- */

/* A person's name in its parts; or, in `family` alone, one that has none: "Qwen Team". */
struct export_name {
	struct str given, particle, family, suffix;
	bool is_whole;
};

struct export_name export_name(struct arena *arena, struct str name);

/* The next author that may be shown, from `*at` on: false after the last. */
bool
export_next_author(struct arena *arena, const struct entry *entry, size_t *at, struct str *name);

/*
 * Makes the keys by which papers are cited, "vaswani2017attention" as Google Scholar has them, with
 * "-2", "-3" … after those that stand there already: ASCII letters and digits alone.
 */
void export_make_keys(struct export_writer *writer);

#endif
