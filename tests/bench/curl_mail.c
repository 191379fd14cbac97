/*
 * Sends the same message over and over by libcurl: what the measurement beside it runs. Usage:
 * curl_mail PORT MESSAGE COUNT SESSIONS. Each session keeps its connection; nothing is recorded.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MOST = 100, MESSAGE_BYTES = 1 << 20 };

struct session {
	CURL *handle;
	struct curl_slist *to;
	size_t read;
};

static char message[MESSAGE_BYTES];
static size_t message_len;

static size_t
read_message(char *to, size_t size, size_t count, void *context)
{
	struct session *session = context;
	size_t len = message_len - session->read;

	if (len > size * count)
		len = size * count;
	memcpy(to, message + session->read, len);
	session->read += len;
	return len;
}

/* Gives a session its next message. */
static int
begin(CURLM *multi, struct session *session, int number)
{
	char recipient[64];

	curl_slist_free_all(session->to);
	snprintf(recipient, sizeof(recipient), "<reader%d@example.com>", number);
	session->to = curl_slist_append(NULL, recipient);
	session->read = 0;
	curl_easy_setopt(session->handle, CURLOPT_MAIL_RCPT, session->to);
	return session->to != NULL && curl_multi_add_handle(multi, session->handle) == CURLM_OK
	    ? 0
	    : -1;
}

static int
open_session(struct session *session, const char *url)
{
	session->handle = curl_easy_init();
	if (session->handle == NULL)
		return -1;
	curl_easy_setopt(session->handle, CURLOPT_URL, url);
	curl_easy_setopt(session->handle, CURLOPT_MAIL_FROM, "<digest@example.com>");
	curl_easy_setopt(session->handle, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(session->handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message_len);
	curl_easy_setopt(session->handle, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(session->handle, CURLOPT_READDATA, session);
	curl_easy_setopt(session->handle, CURLOPT_PRIVATE, session);
	return 0;
}

/* Counts what has ended and begins what comes next; -1 when a message was not taken. */
static int
take_ended(CURLM *multi, int *begun, int *ended, int count)
{
	const CURLMsg *told;
	int left;

	while ((told = curl_multi_info_read(multi, &left)) != NULL) {
		struct session *session = NULL;
		if (told->msg != CURLMSG_DONE || told->data.result != CURLE_OK)
			return -1;
		curl_easy_getinfo(told->easy_handle, CURLINFO_PRIVATE, (char **)&session);
		curl_multi_remove_handle(multi, session->handle);
		++*ended;
		if (*begun < count && begin(multi, session, (*begun)++) < 0)
			return -1;
	}
	return 0;
}

static int
send_all(CURLM *multi, struct session *sessions, int session_count, int count)
{
	int begun = 0, ended = 0, running;

	while (begun < session_count && begun < count) {
		if (begin(multi, &sessions[begun], begun) < 0)
			return -1;
		begun++;
	}
	while (ended < count) {
		if (curl_multi_perform(multi, &running) != CURLM_OK ||
		    take_ended(multi, &begun, &ended, count) < 0)
			return -1;
		if (ended < count && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
			return -1;
	}
	return 0;
}

static int
read_file(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return -1;
	message_len = fread(message, 1, sizeof(message), file);
	fclose(file);
	return message_len > 0 && message_len < sizeof(message) ? 0 : -1;
}

int
main(int argc, char **argv)
{
	static struct session sessions[SESSIONS_MOST];
	int count = argc == 5 ? (int)strtol(argv[3], NULL, 10) : 0;
	int session_count = argc == 5 ? (int)strtol(argv[4], NULL, 10) : 0;
	char url[64];
	int status = 1;

	if (count < 1 || session_count < 1 || session_count > SESSIONS_MOST ||
	    read_file(argv[2]) < 0)
		return 64;
	curl_global_init(CURL_GLOBAL_ALL);
	CURLM *multi = curl_multi_init();
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)session_count);
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%s/bench.example", argv[1]);
	for (int i = 0; i < session_count; i++) {
		if (open_session(&sessions[i], url) < 0)
			return 71;
	}
	if (send_all(multi, sessions, session_count, count) == 0)
		status = 0;
	for (int i = 0; i < session_count; i++) {
		curl_easy_cleanup(sessions[i].handle);
		curl_slist_free_all(sessions[i].to);
	}
	curl_multi_cleanup(multi);
	curl_global_cleanup();
	return status;
}
