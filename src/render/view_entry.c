/*
 * The names that a template has for what an entry holds, and the wording of its facts.
 */
#include "view_entry.h"

#include "comment.h"
#include "digest/buf.h"
#include "digest/tex.h"
#include "digest/unicode.h"
#include "url.h"
#include "view.h"

#include <string.h>

enum {
	AUTHORS_WHOLE = 6, /* longest list of authors that is given in full */
	AUTHORS_FIRST = 3, /* of a longer one; the last one follows */
	SHORT_WORDS = 100, /* of an abstract that is shown in part */
	LEAD_WORDS = 50,
	LEAD_COLUMNS = 1000, /* where an abstract knows no sentences */
	SENTENCE_COLUMNS = 300,
	ARXIV_HTML_SINCE = 2312, /* year and month from whose papers on arXiv has HTML */
};

#define SEPARATOR " · "
#define REASON_SEPARATOR "; " /* as pick joins them */
#define NO_BREAK "\xc2\xa0"

static struct str
clean_into(struct arena *arena, struct str text)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);

	unicode_add_collapsed(&clean, text);
	return arena_keep(arena, &clean);
}

struct str
render_clean(struct arena *arena, struct str text)
{
	return unicode_is_one_line(text) ? text : clean_into(arena, text);
}

/* ---- TeX ---- */

/* Most text has nothing that TeX would read otherwise. */
static bool
may_be_tex(struct str text)
{
	return str_until(text, "\\$^_{~`") < text.len || str_find(text, STR("--")) >= 0 ||
	    str_find(text, STR("''")) >= 0;
}

static struct str
set_plain(struct arena *arena, struct str text)
{
	struct buf set = BUF_INIT(BUF_LIMIT);

	if (!may_be_tex(text))
		return text;
	tex_add_text(tex_parse(arena, text), &set);
	return arena_keep(arena, &set);
}

/* Adds a text that may hold TeX, set for people; a template may put a title into a link. */
static void
add_typeset(struct arena *arena, struct mustache_value *parent, const char *name, struct str text,
    bool has_links)
{
	struct buf plain = BUF_INIT(BUF_LIMIT), html = BUF_INIT(BUF_LIMIT);
	struct str clean = render_clean(arena, text);

	if (!may_be_tex(clean)) {
		mustache_add_text(arena, parent, name, clean);
		return;
	}
	const struct tex *tex = tex_parse(arena, clean);
	tex_add_text(tex, &plain);
	tex_add_html(tex, has_links, &html);
	mustache_add_typeset(
	    arena, parent, name, arena_keep(arena, &plain), arena_keep(arena, &html));
}

/* ---- what is written from right to left ---- */

static struct str
isolated(struct arena *arena, struct str text)
{
	struct buf result = BUF_INIT(BUF_LIMIT);

	if (!unicode_has_right_to_left(text))
		return text;
	unicode_add_isolated(&result, text);
	return arena_keep(arena, &result);
}

/* Adds a text of which some may be isolated: HTML has elements for that. */
static void
add_with_isolates(
    struct arena *arena, struct mustache_value *parent, const char *name, struct str text)
{
	static const char begin[] = "\u2068", end[] = "\u2069";
	struct buf html = BUF_INIT(BUF_LIMIT);
	struct str rest = text;
	ptrdiff_t at;

	while ((at = str_find(rest, str_from(begin))) >= 0) {
		struct str inside = str_skip(rest, (size_t)at + strlen(begin));
		ptrdiff_t len = str_find(inside, str_from(end));

		if (len < 0)
			break;
		buf_add_markup(&html, str_head(rest, (size_t)at));
		buf_add_string(&html, "<span dir=\"auto\">");
		buf_add_markup(&html, str_head(inside, (size_t)len));
		buf_add_string(&html, "</span>");
		rest = str_skip(inside, (size_t)len + strlen(end));
	}
	if (html.len == 0) {
		mustache_add_text(arena, parent, name, text);
		return;
	}
	buf_add_markup(&html, rest);
	mustache_add_typeset(arena, parent, name, text, arena_keep(arena, &html));
}

