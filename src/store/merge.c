/*
 * Two entries that turn out to be one. Which ones do is decided in names.c.
 */
#include "names.h"

/*
 * What has been sent stays sent: an audience that was shown either of them must not be shown the
 * other. Where it was shown both, the second showing stays with the loser, whose row and contents are
 * kept for such issues. Sightings keep their numbers, so what was looked at stays looked at; of two
 * sightings in one listing the earlier one counts.
 */
static const char *const steps[] = {
	"UPDATE alias SET entry = ?1 WHERE entry = ?2",
	"DELETE FROM sighting WHERE entry = ?1 AND EXISTS (SELECT 1 FROM sighting s"
	" WHERE s.entry = ?2 AND s.source = sighting.source AND s.listed_on = sighting.listed_on"
	" AND s.id < sighting.id)",
	"DELETE FROM sighting WHERE entry = ?2 AND EXISTS (SELECT 1 FROM sighting s"
	" WHERE s.entry = ?1 AND s.source = sighting.source AND s.listed_on = sighting.listed_on)",
	"UPDATE sighting SET entry = ?1 WHERE entry = ?2",
	"UPDATE OR IGNORE issue_entry SET entry = ?1 WHERE entry = ?2",
	"UPDATE OR IGNORE left_out SET entry = ?1 WHERE entry = ?2",
	"DELETE FROM left_out WHERE entry = ?2",
	"DELETE FROM update_due WHERE entry = ?2",
	/* Entries that the loser had taken in before now belong to the winner. */
	"UPDATE entry SET merged_into = ?1 WHERE merged_into = ?2",
	"UPDATE entry SET merged_into = ?1 WHERE id = ?2",
	/* What the winner does not know of itself, the loser may. */
	"UPDATE entry SET"
	" published_at = coalesce(published_at, (SELECT published_at FROM entry WHERE id = ?2)),"
	" url = iif(url <> '', url, (SELECT url FROM entry WHERE id = ?2)),"
	" pdf_url = iif(pdf_url <> '', pdf_url, (SELECT pdf_url FROM entry WHERE id = ?2)),"
	" code_url = iif(code_url <> '', code_url, (SELECT code_url FROM entry WHERE id = ?2)),"
	" project_url = iif(project_url <> '', project_url,"
	"  (SELECT project_url FROM entry WHERE id = ?2)),"
	" discussion_url = iif(discussion_url <> '', discussion_url,"
	"  (SELECT discussion_url FROM entry WHERE id = ?2))"
	" WHERE id = ?1",
};

int
store_merge(struct store *store, int64_t winner, int64_t loser, struct err *err)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (store_run(store, steps[i], winner, loser, err) < 0)
			return -1;
	}
	return 0;
}
