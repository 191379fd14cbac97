/*
 * The postman: claims what is due, loads what was frozen, fills each letter as its turn comes, and
 * keeps count of what became of it. How letters leave is deliver's; when they are tried again is
 * ledger's.
 */
#include "postman.h"

#include "frozen.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <string.h>

enum {
	CLAIM_COUNT = 512,
	/*
	 * Where domains have a pace, a claim has no more for any of them than may go while its
	 * other letters do, or in this time; the rest is passed over, so that nobody waits for it.
	 */
	LOOK_AHEAD_LEAST_MS = 1000,
	LOOK_AHEAD_MOST_MS = 60000, /* no domain waits longer for its next message */
};

struct letter {
	const struct ledger_delivery *delivery;
	const char *address, *id, *token, *sender;
	struct deliver_domain *domain; /* whose pace it keeps, or NULL */
	const struct frozen *frozen;
	struct message_shape shape;
	struct message message; /* where it goes together with a letter before */
	bool is_begun, is_settled;
	struct receipt receipt;
};

/* What is claimed at a time: it begins anew with each. */
struct claim {
	struct letter *letters;
	size_t count;
	/* Letters below `end` are loaded, below `next` begun, and from `last` on not begun. */
	size_t next, last, end;
	int64_t idle_ms; /* when all that were left had to wait for the first time; or 0 */
	bool has_passed_over; /* others, for their domains' pace */
};

struct postman {
	struct deliver_source source; /* first: the crew gives it back to us */
	struct day *day;
	const volatile sig_atomic_t *signal;
	struct deliver_crew *crew;
	bool resends_doubt;
	struct frozen_shelf shelf;
	struct deliver_domains *domains; /* NULL where they have no pace */
	size_t claim_most;
	int64_t claim_ms; /* how long one takes but for the waiting for domains */
	struct arena *arena; /* of one claim */
	struct claim claim;
	size_t counts[4]; /* by outcome, in all */
	size_t total; /* about how many there are; only where somebody looks */
	int64_t start_ms;
};

/* ---- the source of a crew: nothing allocates here but a signature ---- */

static bool
goes_on(struct deliver_source *source)
{
	const struct postman *postman = (const struct postman *)source;

	return *postman->signal == 0;
}

static int64_t
letter_due_ms(const struct letter *letter)
{
	return letter->domain != NULL ? deliver_domain_due_ms(letter->domain) : 0;
}

/* The first that may be begun now, or NULL: the source says when there is one, if there is. */
static struct letter *
find_letter(struct postman *postman, int64_t now_ms)
{
	struct claim *claim = &postman->claim;
	int64_t resume_ms = 0;

	for (size_t i = claim->next; i < claim->end; i++) {
		struct letter *letter = &claim->letters[i];
		int64_t due_ms = letter_due_ms(letter);
		if (letter->is_begun)
			continue;
		if (due_ms <= now_ms)
			return letter;
		if (resume_ms == 0 || due_ms < resume_ms)
			resume_ms = due_ms;
	}
	postman->source.resume_ms = resume_ms;
	if (resume_ms > 0 && claim->idle_ms == 0)
		claim->idle_ms = now_ms;
	return NULL;
}

static void
note_begun(struct postman *postman, struct letter *letter, int64_t now_ms)
{
	struct claim *claim = &postman->claim;
	size_t last = (size_t)(letter - claim->letters) + 1;

	letter->is_begun = true;
	if (letter->domain != NULL)
		deliver_domain_note_begun(postman->domains, letter->domain, now_ms);
	if (last > claim->last)
		claim->last = last;
	while (claim->next < claim->end && claim->letters[claim->next].is_begun)
		claim->next++;
}

