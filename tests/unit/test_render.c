/*
 * Rendering: what the parts of an issue hold, what no text from outside can do to them, templates
 * of the user's own, and whole messages.
 */
#include "folder.h"
#include "unit.h"

#include "digest/mime.h"
#include "digest/render.h"
#include "digest/unicode.h"
#include "src/render/comment.h"
#include "src/render/layout.h"
#include "src/render/theme.h"
#include "src/render/url.h"
#include "src/render/view.h"

/* ---- issues to render ---- */

struct fixture {
	struct arena *arena;
	struct issue issue;
	struct render_options options;
	struct render_parts parts;
	struct err err;
	struct folder folder;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	f->issue = (struct issue){
		.list = STR("daily"),
		.title = STR("Daily papers"),
		.date = 20661, /* 2026-07-27, a Monday */
		.made_at = 1785139200,
		.contact = STR("desk@example.com"),
		.why_you = STR("You asked for it."),
		.origin = STR("A Listing"),
	};
	f->options = (struct render_options){
		.template_name = "daily",
		.template_folder = "",
		.kind = MESSAGE_TO_LIST,
		.unsubscribe = "mailto:digest@example.com?subject=unsubscribe%20\x03",
	};
	f->parts = (struct render_parts)RENDER_PARTS_INIT;
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->folder.path[0] != '\0')
		folder_remove(&f->folder);
	render_parts_release(&f->parts);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct entry *
add(struct fixture *f, const char *title)
{
	struct entry *entry = arena_alloc(f->arena, sizeof(*entry));

	entry_init(entry);
	entry->title = str_from(title);
	entry->listed_on = f->issue.date;
	entry->url = STR("https://arxiv.org/abs/2607.00001");
	f->issue.items =
	    arena_grow(f->arena, f->issue.items, &f->issue.item_count, sizeof(*f->issue.items));
	f->issue.items[f->issue.item_count - 1].entry = entry;
	return entry;
}

static void
render(struct fixture *f)
{
	issue_count(&f->issue);
	if (render_issue(&f->issue, &f->options, &f->parts, &f->err) < 0)
		fail_msg("%s", f->err.text);
}

static bool
contains(const struct buf *text, const char *needle)
{
	return str_find(buf_str(text), str_from(needle)) >= 0;
}

static void
assert_contains(const struct buf *text, const char *needle)
{
	if (!contains(text, needle))
		fail_msg("\"%s\" is not in:\n%s", needle, text->ptr);
}

static void
assert_lacks(const struct buf *text, const char *needle)
{
	if (contains(text, needle))
		fail_msg("\"%s\" is in:\n%s", needle, text->ptr);
}

/* ---- subjects ---- */

static void
subjects(void **state)
{
	struct fixture *f = *state;

	render(f);
	assert_str(buf_str(&f->parts.subject), "Daily papers, Mon 27 Jul: nothing new");
	add(f, "One Title");
	render(f);
	assert_str(buf_str(&f->parts.subject), "Daily papers, Mon 27 Jul: One Title");
	add(f, "Another");
	add(f, "Third");
	render(f);
	assert_str(buf_str(&f->parts.subject), "Daily papers, Mon 27 Jul: One Title and 2 more");
}

static void
long_subjects_end_at_a_word(void **state)
{
	struct fixture *f = *state;

	add(f,
	    "A very long title that goes on about one thing: and then about another, and which "
	    "never seems to end because of all it says");
	add(f, "Another");
	render(f);
	assert_str(buf_str(&f->parts.subject),
	    "Daily papers, Mon 27 Jul: A very long title that goes on about one thing: and then "
	    "about "
	    "another, and which… and 1 more");
	assert_true(unicode_width(buf_str(&f->parts.subject)) <= 120);

	f->issue.title =
	    STR("A list whose title alone is longer than what a subject should have and "
	        "which therefore leaves nothing at all for any paper that it might list");
	render(f);
	assert_true(unicode_width(buf_str(&f->parts.subject)) <= 120);
	assert_true(str_ends(buf_str(&f->parts.subject), "…"));
}

static void
a_subject_is_one_line(void **state)
{
	struct fixture *f = *state;

	add(f, "Title\r\nBcc: everyone@example.com\x1b[31m\xc2\x9b");
	f->issue.title = STR("Daily\npapers");
	render(f);
	assert_str(buf_str(&f->parts.subject),
	    "Daily papers, Mon 27 Jul: Title Bcc: everyone@example.com[31m");
}

static void
cutting(void **state)
{
	struct fixture *f = *state;

	assert_str(render_cut(f->arena, STR("abc def"), 7), "abc def");
	assert_str(render_cut(f->arena, STR("abc def ghi"), 9), "abc def…");
	assert_str(render_cut(f->arena, STR("abc, def ghi"), 7), "abc…");
	assert_str(render_cut(f->arena, STR("abcdefghijkl"), 6), "abcde…");
	assert_str(render_cut(f->arena, STR("語言模型語言模型"), 9), "語言模型…");
	assert_str(render_cut(f->arena, STR("abc"), 0), "…");
}

/* ---- the text part ---- */

/* Lines of at most `columns` unless one word is longer, no blanks at their ends, few empty ones. */
static void
check_layout(const struct buf *text, size_t columns)
{
	struct str rest = buf_str(text), line;
	size_t empty = 0;

	assert_true(str_ends(rest, "\n") && !str_starts(rest, "\n") && !str_ends(rest, "\n\n"));
	while (str_next(&rest, '\n', &line)) {
		struct str words = str_trim(line);
		ptrdiff_t blank = str_find_char(words, ' ');

		if (unicode_width(line) > columns && blank >= 0 && blank < 12 &&
		    str_find(words, STR("://")) < 0)
			fail_msg("too long: %.*s", STR_ARG(line));
		assert_false(str_ends(line, " "));
		empty = line.len == 0 ? empty + 1 : 0;
		assert_true(empty <= 2);
	}
}

