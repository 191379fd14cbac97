/* The pieces that dates are made of. What they mean is for those who take them. */
#include "date_parts.h"

#include <string.h>

int
date_take_digits(struct str *rest, size_t len)
{
	int value = 0;

	for (size_t i = 0; i < len; i++)
		value = value * 10 + (rest->ptr[i] - '0');
	*rest = str_skip(*rest, len);
	return value;
}

void
date_skip_any(struct str *rest, const char *chars)
{
	while (rest->len > 0 && rest->ptr[0] != '\0' && strchr(chars, rest->ptr[0]) != NULL)
		*rest = str_skip(*rest, 1);
}

void
date_skip_spaces(struct str *rest)
{
	date_skip_any(rest, " \t\r\n\v\f");
}

struct str
date_take_word(struct str *rest)
{
	size_t len = 0;

	while (len < rest->len && (str_is_alpha(rest->ptr[len]) || (rest->ptr[len] & 0x80) != 0))
		len++;
	struct str word = str_head(*rest, len);
	*rest = str_skip(*rest, len);
	return word;
}

bool
date_is_sign(struct str rest)
{
	return rest.len > 0 && (rest.ptr[0] == '+' || rest.ptr[0] == '-');
}

int
date_skip_fraction(struct str *rest)
{
	if (!str_take_char(rest, '.') && !str_take_char(rest, ','))
		return 0;
	if (str_digits(*rest) == 0)
		return -1;
	*rest = str_skip(*rest, str_digits(*rest));
	return 0;
}