static struct message
message_of(struct letter *letter, struct str bytes)
{
	letter->shape = letter->frozen->shape;
	if (!letter->frozen->is_for_all)
		letter->shape = message_filled_shape(
		    &letter->shape, letter->address, letter->id, letter->token);
	return (struct message){
		.delivery = letter->delivery->id,
		.sender = letter->sender,
		.recipient = letter->address,
		.id = letter->id,
		.bytes = bytes,
		.shape = &letter->shape,
	};
}

/* Whether both are the same bytes of the same sender; with VERP each has a sender of its own. */
static bool
go_together(const struct letter *one, const struct letter *other)
{
	return one->frozen->is_for_all && other->frozen == one->frozen &&
	    strcmp(one->sender, other->sender) == 0 && strcmp(one->id, other->id) == 0;
}

/*
 * Those that go together with a letter that was begun, and may begin now:
 * as many as the crew takes.
 */
static void
add_companions(
    struct postman *postman, const struct letter *letter, struct message *message, int64_t now_ms)
{
	struct claim *claim = &postman->claim;
	size_t room = postman->source.together - 1;

	for (size_t i = claim->next; i < claim->end && room > 0; i++) {
		struct letter *other = &claim->letters[i];
		if (other->is_begun || !go_together(letter, other) || letter_due_ms(other) > now_ms)
			continue;
		note_begun(postman, other, now_ms);
		other->message = message_of(other, message->bytes);
		message->with = &other->message;
		message = &other->message;
		room--;
	}
}

static int
next_letter(
    struct deliver_source *source, struct message *message, struct buf *room, struct err *err)
{
	struct postman *postman = (struct postman *)source;
	int64_t now_ms = postman->domains != NULL ? clock_monotonic_ms() : 0;

	source->resume_ms = 0;
	struct letter *letter = goes_on(source) ? find_letter(postman, now_ms) : NULL;
	if (letter == NULL)
		return 0;
	note_begun(postman, letter, now_ms);
	if (dkim_fill(postman->day->dkim, room, buf_str(&letter->frozen->bytes), letter->address,
	        letter->id, letter->token, err) < 0)
		return -1;
	*message = message_of(letter, buf_str(room));
	if (letter->frozen->is_for_all)
		add_companions(postman, letter, message, now_ms);
	return 1;
}

static void
tell_progress(const struct postman *postman)
{
	const size_t *counts = postman->counts;
	struct run_sending sending = {
		.total = postman->total,
		.deferred = counts[RECEIPT_DEFERRED],
		.failed = counts[RECEIPT_FAILED],
		.doubt = counts[RECEIPT_DOUBT],
	};

	if (postman->day->request->sending == NULL)
		return;
	sending.done = counts[RECEIPT_ACCEPTED] + sending.deferred + sending.failed + sending.doubt;
	if (sending.total < sending.done)
		sending.total = sending.done;
	postman->day->request->sending(&sending);
}

static void
take_receipt(
    struct deliver_source *source, const struct message *message, const struct receipt *receipt)
{
	struct postman *postman = (struct postman *)source;
	struct letter *letter = &postman->claim.letters[postman->claim.last - 1];

	/* It is one of those that were begun last. */
	while (letter->delivery->id != message->delivery)
		letter--;
	letter->receipt = *receipt;
	letter->is_settled = true;
	postman->counts[receipt->outcome]++;
	tell_progress(postman);
}

/* ---- batches ---- */

static bool
wants_letter(void *context, struct str mailbox)
{
	struct postman *postman = context;
	bool is_wanted = deliver_domains_take(postman->domains, mailbox);

	postman->claim.has_passed_over |= !is_wanted;
	return is_wanted;
}

/*
 * Letters go out side by side with those that wait for their domains. So where all keep a pace, a
 * claim has what takes a minute, and each domain's share of that.
 */
