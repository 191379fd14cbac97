/*
 * Contrast as WCAG 2.2 defines it, and colours changed as little as it takes. The grounds are those
 * of templates/part-page.html.
 */
#include "theme.h"

#include "digest/str.h"

#include <math.h>
#include <stdio.h>

enum { CHANNELS = 3, MIX_STEPS = 64 };

#define ACCENT "#0a5aa8"
/* 4.5, and what rounding takes; bright text on dark ground wants more. */
#define CONTRAST_LIGHT 4.6
#define CONTRAST_DARK 8.0

struct colour {
	double channels[CHANNELS]; /* 0 to 1 */
};

static const struct colour white = { { 1, 1, 1 } };
static const struct colour black = { { 0, 0, 0 } };
static const struct colour dark_ground = { { 0x16 / 255.0, 0x19 / 255.0, 0x1d / 255.0 } };

static int
hex_value(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_colour(struct str text, struct colour *colour)
{
	if (text.len != 1 + 2 * CHANNELS || text.ptr[0] != '#')
		return false;
	for (size_t i = 0; i < CHANNELS; i++) {
		int high = hex_value(text.ptr[1 + 2 * i]), low = hex_value(text.ptr[2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		colour->channels[i] = (16 * high + low) / 255.0;
	}
	return true;
}

static double
luminance(const struct colour *colour)
{
	static const double weights[CHANNELS] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (size_t i = 0; i < CHANNELS; i++) {
		double c = colour->channels[i];

		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double
contrast(const struct colour *a, const struct colour *b)
{
	double one = luminance(a) + 0.05, other = luminance(b) + 0.05;

	return one > other ? one / other : other / one;
}

/* The colour, with as much of another in it as it needs to be read on that ground. */
static void
write_readable(char *text, const struct colour *colour, const struct colour *ground,
    const struct colour *other, double least)
{
	struct colour mixed = *colour;

	for (int step = 1; step <= MIX_STEPS && contrast(&mixed, ground) < least; step++)
		for (size_t i = 0; i < CHANNELS; i++)
			mixed.channels[i] = colour->channels[i] +
			    (other->channels[i] - colour->channels[i]) * step / MIX_STEPS;
	snprintf(text, RENDER_COLOUR_BYTES, "#%02x%02x%02x",
	    (unsigned)lround(255 * mixed.channels[0]) & 0xff,
	    (unsigned)lround(255 * mixed.channels[1]) & 0xff,
	    (unsigned)lround(255 * mixed.channels[2]) & 0xff);
}

struct render_theme
render_theme(const char *accent)
{
	struct render_theme theme;
	struct colour colour;

	if (!read_colour(str_from(accent), &colour))
		read_colour(STR(ACCENT), &colour);
	write_readable(theme.accent, &colour, &white, &black, CONTRAST_LIGHT);
	write_readable(theme.accent_dark, &colour, &dark_ground, &white, CONTRAST_DARK);
	return theme;
}
