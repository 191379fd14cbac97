/*
 * Return paths: where the bounces of a delivery go, and whose mail it was that came back there.
 */
#include "day.h"

#include "digest/crypt.h"

#include <string.h>

/* What stands after the "+": the delivery's number, and a token that it is good for alone. */
static void
add_mark(struct store *store, int64_t delivery, struct str address, struct buf *out)
{
	struct buf subject = BUF_INIT(BUF_LIMIT);

	buf_addf(&subject, "%lld|%.*s", (long long)delivery, STR_ARG(address));
	buf_addf(out, "%lld.", (long long)delivery);
	crypt_add_token(out, store_secret(store), "bounce", buf_str(&subject));
	buf_release(&subject);
}

const char *
day_return_path(struct day *day, struct arena *arena, const struct ledger_delivery *delivery)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	struct buf mark = BUF_INIT(BUF_LIMIT);
	int len = (int)strcspn(day->from_address, "@");

	if (!settings_bool(smtp, "verp"))
		return day->from_address;
	add_mark(day->store, delivery->id, delivery->address, &mark);
	struct str path = arena_printf(
	    arena, "%.*s+%s%s", len, day->from_address, mark.ptr, day->from_address + len);
	buf_release(&mark);
	return path.ptr;
}

int
run_find_returned(struct store *store, struct str path, struct arena *arena,
    struct store_reader *reader, struct err *err)
{
	struct buf mark = BUF_INIT(BUF_LIMIT);
	ptrdiff_t at = str_find_char(path, '@');
	struct str given = str_head(path, at < 0 ? 0 : (size_t)at), rest, number;
	int64_t delivery;

	while (str_find_char(given, '+') >= 0)
		given = str_skip(given, (size_t)str_find_char(given, '+') + 1);
	rest = given;
	if (!str_next(&rest, '.', &number) || str_to_int(number, 1, INT64_MAX, &delivery) < 0)
		return 0;
	int found = store_find_by_delivery(store, delivery, arena, reader, err);
	if (found > 0) {
		add_mark(store, delivery, reader->address, &mark);
		/* What mail servers do to case is no business of ours. */
		found = str_equal_nocase(buf_str(&mark), given);
	}
	buf_release(&mark);
	return found;
}
