/*
 * The name of an entry that has no other. Private to identity.
 */
#ifndef DIGEST_ENTRY_IDENTITY_FINGERPRINT_H
#define DIGEST_ENTRY_IDENTITY_FINGERPRINT_H

#include "digest/entry.h"

/* The alias "fp:HEX" of an entry whose title, as identity_title() gives it, is `title`. */
struct str identity_fingerprint(
    struct arena *arena, const struct entry *entry, struct str title, struct str scope);

#endif
