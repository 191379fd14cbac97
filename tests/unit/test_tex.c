/* TeX as people write it, and what readers see of it. */
#include "unit.h"

#include "digest/tex.h"
#include "digest/unicode.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct set {
	struct buf text, html;
};

static struct set
set(struct str source)
{
	struct set set = { BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT) };
	struct arena *arena = arena_new();
	const struct tex *tex = tex_parse(arena, source);

	tex_add_text(tex, &set.text);
	tex_add_html(tex, true, &set.html);
	arena_free(arena);
	return set;
}

static void
release(struct set *set)
{
	buf_release(&set->text);
	buf_release(&set->html);
}

struct example {
	const char *source, *text;
	const char *html; /* NULL: as the text */
};

static void
check(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct set got = set(str_from(examples[i].source));
		assert_string_equal(got.text.ptr, examples[i].text);
		assert_string_equal(
		    got.html.ptr, examples[i].html != NULL ? examples[i].html : examples[i].text);
		release(&got);
	}
}

#define CHECK(examples) check(examples, sizeof(examples) / sizeof((examples)[0]))

static void
test_titles(void **state)
{
	static const struct example examples[] = {
		{ "Attention Is All You Need", "Attention Is All You Need", NULL },
		{ "$\\tau$-bench", "τ-bench", NULL },
		{ "MedS^3: fast", "MedS³: fast", "MedS<sup>3</sup>: fast" },
		{ "S$^4$C", "S⁴C", "S<sup>4</sup>C" },
		{ "Adaptive-$k$", "Adaptive-k", "Adaptive-<em>k</em>" },
		{ "T\\\"ulu 3", "Tülu 3", NULL },
		{ "in $\\mathcal{O}(n \\log n)$", "in 𝒪(n log n)",
		    "in 𝒪(<em>n</em> log <em>n</em>)" },
		{ "\\textsc{Foo} and \\emph{bar}", "Foo and bar", "Foo and <em>bar</em>" },
		{ "$\\alpha$ & <b>", "α & <b>", "α &amp; &lt;b&gt;" },
		{ "$k$NN, $n$th", "kNN, nth", "<em>k</em>NN, <em>n</em>th" },
	};

	(void)state;
	CHECK(examples);
}

static void
test_names(void **state)
{
	static const struct example examples[] = {
		{ "Anna Ja\\'{s}kiewicz", "Anna Jaśkiewicz", NULL },
		{ "Paul Erd\\H{o}s", "Paul Erdős", NULL },
		{ "Edgar Rold\\'an", "Edgar Roldán", NULL },
		{ "Ma{\\l}gorzata", "Małgorzata", NULL },
		{ "S\\o ren and Fran\\c cois", "Søren and François", NULL },
		{ "na\\\"{\\i}ve \\AA ngstr\\\"om", "naïve Ångström", NULL },
		{ "Petojevi\\' c", "Petojević", NULL },
		{ "Kurt G{\\\"o}del", "Kurt Gödel", NULL },
		{ "Stra\\ss e", "Straße", NULL },
		{ "Becchi--Rouet", "Becchi–Rouet", NULL },
	};

	(void)state;
	CHECK(examples);
}

