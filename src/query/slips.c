/*
 * How far a word is from another as people mistype it. Which words there are is the store's to
 * know.
 */
#include "digest/query.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Damerau's four slips, each place touched once (the optimal string alignment distance). Letters of
 * several bytes count as so many.
 */
size_t
query_slips(struct str a, struct str b)
{
	size_t rows[3][QUERY_WORD_BYTES + 1];

	if (a.len > QUERY_WORD_BYTES || b.len > QUERY_WORD_BYTES)
		return QUERY_WORD_BYTES;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *third = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool is_same = a.ptr[i - 1] == b.ptr[j - 1];
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !is_same);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = least(row[j], third[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

size_t
query_slips_allowed(struct str word)
{
	enum { SHORTEST = 4, LONG = 7 };

	if (word.len < SHORTEST || word.len > QUERY_WORD_BYTES)
		return 0;
	return word.len < LONG ? 1 : 2;
}
