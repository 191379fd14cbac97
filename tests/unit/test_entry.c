/*
 * Entries and issues as values: what becomes of text from outside, what counts as content, words.
 */
#include "unit.h"

#include "digest/entry.h"
#include "digest/issue.h"
#include "digest/unicode.h"

static struct arena *arena;

static int
make_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
nothing_is_known_at_first(void **state)
{
	(void)state;
	struct entry entry;

	memset(&entry, 0xff, sizeof(entry));
	entry_init(&entry);
	assert_true(entry.published_at == DATE_NO_INSTANT);
	assert_true(entry.updated_at == DATE_NO_INSTANT);
	assert_int_equal(entry.listed_on, DATE_NO_DAY);
	assert_int_equal(entry.votes, -1);
	assert_int_equal(entry.comments, -1);
	assert_int_equal(entry.rank, 0);
	assert_int_equal(entry.id, 0);
	assert_int_equal(entry.alias_count + entry.author_count + entry.category_count, 0);
	assert_str(entry_key(&entry), "");
	assert_str(entry.title, "");
	assert_int_equal(entry_word_count(&entry), 0);
}

static void
titles(void **state)
{
	(void)state;
	struct entry entry;

	entry_init(&entry);
	entry_set_title(&entry, arena, STR("  A\n  wrapped\ttitle\x1b[31m of \xff ours\n"));
	assert_str(entry.title, "A wrapped title[31m of \xef\xbf\xbd ours");
	assert_str(entry.title_raw, "  A\n  wrapped\ttitle\x1b[31m of \xef\xbf\xbd ours\n");
	entry_set_title(&entry, arena, STR(""));
	assert_str(entry.title, "");
	assert_str(entry.title_raw, "");
}

static void
paragraphs(void **state)
{
	(void)state;
	assert_str(entry_text_paragraphs(arena, STR("")), "");
	assert_str(entry_text_paragraphs(arena, STR(" \n\t\n")), "");
	assert_str(entry_text_paragraphs(arena, STR("  One\n  line.\n")), "One line.");
	assert_str(entry_text_paragraphs(arena, STR("One.\n\nTwo\nlines.")), "One.\nTwo lines.");
	assert_str(
	    entry_text_paragraphs(arena, STR("\n\nOne.\r\n \t\r\n\r\nTwo.\r\n")), "One.\nTwo.");
	assert_str(entry_text_paragraphs(arena, STR("One.\n\xc2\xa0\nTwo.")), "One.\nTwo.");
	assert_str(entry_text_paragraphs(arena,
	               STR("a\x00"
	                   "b\x1b"
	                   "c")),
	    "abc");
	assert_str(entry_text_line(arena, STR("a\n\nb")), "a b");
}

static void
wrapped_words(void **state)
{
	(void)state;
	assert_str(entry_text_paragraphs(arena, STR("A long-\n  term plan,\nwell-\nmade.")),
	    "A long-term plan, well-made.");
	assert_str(entry_text_line(arena, STR("Multi-\n  lingual Maps")), "Multi-lingual Maps");
	/* A word that is left out, a dash, a name, a number, and the end. */
	assert_str(entry_text_paragraphs(arena, STR("open-\nand closed-source")),
	    "open- and closed-source");
	assert_str(entry_text_paragraphs(arena, STR("maps -\nold ones --\nand GPT-\n4 by X-\nY-")),
	    "maps - old ones -- and GPT- 4 by X- Y-");
	assert_str(entry_text_paragraphs(arena, STR("a well-\n\nmade")), "a well-\nmade");
	assert_str(entry_text_line(arena, STR("hy\xc2\xadphen")), "hyphen");
}

