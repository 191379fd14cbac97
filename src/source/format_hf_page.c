/*
 * Hugging Face's HTML page of a day, week or month of papers: the JSON of its DailyPapers island,
 * or, where that is gone, the cards that the page shows. What an item means is hf_item.c's
 * business.
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

/* ---- the cards ---- */

struct cards {
	struct format_reader *reader;
	struct err *err;
	int articles; /* open <article> elements */
	bool is_in_link, is_in_heading, is_in_votes, is_in_comments;
	struct buf id, title;
	int votes, comments; /* -1 when unknown */
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

/* The day of the page stands above its cards: <time datetime="2024-08-01T00:00:00.000Z">. */
static void
take_day(struct cards *cards, struct str datetime)
{
	struct format_listing *listing = &cards->reader->listing;
	struct date_reading reading;

	if (listing->day == DATE_NO_DAY && cards->articles == 0 && listing->item_count == 0 &&
	    date_read(datetime, &reading) == 0 && reading.precision >= DATE_PRECISION_DAY)
		listing->day = date_day_of(reading.instant);
}

static void
begin_card(struct cards *cards)
{
	cards->articles++;
	buf_reset(&cards->id);
	buf_reset(&cards->title);
	cards->votes = cards->comments = -1;
}

static int
card_start(void *context, const struct html_element *element)
{
	struct cards *cards = context;
	struct str class = html_attribute(element, "class");

	if (str_is(element->name, "article"))
		begin_card(cards);
	else if (str_is(element->name, "time"))
		take_day(cards, html_attribute(element, "datetime"));
	if (is_heading(element->name))
		cards->is_in_heading = true;
	cards->is_in_votes = str_find(class, STR("leading-none")) >= 0;
	if (str_is(element->name, "a")) {
		struct str href = html_attribute(element, "href");
		struct str id = linked_paper(href);
		cards->is_in_comments = str_ends(href, "#community");
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
	entry.votes = cards->votes;
	entry.comments = cards->comments;
	return format_emit(cards->reader, &entry, cards->err);
}

static int
card_end(void *context, struct str name)
{
	struct cards *cards = context;
	cards->is_in_votes = false;
	if (str_is(name, "a"))
		cards->is_in_link = cards->is_in_comments = false;
	if (is_heading(name))
		cards->is_in_heading = false;
	if (!str_is(name, "article") || cards->articles == 0)
		return 0;
	cards->articles--;
	return emit_card(cards);
}

static void
take_count(int *count, struct str text)
{
	int64_t number;
	if (str_to_int(str_trim(text), 0, INT32_MAX, &number) == 0)
		*count = (int)number;
}

/*
 * A card links to its paper several times; its title is the link in the heading. The number of
 * votes has a style of its own, that of comments leads to them.
 */
static int
card_text(void *context, struct str text)
{
	struct cards *cards = context;
	if (cards->is_in_link && cards->is_in_heading)
		buf_add(&cards->title, text);
	else if (cards->is_in_votes)
		take_count(&cards->votes, text);
	else if (cards->is_in_comments)
		take_count(&cards->comments, text);
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

/* ---------------------------------------------------------------------------------------------- */

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
