/*
 * Which keys of a list a reader may have other values for. Who has which is the store's.
 */
#include "internal.h"

#include <string.h>

static const char *const reader_keys[] = { "include", "exclude", "rank", "keywords", "authors",
	"categories", "diversity", "limit", "minutes", "timezone", "schedule", "template" };

enum { KEY_COUNT = sizeof(reader_keys) / sizeof(reader_keys[0]) };

const char *
config_reader_key(size_t index)
{
	return index < KEY_COUNT ? reader_keys[index] : NULL;
}

static bool
is_reader_key(const char *key)
{
	size_t i = 0;

	while (i < KEY_COUNT && strcmp(reader_keys[i], key) != 0)
		i++;
	return i < KEY_COUNT;
}

static int
refuse_key(const struct settings *settings, const char *key, const char *origin, struct err *err)
{
	const struct setting *meant = settings_nearest(settings, key);
	struct buf keys = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < KEY_COUNT; i++)
		buf_addf(&keys, "%s%s", i > 0 ? ", " : "", reader_keys[i]);
	if (meant != NULL && is_reader_key(meant->name))
		err_set(err, EX_CONFIG, "%s: unknown key '%s'; did you mean '%s'?", origin, key,
		    meant->name);
	else if (settings_row(settings, key) != NULL)
		err_set(err, EX_CONFIG, "%s: '%s' is the list's; a reader may have %s", origin, key,
		    keys.ptr);
	else
		err_set(err, EX_CONFIG, "%s: unknown key '%s'; a reader may have %s", origin, key,
		    keys.ptr);
	buf_release(&keys);
	return -1;
}

int
config_set_for_reader(struct settings *settings, const char *key, const char *text,
    const char *origin, struct err *err)
{
	if (!is_reader_key(key))
		return refuse_key(settings, key, origin, err);
	if (strpbrk(text, "\r\n") != NULL)
		return err_set(err, EX_CONFIG, "%s: '%s' must be one line", origin, key);
	return config_set_value(settings, CONFIG_LIST, key, text, origin, err);
}