static void
text_says_all(void **state)
{
	struct fixture *f = *state;
	struct entry *entry =
	    add(f, "A Title that is long enough to be wrapped behind its number, once");

	entry->abstract =
	    STR("First paragraph.\nSecond paragraph, which is long enough to be wrapped.");
	entry->pdf_url = STR("https://arxiv.org/pdf/2607.00001");
	entry->discussion_url = STR("https://huggingface.co/papers/2607.00001");
	entry->code_url = STR("https://github.com/example/code");
	entry->project_url = STR("https://example.org/");
	entry->votes = 118;
	entry->comments = 1;
	entry->published_at = 1784851200; /* 2026-07-24 */
	entry->organisation = STR("An Organisation");
	entry->comment = STR("Accepted at ICML 2026, 12 pages. With an erratum");
	entry->journal_ref = STR("Journal 1");
	entry_add_category(entry, f->arena, STR("cs.CL"));
	entry_add_category(entry, f->arena, STR("cs.LG"));
	f->issue.items[0].why = STR("matched by 'agents'");
	f->issue.notes = (struct str[]){ STR("A note.") };
	f->issue.note_count = 1;
	render(f);
	assert_str(buf_str(&f->parts.text),
	    "Daily papers · Monday, 27 July 2026\n"
	    "1 new paper · A Listing · 1 minute of reading\n"
	    "\n"
	    "Note: A note.\n"
	    "\n"
	    "\n"
	    " 1. A Title that is long enough to be wrapped behind its number, once\n"
	    "    Accepted at ICML 2026 · 118 votes · 1 comment · 24 July 2026 · 12\n"
	    "    pages · cs.CL, cs.LG · An Organisation\n"
	    "    With an erratum\n"
	    "    Journal 1\n"
	    "    Why here: matched by 'agents'\n"
	    "\n"
	    "    First paragraph.\n"
	    "\n"
	    "    Second paragraph, which is long enough to be wrapped.\n"
	    "\n"
	    "    Abstract  https://arxiv.org/abs/2607.00001\n"
	    "    PDF       https://arxiv.org/pdf/2607.00001\n"
	    "    HTML      https://arxiv.org/html/2607.00001\n"
	    "    HF page   https://huggingface.co/papers/2607.00001\n"
	    "    Code      https://github.com/example/code\n"
	    "    Project   https://example.org/\n"
	    "\n"
	    "\n"
	    "------------------------------------------------------------------------\n"
	    "You asked for it.\n"
	    "Questions and requests go to desk@example.com.\n"
	    "Listed by A Listing.\n");
}

static void
what_the_facts_tell_is_no_reason(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "A Title");

	entry->votes = 12;
	entry->published_at = 1784851200; /* 2026-07-24 */
	f->issue.items[0].why = STR("12 votes; published on 24 July 2026");
	render(f);
	assert_lacks(&f->parts.text, "Why here");
	assert_lacks(&f->parts.html, "Why here");
	f->issue.items[0].why = STR("2 votes; 12 votes; matched by 'agents'");
	render(f);
	assert_contains(&f->parts.text, "    Why here: 2 votes; matched by 'agents'\n");

	f->issue.items[0].form = ISSUE_LINE;
	f->issue.items[0].why = STR("12 votes; published on 24 July 2026; matched by 'agents'");
	render(f);
	assert_contains(&f->parts.text, "    12 votes · 24 July 2026 · matched by 'agents'\n");
}

/* A line names what its page may not lead to; without a page all that there is. */
static void
links_of_entries_on_a_line(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "A Title");

	entry->pdf_url = STR("https://arxiv.org/pdf/2607.00001");
	entry->abstract = STR("The code is at https://github.com/example/code.");
	entry->project_url = STR("https://example.org/");
	f->issue.items[0].form = ISSUE_LINE;
	render(f);
	assert_contains(&f->parts.text,
	    "    https://arxiv.org/abs/2607.00001\n"
	    "    https://github.com/example/code\n"
	    "    https://example.org/\n");
	assert_contains(&f->parts.html,
	    "<p class=\"f\"><a href=\"https://github.com/example/code\">Code on GitHub</a> "
	    "<a href=\"https://example.org/\">Project page</a> </p>");
	assert_lacks(&f->parts.html, "/pdf/");

	entry->url = STR("");
	render(f);
	assert_contains(&f->parts.text, "    https://arxiv.org/pdf/2607.00001\n");
	assert_contains(&f->parts.html, "<a href=\"https://arxiv.org/pdf/2607.00001\">PDF</a> ");

	/* Posts link to whatever they speak of. */
	entry->kind = ENTRY_POST;
	render(f);
	assert_lacks(&f->parts.html, "Code on GitHub");
}

static void
an_empty_issue_says_so(void **state)
{
	struct fixture *f = *state;

	f->issue.contact = f->issue.why_you = f->issue.origin = STR("");
	render(f);
	assert_str(buf_str(&f->parts.text),
	    "Daily papers · Monday, 27 July 2026\n"
	    "Nothing new\n"
	    "\n"
	    "\n"
	    "------------------------------------------------------------------------\n");
	assert_contains(&f->parts.html, "Nothing new");
}

static void
authors_are_shortened_with_their_count(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	entry_add_author(entry, f->arena, STR("A"), STR(""), false);
	entry_add_author(entry, f->arena, STR("Hidden"), STR(""), true);
	for (const char *name = "BCDEF"; *name != '\0'; name++)
		entry_add_author(entry, f->arena, (struct str){ name, 1 }, STR(""), false);
	render(f);
	assert_contains(&f->parts.text, "    A, B, C, D, E, F\n");
	entry_add_author(entry, f->arena, STR("G"), STR(""), false);
	render(f);
	assert_contains(&f->parts.text,
	    "    A, B, C, …, G (and\xc2\xa0"
	    "3\xc2\xa0more)\n");
	assert_lacks(&f->parts.text, "Hidden");
	assert_lacks(&f->parts.html, "Hidden");
}

static void
what_is_counted(void **state)
{
	struct fixture *f = *state;

	add(f, "One");
	add(f, "Two")->kind = ENTRY_POST;
	render(f);
	assert_contains(&f->parts.text, "2 new entries · ");
	f->issue.items[0].entry->kind = ENTRY_POST;
	render(f);
	assert_contains(&f->parts.text, "2 new posts · ");
	f->issue.items[1].section = ISSUE_UPDATED;
	render(f);
	assert_contains(&f->parts.text, "1 new post, 1 updated · ");
	f->issue.items[0].section = ISSUE_UPDATED;
	render(f);
	assert_contains(&f->parts.text, "2 updated posts · ");
}

static void
contents_only_where_they_help(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		add(f, "Some title");
	render(f);
	assert_lacks(&f->parts.text, "In this issue");
	assert_lacks(&f->parts.html, "In this issue");
	add(f, "The sixth");
	render(f);
	assert_contains(&f->parts.text, "In this issue\n\n 1. Some title\n");
	assert_contains(&f->parts.html, "<li><a href=\"#p6\">The sixth</a></li>");
	assert_contains(&f->parts.html, "id=\"p6\"");
}

static void
days_are_headings(void **state)
{
	struct fixture *f = *state;

	add(f, "One");
	add(f, "Two");
	render(f);
	assert_lacks(&f->parts.text, "Monday, 27 July 2026\n--");
	f->issue.items[1].entry->listed_on++;
	add(f, "Three")->listed_on = DATE_NO_DAY;
	add(f, "Four")->version = 2;
	f->issue.items[3].section = ISSUE_UPDATED;
	f->issue.items[3].from_version = 1;
	render(f);
	assert_contains(
	    &f->parts.text, "\n\nMonday, 27 July 2026\n--------------------\n\n 1. One\n");
	assert_contains(
	    &f->parts.text, "\n\nTuesday, 28 July 2026\n---------------------\n\n 2. Two\n");
	assert_contains(&f->parts.text, "\n\nWithout a day\n-------------\n\n 3. Three\n");
	assert_contains(&f->parts.text, "\n\nUpdated\n-------\n\n 4. Four\n    v1 → v2\n");
	assert_contains(
	    &f->parts.html, "<h2 class=\"group day\" id=\"g2\">Tuesday, 28 July 2026</h2>");
	assert_contains(&f->parts.html, "<h3>2. ");
}

