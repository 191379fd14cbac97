/*
 * Two entries that turn out to be one. Which ones do is decided in names.c.
 */
#include "names.h"

/*
 * What has been sent stays sent: an audience that was shown either of them must not be shown the
 * other. Where it was shown both, the second showing stays with the loser, whose row and contents
 * are kept for such issues. Sightings keep their numbers, so what was looked at stays looked at; of
 * two sightings in one listing the earlier one counts, and one that arrived over one that was
 * looked up.
 */
static const char *const steps[] = {
	"UPDATE alias SET entry = ?1 WHERE entry = ?2",
	"DELETE FROM sighting WHERE entry = ?1 AND EXISTS (SELECT 1 FROM sighting s"
	" WHERE s.entry = ?2 AND s.source = sighting.source AND s.listed_on = sighting.listed_on"
	" AND (s.is_past, s.id) < (sighting.is_past, sighting.id))",
	"DELETE FROM sighting WHERE entry = ?2 AND EXISTS (SELECT 1 FROM sighting s"
	" WHERE s.entry = ?1 AND s.source = sighting.source AND s.listed_on = sighting.listed_on)",
	"UPDATE sighting SET entry = ?1 WHERE entry = ?2",
	"UPDATE OR IGNORE issue_entry SET entry = ?1 WHERE entry = ?2",
	"UPDATE OR IGNORE left_out SET entry = ?1 WHERE entry = ?2",
	"DELETE FROM left_out WHERE entry = ?2",
	"UPDATE OR IGNORE update_due SET entry = ?1 WHERE entry = ?2",
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
	"  (SELECT discussion_url FROM entry WHERE id = ?2)),"
	" image_url = iif(image_url <> '', image_url, (SELECT image_url FROM entry WHERE id = ?2)),"
	" categories = iif(categories <> '', categories,"
	"  (SELECT categories FROM entry WHERE id = ?2)),"
	" withdrawn_by = iif(withdrawn_at IS NULL,"
	"  (SELECT withdrawn_by FROM entry WHERE id = ?2), withdrawn_by),"
	" withdrawn_at = coalesce(withdrawn_at, (SELECT withdrawn_at FROM entry WHERE id = ?2))"
	" WHERE id = ?1",
	"UPDATE version SET"
	" comment = iif(version.comment <> '', version.comment, l.comment),"
	" journal_ref = iif(version.journal_ref <> '', version.journal_ref, l.journal_ref),"
	" license = iif(version.license <> '', version.license, l.license),"
	" organisation = iif(version.organisation <> '', version.organisation, l.organisation),"
	" authors = iif(version.authors <> '[]', version.authors, l.authors),"
	" abstract_source = iif(version.abstract = '' AND l.abstract <> '',"
	"  coalesce(l.abstract_source, l.source), version.abstract_source),"
	" abstract = iif(version.abstract <> '', version.abstract, l.abstract)"
	" FROM (SELECT * FROM version WHERE id = (SELECT max(id) FROM version WHERE entry = ?2)) l"
	" WHERE version.id = (SELECT max(id) FROM version WHERE entry = ?1)",
};

int
store_merge(struct store *store, int64_t winner, int64_t loser, struct err *err)
{
	if (store_unindex_two(store, winner, loser, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (store_run(store, steps[i], winner, loser, err) < 0)
			return -1;
	}
	return 0;
}