/* ---- people ---- */

static struct str
author_name(struct arena *arena, const struct entry_author *author)
{
	return set_plain(arena, render_clean(arena, author->name));
}

/* "A, B, C, …, Z (and 14 more)"; hidden authors are neither named nor counted. */
static struct str
authors(struct arena *arena, const struct entry *entry)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	size_t shown = 0, place = 0;

	for (size_t i = 0; i < entry->author_count; i++)
		shown += !entry->authors[i].is_hidden;
	for (size_t i = 0; i < entry->author_count; i++) {
		bool is_named =
		    shown <= AUTHORS_WHOLE || place < AUTHORS_FIRST || place + 1 == shown;

		if (entry->authors[i].is_hidden)
			continue;
		if (is_named && text.len > 0)
			buf_add_string(
			    &text, place > AUTHORS_FIRST && shown > AUTHORS_WHOLE ? ", …, " : ", ");
		if (is_named)
			unicode_add_isolated(&text, author_name(arena, &entry->authors[i]));
		place++;
	}
	if (shown > AUTHORS_WHOLE)
		buf_addf(&text, " (and" NO_BREAK "%zu" NO_BREAK "more)", shown - AUTHORS_FIRST - 1);
	return arena_keep(arena, &text);
}

/* "A. Author", "A. Author and B. Other", "A. Author et al." */
static struct str
first_authors(struct arena *arena, const struct entry *entry)
{
	const struct entry_author *shown[2] = { NULL, NULL };
	size_t count = 0;

	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		if (count < 2)
			shown[count] = &entry->authors[i];
		count++;
	}
	if (count == 0)
		return STR("");

	struct str first = author_name(arena, shown[0]);
	if (count == 1)
		return first;
	if (count > 2)
		return arena_printf(arena, "%.*s et" NO_BREAK "al.", STR_ARG(first));
	return arena_printf(
	    arena, "%.*s and %.*s", STR_ARG(first), STR_ARG(author_name(arena, shown[1])));
}

/* ---- facts ---- */

static void
add_fact(struct buf *facts, struct str fact)
{
	if (fact.len == 0)
		return;
	if (facts->len > 0)
		buf_add_string(facts, SEPARATOR);
	buf_add(facts, fact);
}

static struct str
count_of(struct arena *arena, int count, const char *what)
{
	return arena_printf(arena, "%d %s%s", count, what, count == 1 ? "" : "s");
}

/* "27 July 2026" */
static struct str
date_text(struct arena *arena, int32_t day)
{
	struct date_civil date = date_civil(day);

	return arena_printf(arena, "%d %s %d", date.day, date_month_name(date.month), date.year);
}

/* "title, abstract and authors changed" */
static void
add_changes(struct buf *text, unsigned changes)
{
	size_t left = 0;

	for (size_t i = 0; i < ENTRY_CHANGE_COUNT; i++)
		left += changes >> i & 1;
	if (left == 0)
		return;
	buf_add_string(text, ": ");
	for (size_t i = 0; i < ENTRY_CHANGE_COUNT; i++) {
		if ((changes >> i & 1) == 0)
			continue;
		left--;
		buf_addf(text, "%s%s", entry_change_name(i),
		    left == 0       ? " changed"
		        : left == 1 ? " and "
		                    : ", ");
	}
}

/* "v1 → v2: title and abstract changed" */
static struct str
update_text(struct arena *arena, const struct issue_item *item)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int to = item->entry->version;

	if (to > 0 && item->from_version > 0 && item->from_version != to)
		buf_addf(&text, "v%d → v%d", item->from_version, to);
	else if (to > 0)
		buf_addf(&text, "now v%d", to);
	else
		buf_add_string(&text, "updated");
	add_changes(&text, item->changes);
	return arena_keep(arena, &text);
}

/* What became of an entry that the reader had. */
static struct str
version_text(struct arena *arena, const struct issue_item *item)
{
	switch (item->section) {
	case ISSUE_UPDATED: return update_text(arena, item);
	case ISSUE_WITHDRAWN: return STR("withdrawn");
	default: return STR("");
	}
}