static void
set_pace(struct postman *postman, const struct day *day, const struct settings *smtp)
{
	int64_t rate = settings_int(smtp, "domain_rate");
	int64_t interval_ms = deliver_interval_ms(day->transport, smtp);

	postman->claim_most = CLAIM_COUNT;
	if (rate <= 0)
		return;
	postman->domains = deliver_domains_new(rate);
	ledger_set_choice(day->ledger, wants_letter, postman);
	if (interval_ms * CLAIM_COUNT > LOOK_AHEAD_MOST_MS)
		postman->claim_most = (size_t)(LOOK_AHEAD_MOST_MS / interval_ms);
	postman->claim_ms = interval_ms * (int64_t)postman->claim_most;
}

struct postman *
postman_new(struct day *day, const volatile sig_atomic_t *signal)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	struct postman *postman = mem_alloc(sizeof(*postman));

	postman->source.next = next_letter;
	postman->source.settled = take_receipt;
	postman->source.goes_on = goes_on;
	postman->source.may_allocate = day->dkim != NULL;
	set_pace(postman, day, smtp);
	postman->day = day;
	postman->signal = signal;
	postman->resends_doubt = str_is(str_from(settings_string(smtp, "on_doubt")), "resend");
	postman->arena = arena_new();
	postman->start_ms = clock_monotonic_ms();
	frozen_init(&postman->shelf);
	return postman;
}

void
postman_free(struct postman *postman)
{
	ledger_set_choice(postman->day->ledger, NULL, NULL);
	deliver_domains_free(postman->domains);
	deliver_crew_free(postman->crew);
	frozen_release(&postman->shelf);
	arena_free(postman->arena);
	mem_free(postman);
}

void
postman_log(const struct postman *postman)
{
	int64_t took_ms = clock_monotonic_ms() - postman->start_ms;
	size_t accepted = postman->counts[RECEIPT_ACCEPTED];

	log_info("deliver: accepted=%zu deferred=%zu failed=%zu doubt=%zu took_ms=%lld per_s=%lld",
	    accepted, postman->counts[RECEIPT_DEFERRED], postman->counts[RECEIPT_FAILED],
	    postman->counts[RECEIPT_DOUBT], (long long)took_ms,
	    (long long)(took_ms > 0 ? (int64_t)accepted * 1000 / took_ms : 0));
}

/* For the progress that somebody looks at, and so no reason to stop. */
void
postman_count(struct postman *postman)
{
	struct day *day = postman->day;

	for (size_t i = 0; i < day->scope_count && day->request->sending != NULL; i++) {
		struct ledger_counts counts;
		struct err ignored = ERR_NONE;
		if (ledger_count(day->ledger, &day->scopes[i], true, &counts, &ignored) == 0)
			postman->total += counts.count[LEDGER_QUEUED];
	}
}

/* Loads what the letters from the next one on need, as far as there is room for it. */
static int
load_letters(struct postman *postman, struct err *err)
{
	struct claim *claim = &postman->claim;

	for (; claim->end < claim->count; claim->end++) {
		struct letter *letter = &claim->letters[claim->end];
		letter->frozen = frozen_find(&postman->shelf, letter->delivery);
		if (letter->frozen != NULL)
			continue;
		if (frozen_is_full(&postman->shelf)) {
			if (claim->end > claim->next)
				break;
			frozen_clear(&postman->shelf);
		}
		letter->frozen =
		    frozen_load(&postman->shelf, postman->day->store, letter->delivery, err);
		if (letter->frozen == NULL)
			return -1;
		size_t largest = frozen_largest(letter->frozen);
		if (largest > postman->source.message_bytes)
			postman->source.message_bytes = largest;
	}
	return 0;
}

static int
open_crew(struct postman *postman, struct err *err)
{
	struct day *day = postman->day;
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	if (postman->crew != NULL)
		return 0;
	if (deliver_is_remote(day->transport) && day_net(day, err) < 0)
		return -1;
	postman->crew = deliver_crew_new(day->transport, smtp, day->net);
	return 0;
}

