/*
 * What `digest like` and `digest dislike` have in common: papers and libraries of papers that
 * somebody has a word on.
 */
#ifndef DIGEST_CLI_LIKING_H
#define DIGEST_CLI_LIKING_H

#include "cli.h"

/* The list that --list names, "" for all; EX_USAGE when there is none of that name. */
int liking_list(const struct cli *cli, const char **list, struct err *err);

/*
 * Remembers that each of the operands is liked or disliked: a name of a paper, or a file of papers
 * (BibTeX, RIS, CSL-JSON and whatever `digest import` reads), and prints what became of it. All or
 * nothing: EX_USAGE, EX_DATAERR and EX_IOERR.
 */
int liking_remember(struct cli *cli, bool is_liked, struct err *err);

#endif