static void
test_formulas(void **state)
{
	static const struct example examples[] = {
		{ "$x^{2k}$ $x^{2q}$ $a_b$", "x²ᵏ x^{2q} a_b",
		    "<em>x</em><sup>2<em>k</em></sup> <em>x</em><sup>2<em>q</em></sup> "
		    "<em>a</em><sub><em>b</em></sub>" },
		{ "$(k_F a)^{-1} \\ge 1$", "(k_F a)⁻¹ ≥ 1",
		    "(<em>k</em><sub><em>F</em></sub><em>a</em>)<sup>-1</sup> ≥ 1" },
		{ "La$_{1.85}$Sr$_{0.15}$CuO$_4$", "La₁.₈₅Sr₀.₁₅CuO₄",
		    "La<sub>1.85</sub>Sr<sub>0.15</sub>CuO<sub>4</sub>" },
		{ "few$\\times 10^{-5}$", "few×10⁻⁵", "few×10<sup>-5</sup>" },
		{ "$>50\\%$ $\\sim 5$ $k=3$", ">50% ∼5 k = 3", "&gt;50% ∼5 <em>k</em> = 3" },
		{ "$\\frac{a+b}{c}$ $\\frac12$", "(a + b)/c ½",
		    "(<em>a</em> + <em>b</em>)/<em>c</em> ½" },
		{ "$\\sqrt{2}$ $\\sqrt{ab}$ $\\sqrt[3]{8}$", "√2 √(ab) ∛8",
		    "√2 √(<em>ab</em>) ∛8" },
		{ "90$^\\circ$ $f'$", "90° f′", "90° <em>f</em>′" },
		{ "$\\bar\\nu_e$ $\\hat{\\theta}$", "ν̄ₑ θ̂", "ν̄<sub><em>e</em></sub> θ̂" },
		{ "$k \\in \\{1,\\dots,n\\}$", "k ∈ {1, …, n}", "<em>k</em> ∈ {1, …, <em>n</em>}" },
		{ "$\\mathbb{R}^d$ $\\mathfrak{g}$", "ℝᵈ 𝔤", "ℝ<sup><em>d</em></sup> 𝔤" },
		{ "$\\left(\\frac{a}{b}\\right)^2$", "(a/b)²",
		    "(<em>a</em>/<em>b</em>)<sup>2</sup>" },
		{ "$a \\neq b$ $x \\not\\in A$", "a ≠ b x ∉ A",
		    "<em>a</em> ≠ <em>b</em> <em>x</em> ∉ <em>A</em>" },
		{ "$10{,}000$ $10,000$ $(a,b)$", "10,000 10,000 (a, b)",
		    "10,000 10,000 (<em>a</em>, <em>b</em>)" },
		{ "\\(x\\) \\[y\\] $$z$$", "x y z", "<em>x</em> <em>y</em> <em>z</em>" },
		{ "$\\text{LoRA}^{+}$ $\\mathbf{W}$", "LoRA⁺ W",
		    "LoRA<sup>+</sup> <strong>W</strong>" },
		{ "$10^{20}~{\\rm cm}^{-2}$", "10²⁰ cm⁻²", "10<sup>20</sup> cm<sup>-2</sup>" },
		{ "$a \\pmod{n}$", "a (mod n)", "<em>a</em> (mod <em>n</em>)" },
	};

	(void)state;
	CHECK(examples);
}

static void
test_without_dollars(void **state)
{
	static const struct example examples[] = {
		{ "x^\\mu with \\mu = 0", "x^μ with μ = 0", "x<sup>μ</sup> with μ = 0" },
		{ "10^6, 10^-5 and CO_2", "10⁶, 10⁻⁵ and CO₂",
		    "10<sup>6</sup>, 10<sup>-5</sup> and CO<sub>2</sub>" },
		{ "^13C and R^n", "¹³C and Rⁿ", "<sup>13</sup>C and R<sup><em>n</em></sup>" },
		{ "{\\em Fermi} {\\bf data}", "Fermi data",
		    "<em>Fermi</em> <strong>data</strong>" },
		{ "i.i.d.\\ 5\\% a\\_b Fig.~1", "i.i.d. 5% a_b Fig. 1", NULL },
		{ "``quoted'' text", "“quoted” text", NULL },
		{ "\\href{https://a.b}{here}", "here (https://a.b)",
		    "<a href=\"https://a.b\">here</a>" },
		{ "\\url{javascript:x}", "javascript:x", NULL },
		{ "as \\cite{x} says", "as [x] says", NULL },
	};

	(void)state;
	CHECK(examples);
}

static void
test_what_is_no_tex_stays(void **state)
{
	static const char *const texts[] = { "costs $5 and $10", "$1 Million for 1$",
		"US$20,000 or 5$ more", "$HOME/bin:$PATH", "${A}/x:${B}", "model_2 and __init__",
		"{\"a\": 1}", "sets {0,1} and {a, b}", "a ~60% --flag ~/x http://x.y/~z",
		"5'' wide", "x ^_^ y", "a^bc", "it's 'quoted'", "$", "$$", "\\", "a\\", "{", "}",
		"^", "_", "$a", "$\\", "${", "$a_$b", "tail \\" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct set got = set(str_from(texts[i]));
		assert_string_equal(got.text.ptr, texts[i]);
		release(&got);
	}
}

