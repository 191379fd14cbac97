/*
 * Transport URLs, with and without a password configured. Whatever is typed is read or refused in
 * one line, and a password that somebody puts into a URL is never repeated.
 */
#include "digest/deliver.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
check(const char *url, const struct settings *settings)
{
	struct err err = ERR_NONE;

	int status = deliver_check(url, settings, &err);
	require(err_is_set(&err) == (status < 0));
	require(status == 0 || err.code == EX_CONFIG);
	require(status < 0 || deliver_is_remote(url) || deliver_is_loopback(url));
}

/* "smtps://ANYTHING:hunter2@ANYTHING": the word must not come back. */
static void
check_password(const char *text, const struct settings *settings)
{
	struct err err = ERR_NONE;
	struct buf url = BUF_INIT(BUF_LIMIT);
	struct str head = str_from(text), tail;

	/* What stands before the first "/" may be a user, the rest goes after the "@". */
	ptrdiff_t slash = str_find_char(head, '/');
	tail = slash >= 0 ? str_skip(head, (size_t)slash) : STR("");
	head = slash >= 0 ? str_head(head, (size_t)slash) : head;
	buf_addf(&url, "smtps://%.*s:hunter2@%.*s", STR_ARG(head), STR_ARG(tail));
	require(deliver_check(url.ptr, settings, &err) < 0);
	require(strstr(err.text, "hunter2") == NULL || strstr(text, "hunter2") != NULL);
	buf_release(&url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = settings_new(deliver_settings());
	struct err err = ERR_NONE;
	char *text = malloc(size + 1);

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check(text, settings);
	check_password(text, settings);
	require(settings_set(settings, "password_command", "true", "test", &err) == 0);
	check(text, settings);
	free(text);
	settings_free(settings);
	return 0;
}
