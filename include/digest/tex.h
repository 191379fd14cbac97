/*
 * TeX as it stands in titles, abstracts, names and comments, set for people: one parse, and two
 * renderings of it. Math between dollars, \(…\) and \[…\], accents, letters, ligatures, exponents
 * and the commands that authors use are converted; money, shell variables and lone dollars stay.
 *
 * Markdown that can be nothing else (**strong**, *emphasis*, `code`, [a link](https://…)) is set as
 * well; addresses stay as they are.
 *
 * A command that nobody knows is the text of its argument, or its name; in a formula both
 * ("foo(x)"). What cannot be converted is shown as it came: a formula, or outside of formulas the
 * word that holds it, whole and untouched.
 */
#ifndef DIGEST_TEX_H
#define DIGEST_TEX_H

#include "digest/arena.h"
#include "digest/buf.h"

struct tex;

/* Parses clean UTF-8. The result borrows from the text and lives in the arena. */
const struct tex *tex_parse(struct arena *arena, struct str text);

/*
 * Appends it as plain Unicode (NFC): α, x², a₁, ≤, 𝒪; x^{2δ} and x_b where Unicode has no such
 * index; (a+b)/c for a fraction.
 */
void tex_add_text(const struct tex *tex, struct buf *out);

/*
 * Appends it as HTML, escaped: <sub>, <sup>, <em>, <strong>, <code> and Unicode. `has_links` makes
 * \url and \href links, for http and https; within another link there can be none.
 */
void tex_add_html(const struct tex *tex, bool has_links, struct buf *out);

#endif
