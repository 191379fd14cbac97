/*
 * Pictures: those that entries name, fetched, made small, and given to the issues of lists that
 * want them. An issue does without any picture that cannot be had, and waits for all of them only
 * so long.
 */
#include "day.h"

#include "digest/clock.h"
#include "digest/crypt.h"
#include "digest/input.h"
#include "digest/log.h"
#include "digest/picture.h"

#include <string.h>

enum {
	SHOWN_SIDE = 240, /* the longer side of what is shown; it has twice the pixels, if it can */
	MOST_OF_ISSUE = 40,
	MOST_OF_RUN = 500,
	ISSUE_BYTES = 512 << 10, /* of all pictures of a message; a third more in base64 */
	FILE_BYTES = 8 << 20, /* of a picture as it comes */
	PICTURE_MS = 10000,
	RUN_MS = 20000, /* for which pictures are waited for, all in all */
};

/* Whose issues get pictures, of those whose list wants them. */
typedef bool is_seen_by(const struct day_edition *edition);

static bool
by_recipients(const struct day_edition *edition)
{
	return edition->recipient_count > 0;
}

static bool
by_whoever_looks(const struct day_edition *edition)
{
	(void)edition;
	return true;
}

static bool
is_wanted(const struct day_edition *edition, is_seen_by *is_seen)
{
	const char *images = settings_string(edition->rules->settings, "images");

	return is_seen(edition) && !edition->is_made && !edition->is_given_up &&
	    strcmp(images, "inline") == 0;
}

static bool
may_have_picture(const struct issue_item *item)
{
	return item->form == ISSUE_FULL && item->section != ISSUE_WITHDRAWN &&
	    item->entry->image_url.len > 0;
}

static struct day_picture *
find_picture(const struct day *day, struct str url)
{
	for (size_t i = 0; i < day->picture_count; i++)
		if (str_equal(url, day->pictures[i].url))
			return &day->pictures[i];
	return NULL;
}

/* Puts the pictures of an issue on the list of what is asked for. */
static void
note_pictures(struct day *day, const struct issue *issue)
{
	size_t count = 0;

	for (size_t i = 0; i < issue->item_count && count < MOST_OF_ISSUE; i++) {
		const struct issue_item *item = &issue->items[i];
		if (!may_have_picture(item))
			continue;
		count++;
		if (day->picture_count == MOST_OF_RUN ||
		    find_picture(day, item->entry->image_url) != NULL)
			continue;
		day->pictures = arena_grow(
		    day->arena, day->pictures, &day->picture_count, sizeof(*day->pictures));
		day->pictures[day->picture_count - 1].url =
		    arena_copy(day->arena, item->entry->image_url);
	}
}

/* ---- fetching ---- */

static unsigned
shown(unsigned pixels, unsigned longer)
{
	return longer > SHOWN_SIDE ? (pixels * SHOWN_SIDE + longer / 2) / longer : pixels;
}

static void
keep(struct day *day, struct day_picture *to, const struct picture *picture)
{
	unsigned longer = picture->width > picture->height ? picture->width : picture->height;
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct buf hex = BUF_INIT(64);

	crypt_sha256(buf_str(&picture->bytes), digest);
	crypt_add_hex(&hex, digest, 12);
	to->made = (struct issue_picture){
		.id = arena_printf(day->arena, "%s.picture@%s", hex.ptr, day_sender_domain(day)),
		.bytes = arena_copy(day->arena, buf_str(&picture->bytes)),
		.width = shown(picture->width, longer),
		.height = shown(picture->height, longer),
	};
	to->is_there = true;
	buf_release(&hex);
}

static void
take(struct day *day, struct day_picture *to, struct input *body)
{
	struct picture picture = PICTURE_INIT;
	struct err why = ERR_NONE;
	struct str bytes;

	if (input_whole(body, &bytes, &why) == 0 &&
	    picture_shrink(&picture, bytes, 2 * SHOWN_SIDE, &why) == 0)
		keep(day, to, &picture);
	else
		log_info("picture url=%s: %s", to->url.ptr, why.text);
	picture_release(&picture);
}

