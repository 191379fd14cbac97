/*
 * One paper as Hugging Face tells of it: the same object in the API's listing, in its search and in
 * the island of the HTML page.
 */
#ifndef DIGEST_SOURCE_HF_ITEM_H
#define DIGEST_SOURCE_HF_ITEM_H

#include "format.h"

struct json;

/* Reads an item of a listing, an object, wrapped ({"paper": {…}, …}) or bare: emits or skips it. */
int hf_item_read(const struct json *item, struct format_reader *reader, struct err *err);

/* The listing day that the data of a DailyPapers page names, if it does. */
void hf_item_read_day(const struct json *page, struct format_reader *reader);

/*
 * Reads the data of a DailyPapers page: {"dailyPapers": […], "date" or "dateString": …}. EX_DATAERR
 * when it has no such array.
 */
int hf_item_read_page(const struct json *page, struct format_reader *reader, struct err *err);

/* The page of a paper on Hugging Face. */
struct str hf_item_url(struct arena *arena, struct str id);

#endif
