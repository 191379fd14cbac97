/*
 * The parts of an issue, for mail and for terminals. What they are filled with is the view's, what
 * becomes of them in mail envelope.c's.
 */
#include "digest/render.h"

#include "digest/mem.h"
#include "digest/unicode.h"
#include "layout.h"
#include "template.h"
#include "url.h"
#include "view.h"

#include <string.h>

enum {
	TEXT_COLUMNS = 72, /* room for quoting in 80 */
	TERMINAL_COLUMNS = 100, /* wider lines are hard to read */
	TERMINAL_COLUMNS_LEAST = 30,
	SUBJECT_COLUMNS = 120,
	HEADLINE_COLUMNS_LEAST = 24,
	HTML_BYTES =
	    90000, /* Gmail shows about 102 kB of a message, and how it counts is not told */
};

void
render_parts_release(struct render_parts *parts)
{
	buf_release(&parts->subject);
	buf_release(&parts->text);
	buf_release(&parts->html);
	buf_release(&parts->attached);
	mem_free(parts->pictures);
	parts->pictures = NULL;
	parts->picture_count = 0;
}

/* Fills one part of the template. */
static int
fill(struct arena *arena, const struct render_options *options, enum render_part part,
    const struct render_view *view, struct buf *out, struct err *err)
{
	struct render_template *template;

	if (render_template_load(
	        &template, arena, options->template_folder, options->template_name, part, err) < 0)
		return -1;
	return render_template_fill(template, view->root, out, err);
}

static int
fill_subject(struct arena *arena, const struct render_options *options, struct render_view *view,
    struct buf *out, struct err *err)
{
	struct buf raw = BUF_INIT(BUF_LIMIT);
	int result = fill(arena, options, RENDER_SUBJECT, view, &raw, err);

	buf_reset(out);
	unicode_add_collapsed(out, buf_str(&raw));
	buf_release(&raw);
	return result;
}

/* The headline gets the room that the rest of the subject leaves: so what is asked is how much. */
static int
render_subject(struct arena *arena, const struct render_options *options, struct render_view *view,
    struct buf *out, struct err *err)
{
	struct str headline = view->headline->text;

	view->headline->text = STR("");
	if (fill_subject(arena, options, view, out, err) < 0)
		return -1;

	size_t rest = unicode_width(buf_str(out));
	size_t room = rest + HEADLINE_COLUMNS_LEAST < SUBJECT_COLUMNS ? SUBJECT_COLUMNS - rest
	                                                              : HEADLINE_COLUMNS_LEAST;
	view->headline->text = render_cut(arena, headline, room);
	if (fill_subject(arena, options, view, out, err) < 0)
		return -1;

	struct str subject = render_cut(arena, arena_copy(arena, buf_str(out)), SUBJECT_COLUMNS);
	buf_reset(out);
	buf_add(out, subject);
	if (out->len == 0)
		return err_set(
		    err, EX_CONFIG, "template '%s': its subject is empty", options->template_name);
	return 0;
}

static int
render_text(struct arena *arena, const struct render_options *options,
    const struct render_view *view, size_t columns, bool has_colour, struct buf *out,
    struct err *err)
{
	struct buf raw = BUF_INIT(BUF_LIMIT);
	int result = fill(arena, options, RENDER_TEXT, view, &raw, err);

	render_layout(out, buf_str(&raw), columns, has_colour);
	buf_release(&raw);
	return result;
}

/* The HTML part with so many cuts, in an arena of its own: long issues are tried several times. */
static int
fill_html(struct render_template *template, const struct issue *issue,
    const struct render_options *options, struct render_entries *entries, size_t cuts,
    struct buf *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct render_look look = { .cuts = cuts };
	struct render_view view = render_view(arena, issue, options, &look, entries);
	int result;

	buf_reset(out);
	result = render_template_fill(template, view.root, out, err);
	if (result == 0 && out->len > 0 && !str_ends(buf_str(out), "\n"))
		buf_add_char(out, '\n');
	arena_free(arena);
	return result;
}

