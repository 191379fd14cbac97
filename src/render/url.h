/*
 * Which URLs may stand in an issue, and those that write a mail.
 */
#ifndef DIGEST_RENDER_URL_H
#define DIGEST_RENDER_URL_H

#include "digest/buf.h"

/* An http or https URL without blanks and control characters. */
bool render_is_web_url(struct str url);

/* Whether a URL's host is `domain` or within it. */
bool render_is_url_on(struct str url, const char *domain);

/* Steps to the next URL in a text, without the punctuation around it. */
bool render_next_url(struct str *text, struct str *url);

/* A mailto: or https: URL of printable ASCII and slots that can stand between angle brackets. */
bool render_is_unsubscribe(struct str url);

/*
 * Appends the mailto: URL (RFC 6068) of an address or mailbox; nothing when `contact` is neither.
 */
void render_add_mailto(struct buf *out, struct str contact);

#endif
