/*
 * How well an entry answers a query: Okapi BM25 over weighted columns (Robertson, Zaragoza and
 * Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004), with a reward for words
 * that stand near one another (Büttcher, Clarke and Lushman, "Term proximity scoring", SIGIR 2006)
 * and for titles of which much was asked for.
 */
#include "digest/query.h"

#include <math.h>

/* Saturation and normalisation by length, as usual. */
static const double k1 = 1.2, b = 0.75;

/* What a title that was asked for is worth, of all that the words are. */
static const double title_bonus = 0.5;

/* What a hit counts in each column. */
static const double column_weights[QUERY_COLUMN_COUNT] = {
	[QUERY_COLUMN_TITLE] = 1.5,
	[QUERY_COLUMN_ABSTRACT] = 1,
	[QUERY_COLUMN_AUTHORS] = 1.5,
	[QUERY_COLUMN_COMMENT] = 0.5,
	[QUERY_COLUMN_ORGANISATION] = 0.5,
	[QUERY_COLUMN_CATEGORIES] = 0.25,
};

/* Phrases beyond that many count nothing; nobody types them. */
enum { PHRASES_MOST = 64 };

struct tally {
	double frequency; /* hits, by the weight of their columns */
	double nearness; /* of hits of other phrases */
	bool is_in_title;
};

double
query_weight(int64_t found, int64_t total)
{
	double with = (double)found, without = total > found ? (double)(total - found) : 0;

	return log(1 + (without + 0.5) / (with + 0.5));
}

/* Two hits after one another lend each other their weight, the less the farther they are apart. */
static void
add_nearness(struct tally *tallies, const struct query_hit *before, const struct query_hit *hit,
    const double *weights)
{
	double distance = hit->place - before->place;

	if (before->column != hit->column || before->phrase == hit->phrase || distance < 1)
		return;
	tallies[hit->phrase].nearness += weights[before->phrase] / (distance * distance);
	tallies[before->phrase].nearness += weights[hit->phrase] / (distance * distance);
}

/*
 * How much of the title was asked for, times how much of what was asked for the title has: 0 to 1.
 */
static double
title_share(const struct query_hit *hits, size_t count, int32_t title_words,
    const struct tally *tallies, const double *weights, size_t phrase_count)
{
	double asked = 0, found = 0;
	int32_t words = 0, last = -1;

	for (size_t i = 0; i < count && hits[i].column == QUERY_COLUMN_TITLE; i++) {
		words += hits[i].place != last;
		last = hits[i].place;
	}
	for (size_t i = 0; i < phrase_count; i++) {
		asked += weights[i];
		found += tallies[i].is_in_title ? weights[i] : 0;
	}
	if (words == 0 || title_words == 0 || asked <= 0)
		return 0;
	return (words < title_words ? (double)words / title_words : 1) * found / asked;
}

double
query_relevance(const struct query_hit *hits, size_t count, const int32_t *column_words,
    const double *usual_words, const double *weights, size_t phrase_count)
{
	struct tally tallies[PHRASES_MOST] = { 0 };
	const struct query_hit *before = NULL;
	double score = 0, asked = 0;

	if (phrase_count > PHRASES_MOST)
		phrase_count = PHRASES_MOST;
	for (size_t i = 0; i < count; i++) {
		const struct query_hit *hit = &hits[i];
		if (hit->column < 0 || hit->column >= QUERY_COLUMN_COUNT || hit->phrase < 0 ||
		    (size_t)hit->phrase >= phrase_count)
			continue;
		double usual = usual_words[hit->column];
		double length = usual > 0 ? column_words[hit->column] / usual : 1;
		tallies[hit->phrase].frequency +=
		    column_weights[hit->column] / (1 - b + b * length);
		tallies[hit->phrase].is_in_title |= hit->column == QUERY_COLUMN_TITLE;
		if (before != NULL)
			add_nearness(tallies, before, hit, weights);
		before = hit;
	}
	for (size_t i = 0; i < phrase_count; i++) {
		double frequency = tallies[i].frequency, nearness = tallies[i].nearness;
		double near_weight = weights[i] < 1 ? weights[i] : 1;
		score += weights[i] * frequency * (k1 + 1) / (frequency + k1);
		score += near_weight * nearness * (k1 + 1) / (nearness + k1);
		asked += weights[i];
	}
	return score +
	    title_bonus * asked *
	    title_share(
	        hits, count, column_words[QUERY_COLUMN_TITLE], tallies, weights, phrase_count);
}
