/* config/digest.conf, compiled in by the Makefile: what `digest config --init` writes. */
#ifndef DIGEST_CONFIG_BUILTIN_H
#define DIGEST_CONFIG_BUILTIN_H

/* Terminated text. */
extern const char config_builtin_example[];

#endif
