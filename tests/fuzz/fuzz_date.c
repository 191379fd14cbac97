/* Feeds any bytes to the date readers; what they take must survive being written and read again. */
#include "digest/date.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/*
 * What is read straight away is the same where a comment after it (RFC 5322 section 3.2.2) forbids
 * that.
 */
static void
check_plain(struct str text)
{
	char longer[64];
	struct date_reading plain, other;

	if (text.len > sizeof(longer) - 4 ||
	    !(str_ends(text, ":00Z") || str_ends(text, ":00 GMT")) || date_read(text, &plain) < 0)
		return;
	memcpy(longer, text.ptr, text.len);
	memcpy(longer + text.len, " (x)", 4);
	if (date_read((struct str){ longer, text.len + 4 }, &other) < 0 ||
	    other.instant != plain.instant || other.precision != plain.precision ||
	    other.has_zone != plain.has_zone)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	char written[DATE_INSTANT_BYTES];
	struct date_reading reading;
	int64_t instant, again;
	int32_t day, day_again;

	check_plain(text);
	if (date_parse_instant(text, &instant) == 0) {
		date_format_instant(written, instant);
		if (date_parse_instant(str_from(written), &again) < 0 || again != instant)
			abort();
		date_format_mail(written, instant);
		if (date_parse_instant(str_from(written), &again) < 0 || again != instant)
			abort();
	}
	if (date_read(text, &reading) == 0) {
		bool is_first = reading.instant % DATE_SECONDS_PER_DAY == 0;
		if (reading.precision < DATE_PRECISION_DAY && !reading.has_zone && !is_first)
			abort();
		if (date_parse_instant(text, &instant) < 0 || instant != reading.instant)
			abort();
	}
	if (date_parse_day(text, &day) == 0) {
		date_format_day(written, day);
		if (date_parse_day(str_from(written), &day_again) < 0 || day_again != day)
			abort();
	}
	return 0;
}
