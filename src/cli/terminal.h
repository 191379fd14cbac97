/*
 * The terminal, if there is one: its width, its colours, a pager for long text, a progress line.
 */
#ifndef DIGEST_CLI_TERMINAL_H
#define DIGEST_CLI_TERMINAL_H

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/str.h"

/* The width of the terminal on standard output, or what COLUMNS says it is; 0 when it is none. */
size_t terminal_columns(void);

/* Whether standard output is a terminal that wants colour (NO_COLOR and TERM=dumb say no). */
bool terminal_has_colour(void);

/* Whether it is one that can show links, as far as is known. */
bool terminal_has_links(void);

/* Appends text with its URLs made links for such a terminal. */
void terminal_add_links(struct buf *out, struct str text);

/* Whether somebody watches standard error. */
bool terminal_is_watched(void);

/* Whether there is somebody to answer, and the question that is yes only when answered so. */
bool terminal_can_ask(void);
bool terminal_confirm(const char *question);

/*
 * Writes data to standard output, through a pager when it is a terminal and the text is longer than
 * the screen; with links where the terminal can show them. EX_IOERR when it cannot be written; a
 * pager that is left early is no error.
 */
int terminal_show(struct str data, struct err *err);

/* Writes data to standard output, checked to the end. EX_IOERR. */
int terminal_write(struct str data, struct err *err);

/*
 * Whether that failed because the other end of a pipe was closed, as `digest search x | head` does.
 */
bool terminal_is_left(void);

/* One line on standard error that keeps changing; terminal_end_progress() wipes it. */
void terminal_progress(size_t done, size_t total, int64_t received_bytes);
void terminal_picturing(size_t done, size_t total);
void terminal_end_progress(void);

/*
 * Likewise of messages that are sent, and of a file that is read to its end: how much of it, how
 * many messages or entries a second, and how long it will take. terminal_end_bar() wipes it.
 */
struct run_sending;
void terminal_sending(const struct run_sending *sending);
void terminal_bar(const char *name, int64_t done_bytes, int64_t total_bytes, size_t entry_count);
void terminal_end_bar(void);

#endif
