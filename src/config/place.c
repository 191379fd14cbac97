/*
 * Where things are: the user's folders, and the store that a configuration file decides on. Nothing
 * is made here.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_CONFIG_ROOT "/etc/"
#define SYSTEM_STORE "/var/lib/digest/digest.db"
#define STORE_NAME "/digest.db"

/* $HOME may be missing (a service) or relative (a mistake); the user database knows then. */
static const char *
home_folder(void)
{
	const char *home = getenv("HOME");
	if (home != NULL && home[0] == '/')
		return home;
	const struct passwd *user = getpwuid(geteuid());
	return user != NULL && user->pw_dir != NULL && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

int
config_add_user_path(struct buf *out, const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable);

	/* The XDG base directory specification: relative paths are to be ignored. */
	if (base != NULL && base[0] == '/') {
		buf_addf(out, "%s/%s", base, name);
		return 0;
	}
	const char *home = home_folder();
	if (home == NULL)
		return -1;
	buf_addf(out, "%s/%s/%s", home, fallback, name);
	return 0;
}

void
config_add_sudo(struct buf *out, uid_t user)
{
	const struct passwd *entry = getpwuid(user);

	if (entry != NULL)
		buf_addf(out, "sudo -u %s digest", entry->pw_name);
	else
		buf_addf(out, "sudo -u '#%lu' digest", (unsigned long)user);
}

/*
 * The wrong user is told before anything is done. Root too: what it made in a folder of another
 * user, that user could not change tomorrow.
 */
static int
check_folder_user(const char *store, struct err *err)
{
	struct buf folder = BUF_INIT(BUF_LIMIT), command = BUF_INIT(BUF_LIMIT);
	struct stat status;
	int result = 0;

	buf_add_bytes(&folder, store, (size_t)(strrchr(store, '/') - store));
	if (stat(folder.ptr, &status) < 0) {
		if (errno == EACCES)
			result = err_set(err, EX_NOPERM,
			    "store: '%s' may not be looked into; "
			    "run digest as the user whose it is, or type "
			    "'digest --db FILE …'",
			    folder.ptr);
		goto out;
	}
	if (status.st_uid == geteuid() ||
	    (geteuid() != 0 &&
	        faccessat(AT_FDCWD, folder.ptr, R_OK | W_OK | X_OK, AT_EACCESS) == 0))
		goto out;
	config_add_sudo(&command, status.st_uid);
	result = err_set(err, EX_NOPERM, "store: the folder '%s' is another user's; type '%s …'",
	    folder.ptr, command.ptr);
out:
	buf_release(&folder);
	buf_release(&command);
	return result;
}

/* Whether the file that was read is one of the system's. */
static bool
is_system_file(const char *path)
{
	char *whole = path[0] == '/' || path[0] == '\0' ? NULL : realpath(path, NULL);
	bool result = str_starts(str_from(whole != NULL ? whole : path), SYSTEM_CONFIG_ROOT);

	free(whole);
	return result;
}

int
config_store_path(
    const struct config *config, const char *override, struct buf *out, struct err *err)
{
	const char *state = getenv("STATE_DIRECTORY");

	if (override != NULL) {
		if (override[0] == '\0')
			return err_set(err, EX_USAGE, "--db: a file name is missing");
		buf_add_string(out, override);
		return 0;
	}
	if (state != NULL && state[0] == '/') {
		/* systemd.exec(5): several are joined by colons; the first is ours. */
		buf_add_bytes(out, state, strcspn(state, ":"));
		buf_add_string(out, STORE_NAME);
		return 0;
	}
	if (is_system_file(config_path(config)))
		buf_add_string(out, SYSTEM_STORE);
	else if (config_add_user_path(out, "XDG_STATE_HOME", ".local/state", "digest" STORE_NAME) <
	    0)
		return err_set(err, EX_CONFIG,
		    "store: no home folder is known; set HOME, or say where with --db FILE");
	return check_folder_user(out->ptr, err);
}
