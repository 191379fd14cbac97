/*
 * The transport that appends to a mailbox of one file (RFC 4155), in the "mboxrd" form: a line that
 * looks like a quoted "From " gets one ">" more, so that nothing is lost. The file is locked as
 * other programs do it, by fcntl(2) and by FILE.lock.
 */
#include "transport.h"

#include "digest/clock.h"
#include "digest/date.h"
#include "digest/mem.h"
#include "digest/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MODE = 0600,
	LOCK_MODE = 0444,
	LOCK_PAUSE_MS = 100,
	STALE_S = 300, /* as liblockfile has it: whoever made such an old one is gone */
	DAY_S = 86400,
};

struct mbox {
	int file;
	char *lock; /* the path of FILE.lock */
	bool has_lock;
	struct buf text;
};

/* The folder has to know of a file that is new. */
static int
sync_folder_of(const char *path)
{
	char *folder = mem_copy_string(path);
	char *slash = strrchr(folder, '/');

	if (slash != NULL)
		slash[slash == folder ? 1 : 0] = '\0';
	int fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = fd >= 0 ? fsync(fd) : -1;
	if (fd >= 0)
		close(fd);
	mem_free(folder);
	return status;
}

static int
mbox_open(struct deliver_session *session, struct net *net, struct err *err)
{
	const char *path = session->target.path;
	struct mbox *mbox = mem_alloc(sizeof(*mbox));
	struct stat status;

	(void)net;
	*mbox = (struct mbox){ .file = -1, .text = BUF_INIT(BUF_LIMIT) };
	session->state = mbox;
	struct buf lock = BUF_INIT(BUF_LIMIT);
	buf_addf(&lock, "%s.lock", path);
	mbox->lock = buf_detach(&lock);
	mbox->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, FILE_MODE);
	if (mbox->file < 0 || fstat(mbox->file, &status) < 0)
		return err_set_errno(err, EX_CANTCREAT, errno, "cannot open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, EX_CANTCREAT, "'%s' is no file", path);
	if (status.st_size == 0 && sync_folder_of(path) < 0)
		return err_set_errno(
		    err, EX_CANTCREAT, errno, "cannot sync the folder of '%s'", path);
	return 0;
}

static void
mbox_close(struct deliver_session *session)
{
	struct mbox *mbox = session->state;

	if (mbox == NULL)
		return;
	if (mbox->file >= 0)
		close(mbox->file);
	buf_release(&mbox->text);
	mem_free(mbox->lock);
	mem_free(mbox);
}

/* ---- locks ---- */

static void
remove_stale(const char *lock)
{
	struct stat status;

	if (lstat(lock, &status) == 0 && clock_now() - (int64_t)status.st_mtime > STALE_S)
		unlink(lock);
}

/*
 * 1, or 0 while another has it. Where nobody may make files (/var/mail), the programs that lock
 * there do it by fcntl(2) alone, and so do we.
 */
static int
take_lock_file(struct mbox *mbox)
{
	int fd = open(mbox->lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, LOCK_MODE);

	mbox->has_lock = fd >= 0;
	if (fd >= 0)
		close(fd);
	else if (errno == EEXIST)
		remove_stale(mbox->lock);
	return fd >= 0 || errno != EEXIST;
}

static int
take_lock(const struct mbox *mbox)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(mbox->file, F_SETLK, &lock) == 0;
}

static void
unlock(struct mbox *mbox)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	fcntl(mbox->file, F_SETLK, &lock);
	if (mbox->has_lock)
		unlink(mbox->lock);
	mbox->has_lock = false;
}

/* 0 with both locks, or -1 when another program holds one of them until the time is over. */
static int
lock_both(struct mbox *mbox, int64_t timeout_ms)
{
	int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;

	while (true) {
		if (take_lock_file(mbox) && take_lock(mbox))
			return 0;
		/* Both or none: whoever takes them the other way round would wait for us. */
		unlock(mbox);
		if (clock_monotonic_ms() >= deadline_ms)
			return -1;
		clock_sleep_ms(LOCK_PAUSE_MS);
	}
}

