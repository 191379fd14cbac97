/*
 * Text with the tags of JATS, the markup of journals (ANSI/NISO Z39.96), as Crossref hands on titles
 * and abstracts. For format_*.c alone.
 */
#ifndef DIGEST_SOURCE_JATS_H
#define DIGEST_SOURCE_JATS_H

#include "digest/arena.h"

/*
 * As plain text with empty lines between paragraphs, without the heading "Abstract" at its
 * beginning. Text without tags stays as it is, but for its character references.
 */
struct str jats_plain(struct arena *arena, struct str text);

#endif
