/* Lines of authors as arXiv's submitters write them: names, affiliations, and what is neither. */
#include "unit.h"

#include "../../src/source/arxiv_authors.h"

/* "name (affiliation); name": what becomes of a line. */
static void
check(const char *line, const char *expected)
{
	struct arena *arena = arena_new();
	struct entry entry;
	struct str text = STR("");

	entry_init(&entry);
	arxiv_authors_add(&entry, arena, str_from(line));
	for (size_t i = 0; i < entry.author_count; i++) {
		const struct entry_author *author = &entry.authors[i];
		text = arena_printf(
		    arena, "%.*s%s%.*s", STR_ARG(text), i > 0 ? " | " : "", STR_ARG(author->name));
		if (author->affiliation.len > 0)
			text = arena_printf(
			    arena, "%.*s <%.*s>", STR_ARG(text), STR_ARG(author->affiliation));
	}
	assert_str(text, expected);
	arena_free(arena);
}

static void
names_alone(void **state)
{
	(void)state;
	check("", "");
	check("  ", "");
	check("Ann Lee", "Ann Lee");
	check("Ann Lee, Bo Luk", "Ann Lee | Bo Luk");
	check("Ann Lee and Bo Luk", "Ann Lee | Bo Luk");
	check("Ann Lee, Bo Luk, and\n  Cy Dee", "Ann Lee | Bo Luk | Cy Dee");
	check("Ann Lee & Bo Luk \\& Cy Dee; Di", "Ann Lee | Bo Luk | Cy Dee | Di");
	check("Andy Sand, Brandon Rand", "Andy Sand | Brandon Rand");
	check("A. Lee, B. Luk, et al.", "A. Lee | B. Luk");
	check("A. Lee, et al, The XYZ Collaboration", "A. Lee | The XYZ Collaboration");
	check("The XYZ Collaboration: A. Lee, B. Luk", "The XYZ Collaboration | A. Lee | B. Luk");
	check("A. Lee for the XYZ Collaboration", "A. Lee for the XYZ Collaboration");
	check(",, Ann Lee,", "Ann Lee");
}

static void
names_with_more_to_them(void **state)
{
	(void)state;
	check("George Luk, Jr., Ann Lee, III", "George Luk, Jr. | Ann Lee, III");
	check("Neal Luk II and Ann Lee Jr", "Neal Luk II | Ann Lee Jr");
	check("Kim (Sam) Ahn, Bo Luk", "Kim (Sam) Ahn | Bo Luk");
	/* TeX stays as it is, and its brackets are no groups. */
	check("Pawe{\\l} Zal, C\\'eline D\\'iaz, Bo{\\v{s}}ko \\(x\\)",
	    "Pawe{\\l} Zal | C\\'eline D\\'iaz | Bo{\\v{s}}ko \\(x\\)");
	check("Bruno Rodr\\'{iguez, Ann Lee", "Bruno Rodr\\'{iguez | Ann Lee");
}

static void
affiliations(void **state)
{
	(void)state;
	check("Ann Lee (MIT), Bo Luk (U. of X, Y)", "Ann Lee <MIT> | Bo Luk <U. of X, Y>");
	check("A. Lee, B. Luk, (U. of X)", "A. Lee | B. Luk <U. of X>");
	check("(The XYZ Collaboration)", "The XYZ Collaboration");
	check("Ann Lee (1), Bo Luk (2,1) and C. Dee (1 and 2) ((1) ETH (CH), (2) CERN)",
	    "Ann Lee <ETH (CH)> | Bo Luk <CERN; ETH (CH)> | C. Dee <ETH (CH); CERN>");
	check("Ann Lee (1)(2) ((1)ETH; (2). CERN)", "Ann Lee <ETH; CERN>");
	check(
	    "Ann Lee (a) and Bo Luk (b) ((a) - ETH and (b) CERN)", "Ann Lee <ETH> | Bo Luk <CERN>");
	/* Marks without a list, and a missing comma. */
	check("Ann Lee (1), Bo Luk (2)", "Ann Lee | Bo Luk");
	check("Ann Lee (1) Bo Luk (2), C. Dee (3)", "Ann Lee | Bo Luk | C. Dee");
	check("Ann Lee (1), Bo Luk (9) ((1) ETH)", "Ann Lee <ETH> | Bo Luk");
	/* What is not closed opens nothing. */
	check("Ann Lee (MIT, Bo Luk", "Ann Lee (MIT | Bo Luk");
	check("Ann Lee MIT), Bo Luk", "Ann Lee MIT) | Bo Luk");
	check("Ann Lee (1), Bo ((1", "Ann Lee | Bo ((1");
}

/* Each of these would take a time that grows with the square of its length. */
static void
lines_made_to_be_slow(void **state)
{
	(void)state;
	static const char *const pieces[] = { "(", ")", "()", "(1", "((1) a", "\\", " and ",
		",(1)" };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct arena *arena = arena_new();
		struct entry entry;
		size_t len = strlen(pieces[i]), count = 200000;
		char *line = arena_array(arena, count, len);
		for (size_t j = 0; j < count; j++)
			memcpy(line + j * len, pieces[i], len);
		entry_init(&entry);
		arxiv_authors_add(&entry, arena, (struct str){ line, count * len });
		for (size_t j = 0; j < entry.author_count; j++)
			assert_true(entry.authors[j].name.len > 0);
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_alone),
		cmocka_unit_test(names_with_more_to_them),
		cmocka_unit_test(affiliations),
		cmocka_unit_test(lines_made_to_be_slow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
