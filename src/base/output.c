/*
 * Writing all there is. What it means that it cannot be written is the caller's to say.
 */
#include "digest/output.h"

#include <errno.h>
#include <unistd.h>

int
output_write(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t count = write(fd, bytes.ptr, bytes.len);
		if (count < 0 && errno != EINTR)
			return -1;
		bytes = str_skip(bytes, count > 0 ? (size_t)count : 0);
	}
	return 0;
}