/* A word or formula that cannot be set is untouched, whole, and what is around it is set. */
static void
test_unknown_stays(void **state)
{
	static const struct example examples[] = {
		{ "\\la r^2\\ra^\\pi_s and \\pi", "\\la r^2\\ra^\\pi_s and π", NULL },
		{ "$x^2 \\rule$ $x^2$", "$x^2 \\rule$ x²", "$x^2 \\rule$ <em>x</em><sup>2</sup>" },
		{ "say \\\"quoted\\\" word", "say \\\"quoted\\\" word",
		    "say \\&quot;quoted\\&quot; word" },
		{ "$\\begin{matrix}a\\end{matrix}$", "$\\begin{matrix}a\\end{matrix}$", NULL },
		{ "\\input{/etc/passwd}", "\\input{/etc/passwd}", NULL },
		{ "\\newcommand{\\foo}{bar}", "\\newcommand{\\foo}{bar}", NULL },
		/* Paths, patterns and other programs' escapes are no commands. */
		{ "C:\\Users\\foo, \\\\host\\share, \"\\pThis\", a.\\n\\nB, [\\w\\d]+ or \\ba",
		    "C:\\Users\\foo, \\\\host\\share, \"\\pThis\", a.\\n\\nB, [\\w\\d]+ or \\ba",
		    "C:\\Users\\foo, \\\\host\\share, &quot;\\pThis&quot;, a.\\n\\nB, [\\w\\d]+ "
		    "or \\ba" },
	};

	(void)state;
	CHECK(examples);
}

/* What authors defined for themselves is its name, or what it is given. */
static void
test_own_commands(void **state)
{
	static const struct example examples[] = {
		{ "we show \\ours{}, (\\method), and \\tool-7B.",
		    "we show ours, (method), and tool-7B.", NULL },
		{ "the \\acl{LLM} is \\new{very \\emph{good}}", "the LLM is very good",
		    "the LLM is very <em>good</em>" },
		{ "\\colorbox{red}{text}, \\two{a}{b}, \\emph{\\foo}", "text, a b, foo",
		    "text, a b, <em>foo</em>" },
		{ "$\\foo_1$-big $A\\ot\\Dh.$", "foo₁-big A ot Dh.",
		    "foo<sub>1</sub>-big <em>A</em> ot Dh." },
		{ "$\\Aut(\\Dh)$ $\\foo{x}{y}$", "Aut(Dh) foo(x, y)",
		    "Aut(Dh) foo(<em>x</em>, <em>y</em>)" },
		{ "$\\norm{x}$ $\\ket{0}$ $\\braket{a}{b}$ $\\binom{n}{k}$",
		    "‖x‖ |0⟩ ⟨a|b⟩ (n choose k)",
		    "‖<em>x</em>‖ |0⟩ ⟨<em>a</em>|<em>b</em>⟩ (<em>n</em> choose <em>k</em>)" },
		{ "that \\begin{itemize} \\item a \\item b \\end{itemize} is", "that • a • b is",
		    NULL },
		{ "so \\begin{equation} x^2 = 1 \\label{e} \\end{equation} is", "so x² = 1 is",
		    "so <em>x</em><sup>2</sup> = 1 is" },
		{ "\\begin{tabular}{c} a \\end{tabular}", "\\begin{tabular}{c} a \\end{tabular}",
		    NULL },
		{ "$x \\lsim 10\\GeV$", "x ≲ 10 GeV", "<em>x</em> ≲ 10 GeV" },
	};

	(void)state;
	CHECK(examples);
}