/* Where a list of all titles would not help, the headings stand for the contents. */
static void
long_issues_have_an_outline(void **state)
{
	struct fixture *f = *state;

	for (const char *title = "ABCDEF"; *title != '\0'; title++)
		add(f, arena_printf(f->arena, "%c", *title).ptr);
	f->issue.items[5].entry->listed_on++;
	render(f);
	assert_contains(&f->parts.html, "<li><a href=\"#p6\">F</a></li>");
	assert_lacks(&f->parts.html, "href=\"#g1\"");
	f->issue.items[5].form = ISSUE_LINE;
	render(f);
	assert_lacks(&f->parts.html, "<li>");
	assert_contains(&f->parts.html,
	    "<p><a href=\"#g1\">Monday, 27 July 2026</a> <span class=\"soft\">· 5 "
	    "papers</span></p>\n"
	    "<p><a href=\"#g2\">Tuesday, 28 July 2026</a> <span class=\"soft\">· 1 "
	    "paper</span></p>\n");
	f->issue.items[5].entry->listed_on--;
	render(f);
	assert_lacks(&f->parts.html, "In this issue");
}

static void
groups_are_headings(void **state)
{
	struct fixture *f = *state;

	for (const char *title = "ABCD"; *title != '\0'; title++)
		add(f, arena_printf(f->arena, "%c", *title).ptr);
	f->issue.items[0].group = f->issue.items[2].group = STR("cs.CL");
	f->issue.items[1].group = STR("<cs.LG>");
	f->issue.items[3].section = ISSUE_UPDATED;
	f->issue.items[1].entry->listed_on++;
	f->issue.grouping = ISSUE_BY_GROUP;
	issue_group(&f->issue);
	render(f);
	assert_contains(&f->parts.text, "\n\ncs.CL\n-----\n\n 1. A\n");
	assert_contains(&f->parts.text, " 2. C\n");
	assert_contains(&f->parts.text, "\n\n<cs.LG>\n-------\n\n 3. B\n");
	assert_contains(&f->parts.text, "\n\nUpdated\n-------\n\n 4. D\n");
	assert_contains(&f->parts.html, "&lt;cs.LG&gt;</h2>");
	f->issue.grouping = ISSUE_UNGROUPED;
	f->issue.item_count = 3;
	render(f);
	assert_lacks(&f->parts.text, "cs.CL\n");
	assert_lacks(&f->parts.text, "2026\n--");
}

static void
a_ranking_is_not_torn_into_days(void **state)
{
	struct fixture *f = *state;

	add(f, "One");
	add(f, "Two")->listed_on++;
	add(f, "Three");
	render(f);
	assert_lacks(&f->parts.text, "-----\n\n 1.");
	assert_contains(&f->parts.text, " 1. One\n    listed Mon 27 July 2026\n");
	assert_contains(&f->parts.text, " 2. Two\n    listed Tue 28 July 2026\n");
	assert_contains(&f->parts.html, "<h2>2. ");
}

static void
versions(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	f->issue.items[0].section = ISSUE_UPDATED;
	render(f);
	assert_contains(&f->parts.text, "\n    updated\n");
	entry->version = 3;
	render(f);
	assert_contains(&f->parts.text, "\n    now v3\n");
	f->issue.items[0].from_version = 3;
	render(f);
	assert_contains(&f->parts.text, "\n    now v3\n");
}

static void
a_withdrawal_is_told_once(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	f->issue.items[0].section = ISSUE_WITHDRAWN;
	entry->comment = STR("This paper has been withdrawn by the author due to an error");
	entry->abstract = STR("This paper has been withdrawn by the author.");
	render(f);
	assert_contains(&f->parts.text, "withdrawn by the author due to an error\n");
	assert_lacks(&f->parts.text, "withdrawn by the author.");
	entry->abstract = STR("What it said.");
	render(f);
	assert_contains(&f->parts.text, "    What it said.\n");
}

static void
links_are_called_by_where_they_lead(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	entry->url = STR("https://huggingface.co/papers/1");
	entry->discussion_url = entry->url;
	entry->code_url = STR("https://gitlab.example.com/x");
	render(f);
	assert_contains(&f->parts.text, "    HF page   https://huggingface.co/papers/1\n    Code");
	assert_contains(
	    &f->parts.html, "Face</a> <a href=\"https://gitlab.example.com/x\">Code</a> </p>");
	entry->url = STR("https://example.org/arxiv.org");
	entry->discussion_url = STR("https://news.example.org/1");
	render(f);
	assert_contains(&f->parts.text, "    Page      https://example.org/arxiv.org\n");
	assert_contains(&f->parts.text, "    Comments  https://news.example.org/1\n");
	entry->url = STR("");
	render(f);
	assert_contains(&f->parts.html, "<h2>1. T</h2>");
	assert_contains(&f->parts.html, ">Comments</a>");
}

static void
links_are_found_in_comment_and_abstract(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	entry->abstract = STR("See https://doi.org/10.1/x and (https://example.org/p_(1)). Code: "
	                      "\\url{https://github.com/example/two}.");
	render(f);
	assert_contains(&f->parts.text, "    Code      https://github.com/example/two\n");
	assert_contains(&f->parts.text, "    Project   https://example.org/p_(1)\n");
	entry->comment = STR("httpd, https://gitlab.com/example/one");
	entry->project_url = STR("https://told.example/");
	render(f);
	assert_contains(&f->parts.text, "    Code      https://gitlab.com/example/one\n");
	assert_contains(&f->parts.text, "    Project   https://told.example/\n");
}

static void
html_of_papers_that_have_it(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "T");

	entry->url = STR("http://arxiv.org/abs/2312.00001v2");
	render(f);
	assert_contains(&f->parts.html, "\"https://arxiv.org/html/2312.00001v2\">HTML</a>");
	entry->url = STR("http://arxiv.org/abs/2311.00001");
	render(f);
	assert_lacks(&f->parts.html, "/html/");
	entry->url = STR("http://arxiv.org/abs/hep-th/9901001");
	render(f);
	assert_lacks(&f->parts.html, "/html/");
}

static void
check_comment(const char *comment, const char *venue, const char *length, const char *rest)
{
	struct arena *arena = arena_new();
	struct render_comment read = render_read_comment(arena, str_from(comment));

	assert_str(read.venue, venue);
	assert_str(read.length, length);
	assert_str(read.rest, rest);
	arena_free(arena);
}

