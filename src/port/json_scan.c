/*
 * The grammar of RFC 8259 to the letter, a byte after the other, because cJSON alone lets "01",
 * "+1" and control characters pass; cJSON only sees what has passed here. Nothing here knows what
 * the values mean or where their bytes are kept.
 */
#include "json_scan.h"

#include <string.h>

enum state {
	STATE_VALUE,
	STATE_FIRST_ITEM, /* after '[' */
	STATE_FIRST_NAME, /* after '{' */
	STATE_NAME,
	STATE_COLON,
	STATE_AFTER, /* after an item */
	STATE_DONE,
	STATE_WORD,
	STATE_STRING,
	STATE_CHARACTER, /* within one of more than one byte */
	STATE_ESCAPE,
	STATE_UNIT,
	STATE_SIGN, /* the first of those that are numbers */
	STATE_ZERO,
	STATE_INTEGER,
	STATE_POINT,
	STATE_FRACTION,
	STATE_E,
	STATE_E_SIGN,
	STATE_EXPONENT,
};

static enum json_event
fault(struct json_scan *scan, const char *why)
{
	scan->why = why;
	return JSON_FAULT;
}

/* What has just ended stands in `depth` containers. */
static enum json_event
finish(struct json_scan *scan)
{
	if (scan->is_name)
		scan->state = STATE_COLON;
	else
		scan->state = scan->depth == 0 ? STATE_DONE : STATE_AFTER;
	return scan->depth <= scan->watch ? JSON_END : JSON_MORE;
}

/* Tells that something begins, the first time it is asked. */
static bool
has_to_tell(struct json_scan *scan, bool is_name)
{
	scan->is_name = is_name;
	if (scan->is_told || scan->depth > scan->watch) {
		scan->is_told = false;
		return false;
	}
	scan->is_told = true;
	return true;
}

static bool
skip_space(const char **at, const char *end)
{
	const char *p = *at;

	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	*at = p;
	return p < end;
}

/* ---- values ---- */

static enum json_event
open_container(struct json_scan *scan, const char **at)
{
	bool is_object = **at == '{';
	uint64_t bit;

	if (scan->depth == JSON_DEPTH_MAX)
		return fault(scan, "nested more than 64 levels deep");
	bit = UINT64_C(1) << scan->depth++;
	scan->objects = is_object ? scan->objects | bit : scan->objects & ~bit;
	scan->state = is_object ? STATE_FIRST_NAME : STATE_FIRST_ITEM;
	++*at;
	return JSON_MORE;
}

static enum json_event
close_container(struct json_scan *scan, const char **at)
{
	++*at;
	scan->depth--;
	scan->is_name = false;
	return finish(scan);
}

static enum json_event
start(struct json_scan *scan, const char **at, enum state state)
{
	scan->state = state;
	scan->number_len = 1;
	++*at;
	return JSON_MORE;
}

static enum json_event
start_word(struct json_scan *scan, const char **at, const char *rest)
{
	scan->word = rest;
	return start(scan, at, STATE_WORD);
}

static enum json_event
scan_value(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	if (has_to_tell(scan, false))
		return JSON_BEGIN;
	switch (**at) {
	case '{':
	case '[': return open_container(scan, at);
	case '"': return start(scan, at, STATE_STRING);
	case 't': return start_word(scan, at, "rue");
	case 'f': return start_word(scan, at, "alse");
	case 'n': return start_word(scan, at, "ull");
	case '-': return start(scan, at, STATE_SIGN);
	case '0': return start(scan, at, STATE_ZERO);
	default: break;
	}
	if (!str_is_digit(**at))
		return fault(scan, "not a JSON value");
	return start(scan, at, STATE_INTEGER);
}

static enum json_event
scan_first_item(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	if (**at == ']')
		return close_container(scan, at);
	scan->state = STATE_VALUE;
	return JSON_MORE;
}

static enum json_event
scan_name(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	if (**at != '"')
		return fault(scan, "a name in double quotes is missing");
	if (has_to_tell(scan, true))
		return JSON_BEGIN;
	return start(scan, at, STATE_STRING);
}

static enum json_event
scan_first_name(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	if (**at == '}')
		return close_container(scan, at);
	scan->state = STATE_NAME;
	return JSON_MORE;
}

static enum json_event
scan_colon(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	if (**at != ':')
		return fault(scan, "':' is missing behind a name");
	return start(scan, at, STATE_VALUE);
}

static enum json_event
scan_after(struct json_scan *scan, const char **at, const char *end)
{
	bool is_object = json_scan_is_in_object(scan);

	if (!skip_space(at, end))
		return JSON_MORE;
	if (**at == ',')
		return start(scan, at, is_object ? STATE_NAME : STATE_VALUE);
	if (**at != (is_object ? '}' : ']'))
		return fault(scan, "',' or a closing bracket is missing");
	return close_container(scan, at);
}

static enum json_event
scan_done(struct json_scan *scan, const char **at, const char *end)
{
	if (!skip_space(at, end))
		return JSON_MORE;
	return fault(scan, "something follows the JSON value");
}