static void
test_depth(void **state)
{
	struct buf deep = BUF_INIT(BUF_LIMIT);

	(void)state;
	buf_add_string(&deep, "$");
	buf_add_repeat(&deep, '{', 100000);
	buf_add_string(&deep, "x");
	buf_add_repeat(&deep, '}', 100000);
	buf_add_string(&deep, "$ ");
	for (int i = 0; i < 200; i++)
		buf_add_string(&deep, "{\\em ");
	for (int i = 0; i < 200; i++)
		buf_add_string(&deep, "}");
	/* Groups that never end are not sought to the end, each of them. */
	for (int i = 0; i < 50000; i++)
		buf_add_string(&deep, "$\\alpha_{x^{2");
	struct set got = set(buf_str(&deep));
	assert_string_equal(got.text.ptr, deep.ptr);
	release(&got);
	buf_release(&deep);
}

/* Nor is the end of what never ends sought again and again. */
static void
test_what_never_ends(void **state)
{
	static const char *const pieces[] = { "\\(x ", "\\begin{equation} ", "$$\\x ", "$\\text{a ",
		"`x ", "{x ", "''a " };
	struct buf text = BUF_INIT(BUF_LIMIT);

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		buf_reset(&text);
		for (int n = 0; n < 8000; n++)
			buf_add_string(&text, pieces[i]);
		struct set got = set(buf_str(&text));
		assert_true(got.text.len >= 16000);
		release(&got);
	}
	buf_release(&text);
}

/* ---- real texts ---- */

/* Letters and digits outside of commands, folded; what TeX says by a command is not among them. */
static void
collect(struct buf *out, struct str text)
{
	struct buf folded = BUF_INIT(BUF_LIMIT);

	unicode_add_folded(&folded, text);
	for (size_t i = 0; i < folded.len; i++) {
		if (folded.ptr[i] == '\\') {
			while (i + 1 < folded.len && isalpha((unsigned char)folded.ptr[i + 1]))
				i++;
		} else if (str_is_digit(folded.ptr[i])) {
			buf_add_char(out, folded.ptr[i]);
		}
	}
	buf_release(&folded);
}

/* No digit of any of the texts is lost, and none is added. */
static void
test_real_texts(void **state)
{
	const char *folder = getenv("DIGEST_TEST_DATA");
	char path[4096];
	char *line = NULL;
	size_t room = 0, count = 0;
	ssize_t len;

	(void)state;
	snprintf(
	    path, sizeof(path), "%s/latex_titles.tsv", folder != NULL ? folder : "../shared/data");
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		print_message("no real texts in %s (DIGEST_TEST_DATA)\n", path);
		skip();
	}
	while ((len = getline(&line, &room, file)) > 0) {
		const char *tab = strrchr(line, '\t');
		struct str source = str_from(tab != NULL ? tab + 1 : line);
		struct buf before = BUF_INIT(BUF_LIMIT), after = BUF_INIT(BUF_LIMIT);
		struct set got = set(source);
		collect(&before, source);
		collect(&after, buf_str(&got.text));
		assert_true(unicode_is_valid(buf_str(&got.text)));
		if (strstr(source.ptr, "frac") == NULL)
			assert_string_equal(after.ptr, before.ptr);
		buf_release(&before);
		buf_release(&after);
		release(&got);
		count++;
	}
	free(line);
	fclose(file);
	assert_true(count > 500);
}

