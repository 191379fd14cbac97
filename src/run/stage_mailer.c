/*
 * The mailer: by which transport and in whose name mail goes out. Nobody is contacted here.
 */
#include "day.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_SENDMAIL "/usr/sbin/sendmail"

/* Of the 64 that RFC 5321 section 4.5.3.1.1 gives, a plus, twelve digits, a dot and a token. */
enum { VERP_LOCAL_BYTES = 64 - 1 - 12 - 1 - 16 };

int
run_transport(const struct run_request *request, const char **url, struct err *err)
{
	const struct settings *smtp = config_settings(request->config, CONFIG_SMTP);

	*url = request->transport != NULL ? request->transport : settings_string(smtp, "url");
	if ((*url)[0] != '\0')
		return deliver_check(*url, smtp, err);
	*url = access(DEFAULT_SENDMAIL, X_OK) == 0 ? "sendmail:" : "smtp://localhost";
	return deliver_check(*url, smtp, err);
}

/* "login@this.host", for a machine whose owner said nothing. */
static struct str
default_sender(struct arena *arena)
{
	const struct passwd *user = getpwuid(geteuid());
	char host[256] = "localhost";

	if (gethostname(host, sizeof(host)) < 0 || host[0] == '\0')
		return STR("digest@localhost");
	host[sizeof(host) - 1] = '\0';
	return arena_printf(arena, "%s@%s", user != NULL ? user->pw_name : "digest", host);
}

/* Names that no other machine can answer to. */
static bool
is_real_domain(struct str domain)
{
	static const char *const unreal[] = { ".localhost", ".localdomain", ".local", ".internal",
		".invalid", ".test", NULL };

	if (str_find_char(domain, '.') < 0)
		return false;
	for (size_t i = 0; unreal[i] != NULL; i++) {
		if (str_ends(domain, unreal[i]))
			return false;
	}
	return true;
}

static int
check_sender(const char *transport, const char *address, struct err *err)
{
	struct str domain = str_skip(str_from(address), strcspn(address, "@") + 1);

	if (transport == NULL || !deliver_is_remote(transport) || deliver_is_loopback(transport) ||
	    is_real_domain(domain))
		return 0;
	return err_set(err, EX_CONFIG,
	    "from: '%s' has no domain that others can answer to; "
	    "set smtp.from or --from to an address "
	    "of yours",
	    address);
}

int
run_sender(const struct run_request *request, const char *transport, struct arena *arena,
    const char **name, const char **address, struct err *err)
{
	const struct settings *smtp = config_settings(request->config, CONFIG_SMTP);
	const char *origin = request->from != NULL ? "--from" : settings_origin(smtp, "from");
	struct str text =
	    str_from(request->from != NULL ? request->from : settings_string(smtp, "from"));
	struct buf phrase = BUF_INIT(BUF_LIMIT), mailbox = BUF_INIT(BUF_LIMIT),
	           checked = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (text.len == 0)
		text = default_sender(arena);
	if (message_split_mailbox(text, &phrase, &mailbox) < 0) {
		err_set(err, EX_CONFIG,
		    "%s: '%.*s' is no mailbox; write \"Name <address>\" or an address", origin,
		    STR_ARG(text));
		goto out;
	}
	if (message_check_address(&checked, buf_str(&mailbox), err) < 0) {
		err->code = EX_CONFIG;
		err_prefix(err, "%s", origin);
		goto out;
	}
	*name = arena_string(arena, buf_str(&phrase));
	*address = arena_string(arena, buf_str(&checked));
	status = check_sender(transport, *address, err);
out:
	buf_release(&phrase);
	buf_release(&mailbox);
	buf_release(&checked);
	return status;
}

bool
day_signs(const struct day *day)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	return settings_string(smtp, "dkim_key")[0] != '\0';
}

int
day_signer(struct day *day, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	return day->dkim != NULL ? 0 : dkim_open(&day->dkim, smtp, day->from_address, err);
}

static bool
has_verp(const struct day *day)
{
	return settings_bool(config_settings(day->request->config, CONFIG_SMTP), "verp");
}

/* With verp, the sender's local part must leave room for what comes behind it. */
static int
check_verp(const struct day *day, struct err *err)
{
	const char *from = day->from_address;
	size_t len = strcspn(from, "@");

	if (!has_verp(day) || (from[0] != '"' && len <= VERP_LOCAL_BYTES))
		return 0;
	return err_set(err, EX_CONFIG,
	    "%s: 'verp' needs a sender whose part before '@' has at most %d bytes and no quotes, "
	    "not '%s'",
	    settings_origin(config_settings(day->request->config, CONFIG_SMTP), "verp"),
	    VERP_LOCAL_BYTES, from);
}

const char *
day_path(struct arena *arena, struct str address)
{
	struct buf path = BUF_INIT(BUF_LIMIT);

	message_add_path(&path, address);
	const char *result = arena_string(arena, buf_str(&path));
	buf_release(&path);
	return result;
}

const char *
day_sender_domain(const struct day *day)
{
	const char *at = day->from_address != NULL ? strrchr(day->from_address, '@') : NULL;

	return at != NULL ? at + 1 : "localhost";
}

/* Where mail will go out, a key that cannot be used is found before anything is made. */
int
stage_sender(struct day *day, struct err *err)
{
	if (run_sender(day->request, day->transport, day->arena, &day->from_name,
	        &day->from_address, err) < 0)
		return -1;
	if (day->transport == NULL)
		return 0;
	return check_verp(day, err) == 0 ? day_signer(day, err) : -1;
}

int
stage_mailer(struct day *day, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	day->is_guessed =
	    day->request->transport == NULL && settings_string(smtp, "url")[0] == '\0';
	return run_transport(day->request, &day->transport, err);
}
