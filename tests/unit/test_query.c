/* The filter language: what matches, what is one expression, and where it says a mistake is. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/query.h"

enum { NOW = 1785153600 }; /* 2026-07-27T12:00:00Z */

static struct arena *arena;

enum { TULU, VISION, FINANCE, OLD, CHINESE, BARE, ENTRIES };

static struct entry entries[ENTRIES];

static void
add(struct entry *entry, const char *name, const char *title, const char *abstract,
    const char *authors, const char *categories)
{
	struct str rest = str_from(authors);
	struct str item;

	entry_init(entry);
	identity_add(entry, arena, str_from(name));
	entry_set_title(entry, arena, str_from(title));
	entry->abstract = entry_text_paragraphs(arena, str_from(abstract));
	while (str_next(&rest, ';', &item))
		entry_add_author(entry, arena, item, STR(""), false);
	rest = str_from(categories);
	while (str_next(&rest, ';', &item))
		entry_add_category(entry, arena, item);
}

/* What is no text: TULU is of 2026-07-20, listed on the day before NOW; VISION of 2025. */
static void
add_facts(void)
{
	static struct str hf[] = { { "hf", 2 } }, both[] = { { "hf", 2 }, { "Deep Blog", 9 } };

	entries[TULU].votes = 118;
	entries[TULU].comments = 3;
	entries[TULU].published_at = date_instant_of(date_day(2026, 7, 20)) + 3600;
	entries[TULU].listed_on = date_day(2026, 7, 26);
	entries[TULU].code_url = STR("https://github.com/a/b");
	entries[TULU].comment = STR("Accepted at ICML 2026; 12 pages");
	entries[TULU].journal_ref = STR("Proc. ICML");
	entries[TULU].organisation = STR("Allen Institute for AI");
	entries[TULU].sources = hf;
	entries[TULU].source_count = 1;
	entries[VISION].votes = 20;
	entries[VISION].comments = 0;
	entries[VISION].published_at = date_instant_of(date_day(2025, 5, 31));
	entries[VISION].listed_on = date_day(2025, 6, 1);
	entries[VISION].sources = both;
	entries[VISION].source_count = 2;
}

static int
make_entries(void **state)
{
	(void)state;
	arena = arena_new();
	add(&entries[TULU], "https://arxiv.org/abs/2411.15124v3",
	    "T\\\"ulu 3: Pushing frontiers with $\\tau$-bench",
	    "A family of language models. We release data;\n\nmodels of language come later.",
	    "Yoshua Bengio;Jean-Baptiste Alayrac;Xin Yu Li", "cs.CL;cs.LG");
	add(&entries[VISION], "https://arxiv.org/abs/2505.09568v1",
	    "Diffusion agents: a survey of X-ray images",
	    "Vision-language model agents read 10% of H$_2$O charts.",
	    "Bengio, Samy;Y. LeCun;Ángela Gómez", "cs.CV");
	add(&entries[FINANCE], "10.1016/0370-2693(90)90001-5", "Pricing options",
	    "A model of markets, no language.", "Łukasz Kaiser;John R. Smith", "q-fin.PR;econ.GN");
	add(&entries[OLD], "hep-th/9901001", "Strings", "", "E. Witten", "hep-th");
	add(&entries[CHINESE], "https://example.com/blog/1", "大语言模型综述 LLM", "", "李明",
	    "Machine Learning");
	add(&entries[BARE], "guid", "", "", "", "");
	entries[VISION].authors[2].is_hidden = true;
	add_facts();
	return 0;
}