static void
test_markdown(void **state)
{
	static const struct example examples[] = {
		{ "we built **Tool-X**, and (**two words**).", "we built Tool-X, and (two words).",
		    "we built <strong>Tool-X</strong>, and (<strong>two words</strong>)." },
		{ "seen *in vivo* and _in silico_", "seen in vivo and in silico",
		    "seen <em>in vivo</em> and <em>in silico</em>" },
		{ "call `a_b` with **k^2**", "call a_b with k²",
		    "call <code>a_b</code> with <strong>k<sup>2</sup></strong>" },
		{ "the [code](https://example.org/a_b) is", "the code (https://example.org/a_b) is",
		    "the <a href=\"https://example.org/a_b\">code</a> is" },
		/* What has such marks for other reasons stays. */
		{ "S**(n-2) x S**1, 2*3*4, f(x)*g and h*(y), a *b* c", NULL, NULL },
		{ "C*-algebras, (*-algebra, C*), A* and Sgr A* and M*", NULL, NULL },
		{ "*Equal contribution, *corresponding author, * and **", NULL, NULL },
		{ "snake_case, __init__.py, *.py and *.c, _x and y_z, f_*(x) = g_*(x)", NULL,
		    NULL },
		{ "C++, C#, :-), ^_^, *_*, T_T, o_O, --flag=a_b, -v", NULL, NULL },
		{ "[1](see below), [a] (b), [x](javascript:alert(1)), []()", NULL, NULL },
		{ "[x](https://a b) and [y](https://example.org", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct example example = examples[i];
		if (example.text == NULL)
			example.text = example.source;
		check(&example, 1);
	}
	(void)state;
}

static void
test_a_link_that_hardly_ends(void **state)
{
	char long_link[3000] = "[a page](https://example.org/";

	memset(long_link + strlen(long_link), 'x', 2500);
	strncat(long_link, ")", 2);
	const struct example example = { long_link, long_link, NULL };

	check(&example, 1);
	(void)state;
}

static void
test_what_other_programs_left(void **state)
{
	static const struct example examples[] = {
		/* A command's backslash or a link's command is gone. */
		{ "at https://example.org/{https://example.org/}.",
		    "at https://example.org/ (https://example.org/).", NULL },
		{ "r{=}{-}0.13 of 4{,}851", "r=-0.13 of 4,851", NULL },
		{ "either {a, b} or {=}", "either {a, b} or {=}", NULL },
		{ "the {Flow-SDE} of ``a'' is ''two words''.",
		    "the Flow-SDE of “a” is “two words”.", NULL },
		{ "deg$^2$.\\\\ Next \\ \\ one~\\cite{x}", "deg². Next one [x]",
		    "deg<sup>2</sup>. Next one [x]" },
		{ "use `foo' or (`bar it'), `Cys-loop'.", "use ‘foo’ or (‘bar it’), ‘Cys-loop’.",
		    NULL },
		{ "`a don't b' x", "‘a don't b’ x", NULL },
		{ "it's `so and so''s, a` b' `c", "it's `so and so''s, a` b' `c", NULL },
		{ "we see {entropy collapse} ({two-sided, 1}), {W}-space and {F}_t",
		    "we see entropy collapse ({two-sided, 1}), W-space and F_t", NULL },
		{ "at https://example.org/x{Our code is here.}",
		    "at https://example.org/x (Our code is here.)", NULL },
		{ "{return x} of f{return x} and \"a {class name}\" { return 1 } {1 2}",
		    "return x of f{return x} and \"a {class name}\" { return 1 } {1 2}",
		    "return x of f{return x} and &quot;a {class name}&quot; { return 1 } {1 2}" },
		{ "|U|^2 and $\\text{up to 0.1$\\sim$0.4}$", "|U|² and up to 0.1∼0.4",
		    "|U|<sup>2</sup> and up to 0.1∼0.4" },
		{ "if ($a != '') { $IV = f($B_x); $c", "if ($a != '') { $IV = f($B_x); $c", NULL },
		/* Addresses are no formulas, and years no indices. */
		{ "https://example.org/~user/A_2-x--y^2 and CVPR_2025, but C_60",
		    "https://example.org/~user/A_2-x--y^2 and CVPR_2025, but C₆₀",
		    "https://example.org/~user/A_2-x--y^2 and CVPR_2025, but C<sub>60</sub>" },
		/* A tilde that is no tie. */
		{ "2~138 mm, z~3, but Fig.~1 of AT~2018", "2~138 mm, z~3, but Fig. 1 of AT 2018",
		    NULL },
		{ "31{\\deg}, 30\\deg{}", "31°, 30°", NULL },
		{ "Lema\\^\\i tre", "Lemaître", NULL },
		{ "$L$--$M$", "L–M", "<em>L</em>–<em>M</em>" },
	};

	(void)state;
	CHECK(examples);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_without_dollars),
		cmocka_unit_test(test_what_is_no_tex_stays),
		cmocka_unit_test(test_unknown_stays),
		cmocka_unit_test(test_own_commands),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_what_never_ends),
		cmocka_unit_test(test_real_texts),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_a_link_that_hardly_ends),
		cmocka_unit_test(test_what_other_programs_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