static void
comments_are_read(void **state)
{
	(void)state;
	check_comment("", "", "", "");
	check_comment("12 pages, 5 figures", "", "12 pages, 5 figures", "");
	check_comment(
	    "12 pages and 5 figures; in French", "", "12 pages and 5 figures", "in French");
	check_comment("Accepted to the Conference on Things (ICT, 2026), 8 pages.",
	    "Accepted to the Conference on Things (ICT, 2026)", "8 pages", "");
	check_comment("NeurIPS 2025 (Oral)", "NeurIPS 2025 (Oral)", "", "");
	check_comment("To appear in Proc. of the Society, 2026",
	    "To appear in Proc. of the Society, 2026", "", "");
	check_comment("Published in J. Things vol. 3. 9 pp. http://a.example/",
	    "Published in J. Things vol. 3", "9 pp", "http://a.example/");
	check_comment("Submitted to ICML 2026", "", "", "Submitted to ICML 2026");
	check_comment("ICMLX 2026", "", "", "ICMLX 2026");
	check_comment("KDD cup data, 2026", "", "", "KDD cup data, 2026");
	check_comment("12 pages of proofs", "", "", "12 pages of proofs");
	check_comment("Accepted by A, published in B", "Accepted by A", "", "published in B");
	check_comment(
	    "Code: https://example.org/a,b. 3 pp.", "", "3 pp", "Code: https://example.org/a,b.");
}

static void
accents_are_readable(void **state)
{
	struct fixture *f = *state;
	struct render_theme theme = render_theme("#0a5aa8");

	assert_string_equal(theme.accent, "#0a5aa8");
	assert_string_equal(render_theme("").accent, "#0a5aa8");
	assert_string_equal(render_theme("red;}").accent, "#0a5aa8");
	assert_string_equal(render_theme("#ffffff").accent_dark, "#ffffff");
	assert_string_not_equal(render_theme("#ffffff").accent, "#ffffff");
	assert_string_not_equal(render_theme("#000000").accent_dark, "#000000");
	f->options.accent = "#7A1FA2";
	render(f);
	assert_contains(&f->parts.html, "a { color: #7a1fa2; }");
}

/* ---- the size of the HTML part ---- */

enum { HTML_BYTES = 90000 };

static void
add_many(struct fixture *f, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct entry *entry = add(f, "");

		entry->title = arena_printf(f->arena, "Title number %zu of many papers", i + 1);
		entry->url = arena_printf(f->arena, "https://arxiv.org/abs/2607.%05zu", i + 1);
		entry->abstract = arena_printf(f->arena, "Sentence one of %zu. %s%s", i + 1,
		    "Another sentence follows it, which has a few more words than that one has. "
		    "And a third one stands here, so that there is something to leave out. ",
		    "The last one is as long as the others and says as little as they do.");
		entry_add_author(entry, f->arena, STR("An Author"), STR(""), false);
	}
}

static size_t
occurrences(const struct buf *text, const char *needle)
{
	struct str rest = buf_str(text);
	size_t count = 0;
	ptrdiff_t at;

	while ((at = str_find(rest, str_from(needle))) >= 0) {
		rest = str_skip(rest, (size_t)at + 1);
		count++;
	}
	return count;
}

static void
a_long_issue_keeps_all_titles(void **state)
{
	struct fixture *f = *state;

	add_many(f, 200);
	render(f);
	assert_true(f->parts.html.len <= HTML_BYTES && f->parts.html.len > HTML_BYTES * 95 / 100);
	assert_int_equal(occurrences(&f->parts.html, "</h2>"), 200);
	assert_contains(&f->parts.html, "Sentence one of 1. Another");
	assert_lacks(&f->parts.html, "plain text part");
	assert_contains(&f->parts.html, "</html>");
}

static void
what_does_not_fit_is_counted(void **state)
{
	struct fixture *f = *state;
	size_t shown;

	f->options.kind = MESSAGE_TO_PERSON;
	add_many(f, 2000);
	render(f);
	assert_true(f->parts.html.len <= HTML_BYTES && f->parts.html.len > HTML_BYTES * 95 / 100);
	assert_int_equal(occurrences(&f->parts.html, "</h2>"), 12);
	shown = 12 + occurrences(&f->parts.html, "<p class=\"x\">");
	assert_true(shown > 500);
	assert_contains(&f->parts.html,
	    arena_printf(f->arena, "And %zu more papers: all of them", 2000 - shown).ptr);
	assert_contains(&f->parts.html, "Sentence one of 12. […]");
	assert_lacks(&f->parts.html, "Sentence one of 13.");
	assert_contains(&f->parts.html, ">Unsubscribe from Daily papers</a>");
	assert_contains(&f->parts.html, "2000 new papers");
	for (size_t i = 1; i <= 2000; i += 333)
		assert_contains(&f->parts.text,
		    arena_printf(f->arena, "https://arxiv.org/abs/2607.%05zu\n", i).ptr);
}

static void
abstracts_shrink_from_the_end(void **state)
{
	struct fixture *f = *state;

	add_many(f, 145);
	render(f);
	assert_true(f->parts.html.len <= HTML_BYTES);
	assert_contains(&f->parts.html, "Sentence one of 1. Another");
	assert_contains(&f->parts.html, "Sentence one of 145.");
	assert_true(occurrences(&f->parts.html, " […]</p>") < 145);
	assert_true(occurrences(&f->parts.html, " […]</p>") > 0);
}

static void
hosts(void **state)
{
	(void)state;
	assert_true(render_is_url_on(STR("https://arxiv.org"), "arxiv.org"));
	assert_true(render_is_url_on(STR("https://export.arXiv.org:443/abs"), "arxiv.org"));
	assert_false(render_is_url_on(STR("https://notarxiv.org/"), "arxiv.org"));
	assert_false(render_is_url_on(STR("https://x.example/?arxiv.org"), "arxiv.org"));
	assert_false(render_is_url_on(STR("https://org"), "arxiv.org"));
	assert_false(render_is_url_on(STR("arxiv.org"), "arxiv.org"));
	assert_true(render_is_web_url(STR("http://a/")) && render_is_web_url(STR("HTTPS://a/é")));
	assert_false(render_is_web_url(STR("javascript:x")) || render_is_web_url(STR("")));
	assert_false(
	    render_is_web_url(STR("https://a/ b")) || render_is_web_url(STR("https://a/\n")));
	assert_true(render_is_unsubscribe(STR("https://a/\x03")));
	assert_false(render_is_unsubscribe(STR("http://a/")) || render_is_unsubscribe(STR("")));
	assert_false(render_is_unsubscribe(STR("mailto:a>\r\nBcc: b")));
}

static void
the_footer_speaks_to_its_reader(void **state)
{
	struct fixture *f = *state;

	add(f, "T");
	render(f);
	assert_lacks(&f->parts.text, "unsubscribe");
	assert_lacks(&f->parts.html, "nsubscribe");
	f->options.kind = MESSAGE_TO_PERSON;
	render(f);
	assert_contains(&f->parts.text,
	    "To unsubscribe, use this "
	    "link:\nmailto:digest@example.com?subject=unsubscribe%20\x03\n");
	assert_contains(&f->parts.html,
	    "<a href=\"mailto:digest@example.com?subject=unsubscribe%20\x03\">Unsubscribe from "
	    "Daily papers</a>");
	assert_contains(&f->parts.html, "<a href=\"mailto:desk@example.com\">desk@example.com</a>");
	f->options.unsubscribe = "javascript:alert(1)";
	f->issue.contact = STR("Room 1 & <2>");
	render(f);
	assert_lacks(&f->parts.html, "javascript");
	assert_contains(&f->parts.html, "go to Room 1 &amp; &lt;2&gt;.");
	f->issue.contact = STR("A <a%b&c@example.com>");
	render(f);
	assert_contains(
	    &f->parts.html, "<a href=\"mailto:a%25b%26c@example.com\">A &lt;a%b&amp;c@");
}

