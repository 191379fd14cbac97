/*
 * Unicode's raised, lowered and mathematical letters (The Unicode Standard, chapters 7.8, 22.2 and
 * 22.4).
 */
#include "node.h"

#include <string.h>

struct row {
	const char *plain, *set;
};

static const struct row raised[] = {
	{ "0", "⁰" },
	{ "1", "¹" },
	{ "2", "²" },
	{ "3", "³" },
	{ "4", "⁴" },
	{ "5", "⁵" },
	{ "6", "⁶" },
	{ "7", "⁷" },
	{ "8", "⁸" },
	{ "9", "⁹" },
	{ "+", "⁺" },
	{ "-", "⁻" },
	{ "=", "⁼" },
	{ "(", "⁽" },
	{ ")", "⁾" },
	{ "a", "ᵃ" },
	{ "b", "ᵇ" },
	{ "c", "ᶜ" },
	{ "d", "ᵈ" },
	{ "e", "ᵉ" },
	{ "f", "ᶠ" },
	{ "g", "ᵍ" },
	{ "h", "ʰ" },
	{ "i", "ⁱ" },
	{ "j", "ʲ" },
	{ "k", "ᵏ" },
	{ "l", "ˡ" },
	{ "m", "ᵐ" },
	{ "n", "ⁿ" },
	{ "o", "ᵒ" },
	{ "p", "ᵖ" },
	{ "r", "ʳ" },
	{ "s", "ˢ" },
	{ "t", "ᵗ" },
	{ "u", "ᵘ" },
	{ "v", "ᵛ" },
	{ "w", "ʷ" },
	{ "x", "ˣ" },
	{ "y", "ʸ" },
	{ "z", "ᶻ" },
	{ "A", "ᴬ" },
	{ "B", "ᴮ" },
	{ "D", "ᴰ" },
	{ "E", "ᴱ" },
	{ "G", "ᴳ" },
	{ "H", "ᴴ" },
	{ "I", "ᴵ" },
	{ "J", "ᴶ" },
	{ "K", "ᴷ" },
	{ "L", "ᴸ" },
	{ "M", "ᴹ" },
	{ "N", "ᴺ" },
	{ "O", "ᴼ" },
	{ "P", "ᴾ" },
	{ "R", "ᴿ" },
	{ "T", "ᵀ" },
	{ "U", "ᵁ" },
	{ "V", "ⱽ" },
	{ "W", "ᵂ" },
	{ "β", "ᵝ" },
	{ "γ", "ᵞ" },
	{ "δ", "ᵟ" },
	{ "θ", "ᶿ" },
	{ "φ", "ᵠ" },
	{ "χ", "ᵡ" },
	{ "⊤", "ᵀ" },
	/* What stands raised by itself. */
	{ "∘", "°" },
	{ "°", "°" },
	{ "′", "′" },
	{ "*", "*" },
	{ "∗", "*" },
	{ "†", "†" },
	{ "‡", "‡" },
};

static const struct row lowered[] = {
	{ "0", "₀" },
	{ "1", "₁" },
	{ "2", "₂" },
	{ "3", "₃" },
	{ "4", "₄" },
	{ "5", "₅" },
	{ "6", "₆" },
	{ "7", "₇" },
	{ "8", "₈" },
	{ "9", "₉" },
	{ "+", "₊" },
	{ "-", "₋" },
	{ "=", "₌" },
	{ "(", "₍" },
	{ ")", "₎" },
	{ "a", "ₐ" },
	{ "e", "ₑ" },
	{ "h", "ₕ" },
	{ "i", "ᵢ" },
	{ "j", "ⱼ" },
	{ "k", "ₖ" },
	{ "l", "ₗ" },
	{ "m", "ₘ" },
	{ "n", "ₙ" },
	{ "o", "ₒ" },
	{ "p", "ₚ" },
	{ "r", "ᵣ" },
	{ "s", "ₛ" },
	{ "t", "ₜ" },
	{ "u", "ᵤ" },
	{ "v", "ᵥ" },
	{ "x", "ₓ" },
	{ "β", "ᵦ" },
	{ "γ", "ᵧ" },
	{ "ρ", "ᵨ" },
	{ "φ", "ᵩ" },
	{ "χ", "ᵪ" },
};

/* A point or comma between digits stays on the line, where it is read all the same. */
static bool
is_between_digits(struct str text, size_t at)
{
	return strchr(".,", text.ptr[at]) != NULL && at > 0 && at + 1 < text.len &&
	    str_is_digit(text.ptr[at - 1]) && str_is_digit(text.ptr[at + 1]);
}

static bool
add_set(struct buf *out, struct str text, const struct row *rows, size_t count)
{
	size_t before = out->len;

	for (size_t at = 0; at < text.len;) {
		struct str character =
		    str_head(str_skip(text, at), tex_char_len(str_skip(text, at)));
		size_t i = 0;
		while (i < count && !str_is(character, rows[i].plain))
			i++;
		if (i < count) {
			buf_add_string(out, rows[i].set);
		} else if (is_between_digits(text, at)) {
			buf_add(out, character);
		} else {
			buf_cut(out, before);
			return false;
		}
		at += character.len;
	}
	return true;
}

bool
tex_add_raised(struct buf *out, struct str text)
{
	return add_set(out, text, raised, sizeof(raised) / sizeof(raised[0]));
}

bool
tex_add_lowered(struct buf *out, struct str text)
{
	return add_set(out, text, lowered, sizeof(lowered) / sizeof(lowered[0]));
}

/* ---- mathematical alphabets ---- */

/* Where each begins, and the letters that Unicode had before. */
static const struct alphabet {
	uint32_t capital, small, digit; /* of A, a and 0; 0 for none */
	const char *letters;
	uint32_t older[12];
} alphabets[] = {
	[TEX_DOUBLE_STRUCK] = { 0x1d538, 0x1d552, 0x1d7d8, "CHNPQRZ",
	    { 0x2102, 0x210d, 0x2115, 0x2119, 0x211a, 0x211d, 0x2124 } },
	[TEX_SCRIPT] = { 0x1d49c, 0x1d4b6, 0, "BEFHILMRego",
	    { 0x212c, 0x2130, 0x2131, 0x210b, 0x2110, 0x2112, 0x2133, 0x211b, 0x212f, 0x210a,
	        0x2134 } },
	[TEX_FRAKTUR] = { 0x1d504, 0x1d51e, 0, "CHIRZ",
	    { 0x212d, 0x210c, 0x2111, 0x211c, 0x2128 } },
};

static uint32_t
styled(char c, const struct alphabet *alphabet)
{
	ptrdiff_t older = str_find_char(str_from(alphabet->letters), c);

	if (older >= 0)
		return alphabet->older[older];
	if (c >= 'A' && c <= 'Z')
		return alphabet->capital + (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return alphabet->small + (uint32_t)(c - 'a');
	if (str_is_digit(c) && alphabet->digit != 0)
		return alphabet->digit + (uint32_t)(c - '0');
	return (unsigned char)c;
}

bool
tex_has_alphabet(enum tex_style style)
{
	return style == TEX_DOUBLE_STRUCK || style == TEX_SCRIPT || style == TEX_FRAKTUR;
}

void
tex_add_styled(struct buf *out, struct str text, enum tex_style style)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < 0x80)
			buf_add_utf8(out, styled(text.ptr[i], &alphabets[style]));
		else
			buf_add_char(out, text.ptr[i]);
	}
}
