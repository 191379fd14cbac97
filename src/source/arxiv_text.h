/*
 * The records of arXiv's text files: metadata files (.abs), daily mailings, listings of a week or a
 * month. For format_arxiv_abs.c and format_arxiv_listing.c.
 */
#ifndef DIGEST_SOURCE_ARXIV_TEXT_H
#define DIGEST_SOURCE_ARXIV_TEXT_H

#include "format.h"

enum arxiv_text_field {
	ARXIV_TEXT_TITLE,
	ARXIV_TEXT_AUTHORS,
	ARXIV_TEXT_CATEGORIES,
	ARXIV_TEXT_COMMENTS,
	ARXIV_TEXT_JOURNAL,
	ARXIV_TEXT_DOI,
	ARXIV_TEXT_LICENSE,
	ARXIV_TEXT_OTHER, /* known, and not kept: the report number, MSC and ACM classes … */
	ARXIV_TEXT_FIELDS,
};

/* What a record says; all text lives in the bytes that are read. */
struct arxiv_record {
	struct str name; /* "arXiv:0704.0001", "hep-th/9108001" */
	struct str fields[ARXIV_TEXT_FIELDS];
	struct str abstract;
	int version; /* 0 when it does not tell */
	int64_t published_at, updated_at;
	bool is_cross, is_replaced;
	bool is_withdrawn; /* its newest version has no paper */
};

struct arxiv_text {
	struct str rest; /* set by the caller: all bytes */
};

enum arxiv_text_part {
	ARXIV_TEXT_END,
	ARXIV_TEXT_LINE, /* of what stands around the records: the mailing's head, rules, days */
	ARXIV_TEXT_RECORD,
	ARXIV_TEXT_CUT, /* the bytes end inside of a record, which is read as far as it goes */
};

/* Takes the next part off the front. */
enum arxiv_text_part
arxiv_text_next(struct arxiv_text *text, struct str *line, struct arxiv_record *record);

/* Whether a line begins the head of a record: "arXiv:0704.0001", "Paper (*cross-listing*): …". */
bool arxiv_text_is_name(struct str line);

/* Hands a record on as an entry, or leaves it out with the reason. */
int arxiv_text_emit(const struct arxiv_record *record, enum entry_announce announce,
    int32_t listed_on, struct format_reader *reader, struct err *err);

#endif