static void
lists_in_paragraphs(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *text;
	} samples[] = {
		{ "We give three things:\n- one that is\n  long,\n- two\n- three\nThey are good.",
		    "We give three things:\n- one that is long,\n- two\n- three\nThey are good." },
		{ "* one\n* two", "* one\n* two" },
		{ "It is new\n• one\n• two", "It is new\n• one\n• two" },
		{ "We show:\n1. that it works, and that it does so for all of the\ninputs\n"
		  "2. that it is fast\n3. and small",
		    "We show:\n1. that it works, and that it does so for all of the inputs\n"
		    "2. that it is fast\n3. and small" },
		{ "Contributions are\n(i) this,\n(ii) that, and\n(iii) all else.",
		    "Contributions are\n(i) this,\n(ii) that, and\n(iii) all else." },
		{ "Steps.\n  a) mix\n  b) stir\n  c) serve", "Steps.\na) mix\nb) stir\nc) serve" },
		{ "One.\n\n1) a\n2) b\n\nTwo.", "One.\n1) a\n2) b\nTwo." },
	};
	/* Sentences that were wrapped there. */
	static const char *const sentences[] = {
		"The method of the well-known authors is both a fast one\n- and a small one -"
		" which nobody has seen before in all this time\n- not even here.",
		"We follow what others have shown in great detail in Section\n1. Then we turn to "
		"what they have left to be shown in Section\n2. It works.",
		"This paper has two parts, as we will now tell. It is (i) a\nlong one and\n"
		"(ii) a short one.",
		"The loss is the sum of all of these terms, as it was before, x\n- y\n- z.",
		"The value is\n-0.5 and\n-1.5.\n3.5 times that is\n2. Less is\n1. No more.",
		"One point:\n- this alone.",
		"The authors are\nA. Smith and\nB. Jones.",
		"It was so in\n2024. It was otherwise in\n2025. So\n1. it was.",
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_str(entry_text_paragraphs(arena, str_from(samples[i].raw)), samples[i].text);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		struct str text = entry_text_paragraphs(arena, str_from(sentences[i]));
		assert_true(str_find_char(text, '\n') < 0);
	}
}

/* No text takes a time that grows with the square of its length. */
static void
lists_that_never_begin(void **state)
{
	(void)state;
	static const char *const lines[] = { "1) x\n", "- x, y\n", "(a) x\n(b) y\n", "x\n" };
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		buf_reset(&text);
		buf_add_repeat(&text, 'x', 70);
		buf_add_char(&text, '\n');
		for (int n = 0; n < 100000; n++)
			buf_add_string(&text, lines[i]);
		assert_true(entry_text_paragraphs(arena, buf_str(&text)).len >= 200000);
	}
	buf_release(&text);
}