static struct str
categories(struct arena *arena, const struct entry *entry)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < entry->category_count; i++) {
		if (i > 0)
			buf_add_string(&text, ", ");
		buf_add(&text, render_clean(arena, entry->categories[i]));
	}
	return arena_keep(arena, &text);
}

static struct str
facts(struct arena *arena, const struct issue_item *item, const struct render_comment *comment,
    bool names_day)
{
	const struct entry *entry = item->entry;
	struct buf text = BUF_INIT(BUF_LIMIT);

	add_fact(&text, version_text(arena, item));
	add_fact(&text, set_plain(arena, comment->venue));
	if (entry->votes >= 0)
		add_fact(&text, count_of(arena, entry->votes, "vote"));
	if (entry->comments > 0)
		add_fact(&text, count_of(arena, entry->comments, "comment"));
	if (entry->published_at != DATE_NO_INSTANT)
		add_fact(&text, date_text(arena, date_day_of(entry->published_at)));
	if (names_day && entry->listed_on != DATE_NO_DAY)
		add_fact(&text,
		    arena_printf(arena, "listed %.3s %.*s", date_weekday_name(entry->listed_on),
		        STR_ARG(date_text(arena, entry->listed_on))));
	add_fact(&text, comment->length);
	add_fact(&text, categories(arena, entry));
	add_fact(&text, isolated(arena, render_clean(arena, entry->organisation)));
	return arena_keep(arena, &text);
}

/* A reason as a fact: a date alone. */
static struct str
as_fact(struct str reason)
{
	static const char *const verbs[] = { "published on ", "listed on " };

	for (size_t i = 0; i < 2; i++)
		if (str_starts(reason, verbs[i]))
			reason = str_skip(reason, strlen(verbs[i]));
	return reason;
}

/* Whether a fact is among those. */
static bool
is_told(struct str facts, struct str wanted)
{
	while (facts.len > 0) {
		ptrdiff_t end = str_find(facts, STR(SEPARATOR));
		struct str fact = end < 0 ? facts : str_head(facts, (size_t)end);

		if (str_equal(fact, wanted))
			return true;
		facts = end < 0 ? STR("") : str_skip(facts, (size_t)end + strlen(SEPARATOR));
	}
	return false;
}

/* Takes the next reason that those facts do not tell: nobody wants to read it twice. */
static bool
next_reason(struct str *why, struct str facts, struct str *reason)
{
	while (why->len > 0) {
		ptrdiff_t end = str_find(*why, STR(REASON_SEPARATOR));

		*reason = end < 0 ? *why : str_head(*why, (size_t)end);
		*why = end < 0 ? STR("") : str_skip(*why, (size_t)end + strlen(REASON_SEPARATOR));
		if (!is_told(facts, as_fact(*reason)))
			return true;
	}
	return false;
}

static struct str
untold_reasons(struct arena *arena, const struct issue_item *item, struct str facts)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str why = render_clean(arena, item->why), reason;

	while (next_reason(&why, facts, &reason)) {
		if (text.len > 0)
			buf_add_string(&text, REASON_SEPARATOR);
		buf_add(&text, reason);
	}
	return arena_keep(arena, &text);
}

/*
 * What an entry says of itself on a line, beside who wrote it: what became of it,
 * and why it is here.
 */
static struct str
line_facts(struct arena *arena, const struct issue_item *item, const struct render_comment *comment)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str votes = STR(""), why = render_clean(arena, item->why), reason;

	if (item->entry->votes >= 0)
		votes = count_of(arena, item->entry->votes, "vote");
	add_fact(&text, version_text(arena, item));
	add_fact(&text, set_plain(arena, comment->venue));
	add_fact(&text, votes);
	while (next_reason(&why, votes, &reason))
		add_fact(&text, as_fact(reason));
	return arena_keep(arena, &text);
}

static void
add_apart(struct buf *html, struct str text)
{
	if (text.len == 0)
		return;
	buf_add_string(
	    html, html->len > 0 ? SEPARATOR "<span dir=\"auto\">" : "<span dir=\"auto\">");
	buf_add_markup(html, text);
	buf_add_string(html, "</span>");
}

