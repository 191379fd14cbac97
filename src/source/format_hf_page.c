/*
 * Hugging Face's HTML page of a day, week or month of papers: the JSON of its DailyPapers island,
 * or, where that is gone, the cards that the page shows. What an item means is hf_item.c's business.
 */
#include "hf_item.h"

#include "digest/buf.h"
#include "digest/html.h"
#include "digest/identity.h"
#include "digest/json.h"

#include <string.h>

static const char papers_path[] = "/papers/";

/* The island opens the body's content and stands within the first 64 KiB, as the cards may not. */
static int
sniff(struct str bytes)
{
	struct str text = str_trim(bytes);
	if (!str_starts(text, "<"))
		return 0;
	if (str_find(text, STR("data-target=\"DailyPapers\"")) >= 0)
		return 95;
	if (str_find(text, STR("DailyPapers")) >= 0 && str_find(text, STR("data-props")) >= 0)
		return 90;
	bool is_page =
	    str_starts_nocase(text, "<!doctype html") || str_starts_nocase(text, "<html");
	return is_page && str_find(text, STR("<article")) >= 0 &&
	        str_find(text, STR("href=\"/papers/")) >= 0
	    ? 60
	    : 0;
}

/* --- the cards ---------------------------------------------------------------------------------- */

struct cards {
	struct format_reader *reader;
	struct err *err;
	int articles; /* open <article> elements */
	bool is_in_link, is_in_heading;
	struct buf id, title;
};

/* The identifier in a link to a paper's own page, or "". */
static struct str
linked_paper(struct str href)
{
	if (!str_starts(href, papers_path))
		return STR("");
	struct str id = str_skip(href, strlen(papers_path));
	for (size_t i = 0; i < id.len; i++) {
		if (str_find_char(STR("/?#"), id.ptr[i]) >= 0)
			return STR("");
	}
	return id;
}

static bool
is_heading(struct str name)
{
	return name.len == 2 && name.ptr[0] == 'h' && str_is_digit(name.ptr[1]);
}

static int
card_start(void *context, const struct html_element *element)
{
	struct cards *cards = context;
	if (str_is(element->name, "article")) {
		cards->articles++;
		buf_reset(&cards->id);
		buf_reset(&cards->title);
	}
	if (is_heading(element->name))
		cards->is_in_heading = true;
	if (str_is(element->name, "a")) {
		struct str id = linked_paper(html_attribute(element, "href"));
		cards->is_in_link = cards->articles > 0 && id.len > 0;
		if (cards->is_in_link && cards->id.len == 0)
			buf_add(&cards->id, id);
	}
	return 0;
}

static int
emit_card(struct cards *cards)
{
	struct arena *arena = cards->reader->arena;
	struct entry entry;

	if (cards->id.len == 0) {
		format_skip(cards->reader, "a card without a link to its paper");
		return 0;
	}
	entry_init(&entry);
	entry.discussion_url = hf_item_url(arena, buf_str(&cards->id));
	identity_add(&entry, arena, entry.discussion_url);
	if (!str_starts(entry_key(&entry), "arxiv:"))
		entry.url = entry.discussion_url;
	entry_set_title(&entry, arena, str_trim(buf_str(&cards->title)));
	return format_emit(cards->reader, &entry, cards->err);
}

static int
card_end(void *context, struct str name)
{
	struct cards *cards = context;
	if (str_is(name, "a"))
		cards->is_in_link = false;
	if (is_heading(name))
		cards->is_in_heading = false;
	if (!str_is(name, "article") || cards->articles == 0)
		return 0;
	cards->articles--;
	return emit_card(cards);
}

/* A card links to its paper several times; its title is the link in the heading. */
static int
card_text(void *context, struct str text)
{
	struct cards *cards = context;
	if (cards->is_in_link && cards->is_in_heading)
		buf_add(&cards->title, text);
	return 0;
}

static int
read_cards(struct str bytes, struct format_reader *reader, struct err *err)
{
	static const struct html_handler handler = {
		.start = card_start,
		.end = card_end,
		.text = card_text,
	};
	struct cards cards = {
		.reader = reader,
		.err = err,
		.id = BUF_INIT(BUF_LIMIT),
		.title = BUF_INIT(BUF_LIMIT),
	};
	reader->listing.is_repaired = true;
	int result = html_read(bytes, &handler, &cards);
	buf_release(&cards.id);
	buf_release(&cards.title);
	if (result == 0 && reader->listing.item_count == 0)
		return err_set(err, EX_DATAERR, "the page has neither its data nor any papers");
	if (result == 0 && cards.articles > 0)
		return err_set(err, EX_DATAERR, "cut off: it ends inside of a card");
	return result;
}

/* ------------------------------------------------------------------------------------------------ */

static int
read_page(struct input *input, struct format_reader *reader, struct err *err)
{
	struct buf island = BUF_INIT(BUF_LIMIT);
	struct json *json = NULL;
	struct str bytes;
	int result;

	if (format_whole(input, &bytes, err) < 0)
		return -1;
	if (!html_find_attribute(&island, bytes, "data-target", "DailyPapers", "data-props"))
		result = read_cards(bytes, reader, err);
	else if (json_parse(&json, buf_str(&island), err) < 0)
		result = err_prefix(err, "the page's data");
	else
		result = hf_item_read_page(json, reader, err);
	json_free(json);
	buf_release(&island);
	return result;
}

const struct source_format source_format_hf_page = {
	.name = "hf_page",
	.help = "a saved page of Hugging Face's Daily Papers",
	.sniff = sniff,
	.read = read_page,
};
