/*
 * How long a round takes that is done often: the median in seconds of CPU.
 */
#ifndef DIGEST_BENCH_ROUNDS_H
#define DIGEST_BENCH_ROUNDS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MOST = 1000 };

struct rounds {
	size_t count, done;
	double begun;
	double took[ROUNDS_MOST];
};

static double
rounds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct rounds
rounds_begin(const char *count)
{
	struct rounds rounds = { .count = strtoul(count, NULL, 10), .begun = -1 };

	if (rounds.count < 1 || rounds.count > ROUNDS_MOST)
		rounds.count = 1;
	return rounds;
}

/* Ends a round, but for the first time; whether another one begins. */
static bool
rounds_go_on(struct rounds *rounds)
{
	double now = rounds_now();

	if (rounds->begun >= 0)
		rounds->took[rounds->done++] = now - rounds->begun;
	rounds->begun = rounds_now();
	return rounds->done < rounds->count;
}

static int
rounds_compare(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static int
rounds_print(struct rounds *rounds)
{
	qsort(rounds->took, rounds->done, sizeof(double), rounds_compare);
	return printf("%.9f\n", rounds->took[rounds->done / 2]) > 0 ? 0 : -1;
}

#endif
