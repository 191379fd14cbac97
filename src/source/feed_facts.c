/*
 * Facts that publishers put into the description of an item, a line each: "Publication date: …",
 * "Source: …", "Author(s): …" (ScienceDirect), "DOI: …", "Authors: …", "Abstract: …" (Pensoft).
 */
#include "feed_item.h"

#include "digest/identity.h"

#include <string.h>

enum fact {
	FACT_NONE,
	FACT_ABSTRACT,
	FACT_AUTHORS,
	FACT_DATE,
	FACT_DOI,
	FACT_JOURNAL,
};

static const struct {
	const char *label;
	enum fact fact;
} labels[] = {
	{ "Abstract:", FACT_ABSTRACT },
	{ "Author(s):", FACT_AUTHORS },
	{ "Author:", FACT_AUTHORS },
	{ "Authors:", FACT_AUTHORS },
	{ "DOI:", FACT_DOI },
	{ "Publication date:", FACT_DATE },
	{ "Source:", FACT_JOURNAL },
};

static enum fact
fact_of(struct str line, struct str *value)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		if (!str_starts_nocase(line, labels[i].label))
			continue;
		*value = str_trim(str_skip(line, strlen(labels[i].label)));
		return labels[i].fact;
	}
	return FACT_NONE;
}

/* What a description consists of. */
struct facts {
	size_t count; /* facts, an abstract among them or not */
	size_t rest_count; /* other lines */
	ptrdiff_t abstract_at; /* where the text begins that is called the abstract; -1 for none */
};

static struct facts
look(struct str text)
{
	struct facts facts = { .abstract_at = -1 };
	struct str rest = text, line, value;
	while (str_next(&rest, '\n', &line)) {
		enum fact fact = fact_of(line, &value);
		if (fact == FACT_NONE) {
			facts.rest_count++;
			continue;
		}
		facts.count++;
		if (fact == FACT_ABSTRACT) {
			facts.abstract_at = value.ptr - text.ptr;
			break;
		}
	}
	return facts;
}

static void
take_authors(struct feed_item *item, struct arena *arena, struct str names)
{
	struct str name;
	if (item->authors.count > 0)
		return;
	while (str_next(&names, ',', &name))
		feed_people_add(&item->authors, arena,
		    (struct feed_text){ str_trim(name), FEED_TEXT_PLAIN, 0 }, STR(""));
}

static void
take_date(struct entry *entry, struct str text)
{
	static const char online[] = "Available online";
	if (str_starts_nocase(text, online))
		text = str_trim(str_skip(text, strlen(online)));
	if (entry->published_at == DATE_NO_INSTANT)
		date_parse_instant(text, &entry->published_at);
}

static void
take_facts(struct feed_item *item, struct arena *arena, struct str text)
{
	struct entry *entry = &item->entry;
	struct str line, value;
	while (str_next(&text, '\n', &line)) {
		switch (fact_of(line, &value)) {
		case FACT_AUTHORS: take_authors(item, arena, value); break;
		case FACT_DATE: take_date(entry, value); break;
		case FACT_DOI: identity_add(entry, arena, value); break;
		case FACT_JOURNAL:
			if (entry->journal_ref.len == 0)
				entry->journal_ref = entry_text_line(arena, value);
			break;
		case FACT_ABSTRACT: return;
		case FACT_NONE: break;
		}
	}
}

/* PubMed's numbers after an abstract: "PMID:34902460 | DOI:10.1016/…". */
static struct str
without_numbers(struct str text)
{
	struct str rest = text, line, last = STR("");
	while (str_next(&rest, '\n', &line))
		last = line;
	return str_starts(last, "PMID:") ? str_trim(str_head(text, text.len - last.len)) : text;
}

/* The links that follow an abstract: "HTML", "XML", "PDF". */
static struct str
without_link_lines(struct str text)
{
	static const char *const names[] = { "\nHTML", "\nXML", "\nPDF" };
	bool was_cut = true;
	while (was_cut) {
		was_cut = false;
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			if (!str_ends(text, names[i]))
				continue;
			text = str_trim(str_head(text, text.len - strlen(names[i])));
			was_cut = true;
		}
	}
	return text;
}

/*
 * A lonely "Source: …" at the end of a post is no such description: it has an abstract that is
 * called so, or two facts and nothing else.
 */
void
feed_facts_read(struct feed_item *item, struct arena *arena)
{
	struct entry *entry = &item->entry;
	entry->abstract = without_numbers(entry->abstract);
	struct facts facts = look(entry->abstract);
	if (facts.count < 2 || (facts.abstract_at < 0 && facts.rest_count > 0))
		return;
	take_facts(item, arena, entry->abstract);
	if (facts.abstract_at < 0)
		entry->abstract = STR("");
	else
		entry->abstract =
		    without_link_lines(str_skip(entry->abstract, (size_t)facts.abstract_at));
}
