/*
 * The few lines of sd_notify(3) that a service needs. Whether the manager listens is its own
 * affair: a message that cannot be sent is no failure of ours.
 */
#include "notify.h"

#include "digest/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
notify(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char text[512];
	va_list args;

	/* "@" stands for the NUL of an abstract name. */
	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    strlen(path) >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, length);
	close(fd);
}

int64_t
notify_watchdog_ms(void)
{
	const char *pid = getenv("WATCHDOG_PID");
	int64_t us = 0, wanted = getpid();

	if (pid != NULL && str_to_int(str_from(pid), 1, INT64_MAX, &wanted) < 0)
		return -1;
	if (wanted != getpid() ||
	    str_to_int(str_from(getenv("WATCHDOG_USEC")), 2000, INT64_MAX, &us) < 0)
		return -1;
	return us / 2000;
}