static void
fetch_pictures(struct day *day, struct day_picture *wanted, size_t count, struct net *net)
{
	const struct run_request *request = day->request;
	const struct settings *settings = config_settings(request->config, CONFIG_DIGEST);
	struct source_picture *pictures = arena_array(day->batch_arena, count, sizeof(*pictures));
	int64_t timeout_ms = settings_duration_s(settings, "timeout") * 1000;
	struct source_wish wish = {
		.is_frugal = day->access == DB_OVERLAY,
		.stamp_folder = day_stamp_folder(day, day->batch_arena),
		.limit_bytes = FILE_BYTES,
		.timeout_ms = timeout_ms < PICTURE_MS ? timeout_ms : PICTURE_MS,
		.deadline_ms = clock_monotonic_ms() + RUN_MS - day->picture_ms,
		.may_go_private = settings_bool(settings, "private_redirects"),
	};

	for (size_t i = 0; i < count; i++)
		pictures[i].url = wanted[i].url.ptr;
	source_fetch_pictures(pictures, count, &wish, net, request->picturing);
	for (size_t i = 0; i < count; i++) {
		/* What takes a decoder long takes the time of the others. */
		if (pictures[i].body != NULL && clock_monotonic_ms() < wish.deadline_ms)
			take(day, &wanted[i], pictures[i].body);
		input_close(pictures[i].body);
	}
}

/* ---- giving ---- */

/* How many items of the issue have the same picture, from one address or several. */
static size_t
count_like(const struct issue *issue, const struct issue_picture *picture)
{
	size_t count = 0;

	for (size_t i = 0; i < issue->item_count; i++) {
		const struct issue_picture *other = issue->items[i].picture;
		count += other != NULL && str_equal(other->id, picture->id);
	}
	return count;
}

static void
give_all(const struct day *day, struct issue *issue)
{
	size_t count = 0;

	for (size_t i = 0; i < issue->item_count && count < MOST_OF_ISSUE; i++) {
		struct issue_item *item = &issue->items[i];
		if (!may_have_picture(item))
			continue;
		count++;
		const struct day_picture *picture = find_picture(day, item->entry->image_url);
		if (picture != NULL && picture->is_there)
			item->picture = &picture->made;
	}
}

/* The mark of a site stands for many, and tells of none. */
static void
take_marks(const struct day *day, struct issue *issue)
{
	bool *is_mark = arena_array(day->batch_arena, issue->item_count + 1, sizeof(bool));

	for (size_t i = 0; i < issue->item_count; i++) {
		const struct issue_picture *picture = issue->items[i].picture;
		is_mark[i] = picture != NULL && count_like(issue, picture) > 1;
	}
	for (size_t i = 0; i < issue->item_count; i++)
		if (is_mark[i])
			issue->items[i].picture = NULL;
}

/* What a message has no room for. */
static void
take_surplus(struct issue *issue)
{
	size_t bytes = 0;

	for (size_t i = 0; i < issue->item_count; i++) {
		struct issue_item *item = &issue->items[i];
		if (item->picture == NULL)
			continue;
		if (bytes + item->picture->bytes.len > ISSUE_BYTES)
			item->picture = NULL;
		else
			bytes += item->picture->bytes.len;
	}
}

static void
give_pictures(const struct day *day, struct issue *issue)
{
	give_all(day, issue);
	take_marks(day, issue);
	take_surplus(issue);
}

/* What others name gets connections of its own (see net_start()). */
static void
fetch_since(struct day *day, size_t before)
{
	int64_t start_ms = clock_monotonic_ms();
	struct err why = ERR_NONE;
	struct net *net = NULL;

	if (day->picture_count == before)
		return;
	if (day_open_net(day, &net, &why) == 0)
		fetch_pictures(day, day->pictures + before, day->picture_count - before, net);
	else
		log_info("pictures: %s", why.text);
	net_close(net);
	day->picture_ms += clock_monotonic_ms() - start_ms;
}

static void
fetch_and_give(struct day *day, is_seen_by *is_seen)
{
	size_t before = day->picture_count;

	if (day->request->is_offline)
		return;
	for (size_t i = 0; i < day->batch_count; i++) {
		if (is_wanted(&day->batch[i], is_seen))
			note_pictures(day, &day->batch[i].issue);
	}
	fetch_since(day, before);
	for (size_t i = 0; i < day->batch_count; i++) {
		if (is_wanted(&day->batch[i], is_seen))
			give_pictures(day, &day->batch[i].issue);
	}
}

int
stage_pictures(struct day *day, struct err *err)
{
	(void)err;
	fetch_and_give(day, by_recipients);
	return 0;
}

/* For a look at an issue: the text of it, and its papers to take away, have no pictures. */
int
stage_shown_pictures(struct day *day, struct err *err)
{
	(void)err;
	if (day->request->format == RUN_HTML || day->request->format == RUN_EML)
		fetch_and_give(day, by_whoever_looks);
	return 0;
}
