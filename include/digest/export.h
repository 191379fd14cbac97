/*
 * Papers to take away: written for reference managers, notes and feed readers, one format a row of
 * src/export/formats.def. Text is set as plain Unicode (see tex.h) and escaped as each format needs
 * it: what stands in a paper is only ever text there, too.
 */
#ifndef DIGEST_EXPORT_H
#define DIGEST_EXPORT_H

#include "digest/buf.h"
#include "digest/issue.h"

/* What the papers are together. */
struct export_head {
	struct str title; /* for people: "Daily papers, 2026-07-27" */
	/* Tells these papers from others, and is the same whenever they are written. */
	struct str id;
	int64_t at; /* when they became what they are */
};

struct export_format;

/* The n-th format, or NULL after the last; and the names of all, in that order: "bibtex|ris|…". */
const struct export_format *export_format(size_t nth);
#define EXPORT_NAMES "bibtex|ris|csl-json|markdown|rss|atom"

/* The format of that name, or NULL. */
const struct export_format *export_named(const char *name);

/* Appends the papers as one whole file of that format, UTF-8. */
void export_write(const struct export_format *format, const struct export_head *head,
    struct entry *const *entries, size_t count, struct buf *out);

/*
 * The same of an issue: its papers in their order. The list's key in the store and the audience (""
 * for the plain recipients) tell it from other issues of its day.
 */
void export_issue(const struct export_format *format, const struct issue *issue, struct str list,
    struct str audience, struct buf *out);

#endif
