/*
 * Maps Hugging Face's paper object to an entry. How the object got here is the formats' business.
 */
#include "hf_item.h"

#include "json_listing.h"

#include "digest/identity.h"

#include <limits.h>

struct str
hf_item_url(struct arena *arena, struct str id)
{
	return entry_text_url(
	    arena, arena_printf(arena, "https://huggingface.co/papers/%.*s", STR_ARG(id)));
}

static int
count_of(const struct json *json)
{
	int64_t value = json_int(json, -1);
	return value >= 0 && value <= INT_MAX ? (int)value : -1;
}

/* As people typed it: with blanks around it and a slash after it. */
static struct str
tidy_url(struct arena *arena, const struct json *url)
{
	struct str text = str_trim(json_text(url));
	while (str_ends(text, "/"))
		text = str_head(text, text.len - 1);
	return entry_text_url(arena, text);
}

static void
add_authors(struct entry *entry, struct arena *arena, const struct json *authors)
{
	const struct json *author;
	for (author = json_first(authors); author != NULL; author = json_after(author)) {
		struct str name = json_text(author);
		if (json_is_object(author))
			name = json_text(json_get(author, "name"));
		entry_add_author(
		    entry, arena, name, STR(""), json_is_true(json_get(author, "hidden")));
	}
}

/* From 2025-09-29 to 2025-10-02 it was called submitterOrganization. */
static struct str
organisation(struct arena *arena, const struct json *item, const struct json *paper)
{
	const struct json *organisation = json_get(paper, "organization");
	if (!json_is_object(organisation))
		organisation = json_get(item, "organization");
	if (!json_is_object(organisation))
		organisation = json_get(item, "submitterOrganization");
	return entry_text_line(arena,
	    json_listing_either(
	        json_get(organisation, "fullname"), json_get(organisation, "name")));
}

/*
 * The item's own publishedAt means one thing until 2025-03-10 and another since, and neither is a
 * publication: it is never read.
 */
static void
add_dates(struct entry *entry, const struct json *paper)
{
	int64_t listed_at;
	date_parse_instant(json_text(json_get(paper, "publishedAt")), &entry->published_at);
	if (date_parse_instant(json_text(json_get(paper, "submittedOnDailyAt")), &listed_at) == 0)
		entry->listed_on = date_day_of(listed_at);
}

/* Nearly all identifiers are arXiv's; other papers are read where they are listed. */
static void
set_names(struct entry *entry, struct arena *arena, struct str id)
{
	struct str arxiv_id;
	int version;
	if (identity_arxiv(arena, id, &arxiv_id, &version) == 0) {
		identity_add(entry, arena, id);
		entry->discussion_url = hf_item_url(arena, arxiv_id);
		return;
	}
	entry->discussion_url = entry->url = hf_item_url(arena, id);
	identity_add(entry, arena, entry->url);
}

static int
emit_paper(const struct json *item, const struct json *paper, struct format_reader *reader,
    struct err *err)
{
	struct arena *arena = reader->arena;
	struct str id = str_trim(json_text(json_get(paper, "id")));
	struct entry entry;

	entry_init(&entry);
	set_names(&entry, arena, id);
	entry_set_title(
	    &entry, arena, json_listing_either(json_get(paper, "title"), json_get(item, "title")));
	entry.abstract = entry_text_paragraphs(
	    arena, json_listing_either(json_get(paper, "summary"), json_get(item, "summary")));
	add_authors(&entry, arena, json_get(paper, "authors"));
	entry.organisation = organisation(arena, item, paper);
	entry.code_url = tidy_url(arena, json_get(paper, "githubRepo"));
	entry.project_url = entry_text_url(arena, json_text(json_get(paper, "projectPage")));
	entry.image_url = entry_text_url(arena, json_text(json_get(item, "thumbnail")));
	add_dates(&entry, paper);
	entry.votes = count_of(json_get(paper, "upvotes"));
	entry.comments = count_of(json_get(item, "numComments"));
	return format_emit(reader, &entry, err);
}

int
hf_item_read(const struct json *item, struct format_reader *reader, struct err *err)
{
	const struct json *paper = json_get(item, "paper");

	if (paper == NULL)
		paper = item;
	if (!json_is_object(paper)) {
		format_skip(reader, "its 'paper' is %s", json_type_name(paper));
		return 0;
	}
	const struct json *id = json_get(paper, "id");
	if (id != NULL && !json_is_string(id)) {
		format_skip(reader, "its 'id' is %s", json_type_name(id));
		return 0;
	}
	if (str_trim(json_text(id)).len == 0) {
		format_skip(reader, "has no paper identifier");
		return 0;
	}
	return emit_paper(item, paper, reader, err);
}

void
hf_item_read_day(const struct json *page, struct format_reader *reader)
{
	struct date_reading reading;

	/* "date" until 2024 at least, "dateString" in 2026, when pages of a week and a month are
	 * "2026-W31" and "2026-07": their papers name their days themselves. */
	struct str date = json_listing_either(json_get(page, "dateString"), json_get(page, "date"));
	struct str period = json_text(json_get(page, "periodType"));
	if (period.len > 0 && !str_is(period, "day"))
		return;
	if (date_read(date, &reading) == 0 && reading.precision >= DATE_PRECISION_DAY)
		reader->listing.day = date_day_of(reading.instant);
}

int
hf_item_read_page(const struct json *page, struct format_reader *reader, struct err *err)
{
	const struct json *papers = json_get(page, "dailyPapers");
	const struct json *item;

	if (!json_is_array(papers))
		return err_set(err, EX_DATAERR, "the page's data has no 'dailyPapers'");
	hf_item_read_day(page, reader);
	for (item = json_first(papers); item != NULL; item = json_after(item)) {
		if (json_listing_is_item(item, reader) && hf_item_read(item, reader, err) < 0)
			return -1;
	}
	return 0;
}
