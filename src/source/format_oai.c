/*
 * OAI-PMH 2.0: what a repository answers to ListRecords, GetRecord and ListIdentifiers, arXiv's own
 * schemas and Dublin Core, and single records of it as people save them. What a record means for an
 * entry is oai_record.c's business, how to go on with a token the provider's.
 */
#include "digest/xml.h"

#include "oai_record.h"

#include <string.h>

#define OAI_SPACE "http://www.openarchives.org/OAI/2.0/"
#define OAI_DC_SPACE "http://www.openarchives.org/OAI/2.0/oai_dc/"

/* Where in the document the reading stands. */
enum place {
	PLACE_OUTSIDE, /* of any record */
	PLACE_RECORD, /* or a header on its own: of the record, but in neither of its parts */
	PLACE_HEADER,
	PLACE_METADATA,
	PLACE_VERSION, /* in the metadata */
	PLACE_AUTHOR,
};

struct oai {
	struct format_reader *reader;
	struct oai_record record;
	enum place place;
	bool has_record, has_list, has_error;
	int depth;
	int record_depth, part_depth, inner_depth; /* of what the places stand for */
	struct str verb; /* of an answer that is no list */

	/* The text being collected: of a field, or of what the answer says of itself. */
	enum oai_field field;
	struct str *kept; /* where it goes when it is no field's */
	int text_depth; /* 0 while nothing is collected */
	struct buf text;
	struct str code, message, date;
};

/* ---- what the elements mean ---- */

static const struct {
	enum place place;
	const char *name;
	enum oai_field field;
} rows[] = {
	{ PLACE_HEADER, "identifier", OAI_IDENTIFIER },
	{ PLACE_HEADER, "datestamp", OAI_DATESTAMP },
	{ PLACE_HEADER, "setSpec", OAI_SET },
	{ PLACE_VERSION, "date", OAI_VERSION_DATE },
	{ PLACE_VERSION, "size", OAI_VERSION_SIZE },
	{ PLACE_AUTHOR, "keyname", OAI_KEYNAME },
	{ PLACE_AUTHOR, "forenames", OAI_FORENAMES },
	{ PLACE_AUTHOR, "suffix", OAI_SUFFIX },
	{ PLACE_AUTHOR, "affiliation", OAI_AFFILIATION },
	{ PLACE_METADATA, "abstract", OAI_ABSTRACT },
	{ PLACE_METADATA, "authors", OAI_AUTHORS },
	{ PLACE_METADATA, "categories", OAI_CATEGORIES },
	{ PLACE_METADATA, "comments", OAI_COMMENT },
	{ PLACE_METADATA, "created", OAI_CREATED },
	{ PLACE_METADATA, "creator", OAI_DC_CREATOR },
	{ PLACE_METADATA, "date", OAI_DC_DATE },
	{ PLACE_METADATA, "description", OAI_DC_DESCRIPTION },
	{ PLACE_METADATA, "doi", OAI_DOI },
	{ PLACE_METADATA, "id", OAI_ID },
	{ PLACE_METADATA, "identifier", OAI_DC_IDENTIFIER },
	{ PLACE_METADATA, "journal-ref", OAI_JOURNAL },
	{ PLACE_METADATA, "license", OAI_LICENSE },
	{ PLACE_METADATA, "rights", OAI_LICENSE },
	{ PLACE_METADATA, "subject", OAI_DC_SUBJECT },
	{ PLACE_METADATA, "title", OAI_TITLE },
	{ PLACE_METADATA, "updated", OAI_UPDATED },
};

static enum oai_field
field_of(enum place place, struct str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].place == place && str_is(name, rows[i].name))
			return rows[i].field;
	}
	return OAI_NONE;
}

/* ---- text ---- */

static void
start_text(struct oai *oai, enum oai_field field, struct str *kept)
{
	oai->field = field;
	oai->kept = kept;
	oai->text_depth = oai->depth;
	buf_reset(&oai->text);
}

static void
end_text(struct oai *oai)
{
	struct format_reader *reader = oai->reader;
	struct str text = buf_str(&oai->text);

	oai->text_depth = 0;
	if (buf_has_failed(&oai->text))
		reader->listing.is_repaired = true;
	if (oai->kept != NULL)
		*oai->kept = entry_text_line(reader->keep, text);
	else
		oai_record_take(
		    &oai->record, reader->arena, oai->field, arena_copy(reader->arena, text));
}