/* By how much the part is too long with so many cuts; what it says of the others may be less. */
struct trial {
	size_t cuts;
	double excess;
};

/*
 * The next number of cuts between too few and enough: where the length would be right if it fell
 * evenly.
 */
static size_t
next_cuts(const struct trial *too_few, const struct trial *enough)
{
	size_t span = enough->cuts - too_few->cuts;
	size_t step = (size_t)((double)span * too_few->excess / (too_few->excess - enough->excess));

	if (step < 1)
		step = 1;
	return too_few->cuts + (step < span ? step : span - 1);
}

/*
 * Takes in how long the part was with so many cuts. The length falls less and less, so that one end
 * of what is left would stay where it is: then it counts for half (the Illinois method).
 */
static void
note_trial(struct trial *too_few, struct trial *enough, size_t cuts, size_t bytes, bool *was_enough)
{
	bool is_enough = bytes <= HTML_BYTES;
	struct trial *nearer = is_enough ? enough : too_few, *other = is_enough ? too_few : enough;

	*nearer = (struct trial){ cuts, (double)bytes - HTML_BYTES };
	if (is_enough == *was_enough)
		other->excess /= 2;
	*was_enough = is_enough;
}

/*
 * The HTML part with as few cuts as it needs to be small enough. A template of the user's that is
 * too long even with all of them stays so.
 */
static int
render_html(struct arena *arena, const struct issue *issue, const struct render_options *options,
    struct render_entries *entries, struct buf *out, struct err *err)
{
	struct render_template *template;
	struct trial too_few = { 0 }, enough = { render_most_cuts(issue), -HTML_BYTES };
	struct buf tried = BUF_INIT(BUF_LIMIT);
	bool was_enough = false;
	int result = -1;

	if (render_template_load(&template, arena, options->template_folder, options->template_name,
	        RENDER_HTML, err) < 0 ||
	    fill_html(template, issue, options, entries, 0, out, err) < 0)
		return -1;
	if (out->len <= HTML_BYTES)
		return 0;
	too_few.excess = (double)out->len - HTML_BYTES;
	while (too_few.cuts + 1 < enough.cuts) {
		size_t cuts = next_cuts(&too_few, &enough);

		if (fill_html(template, issue, options, entries, cuts, &tried, err) < 0)
			goto out;
		note_trial(&too_few, &enough, cuts, tried.len, &was_enough);
		if (tried.len <= HTML_BYTES) {
			struct buf longer = *out;

			*out = tried;
			tried = longer;
		}
	}
	result = out->len <= HTML_BYTES
	    ? 0
	    : fill_html(template, issue, options, entries, enough.cuts, out, err);
out:
	buf_release(&tried);
	return result;
}

/* A template without a way out must not reach anybody who needs one. */
static int
check_way_out(
    const struct render_options *options, const struct render_parts *parts, struct err *err)
{
	if (options->kind != MESSAGE_TO_PERSON ||
	    !render_is_unsubscribe(str_from(options->unsubscribe)) ||
	    (message_has_slot(buf_str(&parts->text)) && message_has_slot(buf_str(&parts->html))))
		return 0;
	return err_set(err, EX_CONFIG,
	    "template '%s': its %s part has no {{unsubscribe}}; readers must be able to leave",
	    options->template_name, message_has_slot(buf_str(&parts->text)) ? "html" : "txt");
}

static bool
has_picture(const struct render_parts *parts, struct str id)
{
	for (size_t i = 0; i < parts->picture_count; i++)
		if (str_equal(parts->pictures[i]->id, id))
			return true;
	return false;
}

/*
 * What the HTML does not show, as it is too long for it or a template has no pictures, is not sent.
 */
static void
find_pictures(const struct issue *issue, struct render_parts *parts)
{
	struct buf url = BUF_INIT(BUF_LIMIT);

	mem_free(parts->pictures);
	parts->pictures = mem_array(issue->item_count + 1, sizeof(*parts->pictures));
	parts->picture_count = 0;
	for (size_t i = 0; i < issue->item_count; i++) {
		const struct issue_picture *picture = issue->items[i].picture;
		if (picture == NULL || has_picture(parts, picture->id))
			continue;
		buf_reset(&url);
		buf_addf(&url, "cid:%.*s", STR_ARG(picture->id));
		if (str_find(buf_str(&parts->html), buf_str(&url)) >= 0)
			parts->pictures[parts->picture_count++] = picture;
	}
	buf_release(&url);
}

