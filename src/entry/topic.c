/*
 * What the papers of an issue are about, as headings: by the words of titles and abstracts and by
 * categories, against the table topics.def. What is new and in which order is not decided here.
 */
#include "digest/issue.h"

#include "digest/buf.h"

#include <string.h>

enum broad {
#define BROAD(id, heading) BROAD_##id,
#define TOPIC(heading, broad, weight, terms, categories)
#include "topics.def"
#undef BROAD
#undef TOPIC
	BROADS
};

static const struct topic {
	const char *heading;
	enum broad broad;
	size_t weight;
	const char *terms, *categories;
} topics[] = {
#define BROAD(id, heading)
#define TOPIC(heading, broad, weight, terms, categories) \
	{ heading, BROAD_##broad, weight, terms, categories },
#include "topics.def"
#undef BROAD
#undef TOPIC
};

static const char *const broad_headings[] = {
#define BROAD(id, heading) heading,
#define TOPIC(heading, broad, weight, terms, categories)
#include "topics.def"
#undef BROAD
#undef TOPIC
};

/* A heading is a topic, a broad one after them, or the last, under which stands what has none. */
enum {
	TOPICS = sizeof(topics) / sizeof(topics[0]),
	MORE = TOPICS + BROADS,
	HEADINGS,
};

/* A title says what a paper is about, an abstract also what it is built on and compared with. */
enum {
	TITLE_TERM = 3,
	TITLE_TERMS_MOST = 2,
	ABSTRACT_TERM_MOST = 3,
	ABSTRACT_MOST = 6,
	FIRST_CATEGORY = 3,
	LEAST = 8, /* of all that times the weight */
};

/* Fewer papers need no headings; more than so many headings are none to look through. */
enum { LEAST_NEWS = 6, MANY_NEWS = 30, MOST_HEADINGS = 7 };

/* ---- what an entry is about ---- */

/* The term's own spelling at the start of the text, which goes on with a space or is at its end. */
static bool
begins_with(struct str text, struct str term)
{
	bool is_open = str_ends(term, "*");
	size_t len = is_open ? term.len - 1 : term.len;

	return text.len >= len && memcmp(text.ptr, term.ptr, len) == 0 &&
	    (is_open || text.len == len || text.ptr[len] == ' ');
}

/* How often the term stands in the words, at most so often. */
static size_t
occurrences(struct str words, struct str term, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < words.len && count < most; i++)
		count += (i == 0 || words.ptr[i - 1] == ' ') && words.ptr[i] == term.ptr[0] &&
		    begins_with(str_skip(words, i), term);
	return count;
}

/* What the categories say: all of it the first one, a little the others. */
static size_t
category_strength(const struct topic *topic, const struct entry *entry)
{
	size_t strength = 0;

	for (size_t i = 0; i < entry->category_count; i++) {
		struct str rest = str_from(topic->categories), name;

		while (str_next(&rest, ',', &name)) {
			struct str after = str_skip(entry->categories[i], str_trim(name).len);
			if (name.len > 0 &&
			    str_equal(str_head(entry->categories[i], str_trim(name).len),
			        str_trim(name)) &&
			    (after.len == 0 || after.ptr[0] == '.'))
				strength += i == 0 ? FIRST_CATEGORY : 1;
		}
	}
	return strength < FIRST_CATEGORY ? strength : FIRST_CATEGORY;
}

static size_t
strength_of(
    const struct topic *topic, const struct entry *entry, struct str title, struct str abstract)
{
	struct str rest = str_from(topic->terms), term;
	size_t in_title = 0, in_abstract = 0;

	while (str_next(&rest, ',', &term)) {
		in_title += occurrences(title, str_trim(term), 1);
		in_abstract += occurrences(abstract, str_trim(term), ABSTRACT_TERM_MOST);
	}
	in_title = in_title < TITLE_TERMS_MOST ? in_title : TITLE_TERMS_MOST;
	in_abstract = in_abstract < ABSTRACT_MOST ? in_abstract : ABSTRACT_MOST;
	return topic->weight *
	    (in_title * TITLE_TERM + in_abstract + category_strength(topic, entry));
}