/* ---- records ---- */

static int
end_record(struct oai *oai, struct err *err)
{
	oai->place = PLACE_OUTSIDE;
	return oai_record_finish(&oai->record, oai->reader, err);
}

/* A record inside of a record: the end of the first one is missing. */
static int
start_record(struct oai *oai, struct err *err)
{
	if (oai->place != PLACE_OUTSIDE && end_record(oai, err) < 0)
		return -1;
	oai_record_init(&oai->record);
	oai->has_record = true;
	oai->place = PLACE_RECORD;
	oai->record_depth = oai->depth;
	return 0;
}

static void
start_part(struct oai *oai, const struct xml_element *element)
{
	if (str_is(element->name, "header")) {
		oai->place = PLACE_HEADER;
		oai->record.is_deleted = str_is(xml_attribute(element, "", "status"), "deleted");
	} else if (str_is(element->name, "metadata")) {
		oai->place = PLACE_METADATA;
	} else {
		return;
	}
	oai->part_depth = oai->depth;
}

/* Elements of the metadata that hold others. */
static void
start_inner(struct oai *oai, const struct xml_element *element)
{
	if (str_is(element->name, "version")) {
		oai->place = PLACE_VERSION;
		oai_record_start_version(&oai->record, xml_attribute(element, "", "version"));
	} else if (str_is(element->name, "author")) {
		oai->place = PLACE_AUTHOR;
	} else {
		return;
	}
	oai->inner_depth = oai->depth;
}

static void
end_inner(struct oai *oai)
{
	if (oai->place == PLACE_AUTHOR)
		oai_record_end_author(&oai->record, oai->reader->arena);
	oai->place = PLACE_METADATA;
}

/* ---- what the answer says of itself ---- */

static void
take_number(const struct xml_element *element, const char *name, int64_t *value)
{
	str_to_int(str_trim(xml_attribute(element, "", name)), 0, INT32_MAX, value);
}

/* A header on its own, as ListIdentifiers has it, and Dublin Core without all the rest. */
static int
start_bare_record(struct oai *oai, const struct xml_element *element, struct err *err)
{
	if (start_record(oai, err) < 0)
		return -1;
	start_part(oai, element);
	if (oai->place == PLACE_RECORD) {
		oai->place = PLACE_METADATA;
		oai->part_depth = oai->depth;
	}
	return 0;
}

/* The element that the answer to a request stands in. */
static void
start_verb(struct oai *oai, struct str name)
{
	static const struct {
		const char *verb;
		bool is_list;
	} verbs[] = {
		{ "ListRecords", true },
		{ "GetRecord", true },
		{ "ListIdentifiers", true },
		{ "Identify", false },
		{ "ListSets", false },
		{ "ListMetadataFormats", false },
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!str_is(name, verbs[i].verb))
			continue;
		if (verbs[i].is_list)
			oai->has_list = true;
		else
			oai->verb = arena_copy(oai->reader->keep, name);
	}
}

static void
start_error(struct oai *oai, const struct xml_element *element)
{
	if (oai->has_error)
		return;
	oai->has_error = true;
	oai->code = entry_text_line(oai->reader->keep, xml_attribute(element, "", "code"));
	start_text(oai, OAI_NONE, &oai->message);
}

static void
start_token(struct oai *oai, const struct xml_element *element)
{
	struct format_listing *listing = &oai->reader->listing;

	take_number(element, "completeListSize", &listing->total);
	take_number(element, "cursor", &listing->first);
	start_text(oai, OAI_NONE, &listing->next);
}

static int
start_outside(struct oai *oai, const struct xml_element *element, struct err *err)
{
	struct str name = element->name;

	if (str_is(name, "record"))
		return start_record(oai, err);
	if (str_is(name, "header") || (str_is(name, "dc") && oai->depth == 1))
		return start_bare_record(oai, element, err);
	if (str_is(name, "responseDate"))
		start_text(oai, OAI_NONE, &oai->date);
	else if (str_is(name, "error"))
		start_error(oai, element);
	else if (str_is(name, "resumptionToken") && oai->verb.len == 0)
		start_token(oai, element);
	else
		start_verb(oai, name);
	return 0;
}

