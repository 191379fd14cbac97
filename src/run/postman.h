/* What is due, claimed and handed to a crew in batches. Not for anybody but stage deliver. */
#ifndef DIGEST_RUN_POSTMAN_H
#define DIGEST_RUN_POSTMAN_H

#include "day.h"

#include <signal.h>

struct postman;

/* `signal` is the number of one that was caught, or 0: no message is begun after it. */
struct postman *postman_new(struct day *day, const volatile sig_atomic_t *signal);
void postman_free(struct postman *postman);

/* Counts what waits, where somebody looks at the progress. */
void postman_count(struct postman *postman);

/*
 * Delivers everything of a scope that is due now; what cannot be tried any more is given back. Sets
 * `has_more` where letters are left that wait for their domains' pace: those are waited for, up to
 * a minute, only by who is patient, since nothing else is left. Errors as deliver_crew_send() and
 * the ledger's.
 */
int postman_deliver(struct postman *postman, const struct ledger_scope *scope, bool is_patient,
    bool *has_more, struct err *err);

/* What all of it came to, as one line in the log. */
void postman_log(const struct postman *postman);

#endif