/*
 * Adds the line, true when it says something. What is written from right to left would take the
 * number after it along ("1 vote" comes apart), so each has an order of its own then.
 */
static bool
add_byline(struct arena *arena, struct mustache_value *map, const struct issue_item *item,
    const struct render_comment *comment)
{
	struct str names = first_authors(arena, item->entry);
	struct str told = line_facts(arena, item, comment);
	struct buf text = BUF_INIT(BUF_LIMIT), html = BUF_INIT(BUF_LIMIT);

	add_fact(&text, isolated(arena, names));
	add_fact(&text, told);
	if (unicode_has_right_to_left(names) || unicode_has_right_to_left(item->entry->title)) {
		add_apart(&html, names);
		add_apart(&html, told);
	}
	bool is_there = text.len > 0;
	mustache_add_typeset(
	    arena, map, "byline", arena_keep(arena, &text), arena_keep(arena, &html));
	return is_there;
}

/* ---- links ---- */

/* What a link is called: in the text part, where labels fill a column, and in HTML. */
struct label {
	const char *brief, *whole;
};

static struct label
page_label(struct str url)
{
	if (render_is_url_on(url, "arxiv.org"))
		return (struct label){ "Abstract  ", "arXiv abstract" };
	if (render_is_url_on(url, "huggingface.co"))
		return (struct label){ "HF page   ", "Hugging Face" };
	return (struct label){ "Page      ", "Read on the site" };
}

static struct label
discussion_label(struct str url)
{
	if (render_is_url_on(url, "huggingface.co"))
		return (struct label){ "HF page   ", "Hugging Face" };
	return (struct label){ "Comments  ", "Comments" };
}

static struct label
code_label(struct str url)
{
	if (render_is_url_on(url, "github.com"))
		return (struct label){ "Code      ", "Code on GitHub" };
	return (struct label){ "Code      ", "Code" };
}

static void
add_link(struct arena *arena, struct mustache_value *links, struct label label, struct str url)
{
	if (!render_is_web_url(url))
		return;
	/* Two sources may know one page under two names; a reader needs it once. */
	for (const struct mustache_value *link = links->first; link != NULL; link = link->next)
		if (str_equal(link->first->text, url))
			return;

	struct mustache_value *link = mustache_value(arena, links, "", MUSTACHE_MAP);
	mustache_add_text(arena, link, "url", url);
	mustache_add_text(arena, link, "label", str_from(label.whole));
	mustache_add_text(arena, link, "label_padded", str_from(label.brief));
}

/* arXiv's HTML, where the page is one of arXiv's for a paper that can have it; else "". */
static struct str
html_url(struct arena *arena, struct str url)
{
	ptrdiff_t at = str_find(url, STR("/abs/"));
	int64_t month;

	if (!render_is_url_on(url, "arxiv.org") || at < 0)
		return STR("");

	struct str id = str_skip(url, (size_t)at + 5);
	if (str_to_int(str_head(id, 4), ARXIV_HTML_SINCE, 9999, &month) < 0)
		return STR("");
	return arena_printf(arena, "https://arxiv.org/html/%.*s", STR_ARG(id));
}

static bool
is_code(struct str url)
{
	static const char *const hosts[] = { "github.com", "gitlab.com", "codeberg.org",
		"bitbucket.org", "anonymous.4open.science" };

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (render_is_url_on(url, hosts[i]))
			return true;
	return false;
}

/* Pages about many papers are no paper's own. */
static bool
is_project(struct str url)
{
	static const char *const hosts[] = { "arxiv.org", "doi.org", "openreview.net",
		"creativecommons.org" };

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (render_is_url_on(url, hosts[i]))
			return false;
	return !is_code(url);
}

/*
 * What the source tells, else the first URLs of their kinds in the comment or the abstract. Posts
 * link to whatever they speak of.
 */
