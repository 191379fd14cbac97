/*
 * Writes papers in a format, and the text and facts that formats share. What a format looks like is
 * its own file's.
 */
#include "digest/export.h"

#include "format.h"

#include "digest/crypt.h"
#include "digest/tex.h"
#include "digest/unicode.h"

#define FORMAT(name) extern const struct export_format export_format_##name;
#include "formats.def"
#undef FORMAT

static const struct export_format *const formats[] = {
#define FORMAT(name) &export_format_##name,
#include "formats.def"
#undef FORMAT
};

const struct export_format *
export_format(size_t nth)
{
	return nth < sizeof(formats) / sizeof(formats[0]) ? formats[nth] : NULL;
}

const struct export_format *
export_named(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

void
export_write(const struct export_format *format, const struct export_head *head,
    struct entry *const *entries, size_t count, struct buf *out)
{
	struct export_writer writer = {
		.head = head,
		.entries = entries,
		.count = count,
		.out = out,
		.arena = arena_new(),
		.scratch = arena_new(),
	};

	if (format->begin != NULL)
		format->begin(&writer);
	for (; writer.nth < count; writer.nth++) {
		format->entry(&writer, entries[writer.nth]);
		arena_reset(writer.scratch);
	}
	if (format->end != NULL)
		format->end(&writer);
	arena_free(writer.arena);
	arena_free(writer.scratch);
}

void
export_issue(const struct export_format *format, const struct issue *issue, struct str list,
    struct str audience, struct buf *out)
{
	struct arena *arena = arena_new();
	struct entry **entries = arena_array(arena, issue->item_count + 1, sizeof(entries[0]));
	char date[DATE_DAY_BYTES];

	date_format_day(date, issue->date);
	struct export_head head = {
		.title = arena_printf(arena, "%.*s, %s", STR_ARG(issue->title), date),
		.id = arena_printf(
		    arena, "issue|%.*s|%s|%.*s", STR_ARG(list), date, STR_ARG(audience)),
		.at = issue->made_at,
	};
	for (size_t i = 0; i < issue->item_count; i++)
		entries[i] = issue->items[i].entry;
	export_write(format, &head, entries, issue->item_count, out);
	arena_free(arena);
}

/* ---- text ---- */

struct str
export_line(struct arena *arena, struct str text)
{
	struct buf set = BUF_INIT(BUF_LIMIT), line = BUF_INIT(BUF_LIMIT);
	struct str kept;

	tex_add_text(tex_parse(arena, text), &set);
	unicode_add_collapsed(&line, buf_str(&set));
	kept = arena_copy(arena, buf_str(&line));
	buf_release(&set);
	buf_release(&line);
	return kept;
}

bool
export_next_paragraph(struct arena *arena, struct str *abstract, struct str *paragraph)
{
	struct str line;

	while (str_next_line(abstract, &line)) {
		*paragraph = export_line(arena, line);
		if (paragraph->len > 0)
			return true;
	}
	return false;
}

struct str
export_url(struct arena *arena, struct str url)
{
	struct buf safe = BUF_INIT(BUF_LIMIT);
	struct str kept;

	for (size_t i = 0; i < url.len; i++) {
		if (strchr("<>{}\\\"`", url.ptr[i]) != NULL)
			buf_addf(&safe, "%%%02X", (unsigned)(unsigned char)url.ptr[i]);
		else
			buf_add_char(&safe, url.ptr[i]);
	}
	kept = arena_keep(arena, &safe);
	return kept;
}

/* U+FFFE and U+FFFF are UTF-8, but no characters of XML (section 2.2). */
static bool
is_not_xml(struct str text)
{
	return str_starts(text, "\xef\xbf\xbe") || str_starts(text, "\xef\xbf\xbf");
}

void
export_add_xml(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (is_not_xml(str_skip(text, i))) {
			buf_add_string(out, "\xef\xbf\xbd");
			i += 2;
		} else if (c == '&') {
			buf_add_string(out, "&amp;");
		} else if (c == '<') {
			buf_add_string(out, "&lt;");
		} else if (c == '>') {
			buf_add_string(out, "&gt;");
		} else if (c == '"') {
			buf_add_string(out, "&quot;");
		} else if (c >= ' ' || str_is_space((char)c)) {
			buf_add_char(out, (char)c);
		}
	}
}

void
export_add_element(struct buf *out, const char *name, struct str text)
{
	if (text.len == 0)
		return;
	buf_addf(out, "<%s>", name);
	export_add_xml(out, text);
	buf_addf(out, "</%s>\n", name);
}

void
export_add_xml_html(struct export_writer *writer, struct str abstract)
{
	struct buf html = BUF_INIT(BUF_LIMIT);
	struct str paragraph;

	while (export_next_paragraph(writer->scratch, &abstract, &paragraph)) {
		buf_add_string(&html, "<p>");
		export_add_xml(&html, paragraph);
		buf_add_string(&html, "</p>");
	}
	export_add_xml(writer->out, buf_str(&html));
	buf_release(&html);
}

/* ---- facts ---- */

struct str
export_alias(const struct entry *entry, const char *kind)
{
	for (size_t i = 0; i < entry->alias_count; i++) {
		if (str_starts(entry->aliases[i], kind))
			return str_skip(entry->aliases[i], strlen(kind));
	}
	return STR("");
}

int32_t
export_day(const struct entry *entry)
{
	if (entry->published_at != DATE_NO_INSTANT)
		return date_day_of(entry->published_at);
	return entry->listed_on;
}

struct str
export_urn(struct arena *arena, struct str text)
{
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct buf hex = BUF_INIT(64);
	struct str urn;

	crypt_sha256(text, digest);
	digest[6] = (unsigned char)(0x80 | (digest[6] & 0x0f)); /* version 8 */
	digest[8] = (unsigned char)(0x80 | (digest[8] & 0x3f));
	crypt_add_hex(&hex, digest, 16);
	urn = arena_printf(arena, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8,
	    hex.ptr + 12, hex.ptr + 16, hex.ptr + 20);
	buf_release(&hex);
	return urn;
}