/* The topic that the entry names most, or MORE. */
static size_t
topic_of(const struct entry *entry)
{
	struct buf title = BUF_INIT(BUF_LIMIT), abstract = BUF_INIT(BUF_LIMIT);
	size_t best = MORE, most = LEAST - 1;

	entry_add_words(&title, entry->title);
	entry_add_words(&abstract, entry->abstract);
	for (size_t i = 0; i < TOPICS; i++) {
		size_t strength =
		    strength_of(&topics[i], entry, buf_str(&title), buf_str(&abstract));
		if (strength > most) {
			most = strength;
			best = i;
		}
	}
	buf_release(&title);
	buf_release(&abstract);
	return best;
}

/* ---- headings of an issue ---- */

static const char *
heading_name(size_t heading)
{
	if (heading < TOPICS)
		return topics[heading].heading;
	return heading < MORE ? broad_headings[heading - TOPICS] : "More";
}

/* The smallest of the headings in the range that stands over fewer papers than `below`, or MORE. */
static size_t
smallest(const size_t sizes[HEADINGS], size_t from, size_t to, size_t below)
{
	size_t found = MORE;

	for (size_t i = from; i < to; i++) {
		if (sizes[i] > 0 && sizes[i] < below && (found == MORE || sizes[i] < sizes[found]))
			found = i;
	}
	return found;
}

/*
 * Papers of a topic come under its broader heading, with those of its siblings; of that,
 * under none.
 */
static void
give_up(size_t heading, size_t *headings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (headings[i] == heading && heading >= TOPICS)
			headings[i] = MORE;
		else if (heading < TOPICS && headings[i] < TOPICS &&
		    topics[headings[i]].broad == topics[heading].broad)
			headings[i] = TOPICS + topics[heading].broad;
	}
}

/* Counts the papers of each heading; how many headings there are. */
static size_t
count_sizes(const size_t *headings, size_t count, size_t sizes[HEADINGS])
{
	size_t used = 0;

	memset(sizes, 0, HEADINGS * sizeof(sizes[0]));
	for (size_t i = 0; i < count; i++)
		sizes[headings[i]]++;
	for (size_t i = 0; i < MORE; i++)
		used += sizes[i] > 0;
	return used;
}

/* Until every heading has its few papers, and there are few headings. Whether they are worth it. */
static bool
settle(size_t *headings, size_t count)
{
	size_t least = count > MANY_NEWS ? 3 : 2;
	size_t sizes[HEADINGS];

	for (;;) {
		size_t used = count_sizes(headings, count, sizes);
		size_t below = used > MOST_HEADINGS ? SIZE_MAX : least;
		size_t given_up = smallest(sizes, 0, TOPICS, least);

		if (given_up == MORE)
			given_up = smallest(sizes, TOPICS, MORE, least);
		if (given_up == MORE)
			given_up = smallest(sizes, 0, TOPICS, below);
		if (given_up == MORE)
			given_up = smallest(sizes, TOPICS, MORE, below);
		if (given_up == MORE)
			return used > 1 && sizes[MORE] * 2 <= count;
		give_up(given_up, headings, count);
	}
}

/* Those under none go after the others. */
static void
put_last(struct issue_item *items, size_t count, struct str heading)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct issue_item item = items[i];

		if (str_equal(item.group, heading))
			continue;
		memmove(&items[kept + 1], &items[kept], (i - kept) * sizeof(*items));
		items[kept++] = item;
	}
}

void
issue_group_by_topic(struct issue *issue, struct arena *arena)
{
	size_t count = 0;

	while (count < issue->item_count && issue->items[count].section == ISSUE_NEW)
		count++;
	if (count < LEAST_NEWS)
		return;

	size_t *headings = arena_array(arena, count, sizeof(*headings));
	for (size_t i = 0; i < count; i++)
		headings[i] = topic_of(issue->items[i].entry);
	if (!settle(headings, count))
		return;
	for (size_t i = 0; i < count; i++)
		issue->items[i].group = str_from(heading_name(headings[i]));
	put_last(issue->items, count, str_from(heading_name(MORE)));
	issue->grouping = ISSUE_BY_GROUP;
	issue_group(issue);
}
