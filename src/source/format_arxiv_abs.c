/*
 * arXiv's metadata files, "0704.0001.abs": one, or any number after one another. What a record
 * says is arxiv_text.c's business, and listings made of records are format_arxiv_listing.c's.
 */
#include "arxiv_text.h"

/* A record, and nothing else around it. */
static int
sniff(struct str bytes)
{
	struct str line;
	bool was_mark = false;

	while (str_next_line(&bytes, &line)) {
		line = str_trim(line);
		if (was_mark)
			return arxiv_text_is_name(line) ? 80 : 0;
		was_mark = str_is(line, "\\\\");
		if (!was_mark && line.len > 0 && !str_starts(line, "-----"))
			return 0;
	}
	return 0;
}

static int
read_records(struct input *input, struct format_reader *reader, struct err *err)
{
	struct arxiv_text text;
	struct arxiv_record record;
	enum arxiv_text_part part;
	struct str line;

	if (format_whole(input, &text.rest, err) < 0)
		return -1;
	while ((part = arxiv_text_next(&text, &line, &record)) != ARXIV_TEXT_END) {
		if (part == ARXIV_TEXT_CUT)
			return err_set(err, EX_DATAERR, "cut off: it ends inside of a record");
		if (part == ARXIV_TEXT_RECORD &&
		    arxiv_text_emit(&record, ENTRY_NEW, DATE_NO_DAY, reader, err) < 0)
			return -1;
	}
	return 0;
}

const struct source_format source_format_arxiv_abs = {
	.name = "arxiv_abs",
	.help = "arXiv's metadata files (.abs), one or many",
	.sniff = sniff,
	.read = read_records,
};