/* ---- the message ---- */

/* asctime(3)'s form, in UTC: what programs look for in such a line. */
static void
add_from_line(struct buf *out, const char *sender)
{
	int64_t now = clock_now();
	int32_t day = date_day_of(now);
	struct date_civil civil = date_civil(day);
	int second = (int)(now - date_instant_of(day)) % DAY_S;

	buf_addf(out, "From %s %.3s %.3s %2d %02d:%02d:%02d %d\n",
	    sender[0] != '\0' ? sender : "MAILER-DAEMON", date_weekday_name(day),
	    date_month_name(civil.month), civil.day, second / 3600, second / 60 % 60, second % 60,
	    civil.year);
}

static bool
looks_like_from(struct str line)
{
	while (str_starts(line, ">"))
		line = str_skip(line, 1);
	return str_starts(line, "From ");
}

static void
write_text(struct buf *out, const struct message *message)
{
	struct str rest = message->bytes, line;

	buf_reset(out);
	add_from_line(out, message->sender);
	while (str_next_line(&rest, &line)) {
		if (looks_like_from(line))
			buf_add_char(out, '>');
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

/* How many line ends the file lacks for a message to start after an empty line; -1 with errno. */
static int
missing_line_ends(int file, off_t size)
{
	char end[2] = "\n\n";
	size_t len = size < 2 ? (size_t)size : 2;

	if (len > 0 && pread(file, end, len, size - (off_t)len) != (ssize_t)len)
		return -1;
	if (size == 0)
		return 0;
	return end[len - 1] != '\n' ? 2 : end[0] != '\n' || len == 1;
}

/* All of it, or nothing: what cannot be finished is cut off again. Nothing allocates here. */
static void
append(const struct mbox *mbox, off_t size, int line_ends, struct receipt *receipt)
{
	char reason[RECEIPT_REPLY_BYTES];
	bool is_written = output_write(mbox->file, str_head(STR("\n\n"), (size_t)line_ends)) == 0 &&
	    output_write(mbox->file, buf_str(&mbox->text)) == 0;

	if (is_written && fsync(mbox->file) == 0) {
		journal_note(receipt, RECEIPT_ACCEPTED, "write", 0, STR("appended"));
		return;
	}
	const char *what = strerrordesc_np(errno);
	bool is_gone = ftruncate(mbox->file, size) == 0 && fsync(mbox->file) == 0;
	snprintf(reason, sizeof(reason), "cannot %s it: %s", is_written ? "sync" : "write", what);
	journal_note(
	    receipt, is_gone ? RECEIPT_DEFERRED : RECEIPT_DOUBT, "write", 0, str_from(reason));
}

static int
put(const struct mbox *mbox, const struct message *message, struct journal *journal,
    struct receipt *receipt, const char *path, struct err *err)
{
	struct stat status;

	int line_ends =
	    fstat(mbox->file, &status) == 0 ? missing_line_ends(mbox->file, status.st_size) : -1;
	if (line_ends < 0)
		return err_set_errno(err, EX_IOERR, errno, "cannot read the end of '%s'", path);
	if (journal->dot(journal, &message->delivery, 1, err) < 0)
		return -1;
	append(mbox, status.st_size, line_ends, receipt);
	return 0;
}

static int
mbox_send(struct deliver_session *session, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	struct mbox *mbox = session->state;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "write" };
	write_text(&mbox->text, message);
	if (lock_both(mbox, session->timeout_ms) < 0) {
		journal_note(receipt, RECEIPT_DEFERRED, "write", 0,
		    STR("another program keeps the mailbox locked"));
		return 0;
	}
	int status = put(mbox, message, journal, receipt, session->target.path, err);
	unlock(mbox);
	return status;
}

const struct deliver_transport deliver_transport_mbox = {
	.name = "mbox",
	.help = "mbox:FILE appends to a mailbox of this machine",
	.address = DELIVER_PATH,
	.open = mbox_open,
	.send = mbox_send,
	.close = mbox_close,
};