static void
find_own_urls(const struct entry *entry, struct str *code, struct str *project)
{
	struct str texts[] = { entry->comment, entry->abstract };
	struct str url;

	*code = entry->code_url;
	*project = entry->project_url;
	if (entry->kind == ENTRY_POST)
		return;
	for (size_t i = 0; i < 2; i++) {
		while ((code->len == 0 || project->len == 0) && render_next_url(&texts[i], &url)) {
			if (code->len == 0 && is_code(url))
				*code = url;
			else if (project->len == 0 && is_project(url))
				*project = url;
		}
	}
}

/*
 * Of these links what an entry on a line names beside its title, which links to its page: what that
 * page may not lead to, or all of them where it has none. Whether there are any.
 */
static bool
add_line_links(struct arena *arena, struct mustache_value *map, const struct mustache_value *links,
    const struct entry *entry, struct str code, struct str project)
{
	struct mustache_value *list = mustache_value(arena, map, "line_links", MUSTACHE_LIST);
	bool has_page = render_is_web_url(entry->url);

	for (const struct mustache_value *link = links->first; link != NULL; link = link->next) {
		struct str url = link->first->text;

		if (has_page &&
		    (str_equal(url, entry->url) ||
		        (!str_equal(url, code) && !str_equal(url, project))))
			continue;
		struct mustache_value *copy = mustache_value(arena, list, "", MUSTACHE_MAP);
		copy->first = link->first;
		copy->last = link->last;
	}
	return list->first != NULL;
}

/* Whether an entry on a line names some of them. */
static bool
add_links(struct arena *arena, struct mustache_value *map, const struct entry *entry,
    enum render_detail detail)
{
	struct mustache_value *links = mustache_value(arena, map, "links", MUSTACHE_LIST);
	struct str code, project;

	find_own_urls(entry, &code, &project);
	add_link(arena, links, page_label(entry->url), entry->url);
	add_link(arena, links, (struct label){ "PDF       ", "PDF" }, entry->pdf_url);
	add_link(arena, links, (struct label){ "HTML      ", "HTML" }, html_url(arena, entry->url));
	add_link(arena, links, discussion_label(entry->discussion_url), entry->discussion_url);
	add_link(arena, links, code_label(code), code);
	add_link(arena, links, (struct label){ "Project   ", "Project page" }, project);
	mustache_add_text(
	    arena, map, "link", links->first != NULL ? links->first->first->text : STR(""));
	return detail < RENDER_TITLE && add_line_links(arena, map, links, entry, code, project);
}

/* ---- the entry ---- */

struct str
render_title(struct arena *arena, const struct entry *entry)
{
	struct str title = set_plain(arena, render_clean(arena, entry->title));

	return title.len > 0 ? title : STR("(without a title)");
}

static void
add_title(struct arena *arena, struct mustache_value *map, const struct entry *entry, size_t number)
{
	if (render_clean(arena, entry->title).len > 0)
		add_typeset(arena, map, "title", entry->title, false);
	else
		mustache_add_text(arena, map, "title", render_title(arena, entry));
	mustache_add_text(arena, map, "number", arena_printf(arena, "%zu", number));
	mustache_add_text(arena, map, "number_padded", arena_printf(arena, "%2zu", number));
}

enum render_detail
render_detail_of(enum issue_form form)
{
	switch (form) {
	case ISSUE_BRIEF: return RENDER_LEAD;
	case ISSUE_LINE: return RENDER_LINE;
	default: return RENDER_WHOLE;
	}
}

static struct str
shown_abstract(struct arena *arena, struct str abstract, enum render_detail detail)
{
	switch (detail) {
	case RENDER_WHOLE: return abstract;
	case RENDER_SHORT: return entry_lead(abstract, SHORT_WORDS);
	case RENDER_LEAD: return render_cut(arena, entry_lead(abstract, LEAD_WORDS), LEAD_COLUMNS);
	case RENDER_SENTENCE: return render_cut(arena, entry_lead(abstract, 1), SENTENCE_COLUMNS);
	default: return STR("");
	}
}