/* ---- text from outside ---- */

static void
markup_stays_text(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "<script>alert('x')</script> & \"q\" {{title}} {{{list}}}");

	entry->abstract = STR("</p><img src=x>");
	entry->url = STR("https://example.org/\"><script>");
	entry->pdf_url = STR("javascript:alert(1)");
	entry->code_url = STR("data:text/html,x");
	entry_add_author(entry, f->arena, STR("<b>"), STR(""), false);
	render(f);
	assert_lacks(&f->parts.html, "<script>");
	assert_lacks(&f->parts.html, "<img");
	assert_lacks(&f->parts.html, "<b>");
	assert_lacks(&f->parts.html, "javascript:");
	assert_lacks(&f->parts.html, "data:");
	assert_contains(&f->parts.html, "{{title}} {{{list}}}");
	assert_contains(&f->parts.html, "href=\"https://example.org/&quot;&gt;&lt;script&gt;\"");
	assert_contains(&f->parts.text, "<script>alert('x')</script> & \"q\" {{title}} {{{list}}}");
	assert_lacks(&f->parts.text, "javascript:");
}

static void
no_control_character_gets_through(void **state)
{
	struct fixture *f = *state;
	static const char nasty[] =
	    "a\x01\x02\x03\x0e\x0f\x1b[31m\x7f\xc2\x9b\xe2\x80\xae\xef\xbb\xbf\xff z";
	struct entry *entry = add(f, nasty);
	struct buf terminal = BUF_INIT(BUF_LIMIT);

	entry->abstract = entry->comment = entry->journal_ref = entry->organisation =
	    str_from(nasty);
	entry_add_author(entry, f->arena, str_from(nasty), STR(""), false);
	entry->author_count = 1;
	entry->authors[0].name = str_from(nasty);
	f->issue.title = f->issue.list = f->issue.why_you = f->issue.origin = str_from(nasty);
	f->issue.items[0].why = str_from(nasty);
	f->issue.contact = str_from(nasty);
	f->issue.notes = (struct str[]){ str_from(nasty) };
	f->issue.note_count = 1;
	render(f);
	assert_int_equal(render_terminal(&f->issue, &f->options, 80, false, &terminal, &f->err), 0);

	const struct buf *const texts[] = { &f->parts.subject, &f->parts.text, &f->parts.html,
		&terminal };
	for (size_t i = 0; i < 4; i++) {
		struct str text = buf_str(texts[i]);

		assert_true(unicode_is_valid(text));
		for (size_t j = 0; j < text.len; j++)
			assert_true((unsigned char)text.ptr[j] >= 0x20 || text.ptr[j] == '\n');
		assert_lacks(texts[i], "\x7f");
		assert_lacks(texts[i], "\xc2\x9b");
		assert_lacks(texts[i], "\xe2\x80\xae");
		assert_lacks(texts[i], "\xef\xbb\xbf");
		assert_contains(texts[i], "[31m");
	}
	buf_release(&terminal);
}

/* ---- layout ---- */