/* ---- elements ---- */

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct oai *oai = context;
	enum oai_field field;

	oai->depth++;
	/* arXivRaw has all authors in one text, arXiv one by one. */
	if (oai->text_depth > 0 && oai->field == OAI_AUTHORS && str_is(element->name, "author"))
		oai->text_depth = 0;
	if (oai->place != PLACE_OUTSIDE && str_is(element->name, "record"))
		return start_record(oai, err);
	if (oai->text_depth > 0)
		return 0;
	if (oai->place == PLACE_OUTSIDE)
		return start_outside(oai, element, err);
	field = field_of(oai->place, element->name);
	if (field != OAI_NONE)
		start_text(oai, field, NULL);
	else if (oai->place == PLACE_RECORD)
		start_part(oai, element);
	else if (oai->place == PLACE_METADATA)
		start_inner(oai, element);
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	struct oai *oai = context;
	int depth = oai->depth--;

	(void)element;
	if (oai->text_depth > 0 && depth > oai->text_depth)
		return 0;
	if (oai->text_depth > 0)
		end_text(oai);
	if (oai->place > PLACE_METADATA && depth <= oai->inner_depth)
		end_inner(oai);
	if (oai->place > PLACE_RECORD && depth <= oai->part_depth)
		oai->place = PLACE_RECORD;
	if (oai->place != PLACE_OUTSIDE && depth <= oai->record_depth)
		return end_record(oai, err);
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	struct oai *oai = context;

	(void)err;
	if (oai->text_depth > 0)
		buf_add(&oai->text, text);
	return 0;
}

/* ---- the whole ---- */

static int
finish(struct oai *oai, struct err *err)
{
	struct format_listing *listing = &oai->reader->listing;

	/* The document was whole but badly nested: what is there is there. */
	if (oai->text_depth > 0)
		end_text(oai);
	if (oai->place > PLACE_METADATA)
		end_inner(oai);
	if (oai->place != PLACE_OUTSIDE && end_record(oai, err) < 0)
		return -1;
	date_parse_instant(oai->date, &listing->generated_at);
	if (oai->has_error) {
		listing->fault = oai->code.len > 0 ? oai->code : STR("error");
		if (oai->message.len > 0)
			listing->fault = arena_printf(oai->reader->keep, "%.*s: %.*s",
			    STR_ARG(listing->fault), STR_ARG(oai->message));
		return 0;
	}
	if (oai->verb.len > 0)
		return err_set(err, EX_DATAERR, "the answer to %.*s, which lists no papers",
		    STR_ARG(oai->verb));
	if (!oai->has_record && !oai->has_list)
		return err_set(err, EX_DATAERR, "no list of records in it");
	return 0;
}

static int
read_oai(struct input *input, struct format_reader *reader, struct err *err)
{
	static const struct xml_handler handler = {
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};
	struct oai oai = { .reader = reader, .text = BUF_INIT(XML_TEXT_BYTES_MAX) };
	bool is_repaired;
	int result = xml_read(input, reader->charset, &handler, &oai, &is_repaired, err);

	if (result == 0)
		result = finish(&oai, err);
	reader->listing.is_repaired = reader->listing.is_repaired || is_repaired;
	buf_release(&oai.text);
	return result;
}

/* A record alone has the name of much else; its header gives it away. */
static int
sniff(struct str bytes)
{
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	int score = 0;

	if (xml_root(bytes, &space, &name)) {
		struct str root = buf_str(&name), uri = buf_str(&space);
		if (str_is(root, "OAI-PMH"))
			score = 95;
		else if (str_is(root, "dc") && str_is(uri, OAI_DC_SPACE))
			score = 80;
		else if (str_is(root, "record") &&
		    (str_is(uri, OAI_SPACE) ||
		        (uri.len == 0 && str_find(bytes, STR("<header")) >= 0)))
			score = 80;
		else if (str_is(uri, OAI_SPACE))
			score = 70;
	}
	buf_release(&name);
	buf_release(&space);
	return score;
}

const struct source_format source_format_oai = {
	.name = "oai",
	.help = "OAI-PMH: records of arXiv and other repositories",
	.sniff = sniff,
	.read = read_oai,
};