/* Works through one claim. */
static int
deliver_letters(struct postman *postman, struct err *err)
{
	struct claim *claim = &postman->claim;

	while (claim->next < claim->count && goes_on(&postman->source)) {
		if (claim->next == claim->end && load_letters(postman, err) < 0)
			return -1;
		postman->source.count = claim->end - claim->next;
		if (open_crew(postman, err) < 0 ||
		    deliver_crew_send(postman->crew, &postman->source,
		        ledger_journal(postman->day->ledger), err) < 0)
			return -1;
	}
	return 0;
}

static void
write_letters(struct postman *postman, const struct ledger_delivery *deliveries, size_t count)
{
	struct arena *arena = postman->arena;
	struct letter *letters = arena_alloc(arena, count * sizeof(*letters));

	postman->claim.letters = letters;
	postman->claim.count = count;
	for (size_t i = 0; i < count; i++)
		letters[i] = (struct letter){
			.delivery = &deliveries[i],
			.address = day_path(arena, deliveries[i].address),
			.id = arena_string(arena, deliveries[i].message_id),
			.token = arena_string(arena, deliveries[i].token),
			.sender = day_return_path(postman->day, arena, &deliveries[i]),
			.domain = postman->domains != NULL
			    ? deliver_domains_find(postman->domains, deliveries[i].mailbox)
			    : NULL,
		};
}

/* ---- claims ---- */

/* Counts what was settled, and gives back what was not. */
static void
end_claim(struct postman *postman)
{
	struct day *day = postman->day;

	for (size_t i = 0; i < postman->claim.count; i++) {
		const struct letter *letter = &postman->claim.letters[i];
		struct err ignored = ERR_NONE;
		if (letter->is_settled)
			day_note_receipt(day, letter->delivery, &letter->receipt);
		/* One whose dot went out is left as it is. */
		else if (ledger_release(day->ledger, letter->delivery->id, &ignored) < 0)
			log_error("%s", ignored.text);
	}
}

/*
 * A claim. Of letters that keep their domain's pace it has as many as can go while the others do,
 * and so hold nobody up; or else what can go in a minute, when nothing but them is left.
 */
static int
claim_letters(
    struct postman *postman, const struct ledger_scope *scope, bool is_patient, struct err *err)
{
	struct ledger_delivery *deliveries = NULL;
	int64_t now_ms = clock_monotonic_ms(), ahead_ms = postman->claim_ms;
	size_t count;

	if (ahead_ms < LOOK_AHEAD_LEAST_MS)
		ahead_ms = LOOK_AHEAD_LEAST_MS;
	if (ahead_ms > LOOK_AHEAD_MOST_MS || is_patient)
		ahead_ms = LOOK_AHEAD_MOST_MS;
	postman->claim = (struct claim){ .count = 0 };
	arena_reset(postman->arena);
	if (postman->domains != NULL)
		deliver_domains_choose(postman->domains, now_ms, now_ms + ahead_ms);
	if (ledger_claim(postman->day->ledger, scope, postman->resends_doubt, clock_now(),
	        postman->claim_most, postman->arena, &deliveries, &count, err) < 0)
		return -1;
	write_letters(postman, deliveries, count);
	return 0;
}

int
postman_deliver(struct postman *postman, const struct ledger_scope *scope, bool is_patient,
    bool *has_more, struct err *err)
{
	const struct claim *claim = &postman->claim;
	bool is_full, goes_further;
	int status;

	do {
		if (claim_letters(postman, scope, is_patient, err) < 0)
			return -1;
		int64_t start_ms = clock_monotonic_ms();
		status = deliver_letters(postman, err);
		end_claim(postman);
		is_full = claim->count == postman->claim_most;
		if (is_full)
			postman->claim_ms =
			    (claim->idle_ms > 0 ? claim->idle_ms : clock_monotonic_ms()) - start_ms;
		goes_further = claim->has_passed_over ? is_full && !is_patient : claim->count > 0;
	} while (status == 0 && goes_further && goes_on(&postman->source));
	*has_more |= claim->has_passed_over;
	return status;
}