static void
check_wrapped(const char *text, size_t columns, bool has_colour, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	render_layout(&out, str_from(text), columns, has_colour);
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
layout(void **state)
{
	(void)state;
	check_wrapped("", 20, false, "");
	check_wrapped("\n\n \n", 20, false, "");
	check_wrapped("\n\na  \n\n\n\n\nb\n\n", 20, false, "a\n\n\nb\n");
	check_wrapped("one two three four five", 10, false, "one two\nthree four\nfive\n");
	check_wrapped("  one two three", 9, false, "  one two\n  three\n");
	check_wrapped(" 1. one two three", 12, false, " 1. one two\n    three\n");
	check_wrapped("- one two three", 9, false, "- one two\n  three\n");
	check_wrapped("1999 was a year", 9, false, "1999 was\na year\n");
	check_wrapped(
	    "  PDF  https://example.org/long", 12, false, "  PDF  https://example.org/long\n");
	check_wrapped("see it at https://example.org/ now", 12, false,
	    "see it at\nhttps://example.org/\nnow\n");
	check_wrapped("語言模型語言模型", 8, false, "語言模型\n語言模型\n");
	check_wrapped("a slot \x03 in a line that is long", 10, false,
	    "a slot \x03 in a line that is long\n");
	check_wrapped("\x0e"
	              "bold and long",
	    8, true, "\x1b[1mbold and\x1b[0m\n\x1b[1mlong\x1b[0m\n");
	check_wrapped("\x10  dim", 8, true, "  \x1b[2mdim\x1b[0m\n");
	check_wrapped("\x0e"
	              "bold and long",
	    8, false, "bold and\nlong\n");
}

static void
random_issues_keep_their_shape(void **state)
{
	struct fixture *f = *state;
	static const char *const words[] = { "a", "model", "of", "language", "日本語", "x", "état",
		"42%", "(see", "below)",
		"https://example.org/a-long-address/that/has/no/end/at-all/in-a-line" };
	uint32_t seed = 3;

	for (int round = 0; round < 60; round++) {
		struct buf text = BUF_INIT(BUF_LIMIT);

		seed = seed * 1664525u + 1013904223u;
		for (uint32_t i = 0, count = (seed >> 8) % 120; i < count; i++) {
			seed = seed * 1664525u + 1013904223u;
			buf_addf(
			    &text, "%s ", words[(seed >> 8) % (sizeof(words) / sizeof(*words))]);
		}
		struct entry *entry =
		    add(f, arena_string(f->arena, str_trim(str_head(buf_str(&text), 80))));

		if (!unicode_is_valid(entry->title))
			entry->title = STR("Plain");
		entry->abstract = arena_copy(f->arena, str_trim(buf_str(&text)));
		entry->url = arena_printf(f->arena, "https://example.org/%d", round);
		entry->listed_on += round / 10;
		buf_release(&text);
	}
	render(f);
	check_layout(&f->parts.text, 72);
	for (size_t i = 0; i < f->issue.item_count; i++)
		assert_contains(
		    &f->parts.text, arena_string(f->arena, f->issue.items[i].entry->url));
	assert_int_equal(
	    render_terminal(&f->issue, &f->options, 40, false, &f->parts.text, &f->err), 0);
}

/* ---- terminals ---- */

static void
terminals(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(BUF_LIMIT);

	add(f, "A title")->votes = 3;
	f->issue.items[0].entry->abstract = STR(
	    "Words that make a line which is longer than what a page should have, and longer than "
	    "what a wide terminal has as well, so that it must be wrapped.");
	f->options.kind = MESSAGE_TO_PERSON;
	issue_count(&f->issue);
	assert_int_equal(render_terminal(&f->issue, &f->options, 300, false, &out, &f->err), 0);
	check_layout(&out, 100);
	assert_lacks(&out, "\x1b");
	assert_contains(&out, "unsubscribe%20TOKEN\n");
	buf_reset(&out);
	assert_int_equal(render_terminal(&f->issue, &f->options, 80, true, &out, &f->err), 0);
	assert_contains(&out, "\n \x1b[1m1. A title\x1b[0m\n    \x1b[2m3 votes\x1b[0m\n");
	buf_reset(&out);
	assert_int_equal(render_terminal(&f->issue, &f->options, 0, false, &out, &f->err), 0);
	check_layout(&out, 30);

	/* At the width of mail it is the text part. */
	buf_reset(&out);
	f->options.kind = MESSAGE_TO_LIST;
	render(f);
	assert_int_equal(render_terminal(&f->issue, &f->options, 72, false, &out, &f->err), 0);
	assert_true(str_equal(buf_str(&out), buf_str(&f->parts.text)));
	buf_release(&out);
}

/* ---- data ---- */

static void
json(void **state)
{
	struct fixture *f = *state;
	struct entry *entry = add(f, "A \"title\"");
	struct buf out = BUF_INIT(BUF_LIMIT);

	entry->title_raw = STR("A \"title\"");
	issue_count(&f->issue);
	render_json(&f->issue, STR("The subject"), &out);
	assert_str(buf_str(&out),
	    "{\"list\":\"daily\",\"issue_date\":\"2026-07-27\",\"subject\":\"The "
	    "subject\",\"new\":1,"
	    "\"updated\":0,\"minutes\":1,\"notes\":[],"
	    "\"entries\":[{\"key\":null,\"version\":null,"
	    "\"title\":\"A \\\"title\\\"\",\"title_raw\":\"A \\\"title\\\"\",\"authors\":[],"
	    "\"abstract\":null,\"url\":\"https://arxiv.org/abs/2607.00001\",\"pdf_url\":null,"
	    "\"code_url\":null,\"categories\":[],\"published\":null,\"listed_on\":\"2026-07-27\","
	    "\"section\":\"new\",\"votes\":null,\"comments\":null,\"sources\":[],\"why\":null}]}"
	    "\n");
	buf_release(&out);
}

/* ---- templates ---- */

static void
write_file(struct fixture *f, const char *name, const char *text)
{
	if (f->folder.path[0] == '\0')
		folder_make(&f->folder);

	FILE *file = fopen(folder_file(&f->folder, name), "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	f->options.template_folder = f->folder.path;
}

static void
check_template_error(struct fixture *f, const char *expected)
{
	struct err err = ERR_NONE;

	assert_int_equal(
	    render_check_template(f->options.template_name, f->options.template_folder, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	if (strstr(err.text, expected) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, expected);
	err_clear(&err);
	assert_int_equal(render_issue(&f->issue, &f->options, &f->parts, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
}

static void
every_template_row_is_whole(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

#define TEMPLATE(name, help) assert_int_equal(render_check_template(#name, "", &err), 0);
#include "src/render/templates.def"
#undef TEMPLATE
}

static void
unknown_templates(void **state)
{
	struct fixture *f = *state;

	f->options.template_name = "dayly";
	check_template_error(
	    f, "template 'dayly': there is no 'dayly.subject'; did you mean 'daily'?");
	f->options.template_name = "../daily";
	check_template_error(f, "template '../daily': a name has letters");
	f->options.template_name = "";
	check_template_error(f, "a name has letters");
	write_file(f, "own.txt", "x");
	f->options.template_name = "own";
	check_template_error(f, "there is no 'own.subject' in '/tmp/digest-test-");
}

static void
files_count_before_what_is_compiled_in(void **state)
{
	struct fixture *f = *state;

	add(f, "T");
	write_file(f, "daily.txt", "\xef\xbb\xbf{{title}}\r\n\r\nonly text\r\n");
	render(f);
	assert_str(buf_str(&f->parts.text), "Daily papers\n\nonly text\n");
	assert_contains(&f->parts.html, "<!DOCTYPE html>");
	write_file(f, "daily.html", "no line end {{title}}");
	render(f);
	assert_str(buf_str(&f->parts.html), "no line end Daily papers\n");
}

static void
templates_include_others(void **state)
{
	struct fixture *f = *state;

	add(f, "T");
	write_file(f, "daily.txt", "{{#entries}}\n  {{> line}}\n{{/entries}}\n");
	write_file(f, "line.txt", "{{number}}) {{title}}\n{{> daily-end}}\n");
	check_template_error(f, "template 'daily' includes 'daily-end.txt', which cannot be found");
	write_file(f, "daily-end.txt", "end\n");
	render(f);
	assert_str(buf_str(&f->parts.text), "  1) T\n  end\n");
	write_file(f, "daily-end.txt", "{{> a/b}}\n");
	check_template_error(f, "a name has letters");
}

static void
broken_templates(void **state)
{
	struct fixture *f = *state;

	write_file(f, "daily.html", "<p>\n{{#entries}}\n");
	check_template_error(f, "/daily.html:2: a section is not closed: 'entries'");
	write_file(f, "daily.html", "<p>\n{{{title}}}\n");
	check_template_error(
	    f, "/daily.html:2: '{{{' and '{{&' would make text from outside markup");
	write_file(f, "daily.html", "\xff");
	check_template_error(f, "it is not UTF-8");
	write_file(f, "daily.html", "fine");
	write_file(f, "daily.subject", "{{nothing}}\n");

	struct err err = ERR_NONE;
	assert_int_equal(render_issue(&f->issue, &f->options, &f->parts, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_string_equal(err.text, "template 'daily': its subject is empty");
}

static void
template_files_that_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	struct buf big = BUF_INIT(BUF_LIMIT);

	buf_add_repeat(&big, 'x', (1 << 20) + 1);
	write_file(f, "daily.html", big.ptr);
	check_template_error(f, "it is larger than 1048576 bytes");
	buf_release(&big);
	assert_int_equal(unlink(folder_file(&f->folder, "daily.html")), 0);
	assert_int_equal(mkdir(folder_file(&f->folder, "daily.html"), 0700), 0);
	check_template_error(f, "Is a directory");
	f->options.template_folder = "/nonexistent-folder";
	render(f);
}

static void
template_loops_end(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_NONE;

	write_file(f, "daily.txt", "x{{> daily}}");
	assert_int_equal(render_issue(&f->issue, &f->options, &f->parts, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_non_null(strstr(err.text, "does it include itself?"));
}

/* ---- messages ---- */

static struct render_envelope
envelope_of(const struct fixture *f)
{
	return (struct render_envelope){
		.from_name = "Paper Digest",
		.from_address = "digest@example.com",
		.reply_to = "",
		.list_title = "Tülu, daily",
		.list_id = "daily.example.com",
		.owner = "desk@example.com",
		.unsubscribe = f->options.unsubscribe,
		.kind = f->options.kind,
		.date = f->issue.made_at,
	};
}

/* The names of the fields, joined by blanks, and that no line is above 78 but those of one word. */
static void
check_fields(const struct buf *message, const char *expected)
{
	struct str rest = buf_str(message), line;
	struct buf names = BUF_INIT(BUF_LIMIT);

	while (str_next_line(&rest, &line) && line.len > 0) {
		assert_true(line.len <= 78 || str_starts(line, "List-Unsubscribe: <"));
		if (line.ptr[0] == ' ')
			continue;
		buf_addf(&names, "%s%.*s", names.len > 0 ? " " : "", (int)str_find_char(line, ':'),
		    line.ptr);
	}
	assert_str(buf_str(&names), expected);
	buf_release(&names);
}

static void
messages_to_lists_carry_no_list_fields(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(f);

	add(f, "Ein Tülu-Papier");
	render(f);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	check_fields(&message, "Date From To Subject Message-ID MIME-Version Content-Type");
	assert_contains(&message,
	    "Date: Mon, 27 Jul 2026 08:00:00 +0000\r\nFrom: Paper Digest <digest@example.com>\r\n"
	    "To: \x01\r\nSubject: Daily papers, Mon 27 Jul: Ein =?utf-8?Q?T=C3=BClu-Papier?=\r\n"
	    "Message-ID: <\x02>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);
	envelope.reply_to = "Desk, the <desk@example.com>";
	buf_reset(&message);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	check_fields(
	    &message, "Date From Reply-To To Subject Message-ID MIME-Version Content-Type");
	assert_contains(&message, "\r\nReply-To: \"Desk, the\" <desk@example.com>\r\n");
	buf_release(&message);
}

static void
messages_to_persons_do(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT), filled = BUF_INIT(BUF_LIMIT);

	add(f, "T");
	f->options.kind = MESSAGE_TO_PERSON;
	render(f);
	struct render_envelope envelope = envelope_of(f);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	check_fields(&message,
	    "Date From To Subject Message-ID List-Id List-Unsubscribe List-Help "
	    "List-Owner Auto-Submitted Precedence MIME-Version Content-Type");
	assert_contains(&message,
	    "List-Id: =?utf-8?Q?T=C3=BClu=2C_daily?= <daily.example.com>\r\n"
	    "List-Unsubscribe: <mailto:digest@example.com?subject=unsubscribe%20\x03>\r\n"
	    "List-Help: <mailto:desk@example.com?subject=help>\r\n"
	    "List-Owner: <mailto:desk@example.com>\r\n"
	    "Auto-Submitted: auto-generated\r\nPrecedence: list\r\n");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);

	/* A filled one still reads, and says what was filled in. */
	message_fill(&filled, buf_str(&message), "a@example.com", "1@example.com", "tok3n");
	struct mime_parts parts = MIME_PARTS_INIT;
	assert_int_equal(mime_read_message(&parts, buf_str(&filled), &f->err), 0);
	assert_int_equal(parts.attached.len, 0);
	assert_contains(&parts.text, "unsubscribe%20tok3n\n");
	assert_contains(&parts.html, "unsubscribe%20tok3n\">");

	envelope.owner = envelope.unsubscribe = "";
	buf_reset(&message);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	check_fields(&message,
	    "Date From To Subject Message-ID List-Id Auto-Submitted Precedence "
	    "MIME-Version Content-Type");
	envelope.owner = "nobody in particular";
	buf_reset(&message);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	assert_lacks(&message, "List-Owner");
	buf_release(&message);
	buf_release(&filled);
	mime_parts_release(&parts);
}

static void
check_envelope_error(
    struct fixture *f, const struct render_envelope *envelope, const char *expected)
{
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	assert_int_equal(render_message(&f->parts, envelope, &message, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	if (strstr(err.text, expected) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, expected);
	buf_release(&message);
}

static void
bad_envelopes(void **state)
{
	struct fixture *f = *state;

	f->options.kind = MESSAGE_TO_PERSON;
	render(f);
	struct render_envelope envelope = envelope_of(f);
	envelope.from_address = "digest@example.com\r\nBcc: x@example.com";
	check_envelope_error(
	    f, &envelope, "From: address 'digest@example.comBcc: x@example.com': a control");
	envelope.from_address = "";
	check_envelope_error(f, &envelope, "From: address '': it is empty");
	envelope = envelope_of(f);
	envelope.reply_to = "a <b@example.com";
	check_envelope_error(f, &envelope, "Reply-To: this is no mailbox: 'a <b@example.com'");
	envelope.reply_to = "nobody";
	check_envelope_error(f, &envelope, "Reply-To: address 'nobody': no '@' in it");
	envelope = envelope_of(f);
	envelope.unsubscribe = "javascript:x";
	check_envelope_error(f, &envelope, "List-Unsubscribe: this is no mailto: or https: URL");
}

static void
names_cannot_add_fields(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT);

	f->options.kind = MESSAGE_TO_PERSON;
	render(f);
	struct render_envelope envelope = envelope_of(f);
	envelope.from_name = "x\r\nBcc: a@example.com";
	envelope.list_title = "x\nBcc: a@example.com";
	envelope.list_id = "x>\r\nBcc: a@example.com";
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	assert_lacks(&message, "\nBcc");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);
	buf_release(&message);
}

static void
a_changed_message_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(f);

	add(f, "Title");
	render(f);
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	for (size_t i = (size_t)str_find(buf_str(&message), STR("\r\n\r\n")); i < message.len;
	     i += 7) {
		struct err err = ERR_NONE;
		char was = message.ptr[i];

		message.ptr[i] = was == 'x' ? 'y' : 'x';
		if (render_verify(buf_str(&message), &f->parts, &err) == 0)
			fail_msg("a change at byte %zu passes", i);
		assert_int_equal(err.code, EX_SOFTWARE);
		message.ptr[i] = was;
	}
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);
	buf_release(&message);
}

static void
the_same_issue_gives_the_same_bytes(void **state)
{
	struct fixture *f = *state;
	struct buf one = BUF_INIT(BUF_LIMIT), two = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(f);

	add(f, "Title");
	render(f);
	assert_int_equal(render_message(&f->parts, &envelope, &one, &f->err), 0);
	render(f);
	assert_int_equal(render_message(&f->parts, &envelope, &two, &f->err), 0);
	assert_true(str_equal(buf_str(&one), buf_str(&two)));
	buf_release(&one);
	buf_release(&two);
}

static void
a_file_is_attached(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(f);

	envelope.attached_type = "text/x-bibtex";
	envelope.attached_name = "Täglich, 2026.bib";
	add(f, "Title");
	render(f);
	buf_add_string(&f->parts.attached, "@misc{a,\n  title = {é}\n}\n");
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	assert_contains(&message, "\r\nContent-Type: multipart/mixed; boundary=\"=_");
	assert_contains(&message,
	    "\r\nContent-Type: text/x-bibtex; charset=utf-8\r\n"
	    "Content-Disposition: attachment; filename*=utf-8''T%C3%A4glich%2C%202026.bib\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "@misc{a,\r\n  title =3D {=C3=A9}\r\n}\r\n\r\n--=_");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);
	buf_add_string(&f->parts.attached, "more\n");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), -1);
	assert_string_equal(
	    f->err.text, "verify: the message's attachment is not what was attached");
	buf_release(&message);
}

static void
pictures_go_with_the_html(void **state)
{
	struct fixture *f = *state;
	struct buf message = BUF_INIT(BUF_LIMIT), page = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(f);
	const struct issue_picture pictures[] = {
		{ STR("a1.picture@example.com"), STR("\xff\xd8\xff"), 240, 126 },
		{ STR("b2.picture@example.com"), STR("two"), 100, 240 },
	};

	add(f, "One & \"two\": cid:a1.x")->abstract = STR("An abstract.");
	add(f, "Three");
	add(f, "Four");
	for (size_t i = 0; i < 3; i++)
		f->issue.items[i].picture = i < 2 ? &pictures[i] : NULL;
	render(f);
	assert_int_equal(f->parts.picture_count, 2);
	assert_contains(&f->parts.html,
	    "<img src=\"cid:a1.picture@example.com\" width=\"240\" height=\"126\""
	    " alt=\"Picture of “One &amp; &quot;two&quot;: cid:a1.x”\"");
	assert_int_equal(render_message(&f->parts, &envelope, &message, &f->err), 0);
	assert_contains(
	    &message, "\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"=_");
	assert_contains(&message,
	    "\r\nContent-Type: image/jpeg\r\nContent-ID: <a1.picture@example.com>\r\n"
	    "Content-Disposition: inline; filename=picture-1.jpg\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n\r\n--=_");
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), 0);
	render_page(&f->parts, &page);
	assert_contains(&page, "src=\"data:image/jpeg;base64,/9j/\" width");
	assert_contains(&page, "cid:a1.x”");
	assert_lacks(&page, "cid:b2");

	f->parts.picture_count = 1;
	assert_int_equal(render_verify(buf_str(&message), &f->parts, &f->err), -1);
	assert_string_equal(f->err.text, "verify: the message's pictures are not those it shows");
	err_clear(&f->err);
	/* What the HTML does not show is not sent. */
	f->issue.items[0].form = ISSUE_LINE;
	render(f);
	assert_int_equal(f->parts.picture_count, 1);
	f->options.template_name = "compact";
	render(f);
	assert_int_equal(f->parts.picture_count, 0);
	buf_release(&message);
	buf_release(&page);
}

static void
names_from_right_to_left_keep_the_facts_in_order(void **state)
{
	struct fixture *f = *state;
	struct entry_author author = { .name = STR("أحمد & علي") };
	struct entry *entry = add(f, "One");

	entry->authors = &author;
	entry->author_count = 1;
	entry->votes = 1;
	f->options.template_name = "compact";
	render(f);
	assert_contains(&f->parts.html,
	    "<p class=\"f\"><span dir=\"auto\">أحمد &amp; علي</span> · <span dir=\"auto\">1 "
	    "vote</span>&ensp;");
	assert_contains(&f->parts.text, "    \u2068أحمد & علي\u2069 · 1 vote\n");
	/* A title turns the line around, too. */
	author.name = STR("Ada Example");
	entry->title = STR("الأغنام");
	render(f);
	assert_contains(&f->parts.html,
	    "<span dir=\"auto\">Ada Example</span> · <span dir=\"auto\">1 vote</span>");
	entry->title = STR("Sheep");
	render(f);
	assert_contains(&f->parts.html, "<p class=\"f\">Ada Example · 1 vote&ensp;");
}

static void
each_name_from_right_to_left_keeps_its_place(void **state)
{
	struct fixture *f = *state;
	struct entry_author authors[] = { { .name = STR("דנה") }, { .name = STR("Ada Example") },
		{ .name = STR("أحمد") } };
	struct entry *entry = add(f, "One");

	entry->authors = authors;
	entry->author_count = 3;
	entry->votes = 1;
	entry->organisation = STR("דנה & Co");
	render(f);
	assert_contains(&f->parts.text, "    \u2068דנה\u2069, Ada Example, \u2068أحمد\u2069\n");
	assert_contains(&f->parts.text, "    1 vote · \u2068דנה & Co\u2069\n");
	assert_contains(&f->parts.html,
	    "<span dir=\"auto\">דנה</span>, Ada Example, <span dir=\"auto\">أحمد</span>");
	assert_contains(&f->parts.html, "1 vote · <span dir=\"auto\">דנה &amp; Co</span>");
	assert_true(str_find(buf_str(&f->parts.html), STR("\u2068")) < 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(subjects),
		CASE(long_subjects_end_at_a_word),
		CASE(a_subject_is_one_line),
		CASE(cutting),
		CASE(text_says_all),
		CASE(what_the_facts_tell_is_no_reason),
		CASE(links_of_entries_on_a_line),
		CASE(an_empty_issue_says_so),
		CASE(authors_are_shortened_with_their_count),
		CASE(what_is_counted),
		CASE(contents_only_where_they_help),
		CASE(days_are_headings),
		CASE(long_issues_have_an_outline),
		CASE(groups_are_headings),
		CASE(a_ranking_is_not_torn_into_days),
		CASE(versions),
		CASE(a_withdrawal_is_told_once),
		CASE(links_are_called_by_where_they_lead),
		CASE(links_are_found_in_comment_and_abstract),
		CASE(html_of_papers_that_have_it),
		CASE(comments_are_read),
		CASE(accents_are_readable),
		CASE(a_long_issue_keeps_all_titles),
		CASE(what_does_not_fit_is_counted),
		CASE(abstracts_shrink_from_the_end),
		CASE(hosts),
		CASE(the_footer_speaks_to_its_reader),
		CASE(markup_stays_text),
		CASE(no_control_character_gets_through),
		CASE(layout),
		CASE(random_issues_keep_their_shape),
		CASE(terminals),
		CASE(json),
		CASE(every_template_row_is_whole),
		CASE(unknown_templates),
		CASE(files_count_before_what_is_compiled_in),
		CASE(templates_include_others),
		CASE(broken_templates),
		CASE(template_files_that_cannot_be_read),
		CASE(template_loops_end),
		CASE(messages_to_lists_carry_no_list_fields),
		CASE(messages_to_persons_do),
		CASE(bad_envelopes),
		CASE(names_cannot_add_fields),
		CASE(a_changed_message_is_noticed),
		CASE(the_same_issue_gives_the_same_bytes),
		CASE(a_file_is_attached),
		CASE(pictures_go_with_the_html),
		CASE(names_from_right_to_left_keep_the_facts_in_order),
		CASE(each_name_from_right_to_left_keeps_its_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
