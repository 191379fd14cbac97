/* How arguments of options are taken: one function per kind of options.def. */
#ifndef DIGEST_CLI_TAKE_H
#define DIGEST_CLI_TAKE_H

#include "rows.h"

typedef int
take_function(void *field, const struct option_row *row, const char *text, struct err *err);

take_function take_flag; /* bool */
take_function take_string; /* const char *: a file, a URL; any bytes, but some */
take_function take_text; /* const char *: one line of UTF-8 */
take_function take_address; /* const char *: one address, as far as its text tells */
take_function take_strings; /* struct options_strings, and likewise: */
take_function take_texts;
take_function take_addresses;
take_function take_choice; /* int: the index into rows_choices(); 0 when left out */
take_function take_count; /* int64_t */
take_function take_day; /* int32_t */
take_function take_wait; /* int64_t, in seconds */

#endif