int
render_issue(const struct issue *issue, const struct render_options *options,
    struct render_parts *parts, struct err *err)
{
	struct arena *arena = arena_new();
	struct render_entries entries = render_entries(arena, issue);
	struct render_view view =
	    render_view(arena, issue, options, &(struct render_look){ 0 }, &entries);
	int result = -1;

	buf_reset(&parts->subject);
	buf_reset(&parts->text);
	buf_reset(&parts->html);
	if (render_subject(arena, options, &view, &parts->subject, err) == 0 &&
	    render_text(arena, options, &view, TEXT_COLUMNS, false, &parts->text, err) == 0 &&
	    render_html(arena, issue, options, &entries, &parts->html, err) == 0 &&
	    check_way_out(options, parts, err) == 0) {
		find_pictures(issue, parts);
		result = 0;
	}
	arena_free(arena);
	return result;
}

/* The picture that stands at the beginning of a text as "cid:ID"; or NULL. */
static const struct issue_picture *
picture_at(const struct render_parts *parts, struct str text)
{
	text = str_skip(text, strlen("cid:"));
	for (size_t i = 0; i < parts->picture_count; i++) {
		const struct issue_picture *picture = parts->pictures[i];
		if (str_equal(str_head(text, picture->id.len), picture->id))
			return picture;
	}
	return NULL;
}

void
render_page(const struct render_parts *parts, struct buf *out)
{
	struct str rest = buf_str(&parts->html);

	for (ptrdiff_t at; (at = str_find(rest, STR("cid:"))) >= 0;) {
		buf_add(out, str_head(rest, (size_t)at));
		rest = str_skip(rest, (size_t)at);
		const struct issue_picture *picture = picture_at(parts, rest);
		size_t len = strlen("cid:");
		if (picture != NULL) {
			buf_add_string(out, "data:image/jpeg;base64,");
			buf_add_base64(out, picture->bytes.ptr, picture->bytes.len);
			len += picture->id.len;
		} else {
			buf_add(out, str_head(rest, len));
		}
		rest = str_skip(rest, len);
	}
	buf_add(out, rest);
}

/* A slot stands for what only a sent message has. */
static void
add_without_slots(struct buf *out, struct str text)
{
	for (;;) {
		size_t plain = str_until(text, MESSAGE_SLOTS);

		buf_add(out, str_head(text, plain));
		if (plain == text.len)
			return;
		buf_add_string(out, "TOKEN");
		text = str_skip(text, plain + 1);
	}
}

int
render_terminal(const struct issue *issue, const struct render_options *options, size_t columns,
    bool has_colour, struct buf *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct render_entries entries = render_entries(arena, issue);
	struct render_view view = render_view(
	    arena, issue, options, &(struct render_look){ .has_style = true }, &entries);
	struct buf text = BUF_INIT(BUF_LIMIT);
	int result;

	if (columns > TERMINAL_COLUMNS)
		columns = TERMINAL_COLUMNS;
	if (columns < TERMINAL_COLUMNS_LEAST)
		columns = TERMINAL_COLUMNS_LEAST;
	result = render_text(arena, options, &view, columns, has_colour, &text, err);
	if (result == 0)
		add_without_slots(out, buf_str(&text));
	buf_release(&text);
	arena_free(arena);
	return result;
}

int
render_check_template(const char *name, const char *folder, struct err *err)
{
	struct arena *arena = arena_new();
	struct render_template *template;
	int result = 0;

	for (int part = 0; part < RENDER_PART_COUNT && result == 0; part++)
		result = render_template_load(
		    &template, arena, folder, name, (enum render_part)part, err);
	arena_free(arena);
	return result;
}