static void
urls(void **state)
{
	(void)state;
	static const char *const good[] = { "https://example.com", "http://example.com/a?b=c#d",
		"HTTPS://Example.com/", "https://[2001:db8::1]/x", "https://münchen.example/ä",
		"https://example.com/a%20b" };
	static const char *const bad[] = { "", "example.com", "ftp://example.com/",
		"javascript:alert(1)", "data:text/html,x", "https://", "https:///etc/passwd",
		"http://?x", "http://#", "https:example.com", "https://example.com/a b",
		"https://example.com/\x1b[0m",
		"https://example.com/\xe2\x80\xae"
		"gpj",
		"https://example.com/\xff", "https://example.com/\r\nBcc: x", "//example.com/",
		"mailto:a@b" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_str(entry_text_url(arena, str_from(good[i])), good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_str(entry_text_url(arena, str_from(bad[i])), "");
	assert_str(
	    entry_text_url(arena, STR(" \n https://example.com/x \t")), "https://example.com/x");
	assert_str(entry_text_url(arena, STR("https://example.com/\0x")), "");
}

static void
authors_and_categories(void **state)
{
	(void)state;
	struct entry entry;

	entry_init(&entry);
	entry_add_author(&entry, arena, STR(" Ada\n Lovelace "), STR("London \n"), false);
	entry_add_author(&entry, arena, STR(" \t"), STR("nobody"), false);
	entry_add_author(&entry, arena, STR("Nobody Known"), STR(""), true);
	for (int i = 0; i < 600; i++)
		entry_add_author(&entry, arena, STR("Ada Lovelace"), STR(""), false);
	assert_int_equal(entry.author_count, 602); /* two people may have one name */
	assert_str(entry.authors[0].name, "Ada Lovelace");
	assert_str(entry.authors[0].affiliation, "London");
	assert_false(entry.authors[0].is_hidden);
	assert_str(entry.authors[1].name, "Nobody Known");
	assert_true(entry.authors[1].is_hidden);

	entry_add_category(&entry, arena, STR("cs.CL"));
	entry_add_category(&entry, arena, STR(" cs.LG\n"));
	entry_add_category(&entry, arena, STR("cs.CL"));
	entry_add_category(&entry, arena, STR(""));
	entry_add_category(
	    &entry, arena, STR("cs.cl")); /* names of others may differ by case alone */
	assert_int_equal(entry.category_count, 3);
	assert_str(entry.categories[0], "cs.CL");
	assert_str(entry.categories[1], "cs.LG");
}

/* The content of an entry, to be released. */
static struct buf
content(const struct entry *entry)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	entry_add_content(entry, &out);
	return out;
}

/* Whether the change to `b` makes its content another than that of `a`. */
static void
check_content(const struct entry *a, const struct entry *b, bool is_same)
{
	struct buf one = content(a);
	struct buf other = content(b);

	assert_int_equal(str_equal(buf_str(&one), buf_str(&other)), is_same);
	buf_release(&one);
	buf_release(&other);
}

static void
what_makes_a_version(void **state)
{
	(void)state;
	struct entry entry, other;

	entry_init(&entry);
	entry.title = STR("A title");
	entry.abstract = STR("One.\nTwo.");
	entry_add_author(&entry, arena, STR("Ada Lovelace"), STR(""), false);
	entry_add_author(&entry, arena, STR("Charles Babbage"), STR(""), false);
	other = entry;
	other.votes = 17;
	other.comments = 3;
	other.rank = 5;
	other.version = 2;
	other.abstract = STR("One.  Two.\n");
	check_content(&entry, &other, true);

	other = entry;
	other.title = STR("A Title");
	check_content(&entry, &other, false);
	other = entry;
	other.abstract = STR("One. Two!");
	check_content(&entry, &other, false);
	other = entry;
	other.author_count = 1;
	check_content(&entry, &other, false);
	other = entry;
	other.comment = STR("12 pages");
	check_content(&entry, &other, false);
	other.comment = STR("");
	other.journal_ref = STR("12 pages");
	check_content(&entry, &other, false);

	/* Text that moves over a border is a change. */
	struct entry left = entry, right = entry;
	left.title = STR("a b");
	left.abstract = STR("c");
	right.title = STR("a");
	right.abstract = STR("b c");
	check_content(&left, &right, false);
}

static void
check_words(const char *text, const char *expected)
{
	struct buf once = BUF_INIT(BUF_LIMIT);
	struct buf twice = BUF_INIT(BUF_LIMIT);

	entry_add_words(&once, str_from(text));
	assert_str(buf_str(&once), expected);
	entry_add_words(&twice, buf_str(&once));
	assert_str(buf_str(&twice), expected);
	buf_release(&once);
	buf_release(&twice);
}

static void
words_without_tex(void **state)
{
	(void)state;
	check_words("", "");
	check_words("{}$", "");
	check_words("State-of-the-Art, 2026!", "state of the art 2026");
	check_words("T\\\"ulu", "tulu");
	check_words("T\\\"{u}lu 3", "tulu 3");
	check_words("Tülu", "tulu");
	check_words("$\\tau$-bench", "tau bench");
	check_words("τ-bench", "tau bench");
	check_words("$\\tau^2$-Bench", "tau 2 bench");
	check_words("τ²-Bench", "tau 2 bench");
	check_words("$\\varepsilon$-greedy", "epsilon greedy");
	check_words("$μ$LO and µLO", "mu lo and mu lo");
	check_words("Erd\\H{o}s, Erd\\H os, Erdős", "erdos erdos erdos");
	check_words("\\'Edgar Rold\\'an", "edgar roldan");
	check_words("na\\\"{\\i}ve na\\\"\\i ve naïve", "naive naive naive");
	check_words("\\v{C}ech \\c{S}ahin, Čech Şahin", "cech sahin cech sahin");
	check_words("S\\o ren, S\\o{}ren, Søren", "soren soren soren");
	check_words("\\L{}ukasz, Łukasz", "lukasz lukasz");
	check_words(
	    "\\AA ngstr\\\"om \\ae on Æon Straße Stra\\ss e", "angstrom aeon aeon strasse strasse");
	check_words("\\textsc{Tool}Former: \\emph{can} it?", "toolformer can it");
	check_words("{\\bf Bold} move", "bold move");
	check_words("$\\mathcal{O}(n^2)$", "o n2");
	check_words("H$_2$O, H_2O, CO_{2}", "h2o h2o co2");
	check_words("x_{ij} and x^n", "x ij and x n");
	check_words("AT\\&T and AT&T", "at t and at t");
	check_words("100\\% of\\,it\\\\all", "100 of it all");
	check_words("co\\-op", "coop");
	check_words("{\\LaTeX} \\methodname rules", "latex methodname rules");
	check_words("\\url{http://example.com}", "http example com");
	check_words("a \\", "a");
	check_words("\\ä \\漢", "a 漢");
	check_words("snake_case and 5_000", "snake case and 5000");
	check_words("for 1$ or $5", "for 1 or 5");
	check_words("Λόγος και α", "λογοσ και alpha");
	check_words("\xce\xb1\xce\x81 αα", "alpha αα"); /* beside a code point that is no letter */
	check_words("深度学习 LLM", "深 度 学 习 llm");
	check_words("\xff\xfe", "");
}

static void
counting_words(void **state)
{
	(void)state;
	struct entry entry;

	entry_init(&entry);
	entry.title = STR("Three short words");
	entry.abstract = STR("One.\nTwo three-four.");
	assert_int_equal(entry_word_count(&entry), 6);
}

/* As many as str_next_word() takes, wherever the spaces stand. */
static void
counting_words_of_any_length(void **state)
{
	(void)state;
	static const char text[] = " a\tbc  d\r\ne\v\ff ghijklmnopqrstuv w\x1fx\xc2\xa0y 1 2 3 4 5 "
	                           "6 7 8 9  0   end of a text of several lanes ";

	for (size_t from = 0; from < sizeof(text); from++) {
		for (size_t len = 0; len < sizeof(text) - from; len++) {
			struct str part = { text + from, len }, rest = part, word;
			size_t count = 0;

			while (str_next_word(&rest, &word))
				count++;
			assert_int_equal(entry_text_words(part), count);
		}
	}
}

static void
minutes(void **state)
{
	(void)state;
	static const struct {
		size_t words, minutes;
	} cases[] = { { 0, 1 }, { 1, 1 }, { 118, 1 }, { 119, 1 }, { 238, 1 }, { 356, 1 },
		{ 357, 2 }, { 476, 2 }, { 594, 2 }, { 595, 3 }, { 23800, 100 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(BUF_LIMIT);
		struct entry entry;
		for (size_t n = 0; n < cases[i].words; n++)
			buf_add_string(&text, "word ");
		entry_init(&entry);
		entry.abstract = buf_str(&text);
		struct issue_item item = { .entry = &entry, .section = ISSUE_NEW };
		struct issue issue = { .items = &item, .item_count = 1 };
		issue_count(&issue);
		assert_int_equal(issue.minutes, cases[i].minutes);
		buf_release(&text);
	}
}

static void
counting_an_issue(void **state)
{
	(void)state;
	struct entry long_entry, empty_entry;
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (int i = 0; i < 600; i++)
		buf_add_string(&text, "word ");
	entry_init(&long_entry);
	entry_init(&empty_entry);
	long_entry.abstract = buf_str(&text);
	struct issue_item items[] = { { .entry = &empty_entry, .section = ISSUE_NEW },
		{ .entry = &empty_entry, .section = ISSUE_NEW },
		{ .entry = &empty_entry, .section = ISSUE_UPDATED },
		{ .entry = &long_entry, .section = ISSUE_UPDATED } };
	struct issue issue = {
		.items = items, .new_count = 99, .updated_count = 99, .minutes = 99
	};

	issue_count(&issue);
	assert_int_equal(issue.new_count + issue.updated_count + issue.minutes, 0);
	issue.item_count = 1;
	issue_count(&issue);
	assert_int_equal(issue.new_count, 1);
	assert_int_equal(issue.updated_count, 0);
	assert_int_equal(issue.minutes, 1);
	issue.item_count = 4;
	issue_count(&issue);
	assert_int_equal(issue.new_count, 2);
	assert_int_equal(issue.updated_count, 2);
	assert_int_equal(issue.minutes, 3);
	assert_string_equal(issue_section_name(ISSUE_NEW), "new");
	assert_string_equal(issue_section_name(ISSUE_UPDATED), "updated");
	buf_release(&text);
}

static void
withdrawals_say_so(void **state)
{
	static const struct {
		const char *comment, *abstract;
		bool is_withdrawn;
	} cases[] = {
		{ "This paper has been withdrawn by the author due to an error in (3)", "", true },
		{ "Withdrawn", "", true },
		{ "withdrawn by the authors; see a later paper", "", true },
		{ "[This submission has been withdrawn by arXiv administrators]", "", true },
		{ "Paper withdrawn", "", true },
		{ "This article is being WITHDRAWN from arXiv", "", true },
		{ "", "This paper has been withdrawn.", true },
		{ "", "Withdrawn.", true },
		{ "12 pages. This version was retracted", "", true },
		{ "12 pages, 3 figures", "", false },
		{ "Withdrawn from ICML, now at a journal", "", false },
		{ "This paper was withdrawn from a workshop", "", false },
		{ "", "Why a drug has been withdrawn by its maker is the question of this paper.",
		    false },
		{ "", "We study papers that were withdrawn, and why.", false },
	};
	struct entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		entry_init(&entry);
		entry.comment = str_from(cases[i].comment);
		entry.abstract = str_from(cases[i].abstract);
		if (entry_says_withdrawn(&entry) != cases[i].is_withdrawn)
			fail_msg("'%s' '%s'", cases[i].comment, cases[i].abstract);
	}
}

static void
changes_are_those_that_readers_see(void **state)
{
	struct entry before, after;

	(void)state;
	entry_init(&before);
	entry_init(&after);
	before.title = STR("On $\\tau$-Bench: A  Study");
	after.title = STR("On τ-bench: a study");
	before.comment = STR("12 pages");
	after.comment = STR("12 pages.");
	entry_add_author(&before, arena, STR("Ada Example"), STR("Here"), false);
	entry_add_author(&after, arena, STR("Ada Example"), STR(""), false);
	assert_int_equal(entry_changes(&before, &after), 0);
	after.title = STR("On another bench");
	after.abstract = STR("New.");
	after.comment = STR("14 pages");
	after.journal_ref = STR("J. Ex. 3");
	entry_add_author(&after, arena, STR("Bo Muster"), STR(""), false);
	assert_int_equal(entry_changes(&before, &after), (1 << ENTRY_CHANGE_COUNT) - 1);
	assert_string_equal(entry_change_name(0), "title");
	assert_string_equal(entry_change_name(ENTRY_CHANGE_COUNT - 1), "journal reference");
	assert_string_equal(entry_change_name(ENTRY_CHANGE_COUNT), "");
}

static void
sections_have_their_places(void **state)
{
	(void)state;
	for (int i = 0; i < ISSUE_SECTION_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_int_not_equal(issue_section_place((enum issue_section)i),
			    issue_section_place((enum issue_section)j));
	assert_string_equal(issue_section_name(ISSUE_CROSS), "cross-listed");
	assert_string_equal(issue_section_name(ISSUE_WITHDRAWN), "withdrawn");
	assert_true(issue_section_is_news(ISSUE_CROSS));
	assert_false(issue_section_is_news(ISSUE_WITHDRAWN));
}

static void
sentences_end_where_readers_see_it(void **state)
{
	(void)state;
	/* The beginning of at most five words, and of more where its first sentence has more. */
	static const struct {
		const char *text, *lead;
	} cases[] = {
		{ "", "" },
		{ "One.", "One." },
		{ "No end", "No end" },
		{ "One two. Three four. Five six.", "One two. Three four." },
		{ "One two. Three four five six. Seven.", "One two." },
		{ "A long first sentence of seven words. More.",
		    "A long first sentence of seven words." },
		{ "We test tools, e.g. Hammers and e.g. saws, here. More.",
		    "We test tools, e.g. Hammers and e.g. saws, here." },
		{ "Smith et al. Have shown it in two ways. More.",
		    "Smith et al. Have shown it in two ways." },
		{ "As Fig. 3 and Eqs. 4 to 6 show. More.", "As Fig. 3 and Eqs. 4 to 6 show." },
		{ "By J. P. Doe (cf. Sec. 2) it holds. More.",
		    "By J. P. Doe (cf. Sec. 2) it holds." },
		{ "It gains 3.5 points at v1.2. And that is more.",
		    "It gains 3.5 points at v1.2." },
		{ "Code is at https://example.org/a.b?c=D. Enjoy it as it is.",
		    "Code is at https://example.org/a.b?c=D." },
		{ "See example.com. It runs there every night.", "See example.com." },
		{ "It says no. See No. 5 on p. 7 there. More.", "It says no." },
		{ "It took a sec. See Sec. 5 there again. More.", "It took a sec." },
		{ "Does it? It does! So there we are.", "Does it? It does!" },
		{ "He said \"no.\" They went home (late.) Then more of it.", "He said \"no.\"" },
		{ "It is big ... and it grows and grows. More.",
		    "It is big ... and it grows and grows." },
		{ "1. First we look. 2. Then we leap again.", "1. First we look." },
		{ "Let $a. B$ be given as a set. More.", "Let $a. B$ be given as a set." },
		{ "It costs $5. That is not very much.", "It costs $5." },
		{ "One paragraph\nand another one that is long", "One paragraph" },
		{ "我们提出一个方法。它很好。", "我们提出一个方法。它很好。" },
		{ "これはペンです。 あれは本です。 それは何ですか？ はい。 いいえ。 そう。",
		    "これはペンです。 あれは本です。 それは何ですか？ はい。 いいえ。" },
		{ "Élan is new. Über is old. ÄÖ is here. More.", "Élan is new." },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_str(entry_lead(str_from(cases[i].text), 5), cases[i].lead);
}

/* Whatever the text, its lead is a beginning of it, and all of it when there is room for all. */
static void
a_lead_is_a_beginning(void **state)
{
	(void)state;
	static const char signs[] = "aB1 .!?$\n\"()\\\xe3\x80\x82\xe2\x80\x9d";
	uint32_t seed = 11;
	char text[40];

	for (int round = 0; round < 20000; round++) {
		size_t len = 0;
		for (; len < sizeof(text); len++) {
			seed = seed * 1664525u + 1013904223u;
			text[len] = signs[(seed >> 16) % (sizeof(signs) - 1)];
		}
		struct str whole = { text, len };
		struct str lead = entry_lead(whole, round % 7);
		assert_true(
		    lead.len <= len && lead.ptr >= text && lead.ptr + lead.len <= text + len);
		assert_true(str_equal(entry_lead(whole, 100), str_trim(whole)));
	}
}

static void
forms_show_less_and_less(void **state)
{
	(void)state;
	struct entry entry;
	struct issue issue = { 0 };

	entry_init(&entry);
	entry.title = STR("A title of five words");
	entry.abstract =
	    STR("A first sentence. "
	        "A second one that goes on and on and on and on and on and on and on "
	        "and on and on and on and on and on and on and on and on and on and on "
	        "and on and on and on and on and on and on and on and on and on.");
	entry.url = STR("https://example.org/1");
	entry_add_author(&entry, arena, STR("Ada Example"), STR(""), false);
	struct issue_item item = { .entry = &entry, .why = STR("9 votes") };

	size_t full = issue_item_words(&item);
	item.form = ISSUE_BRIEF;
	size_t brief = issue_item_words(&item);
	item.form = ISSUE_LINE;
	assert_true(full > brief && brief > issue_item_words(&item));
	assert_string_equal(issue_form_name(ISSUE_LINE), "line");

	/* An issue that is not shown whole is measured by all that it shows. */
	struct issue_item items[100];
	for (size_t i = 0; i < 100; i++)
		items[i] = item;
	issue.items = items;
	issue.item_count = 100;
	issue_count(&issue);
	assert_int_equal(issue.minutes, (100 * issue_item_words(&item) + 119) / issue_words_in(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(titles),
		cmocka_unit_test(paragraphs),
		cmocka_unit_test(wrapped_words),
		cmocka_unit_test(lists_in_paragraphs),
		cmocka_unit_test(lists_that_never_begin),
		cmocka_unit_test(urls),
		cmocka_unit_test(authors_and_categories),
		cmocka_unit_test(what_makes_a_version),
		cmocka_unit_test(words_without_tex),
		cmocka_unit_test(counting_words),
		cmocka_unit_test(counting_words_of_any_length),
		cmocka_unit_test(minutes),
		cmocka_unit_test(counting_an_issue),
		cmocka_unit_test(withdrawals_say_so),
		cmocka_unit_test(changes_are_those_that_readers_see),
		cmocka_unit_test(sections_have_their_places),
		cmocka_unit_test(sentences_end_where_readers_see_it),
		cmocka_unit_test(a_lead_is_a_beginning),
		cmocka_unit_test(forms_show_less_and_less),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