static enum json_event
scan_word(struct json_scan *scan, const char **at, const char *end)
{
	for (; *at < end && *scan->word != '\0'; ++*at) {
		if (**at != *scan->word++)
			return fault(scan, "not a JSON value");
	}
	return *scan->word == '\0' ? finish(scan) : JSON_MORE;
}

/* ---- strings ---- */

/* The first byte of a character outside of ASCII: what may follow it (RFC 3629 section 4). */
static enum json_event
start_character(struct json_scan *scan, const char **at)
{
	unsigned char c = (unsigned char)**at;

	if (c < 0xc2 || c > 0xf4)
		return fault(scan, "a string that is not UTF-8");
	scan->tail = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	scan->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	scan->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	scan->state = STATE_CHARACTER;
	++*at;
	return JSON_MORE;
}

static enum json_event
scan_character(struct json_scan *scan, const char **at, const char *end)
{
	for (; scan->tail > 0 && *at < end; ++*at, scan->tail--) {
		unsigned char c = (unsigned char)**at;
		if (c < scan->low || c > scan->high)
			return fault(scan, "a string that is not UTF-8");
		scan->low = 0x80;
		scan->high = 0xbf;
	}
	if (scan->tail == 0)
		scan->state = STATE_STRING;
	return JSON_MORE;
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The same byte eight times over. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether all of eight bytes are plain: no byte borrows from the next unless it is not. */
static bool
are_plain(const char *bytes)
{
	uint64_t word, quote, backslash;

	memcpy(&word, bytes, sizeof(word));
	quote = word ^ EIGHT('"');
	backslash = word ^ EIGHT('\\');
	return ((word | (word - EIGHT(0x20)) | (quote - EIGHT(1)) | (backslash - EIGHT(1))) &
	           EIGHT(0x80)) == 0;
}

static const char *
skip_plain(const char *p, const char *end)
{
	while (end - p >= 8 && are_plain(p))
		p += 8;
	while (p < end && is_plain(*p))
		p++;
	return p;
}

static enum json_event
scan_string(struct json_scan *scan, const char **at, const char *end)
{
	const char *p = *at;

	if (scan->is_high && *p != '\\') {
		scan->is_unfit = true;
		scan->is_high = false;
	}
	p = skip_plain(p, end);
	*at = p;
	if (p == end)
		return JSON_MORE;
	if ((unsigned char)*p < 0x20)
		return fault(scan, "a control character in a string");
	if ((unsigned char)*p >= 0x80)
		return start_character(scan, at);
	++*at;
	if (*p == '"')
		return finish(scan);
	scan->state = STATE_ESCAPE;
	return JSON_MORE;
}

static enum json_event
scan_escape(struct json_scan *scan, const char **at, const char *end)
{
	char c = **at;

	(void)end;
	if (c != 'u' && str_find_char(STR("\"\\/bfnrt"), c) < 0)
		return fault(scan, "an escape that JSON does not know");
	++*at;
	scan->unit = 0;
	scan->digits = 0;
	scan->state = c == 'u' ? STATE_UNIT : STATE_STRING;
	if (c != 'u' && scan->is_high) {
		scan->is_unfit = true;
		scan->is_high = false;
	}
	return JSON_MORE;
}

static int
hex_digit(char c)
{
	char lower = str_lower_char(c);

	if (str_is_digit(c))
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool
is_high_half(unsigned int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool
is_low_half(unsigned int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

static enum json_event
scan_unit(struct json_scan *scan, const char **at, const char *end)
{
	for (; *at < end && scan->digits < 4; ++*at, scan->digits++) {
		int digit = hex_digit(**at);
		if (digit < 0)
			return fault(scan, "\\u without four hexadecimal digits");
		scan->unit = scan->unit * 16 + (unsigned int)digit;
	}
	if (scan->digits < 4)
		return JSON_MORE;
	if (scan->unit == 0 || is_low_half(scan->unit) != scan->is_high)
		scan->is_unfit = true;
	scan->is_high = is_high_half(scan->unit);
	scan->state = STATE_STRING;
	return JSON_MORE;
}

/* ---- numbers ---- */

/* What a character makes of a number that stands at `state`; STATE_DONE when it is none of it. */
static enum state
number_after(enum state state, char c)
{
	bool is_digit = str_is_digit(c);
	bool is_e = c == 'e' || c == 'E';

	switch (state) {
	case STATE_SIGN:
		if (is_digit)
			return c == '0' ? STATE_ZERO : STATE_INTEGER;
		return STATE_DONE;
	case STATE_INTEGER:
		if (is_digit)
			return STATE_INTEGER;
		/* fall through */
	case STATE_ZERO:
		if (c == '.')
			return STATE_POINT;
		return is_e ? STATE_E : STATE_DONE;
	case STATE_POINT: return is_digit ? STATE_FRACTION : STATE_DONE;
	case STATE_FRACTION:
		if (is_digit)
			return STATE_FRACTION;
		return is_e ? STATE_E : STATE_DONE;
	case STATE_E:
		if (c == '+' || c == '-')
			return STATE_E_SIGN;
		/* fall through */
	default: return is_digit ? STATE_EXPONENT : STATE_DONE;
	}
}

static bool
is_whole_number(enum state state)
{
	return state == STATE_ZERO || state == STATE_INTEGER || state == STATE_FRACTION ||
	    state == STATE_EXPONENT;
}

static enum json_event
scan_number(struct json_scan *scan, const char **at, const char *end)
{
	for (; *at < end; ++*at) {
		enum state next = number_after((enum state)scan->state, **at);
		if (next == STATE_DONE && is_whole_number((enum state)scan->state))
			return finish(scan);
		if (next == STATE_DONE)
			return fault(scan, "a digit is missing in a number");
		scan->state = next;
		if (++scan->number_len > JSON_NUMBER_MAX)
			scan->is_unfit = true;
	}
	return JSON_MORE;
}

/* ---- the machine ---- */

void
json_scan_init(struct json_scan *scan, int watch)
{
	*scan = (struct json_scan){ .watch = watch, .state = STATE_VALUE };
}

enum json_event
json_scan(struct json_scan *scan, const char **at, const char *end)
{
	static enum json_event (*const steps[])(struct json_scan *, const char **, const char *) = {
		[STATE_VALUE] = scan_value,
		[STATE_FIRST_ITEM] = scan_first_item,
		[STATE_FIRST_NAME] = scan_first_name,
		[STATE_NAME] = scan_name,
		[STATE_COLON] = scan_colon,
		[STATE_AFTER] = scan_after,
		[STATE_DONE] = scan_done,
		[STATE_WORD] = scan_word,
		[STATE_STRING] = scan_string,
		[STATE_CHARACTER] = scan_character,
		[STATE_ESCAPE] = scan_escape,
		[STATE_UNIT] = scan_unit,
		[STATE_SIGN] = scan_number,
		[STATE_ZERO] = scan_number,
		[STATE_INTEGER] = scan_number,
		[STATE_POINT] = scan_number,
		[STATE_FRACTION] = scan_number,
		[STATE_E] = scan_number,
		[STATE_E_SIGN] = scan_number,
		[STATE_EXPONENT] = scan_number,
	};
	enum json_event event = JSON_MORE;

	while (event == JSON_MORE && *at < end)
		event = steps[scan->state](scan, at, end);
	return event;
}

enum json_event
json_scan_finish(struct json_scan *scan)
{
	if (is_whole_number((enum state)scan->state) && finish(scan) == JSON_END)
		return JSON_END;
	if (scan->state == STATE_DONE)
		return JSON_MORE;
	return fault(scan, "the text ends too early");
}

bool
json_scan_is_blank(const struct json_scan *scan)
{
	return scan->state == STATE_VALUE && scan->depth == 0 && !scan->is_told;
}

bool
json_scan_is_done(const struct json_scan *scan)
{
	return scan->state == STATE_DONE;
}

bool
json_scan_is_in_object(const struct json_scan *scan)
{
	return scan->depth > 0 && (scan->objects >> (scan->depth - 1) & 1) != 0;
}

/* ---- what cJSON cannot carry ---- */

/* The value of the escape "\uXXXX" at `text`, or -1 when there is none. */
static int
unit_at(const char *text, const char *end)
{
	int unit = 0;

	if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++)
		unit = unit * 16 + hex_digit(text[i]);
	return unit;
}

/* After the backslash's escape at `text`, which is mended. */
static char *
mend_escape(char *text, const char *end)
{
	int unit = unit_at(text, end);

	if (unit < 0)
		return text + 2;
	if (is_high_half((unsigned int)unit)) {
		int second = unit_at(text + 6, end);
		if (second >= 0 && is_low_half((unsigned int)second))
			return text + 12;
	}
	if (unit == 0 || is_high_half((unsigned int)unit) || is_low_half((unsigned int)unit))
		memcpy(text + 2, "fffd", 4);
	return text + 6;
}

static char *
mend_string(char *text, const char *end)
{
	text++;
	while (*text != '"') {
		if (*text == '\\')
			text = mend_escape(text, end);
		else
			text++;
	}
	return text + 1;
}

static char *
mend_number(char *text, const char *end)
{
	static const char far_away[] = "1e99";
	char *start = text;

	while (text < end && (str_is_alnum(*text) || str_find_char(STR("+-."), *text) >= 0))
		text++;
	if (text - start > JSON_NUMBER_MAX) {
		memset(start, ' ', (size_t)(text - start));
		memcpy(start, far_away, sizeof(far_away) - 1);
	}
	return text;
}

void
json_scan_mend(char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		if (*text == '"')
			text = mend_string(text, end);
		else if (*text == '-' || str_is_digit(*text))
			text = mend_number(text, end);
		else
			text++;
	}
}
