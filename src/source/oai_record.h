/*
 * One record of OAI-PMH while it is read: its fields as they came, until all are there and an entry
 * can be made of them. For format_oai.c alone.
 */
#ifndef DIGEST_SOURCE_OAI_RECORD_H
#define DIGEST_SOURCE_OAI_RECORD_H

#include "format.h"

enum oai_field {
	OAI_NONE,
	OAI_IDENTIFIER, /* the header's */
	OAI_DATESTAMP,
	OAI_SET,
	/* What follows stands in the metadata, of whichever schema. */
	OAI_ID,
	OAI_TITLE,
	OAI_ABSTRACT,
	OAI_COMMENT,
	OAI_JOURNAL,
	OAI_DOI, /* several, with blanks between */
	OAI_LICENSE,
	OAI_CATEGORIES,
	OAI_AUTHORS, /* all of them as one text */
	OAI_KEYNAME,
	OAI_FORENAMES,
	OAI_SUFFIX,
	OAI_AFFILIATION,
	OAI_CREATED,
	OAI_UPDATED,
	OAI_VERSION_DATE,
	OAI_VERSION_SIZE,
	OAI_DC_CREATOR,
	OAI_DC_DATE,
	OAI_DC_DESCRIPTION,
	OAI_DC_IDENTIFIER,
	OAI_DC_SUBJECT,
};

/* Text lives in the reader's arena. */
struct oai_record {
	struct entry entry; /* what can be filled in as it comes */
	struct str identifier; /* the repository's name of it, or "" */
	struct str authors; /* all in one text, or "" */
	struct str *sets, *descriptions, *identifiers;
	size_t set_count, description_count, identifier_count;
	struct str keyname, forenames, suffix, affiliation; /* of the author under way */
	struct str title, abstract;
	bool is_deleted;
	bool is_empty; /* its last version has no text any more */
};

void oai_record_init(struct oai_record *record);

/* Takes the text of a field. */
void oai_record_take(
    struct oai_record *record, struct arena *arena, enum oai_field field, struct str text);

/* A version begins: "v2". */
void oai_record_start_version(struct oai_record *record, struct str number);

/* The author whose names were given one by one is complete. */
void oai_record_end_author(struct oai_record *record, struct arena *arena);

/* Makes an entry of it and emits it. */
int oai_record_finish(struct oai_record *record, struct format_reader *reader, struct err *err);

#endif
