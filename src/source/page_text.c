/*
 * Cuts a saved page of papers into paragraphs and leaves out the site's own words. Which paragraph
 * is a title is not decided here.
 */
#include "page_text.h"

#include "digest/buf.h"

#include <string.h>

/* Pages whose lines are never longer were wrapped by whoever saved them. */
enum { WRAPPED_COLUMNS = 120 };

static const char banner[] = "Get trending papers in your email inbox";
static const char community[] = "AK and the research community";
static const char subscribe[] = "Subscribe";

/* What the site says of itself or of a paper's place on it, as whole lines. */
static const char *const chrome_lines[] = {
	"about",
	"all",
	"arxiv page",
	"arxiv",
	"back to top",
	"buckets",
	"by",
	"careers",
	"collections",
	"community",
	"company",
	"daily",
	"daily papers",
	"datasets",
	"docs",
	"enterprise",
	"github",
	"hugging face",
	"jobs",
	"load more",
	"log in",
	"models",
	"month",
	"monthly",
	"new",
	"next",
	"papers",
	"pdf",
	"previous",
	"pricing",
	"privacy",
	"project page",
	"read more",
	"search",
	"sign up",
	"spaces",
	"submitted by",
	"subscribe",
	"system theme",
	"today",
	"tos",
	"trending",
	"trending papers",
	"upvote",
	"view arxiv page",
	"view pdf",
	"website",
	"week",
	"weekly",
};

/* … and as the beginning of lines. */
static const char *const chrome_starts[] = {
	"by ak and",
	"byak and",
	"© hugging face",
	"published on ",
	"submitted by ",
	"submitted on ",
	"subscribe to ",
	"upvote ",
};

static const char *const months[] = {
	"jan",
	"feb",
	"mar",
	"apr",
	"may",
	"jun",
	"jul",
	"aug",
	"sep",
	"oct",
	"nov",
	"dec",
};

bool
page_text_has_banner(struct str bytes)
{
	return str_find(bytes, str_from(banner)) >= 0 || str_find(bytes, str_from(community)) >= 0;
}

/* "Mar 12", "Mar 12, 2025", "March 12". */
static bool
is_date(struct str line)
{
	struct str month, day, year;
	int64_t number;
	if (!str_next_word(&line, &month) || month.len > 9 || !str_next_word(&line, &day))
		return false;
	bool is_month = false;
	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++)
		is_month = is_month || str_starts_nocase(month, months[i]);
	if (str_ends(day, ","))
		day = str_head(day, day.len - 1);
	if (!is_month || str_to_int(day, 1, 31, &number) < 0)
		return false;
	return !str_next_word(&line, &year) ||
	    (str_to_int(year, 1990, 2199, &number) == 0 && str_trim(line).len == 0);
}

/* Votes and counts: "139", "1.2k", "· 5 authors", "3 authors". */
static bool
is_count(struct str line)
{
	static const char dot[] = "·";
	if (str_starts(line, dot))
		line = str_trim(str_skip(line, strlen(dot)));
	size_t at = 0;
	while (at < line.len && (str_is_digit(line.ptr[at]) || line.ptr[at] == '.'))
		at++;
	struct str rest = str_trim(str_skip(line, at));
	if (at == 0)
		return line.len == 0;
	return rest.len == 0 || str_is(rest, "k") || str_is(rest, "authors") ||
	    str_is(rest, "author");
}

static bool
is_chrome(struct str line)
{
	for (size_t i = 0; i < sizeof(chrome_lines) / sizeof(*chrome_lines); i++) {
		if (str_equal_nocase(line, str_from(chrome_lines[i])))
			return true;
	}
	for (size_t i = 0; i < sizeof(chrome_starts) / sizeof(*chrome_starts); i++) {
		if (str_starts_nocase(line, chrome_starts[i]))
			return true;
	}
	return is_date(line) || is_count(line);
}

/*
 * The banner stands before the first title, often on the same line: "Get trending papers in your
 * email inbox once a day!", "SubscribePre-training Small …".
 */
static struct str
without_banner(struct str line, bool *was_banner)
{
	bool is_banner = *was_banner;
	while (str_starts(line, banner)) {
		struct str rest = str_skip(line, strlen(banner));
		ptrdiff_t mark = str_find_char(str_head(rest, 20), '!');
		line = str_trim(str_skip(rest, mark < 0 ? 0 : (size_t)mark + 1));
		is_banner = true;
	}
	if (is_banner && str_starts(line, subscribe))
		line = str_trim(str_skip(line, strlen(subscribe)));
	*was_banner = is_banner && line.len == 0;
	return line;
}

static size_t
longest_line(struct str bytes)
{
	struct str line;
	size_t longest = 0;
	while (str_next_line(&bytes, &line)) {
		if (line.len > longest)
			longest = line.len;
	}
	return longest;
}

/* The lines up to the next blank one, as one. */
static struct str
take_wrapped(struct arena *arena, struct str first, struct str *rest)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str line = first;
	do {
		line = str_trim(line);
		if (text.len > 0 && line.len > 0)
			buf_add_char(&text, ' ');
		buf_add(&text, line);
	} while (line.len > 0 && str_next_line(rest, &line));
	return arena_keep(arena, &text);
}

/* The line after "Submitted by": the name of a user. */
static bool
is_submitter(struct str previous, struct str line)
{
	struct str word;
	return str_equal_nocase(previous, STR("submitted by")) && str_next_word(&line, &word) &&
	    line.len == 0;
}

struct str *
page_text_paragraphs(struct arena *arena, struct str bytes, size_t *count)
{
	bool is_wrapped = longest_line(bytes) <= WRAPPED_COLUMNS;
	bool was_banner = false;
	struct str *paragraphs = NULL, line, previous, next = STR("");

	*count = 0;
	while (str_next_line(&bytes, &line)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		previous = next;
		next = line = without_banner(line, &was_banner);
		if (line.len == 0 || is_chrome(line) || is_submitter(previous, line))
			continue;
		if (is_wrapped)
			line = take_wrapped(arena, line, &bytes);
		paragraphs = arena_grow(arena, paragraphs, count, sizeof(*paragraphs));
		paragraphs[*count - 1] = line;
	}
	return paragraphs;
}