/* Says after that text that there is more of it, not alone on a line. */
static void
add_more(struct arena *arena, struct mustache_value *value)
{
	struct str *texts[] = { &value->text, &value->html };

	for (size_t i = 0; i < 2; i++)
		if (texts[i]->len > 0)
			*texts[i] = arena_printf(arena, "%.*s" NO_BREAK "[…]", STR_ARG(*texts[i]));
}

/* The abstract as far as it is shown. */
static void
add_paragraphs(
    struct arena *arena, struct mustache_value *map, struct str abstract, enum render_detail detail)
{
	struct str shown = shown_abstract(arena, abstract, detail);
	struct mustache_value *list = mustache_value(arena, map, "paragraphs", MUSTACHE_LIST);
	bool is_whole = shown.len == abstract.len || str_ends(shown, "…");
	struct str paragraph;

	while (str_next(&shown, '\n', &paragraph)) {
		paragraph = str_trim(render_clean(arena, paragraph));
		if (paragraph.len > 0)
			add_typeset(arena, list, "", paragraph, true);
	}
	if (!is_whole && list->last != NULL)
		add_more(arena, list->last);
}

static void
add_flag(struct arena *arena, struct mustache_value *map, const char *name, bool value)
{
	mustache_value(arena, map, name, value ? MUSTACHE_TRUE : MUSTACHE_NOTHING);
}

static void
add_picture(struct arena *arena, struct mustache_value *map, const struct issue_item *item)
{
	const struct issue_picture *picture = item->picture;

	if (picture == NULL)
		return;
	struct mustache_value *made = mustache_value(arena, map, "picture", MUSTACHE_MAP);
	mustache_add_text(
	    arena, made, "src", arena_printf(arena, "cid:%.*s", STR_ARG(picture->id)));
	mustache_add_text(arena, made, "width", arena_printf(arena, "%u", picture->width));
	mustache_add_text(arena, made, "height", arena_printf(arena, "%u", picture->height));
	struct str title = render_title(arena, item->entry);
	mustache_add_text(
	    arena, made, "alt", arena_printf(arena, "Picture of “%.*s”", STR_ARG(title)));
}

/* Of what was withdrawn, comment and abstract often say so in the same words. */
static bool
says_the_same(struct str comment, struct str abstract)
{
	struct str said = str_trim(abstract);

	if (str_ends(said, "."))
		said = str_head(said, said.len - 1);
	return said.len > 0 && str_equal(str_head(comment, said.len), said);
}

struct mustache_value *
render_view_entry(
    struct arena *arena, const struct issue_item *item, const struct render_place *place)
{
	struct mustache_value *map = mustache_value(arena, NULL, "", MUSTACHE_MAP);
	const struct entry *entry = item->entry;
	struct render_comment comment =
	    render_read_comment(arena, render_clean(arena, entry->comment));

	add_title(arena, map, entry, place->number);
	mustache_add_text(arena, map, "key", render_clean(arena, entry_key(entry)));
	mustache_add_text(arena, map, "url", render_is_web_url(entry->url) ? entry->url : STR(""));
	mustache_add_text(arena, map, "section", str_from(issue_section_name(item->section)));
	add_flag(arena, map, "is_line", place->detail >= RENDER_SENTENCE);
	add_flag(arena, map, "is_title", place->detail == RENDER_TITLE);
	if (item->section != ISSUE_WITHDRAWN || !says_the_same(comment.rest, entry->abstract))
		add_paragraphs(arena, map, entry->abstract, place->detail);

	bool has_links = add_links(arena, map, entry, place->detail);
	bool has_byline = place->detail < RENDER_TITLE && add_byline(arena, map, item, &comment);
	add_flag(arena, map, "has_byline", has_links || has_byline);
	if (place->detail >= RENDER_SENTENCE)
		return map;
	add_picture(arena, map, item);
	add_with_isolates(arena, map, "authors", authors(arena, entry));
	struct str told = facts(arena, item, &comment, place->names_day);
	add_with_isolates(arena, map, "facts", told);
	add_typeset(arena, map, "comment", comment.rest, true);
	add_typeset(arena, map, "journal", entry->journal_ref, true);
	mustache_add_text(arena, map, "why", untold_reasons(arena, item, told));
	return map;
}
