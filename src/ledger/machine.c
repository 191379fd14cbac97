/*
 * The states of a delivery and what leads from one to the next. Pure: rows are ledger.c's.
 */
#include "digest/ledger.h"

static const char *const state_names[LEDGER_STATE_COUNT] = {
	[LEDGER_QUEUED] = "queued",
	[LEDGER_ATTEMPT] = "attempt",
	[LEDGER_DOT] = "dot",
	[LEDGER_ACCEPTED] = "accepted",
	[LEDGER_DEFERRED] = "deferred",
	[LEDGER_FAILED] = "failed",
	[LEDGER_DOUBT] = "doubt",
	[LEDGER_CANCELLED] = "cancelled",
	[LEDGER_EXPIRED] = "expired",
};

/* The state that follows, plus one: 0 where nothing does. */
#define TO(state) ((state) + 1)

static const signed char transitions[LEDGER_STATE_COUNT][LEDGER_EVENT_COUNT] = {
	[LEDGER_QUEUED] = {
		[LEDGER_CLAIM] = TO(LEDGER_ATTEMPT),
		[LEDGER_CANCEL] = TO(LEDGER_CANCELLED),
		[LEDGER_EXPIRE] = TO(LEDGER_EXPIRED),
	},
	/* Before the dot nothing can have arrived, so a lost connection is a deferral, no doubt. */
	[LEDGER_ATTEMPT] = {
		[LEDGER_SEND_DOT] = TO(LEDGER_DOT),
		[LEDGER_DEFER] = TO(LEDGER_DEFERRED),
		[LEDGER_FAIL] = TO(LEDGER_FAILED),
		[LEDGER_RECOVER] = TO(LEDGER_QUEUED),
	},
	[LEDGER_DOT] = {
		[LEDGER_ACCEPT] = TO(LEDGER_ACCEPTED),
		[LEDGER_DEFER] = TO(LEDGER_DEFERRED),
		[LEDGER_FAIL] = TO(LEDGER_FAILED),
		[LEDGER_LOSE_REPLY] = TO(LEDGER_DOUBT),
		[LEDGER_RECOVER] = TO(LEDGER_DOUBT),
	},
	[LEDGER_ACCEPTED] = {
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
	[LEDGER_DEFERRED] = {
		[LEDGER_CLAIM] = TO(LEDGER_ATTEMPT),
		[LEDGER_CANCEL] = TO(LEDGER_CANCELLED),
		[LEDGER_EXPIRE] = TO(LEDGER_EXPIRED),
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
	[LEDGER_FAILED] = {
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
	/* It never expires: whether it arrived stays worth knowing. */
	[LEDGER_DOUBT] = {
		[LEDGER_CLAIM] = TO(LEDGER_ATTEMPT),
		[LEDGER_CANCEL] = TO(LEDGER_CANCELLED),
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
	[LEDGER_CANCELLED] = {
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
	[LEDGER_EXPIRED] = {
		[LEDGER_REQUEUE] = TO(LEDGER_QUEUED),
	},
};

int
ledger_next(enum ledger_state state, enum ledger_event event)
{
	return transitions[state][event] - 1;
}

const char *
ledger_state_name(enum ledger_state state)
{
	return state_names[state];
}
