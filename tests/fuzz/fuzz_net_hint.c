/* Feeds any bytes to the readers of what servers say about waiting, and of addresses. */
#include "src/port/net_hint.h"

#include "digest/net.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_wait(int64_t wait_s)
{
	if (wait_s < -1 || wait_s > NET_SANE_WAIT_S)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return 0;
	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	check_wait(net_retry_after(text, 1785139200));
	check_wait(net_retry_after(text, INT64_MIN));
	check_wait(net_rate_limit(text, text));
	if (net_fresh_s(text, text, 1785139200, net_age_s(text)) < 0 || net_age_s(text) < 0)
		abort();
	/* Whatever is loopback is private, but for its name. */
	if (net_is_loopback(copy) && copy[0] != '[' && strchr("lL", copy[0]) == NULL &&
	    !net_is_private(copy))
		abort();
	free(copy);
	return 0;
}
