/*
 * digest show KEY: everything that is known of an entry.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/identity.h"
#include "digest/unicode.h"

#include <stdio.h>

enum { LABEL_COLUMNS = 12, TEXT_COLUMNS = 80 };

static void
add_line(struct buf *out, const char *label, struct str text)
{
	struct buf first = BUF_INIT(64);

	if (text.len == 0)
		return;
	buf_addf(&first, "%-*s", LABEL_COLUMNS, label);
	unicode_wrap(out, text, TEXT_COLUMNS, buf_str(&first), STR("            "));
	buf_release(&first);
}

static void
add_joined(struct buf *out, const char *label, const struct str *texts, size_t count)
{
	struct buf joined = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < count; i++)
		buf_addf(&joined, "%s%.*s", i > 0 ? ", " : "", STR_ARG(texts[i]));
	add_line(out, label, buf_str(&joined));
	buf_release(&joined);
}

static void
add_authors(struct buf *out, const struct entry *entry)
{
	struct buf joined = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < entry->author_count; i++) {
		if (!entry->authors[i].is_hidden)
			buf_addf(&joined, "%s%.*s", joined.len > 0 ? ", " : "",
			    STR_ARG(entry->authors[i].name));
	}
	add_line(out, "authors", buf_str(&joined));
	buf_release(&joined);
}

static void
add_entry(struct buf *out, const struct entry *entry)
{
	char text[DATE_INSTANT_BYTES], number[16];

	add_line(out, "key", entry_key(entry));
	add_line(out, "title", entry->title);
	add_authors(out, entry);
	if (entry->version > 0) {
		snprintf(number, sizeof(number), "v%d", entry->version);
		add_line(out, "version", str_from(number));
	}
	add_line(out, "published", str_from(date_format_instant(text, entry->published_at)));
	add_line(out, "updated", str_from(date_format_instant(text, entry->updated_at)));
	add_joined(out, "categories", entry->categories, entry->category_count);
	add_line(out, "comment", entry->comment);
	add_line(out, "journal", entry->journal_ref);
	add_line(out, "from", entry->organisation);
	add_line(out, "page", entry->url);
	add_line(out, "pdf", entry->pdf_url);
	add_line(out, "code", entry->code_url);
	add_line(out, "project", entry->project_url);
	add_line(out, "discussion", entry->discussion_url);
	add_joined(out, "also called", entry->aliases, entry->alias_count);
	add_joined(out, "listed by", entry->sources, entry->source_count);
	add_line(out, "abstract", entry->abstract);
}

int
command_show(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct cli_store open = { 0 };
	struct entry *entry = NULL;
	struct str *lines = NULL;
	size_t count = 0;
	struct str alias;
	int result = -1;

	if (cli_check_operands(cli, 1, 1, err) < 0)
		return -1;
	const char *key = cli_operand(cli, 0);
	if (identity_from_user(cli->arena, str_from(key), &alias) < 0)
		return err_set(err, EX_USAGE,
		    "show: '%s' is no name of a paper; try an arXiv identifier, a DOI or a URL",
		    key);
	if (cli_open_store(cli, DB_OVERLAY, &open, err) < 0)
		goto out;
	if (store_find(open.store, cli->arena, alias, &entry, err) < 0)
		goto out;
	if (entry == NULL) {
		err_set(err, EX_DATAERR, "show: '%s' has not been listed by any source", key);
		goto out;
	}
	if (store_history(open.store, entry->id, cli->arena, &lines, &count, err) < 0)
		goto out;
	add_entry(&text, entry);
	for (size_t i = 0; i < count; i++)
		add_line(&text, i == 0 ? "history" : "", lines[i]);
	result = terminal_show(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return result;
}
