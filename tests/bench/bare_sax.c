/*
 * What the least program would do that reads a feed with libxml2: SAX2 by push, 64 KiB at a time,
 * and each entry's identifier, title, abstract and authors copied into a buffer of their own. It
 * mends nothing, knows no namespaces but by their prefix, and keeps nothing: the measure of what
 * our own reading of feeds adds.
 */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 << 10 };

struct field {
	const char *names[4];
	char *text;
	size_t len, room;
};

struct reading {
	struct field fields[4];
	struct field *open;
	size_t entries, bytes;
};

static void
on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespace_count, const xmlChar **namespaces, int count, int defaulted,
    const xmlChar **attributes)
{
	struct reading *reading = context;
	const char *text = (const char *)name;

	(void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)count;
	(void)defaulted, (void)attributes;
	if (strcmp(text, "item") == 0 || strcmp(text, "entry") == 0) {
		for (int i = 0; i < 4; i++)
			reading->fields[i].len = 0;
		return;
	}
	for (int i = 0; i < 4; i++) {
		struct field *field = &reading->fields[i];
		for (int j = 0; j < 4 && field->names[j] != NULL; j++) {
			if (strcmp(text, field->names[j]) == 0)
				reading->open = field;
		}
	}
}

static void
on_text(void *context, const xmlChar *text, int len)
{
	struct reading *reading = context;
	struct field *field = reading->open;

	if (field == NULL)
		return;
	if (field->len + (size_t)len > field->room) {
		field->room = 2 * (field->len + (size_t)len);
		field->text = realloc(field->text, field->room);
		if (field->text == NULL)
			abort();
	}
	memcpy(field->text + field->len, text, (size_t)len);
	field->len += (size_t)len;
}

static void
on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *reading = context;
	const char *text = (const char *)name;

	(void)prefix, (void)uri;
	reading->open = NULL;
	if (strcmp(text, "item") != 0 && strcmp(text, "entry") != 0)
		return;
	reading->entries++;
	for (int i = 0; i < 4; i++)
		reading->bytes += reading->fields[i].len;
}

int
main(int argc, char **argv)
{
	static char chunk[CHUNK_BYTES];
	struct reading reading = { .fields = {
		                       { .names = { "id", "guid" } },
		                       { .names = { "title" } },
		                       { .names = { "summary", "description" } },
		                       { .names = { "name", "creator", "author" } },
		                   } };
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
	};
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, &reading, NULL, 0, NULL);
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	size_t len;

	if (parser == NULL || file == NULL)
		return EXIT_FAILURE;
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		xmlParseChunk(parser, chunk, (int)len, 0);
	int status = xmlParseChunk(parser, chunk, 0, 1);
	fclose(file);
	xmlFreeParserCtxt(parser);
	for (int i = 0; i < 4; i++)
		free(reading.fields[i].text);
	printf("%zu entries, %zu bytes\n", reading.entries, reading.bytes);
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