static int
free_entries(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct query *
parse(const char *text)
{
	struct err err = ERR_NONE;
	struct query *query = NULL;

	if (query_parse(&query, str_from(text), &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return query;
}

/* The letters of the entries that match: "TVFOCB". */
static void
check_matches(const char *text, const char *expected)
{
	static const char letters[] = "TVFOCB";
	struct query *query = parse(text);
	char matched[ENTRIES + 1] = "";
	size_t count = 0;

	for (size_t i = 0; i < ENTRIES; i++)
		if (query_matches(query, query_subject(arena, &entries[i], NOW)))
			matched[count++] = letters[i];
	if (strcmp(matched, expected) != 0)
		fail_msg("%s: matches '%s', not '%s'", text, matched, expected);
	query_free(query);
}

static void
words_and_phrases(void **state)
{
	(void)state;
	check_matches("", "TVFOCB");
	check_matches(" \n\t ", "TVFOCB");
	check_matches("language", "TVF");
	check_matches("LANGUAGE", "TVF");
	check_matches("languages", "");
	check_matches("lang", "");
	check_matches("lang*", "TVF");
	check_matches("language*", "TVF");
	check_matches("\"language model\"", "V");
	check_matches("\"language models\"", "T");
	check_matches("\"language model*\"", "TV");
	check_matches("\"language model\"*", "TV");
	check_matches("\"model language\"", "");
	check_matches("\"data models\"", "T"); /* over the end of a paragraph */
	check_matches("\"agents a survey\"", "V"); /* punctuation is nothing */
	check_matches("vision-language", "V");
	check_matches("\"Vision Language\"", "V");
	check_matches("visionlanguage", "");
	check_matches("\"images Vision\"", ""); /* not over the end of the title */
	check_matches("3", "T");
	check_matches("10%", "V");
	check_matches("10", "V");
	check_matches("1", "");
	check_matches("language model", "VF");
	check_matches("or", "");
	check_matches("a", "TVF");
}

static void
case_accents_and_tex(void **state)
{
	(void)state;
	check_matches("tulu", "T");
	check_matches("Tülu", "T");
	check_matches("TÜLU", "T");
	check_matches("T\\\"ulu", "T");
	check_matches("\"T\\\"ulu 3\"", "T");
	check_matches("tau-bench", "T");
	check_matches("τ-bench", "T");
	check_matches("$\\tau$-bench", "T");
	check_matches("\"tau bench\"", "T");
	check_matches("H2O", "V");
	check_matches("H₂O", "V");
	check_matches("lukasz", "F");
	check_matches("Łukasz", "F");
	check_matches("语言", "C");
	check_matches("语言模型", "C");
	check_matches("模语", "");
	check_matches("llm", "C");
}

static void
joining(void **state)
{
	(void)state;
	check_matches("tulu OR pricing", "TF");
	check_matches("tulu or pricing", "");
	check_matches("tulu pricing", "");
	check_matches("tulu AND frontiers", "T");
	check_matches("language -models", "VF");
	check_matches("language NOT models", "VF");
	check_matches("language AND NOT models", "VF");
	check_matches("-language", "OCB");
	check_matches("NOT language", "OCB");
	check_matches("--language", "TVF");
	check_matches("NOT NOT language", "TVF");
	check_matches("-(language OR strings)", "CB");
	check_matches("NOT (language strings)", "TVFOCB");
	check_matches("tulu OR language model", "TVF"); /* AND before OR */
	check_matches("(tulu OR language) model", "VF");
	check_matches("-language OR tulu", "TOCB");
	check_matches("strings -witten OR llm", "C");
	check_matches("(((tulu)))", "T");
	check_matches("(tulu)(frontiers)", "T");
	check_matches("tulu(frontiers)\"pushing\"", "T");
	check_matches("tulu\nOR\tstrings", "TO");
	check_matches("-\"language models\" language", "VF");
	check_matches("\"OR\"", "");
	check_matches("ANDROID OR NOTHING OR ORACLE", "");
}

static void
fields(void **state)
{
	(void)state;
	check_matches("ti:language", "");
	check_matches("abs:language", "TVF");
	check_matches("ti:tulu", "T");
	check_matches("TI:tulu", "T");
	check_matches("abs:tulu", "");
	check_matches("ti:\"a survey\"", "V");
	check_matches("ti:sur*", "V");
	check_matches("-ti:tulu abs:language", "VF");
	check_matches("ti:(tulu OR strings)", "TO");
	check_matches("ti:(language OR abs:markets)", "F"); /* its own field counts */
	check_matches("ti:(tulu -abs:family)", "");
	check_matches("ti:tulu language", "T"); /* the field is of one term */
	check_matches("ti:tulu OR cat:cs.CV", "TV");
}

static void
authors(void **state)
{
	(void)state;
	check_matches("bengio", "TV");
	check_matches("\"yoshua bengio\"", "T");
	check_matches("au:bengio", "TV");
	check_matches("au:Yoshua", "T");
	check_matches("au:\"Yoshua Bengio\"", "T");
	check_matches("au:\"Bengio, Yoshua\"", "T");
	check_matches("au:\"Y. Bengio\"", "T");
	check_matches("au:\"Bengio, Y.\"", "T");
	check_matches("au:\"Y Bengio\"", "T");
	check_matches("au:\"S. Bengio\"", "V");
	check_matches("au:\"Samy Bengio\"", "V"); /* listed as "Bengio, Samy" */
	check_matches("au:\"X. Bengio\"", "");
	check_matches("au:\"Bengio Yoshua\"", "");
	check_matches("au:beng*", "TV");
	check_matches("au:\"Yoshua Beng*\"", "T");
	check_matches("au:b", ""); /* an initial is no surname */
	check_matches("au:\"Yann LeCun\"", "V"); /* listed as "Y. LeCun" */
	check_matches("au:\"Zann LeCun\"", "");
	check_matches("au:\"Jean-Baptiste Alayrac\"", "T");
	check_matches("au:\"J.-B. Alayrac\"", "T");
	check_matches("au:\"Jean Alayrac\"", "T");
	check_matches("au:\"B. Alayrac\"", ""); /* not the first name's */
	check_matches("au:\"X. Li\"", "T");
	check_matches("au:\"Y. Li\"", "");
	check_matches("au:\"John Smith\"", "F");
	check_matches("au:\"J. R. Smith\"", "F");
	check_matches("au:\"John Robert Smith\"", "F");
	check_matches("au:\"Bengio Samy Li\"", ""); /* not over two names */
	check_matches("au:kaiser", "F");
	check_matches("au:\"Edward Witten\"", "O");
	check_matches("au:李明", "C");
	check_matches("au:李四", "");
	/* Who asked not to be shown is not found. */
	check_matches("gomez", "");
	check_matches("au:gomez", "");
	/* Initials are for names alone. */
	check_matches("\"y bengio\"", "");
	check_matches("x-ray", "V");
}

static void
categories(void **state)
{
	(void)state;
	check_matches("cat:cs.CL", "T");
	check_matches("cat:CS.cl", "T");
	check_matches("cat:cs.C", "");
	check_matches("cat:cs.*", "TV");
	check_matches("cat:cs", "TV");
	check_matches("cat:c", "");
	check_matches("cat:q-fin.*", "F");
	check_matches("cat:q-fin", "F");
	check_matches("cat:hep-th", "O");
	check_matches("cat:hep-th.*", "O");
	check_matches("cat:hep", "");
	check_matches("cat:(cs.CV OR q-fin.PR)", "VF");
	check_matches("-cat:cs", "FOCB");
	check_matches("cat:\"machine learning\"", "C");
	check_matches("cat:\" Machine  Learning \"", "C");
	check_matches("cat:machine", "");
}

static void
keys(void **state)
{
	(void)state;
	check_matches("key:2411.15124", "T");
	check_matches("key:arXiv:2411.15124v1", "T");
	check_matches("key:https://huggingface.co/papers/2411.15124", "T");
	check_matches("key:10.48550/arXiv.2411.15124", "T");
	check_matches("key:2411.15125", "");
	check_matches("key:hep-th/9901001", "O");
	check_matches("key:10.1016/0370-2693(90)90001-5", "F");
	check_matches("(key:10.1016/0370-2693(90)90001-5)", "F");
	check_matches("key:\"https://doi.org/10.1016/0370-2693(90)90001-5\"", "F");
	check_matches("key:http://EXAMPLE.com/blog/1/?utm_source=x", "C");
	check_matches("-key:2411.15124 language", "VF");
	check_matches("key:(2411.15124 OR hep-th/9901001)", "TO");
}

static void
check_normal(const char *text, const char *expected)
{
	struct query *query = parse(text);
	struct buf normal = BUF_INIT(BUF_LIMIT);
	struct buf again = BUF_INIT(BUF_LIMIT);

	query_describe(query, &normal);
	assert_str(buf_str(&normal), expected);
	struct query *same = parse(normal.ptr);
	query_describe(same, &again);
	assert_str(buf_str(&again), expected);
	for (size_t i = 0; i < ENTRIES; i++) {
		struct query_subject *subject = query_subject(arena, &entries[i], NOW);
		assert_int_equal(query_matches(query, subject), query_matches(same, subject));
	}
	query_free(query);
	query_free(same);
	buf_release(&normal);
	buf_release(&again);
}

static void
the_normal_form(void **state)
{
	(void)state;
	check_normal("", "");
	check_normal("  ", "");
	check_normal("Tülu", "tulu");
	check_normal("\"word\"", "word");
	check_normal("tau-bench", "\"tau bench\"");
	check_normal("\"Language  Model\"*", "\"language model*\"");
	check_normal("lang*", "lang*");
	check_normal("b a", "a b");
	check_normal("b AND a AND b", "a b");
	check_normal("a a", "a");
	check_normal("a OR a", "a");
	check_normal("c OR (b OR a)", "a OR b OR c");
	check_normal("(a b) (c d)", "a b c d");
	check_normal("b c OR a", "a OR (b c)");
	check_normal("a (c OR b)", "a (b OR c)");
	check_normal("NOT a", "-a");
	check_normal("NOT NOT a", "a");
	check_normal("-(a)", "-a");
	check_normal("-(a b)", "-(a b)");
	check_normal("-(a OR -b)", "-(a OR -b)");
	check_normal("-a b", "b -a");
	check_normal("TI:Agents OR (au:bengio cat:cs.LG)", "ti:agents OR (au:bengio cat:cs.lg)");
	check_normal("ti:(b OR abs:a)", "ti:b OR abs:a");
	check_normal("au:\"Bengio, Yoshua\"", "au:\"yoshua bengio\"");
	check_normal("cat:CS.*", "cat:cs");
	check_normal("cat:cs", "cat:cs");
	check_normal("cat:\"-x\"", "cat:\"-x\"");
	check_normal("cat:\"Machine  Learning\"", "cat:\"machine learning\"");
	check_normal("key:arXiv:2411.15124v3", "key:arxiv:2411.15124");
	check_normal(
	    "key:10.1016/0370-2693(90)90001-5", "key:\"doi:10.1016/0370-2693(90)90001-5\"");
	check_normal("key:http://example.com", "key:url:https://example.com/");
	check_normal("key:\"guid:blog:a b\"", "key:\"guid:blog:a b\"");
	check_normal("votes>=20 VOTES<50", "votes:..49 votes:20..");
	check_normal("votes=20", "votes:20");
	check_normal("date:2026-07", "date:2026-07-01..2026-07-31");
	check_normal("date>2026", "date:2027-01-01..");
	check_normal("listed:1w", "listed:7d");
	check_normal("CODE:YES src:HF", "src:hf code:yes");
	check_normal("ti:NEAR(\"B c\" a*,3)", "ti:NEAR(\"b c\" a*, 3)");
	check_normal("a NEAR b", "NEAR(a b, 10)");
	check_normal("深度", "\"深 度\"");
}

static void
check_error(const char *text, const char *expected)
{
	struct err err = ERR_NONE;
	struct query *query = NULL;

	if (query_parse(&query, str_from(text), &err) == 0)
		fail_msg("%s: is no error", text);
	assert_null(query);
	assert_int_equal(err.code, EX_USAGE);
	if (strncmp(err.text, expected, strlen(expected)) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", text, err.text, expected);
}

static void
counts_and_days(void **state)
{
	(void)state;
	check_matches("votes>=20", "TV");
	check_matches("votes>20", "T");
	check_matches("votes<118", "V");
	check_matches("votes<=118", "TV");
	check_matches("votes=20", "V");
	check_matches("votes:20", "V");
	check_matches("votes:21..118", "T");
	check_matches("VOTES:..20", "V");
	check_matches("votes:20..", "TV");
	check_matches("-votes>=21", "VFOCB"); /* who has none has not 21 */
	check_matches("comments:0", "V");
	check_matches("comments>0 language", "T");
	check_matches("date:2026", "T");
	check_matches("date:2026-07", "T");
	check_matches("date:2026-07-20", "T");
	check_matches("date:2026-07-21..", "");
	check_matches("date:2025-05..2026-07-19", "V");
	check_matches("date:2025-05", "V"); /* its last day */
	check_matches("date>2025-05", "T");
	check_matches("date>=2025-05", "TV");
	check_matches("date<2026-07-20", "V");
	check_matches("date<=2026-07", "TV");
	check_matches("date:7d", ""); /* 21 to 27 July */
	check_matches("date:8d", "T");
	check_matches("listed:2d", "T");
	check_matches("listed:1d", "");
	check_matches("listed:today", "");
	check_matches("listed:1w OR votes:20", "TV");
	check_matches("votes", ""); /* a word like any other */
	check_matches("\"votes>=20\"", "");
}

static void
other_fields(void **state)
{
	(void)state;
	check_matches("src:hf", "TV");
	check_matches("src:HF", "TV");
	check_matches("src:h", "");
	check_matches("src:\"deep blog\"", "V");
	check_matches("comment:icml", "T");
	check_matches("comment:\"accepted at icml\"", "T");
	check_matches("comment:\"pages proc\"", ""); /* not over the end of the comment */
	check_matches("icml", "");
	check_matches("org:\"allen institute\"", "T");
	check_matches("org:allen*", "T");
	check_matches("code:yes", "T");
	check_matches("code:no au:bengio", "V");
}

static void
near_one_another(void **state)
{
	(void)state;
	/* "a family of language models we release data models of language come later" */
	check_matches("NEAR(family models)", "T");
	check_matches("NEAR(family models, 2)", "T");
	check_matches("NEAR(family models, 1)", "");
	check_matches("NEAR(models family,2)", "T"); /* in either order */
	check_matches("family NEAR/2 models", "T");
	check_matches("family NEAR models", "T");
	check_matches("family NEAR/1 models", "");
	check_matches("NEAR(\"language models\" \"release data\", 1)", "T");
	check_matches("NEAR(\"language models\" \"release data\", 0)", "");
	check_matches("NEAR(fam* rel*, 4)", "T");
	check_matches("NEAR(family language data, 5)", "T");
	check_matches("NEAR(family language data, 4)", ""); /* from end to start */
	check_matches("abs:NEAR(vision charts)", "V");
	check_matches("ti:NEAR(vision charts)", "");
	check_matches("NEAR(images vision)", ""); /* in one field */
	check_matches("-NEAR(family models)", "VFOCB");
	check_matches("near far", "");
}

static void
mistakes(void **state)
{
	(void)state;
	check_error("votes>=x", "column 8: 'x' is no number");
	check_error("votes:5..2", "column 7: '5..2' ends before it begins");
	check_error("votes<0", "column 7: nothing is below 0");
	check_error("votes:", "column 1: nothing stands behind 'votes:'");
	check_error("a votes>= b", "column 3: nothing stands behind 'votes>='");
	check_error("votes:(1 OR 2)", "column 1: behind 'votes:' stands one value");
	check_error("date:2026-13", "column 6: '2026-13' is no day");
	check_error("date:2026-02-30", "column 6: '2026-02-30' is no day");
	check_error("date:..", "column 6: '..' needs a value");
	check_error("date:0d", "column 6: '0d' is no day");
	check_error("code:maybe", "column 6: behind 'code:' stands yes or no");
	check_error("src:\"\"", "column 5: '' is no name of a source");
	check_error("NEAR(a)", "column 1: NEAR needs two words or more");
	check_error("NEAR(a b, x)", "column 9: behind the ',' stands a distance");
	check_error("NEAR(a b", "column 1: the parenthesis of NEAR is not closed");
	check_error("NEAR(a (b))", "column 8: in NEAR(…) stand words and phrases");
	check_error("cat:NEAR(a b)", "column 5: NEAR looks for words, which 'cat:' has not");
	check_error("a NEAR", "column 3: nothing stands behind 'NEAR'");
	check_error("ti:a NEAR abs:b", "column 6: NEAR stands between two words");
	check_error("(a b) NEAR c", "column 7: NEAR stands between two words");
	check_error("vote:5", "column 1: there is no field 'vote'; did you mean 'votes'?");
	check_error("\"abc", "column 1: the quote is not closed");
	check_error("a \"", "column 3: the quote is not closed");
	check_error("(a", "column 1: the parenthesis is not closed");
	check_error("a (b (c)", "column 3: the parenthesis is not closed");
	check_error("a)", "column 2: there is no parenthesis to close");
	check_error(")", "column 1: there is no parenthesis to close");
	check_error("()", "column 1: nothing stands between the parentheses");
	check_error("a ( )", "column 3: nothing stands between the parentheses");
	check_error("OR a", "column 1: nothing stands before 'OR'");
	check_error("a OR", "column 3: nothing stands behind 'OR'");
	check_error("a OR OR b", "column 3: nothing stands behind 'OR'");
	check_error("a OR AND b", "column 3: nothing stands behind 'OR'");
	check_error("AND a", "column 1: nothing stands before 'AND'");
	check_error("a AND", "column 3: nothing stands behind 'AND'");
	check_error("(a AND)", "column 4: nothing stands behind 'AND'");
	check_error("(OR a)", "column 2: nothing stands before 'OR'");
	check_error("a OR )", "column 3: nothing stands behind 'OR'");
	check_error("NOT", "column 1: nothing stands behind 'NOT'");
	check_error("a -", "column 3: nothing stands behind '-'");
	check_error("a - b", "column 3: nothing stands behind '-'");
	check_error("NOT OR a", "column 1: nothing stands behind 'NOT'");
	check_error("(a -)", "column 4: nothing stands behind '-'");
	check_error("ti:", "column 1: nothing stands behind 'ti:'");
	check_error("a ti: b", "column 3: nothing stands behind 'ti:'");
	check_error("(ti:)", "column 2: nothing stands behind 'ti:'");
	check_error("ti:-a", "column 4: '-' stands before the field: '-ti:'");
	check_error("title:a", "column 1: there is no field 'title'; did you mean 'ti'?");
	check_error("a author:b", "column 3: there is no field 'author'; did you mean 'au'?");
	check_error("authors:b", "column 1: there is no field 'authors'; did you mean 'au'?");
	check_error("category:b", "column 1: there is no field 'category'; did you mean 'cat'?");
	check_error(
	    "foo:b", "column 1: there is no field 'foo'; fields are ti, abs, au, cat, key, ");
	check_error("http://example.com", "column 1: there is no field 'http'");
	check_error("*", "column 1: there is no letter or digit to look for");
	check_error("\"\"", "column 1: there is no letter or digit to look for");
	check_error("a ++", "column 3: there is no letter or digit to look for");
	check_error("a*b", "column 1: '*' can stand at the end of a word only");
	check_error("ti:a**", "column 4: '*' can stand at the end of a word only");
	check_error("cat:cs.C*", "column 5: '*' can stand behind an archive only");
	check_error("cat:*", "column 5: '*' can stand behind an archive only");
	check_error("cat:.*", "column 5: '.*' is no name of a category");
	check_error("cat:\"\"", "column 5: '' is no name of a category");
	check_error("cat:a\\\"b", "column 5: 'a\\\"b' is no name of a category");
	check_error("key:hello", "column 5: 'hello' is no name of a paper");
	check_error("key:2024.12345", "column 5: '2024.12345' is no name of a paper");
	check_error("ti:(a key:b)", "column 11: 'b' is no name of a paper");
	/* Columns are characters, whatever their bytes. */
	check_error("Tülu 漢字 (", "column 9: the parenthesis is not closed");
	check_error("é\"", "column 2: the quote is not closed");
	check_error("a\xff", "the text is not UTF-8");
}

static void
limits(void **state)
{
	(void)state;
	enum { LONG = 70000 };
	struct buf text = BUF_INIT(BUF_LIMIT);

	/* A hundred levels are read, more are refused where they begin. */
	buf_add_repeat(&text, '(', 99);
	buf_add_char(&text, 'a');
	buf_add_repeat(&text, ')', 99);
	check_normal(text.ptr, "a");
	buf_reset(&text);
	buf_add_repeat(&text, '(', 100);
	buf_add_char(&text, 'a');
	check_error(text.ptr, "column 101: more than 100 levels");
	buf_reset(&text);
	buf_add_repeat(&text, '-', 99);
	buf_add_char(&text, 'a');
	check_normal(text.ptr, "-a");
	buf_reset(&text);
	buf_add_repeat(&text, '-', 30000);
	check_error(text.ptr, "column 101: more than 100 levels");

	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_add_string(&text, "a ");
	check_normal(text.ptr, "a");
	buf_reset(&text);
	buf_add_repeat(&text, 'a', LONG);
	check_error(text.ptr, "longer than 65536 bytes");
	buf_release(&text);
	query_free(NULL);
}

/* ---- what search asks ---- */

static void
check_fulltext(const char *text, const char *expression)
{
	struct query_fulltext fulltext;
	struct err err = ERR_NONE;
	struct query *query;

	if (query_parse(&query, str_from(text), &err) < 0)
		fail_msg("%s: %s", text, err.text);
	query_fulltext(query, arena, &fulltext);
	assert_str(fulltext.expression, expression);
	query_free(query);
}

static void
full_text_expressions(void **state)
{
	(void)state;
	check_fulltext("", "");
	check_fulltext("Tulu", "{title abstract authors} : \"tulu\"");
	check_fulltext("ti:\"$\\tau$-bench\"", "title : \"tau bench\"");
	check_fulltext("abs:diff*", "abstract : \"diff\" *");
	check_fulltext(
	    "org:allen comment:icml", "(comment : \"icml\" AND organisation : \"allen\")");
	check_fulltext("cat:cs.*", "categories : \"cs\"");
	check_fulltext("cat:cs.CL", "categories : \"cs.cl\"");
	check_fulltext("au:\"Bengio, Yoshua\"",
	    "((authors : \"yoshua\" OR authors : \"y\") AND authors : \"bengio\")");
	check_fulltext("au:\"Y. Bengio\"", "(authors : \"bengio\")");
	check_fulltext("ti:NEAR(a b*, 3)", "title : NEAR(\"a\" \"b\" *, 3)");
	/* What cannot be said narrows nothing down. */
	check_fulltext("-survey", "");
	check_fulltext("votes>=3 src:hf key:2607.00001 code:yes date:2026", "");
	check_fulltext("ti:a votes>=3 -b", "(title : \"a\")");
	check_fulltext("ti:a OR votes>=3", "");
	check_fulltext("ti:a (ti:b OR -c)", "(title : \"a\")");
	check_fulltext("cat:\"-\"", "");
}

static void
parts(void **state)
{
	struct err err = ERR_NONE;
	struct query *query, *part;
	struct buf text = BUF_INIT(BUF_LIMIT);

	(void)state;
	assert_int_equal(query_parse(&query, STR("b ti:a votes>=3"), &err), 0);
	assert_int_equal(query_part_count(query), 3);
	part = query_part(query, 0);
	query_describe(part, &text);
	assert_string_equal(text.ptr, "b");
	query_free(part);
	part = query_without_part(query, 1);
	buf_reset(&text);
	query_describe(part, &text);
	assert_string_equal(text.ptr, "b votes:3..");
	query_free(part);
	query_free(query);
	assert_int_equal(query_parse(&query, STR("a OR b"), &err), 0);
	assert_int_equal(query_part_count(query), 1);
	part = query_without_part(query, 0);
	assert_int_equal(query_part_count(part), 0);
	query_free(part);
	query_free(query);
	buf_release(&text);
}

static void
slips(void **state)
{
	static const struct {
		const char *a, *b;
		size_t slips;
	} cases[] = {
		{ "", "", 0 },
		{ "bengio", "bengio", 0 },
		{ "bengio", "bengoi", 1 },
		{ "bengio", "begio", 1 },
		{ "bengio", "bbengio", 1 },
		{ "bengio", "pengio", 1 },
		{ "ca", "abc", 3 }, /* each place is touched once */
		{ "", "abc", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str a = str_from(cases[i].a), b = str_from(cases[i].b);
		assert_int_equal(query_slips(a, b), cases[i].slips);
		assert_int_equal(query_slips(b, a), cases[i].slips);
	}
	assert_int_equal(
	    query_slips(STR("a"), STR("averyveryverylongwordthatnobodyhas")), QUERY_WORD_BYTES);
	assert_int_equal(query_slips_allowed(STR("abc")), 0);
	assert_int_equal(query_slips_allowed(STR("abcd")), 1);
	assert_int_equal(query_slips_allowed(STR("abcdefg")), 2);
}

/* The text with brackets around what is found. */
static void
check_found(const char *expression, enum query_column column, const char *text, const char *wanted)
{
	struct str whole = str_from(text);
	struct buf marked = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct query_span *spans;
	struct query *query;
	size_t count, at = 0;

	assert_int_equal(query_parse(&query, str_from(expression), &err), 0);
	query_find_words(query, column, whole, arena, &spans, &count);
	for (size_t i = 0; i < count; i++) {
		buf_addf(&marked, "%.*s[%.*s]",
		    STR_ARG(str_head(str_skip(whole, at), spans[i].start - at)),
		    STR_ARG(str_head(str_skip(whole, spans[i].start), spans[i].len)));
		at = spans[i].start + spans[i].len;
	}
	buf_add(&marked, str_skip(whole, at));
	assert_string_equal(marked.ptr, wanted);
	buf_release(&marked);
	query_free(query);
}

static void
found_words(void **state)
{
	(void)state;
	check_found("tulu -red", QUERY_COLUMN_TITLE, "The T\u00fclu, red", "The [T\u00fclu,] red");
	check_found(
	    "\"red deer\"", QUERY_COLUMN_TITLE, "red fox, red deer", "red fox, [red] [deer]");
	check_found("tau*", QUERY_COLUMN_ABSTRACT, "a \u03c4-bench", "a [\u03c4-bench]");
	check_found("ti:fox", QUERY_COLUMN_ABSTRACT, "a fox", "a fox");
	check_found("au:\"Fox, Ann\"", QUERY_COLUMN_AUTHORS, "Ann B. Fox, Al Deer",
	    "[Ann] B. [Fox,] Al Deer");
	check_found("NEAR(fox deer) OR votes>=2", QUERY_COLUMN_TITLE, "fox, deer", "[fox,] [deer]");
	check_found("", QUERY_COLUMN_TITLE, "fox", "fox");
	check_found("fox", QUERY_COLUMN_TITLE, "", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_phrases),
		cmocka_unit_test(case_accents_and_tex),
		cmocka_unit_test(joining),
		cmocka_unit_test(fields),
		cmocka_unit_test(authors),
		cmocka_unit_test(categories),
		cmocka_unit_test(keys),
		cmocka_unit_test(the_normal_form),
		cmocka_unit_test(counts_and_days),
		cmocka_unit_test(other_fields),
		cmocka_unit_test(near_one_another),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(limits),
		cmocka_unit_test(full_text_expressions),
		cmocka_unit_test(parts),
		cmocka_unit_test(slips),
		cmocka_unit_test(found_words),
	};
	return cmocka_run_group_tests(tests, make_entries, free_entries);
}
