/*
 * Feeds damaged files to the configuration. What is taken must be shown without trouble, what is
 * refused must say so in one line that names the file, and the environment must stay out of both.
 */
#include "digest/config.h"
#include "digest/deliver.h"
#include "digest/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECRET "\xc2\xa7 of the environment"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Files write "${S}" in all the ways they find. */
static void
check_secret(const uint8_t *data, size_t size, const char *text)
{
	if (strstr(text, SECRET) != NULL && memmem(data, size, SECRET, strlen(SECRET)) == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_rows rows = {
		{ [CONFIG_SMTP] = deliver_settings(), [CONFIG_SOURCE] = source_settings() }
	};
	struct config *config = NULL;
	struct buf path = BUF_INIT(64), shown = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	setenv("S", SECRET, 1);
	int fd = memfd_create("digest.conf", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	buf_addf(&path, "/proc/self/fd/%d", fd);
	if (config_load(&config, path.ptr, &rows, &err) < 0) {
		check_secret(data, size, err.text);
		if (config != NULL || err.code == 0 || strncmp(err.text, path.ptr, path.len) != 0)
			abort();
	} else {
		config_show(config, &shown);
		check_secret(data, size, shown.ptr);
		if (shown.len == 0 || err_is_set(&err))
			abort();
	}
	config_free(config);
	buf_release(&shown);
	buf_release(&path);
	close(fd);
	return 0;
}
