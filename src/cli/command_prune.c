/*
 * digest prune: makes the store smaller by what nobody needs any more.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/clock.h"

static int
prune(struct store *store, int64_t before, struct store_pruned *pruned, struct err *err)
{
	struct db *db = store_db(store);

	if (db_begin(db, err) < 0)
		return -1;
	if (store_prune(store, before, pruned, err) == 0 && db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

static void
tell(const struct store_pruned *pruned, bool is_dry_run, int64_t freed_bytes, struct buf *out)
{
	const struct {
		size_t count;
		const char *what;
	} rows[] = {
		{ pruned->messages, "messages that were sent" },
		{ pruned->sightings, "listings of a paper between its first and its newest" },
		{ pruned->left_out, "updates that were left out" },
		{ pruned->attempts, "earlier attempts of deliveries" },
		{ pruned->models, "models of what is liked" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		buf_addf(out, "%s%8zu  %s\n", is_dry_run ? "would forget" : "forgot", rows[i].count,
		    rows[i].what);
	if (freed_bytes > 0)
		buf_addf(out, "the store is %lld KiB smaller\n", (long long)freed_bytes / 1024);
}

int
command_prune(struct cli *cli, struct err *err)
{
	const struct settings *digest = config_settings(cli->config, CONFIG_DIGEST);
	int64_t before = clock_now() - settings_duration_s(digest, "keep");
	bool is_dry_run = cli->options->is_dry_run;
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct store_pruned pruned;
	struct cli_store open = { 0 };
	int64_t freed_bytes = 0;
	int status = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0 ||
	    cli_open_store(cli, is_dry_run ? DB_OVERLAY : DB_WRITE, &open, err) < 0 ||
	    prune(open.store, before, &pruned, err) < 0)
		goto out;
	if (!is_dry_run && db_compact(store_db(open.store), &freed_bytes, err) < 0)
		goto out;
	tell(&pruned, is_dry_run, freed_bytes, &text);
	status = terminal_write(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return status;
}
