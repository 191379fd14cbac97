/*
 * One delivery, the runs that work on it, a server, and what can go wrong between them, for spin(1):
 * a run may die at any step, a reply may be lost, a commit may fail. The moves are those of the
 * ledger's machine; run (PART=model) holds each move() to the table of the manual.
 *
 * Proved: the message arrives more often than once only as often as the ledger counted a doubt
 * (the operator's resend aside, which is not modelled); what is accepted has arrived; what was not
 * given up arrives in the end.
 */
mtype = { queued, attempt, dot, accepted, deferred, failed, doubt, cancelled, expired };

#define CRASHES_MOST 3
#define REFUSALS_MOST 2

mtype state = queued; /* as it is on the disk */
byte arrived = 0; /* at the server */
byte doubts = 0; /* counted on the disk */
byte crashes = 0, refusals = 0;
bool has_left = false;

/* A commit: the state on the disk changes at once or, when the run dies instead, not at all. */
#define move(from, to) atomic { assert(state == from); state = to }

#define may_die if :: crashes < CRASHES_MOST -> crashes++; goto died :: skip fi

active proctype runs()
{
again:
	/* recover: nothing is alive, so what is half-way was left by a run that died */
	if
	:: state == attempt -> move(attempt, queued)
	:: state == dot -> atomic { move(dot, doubt); doubts++ }
	:: else
	fi;
	may_die;
	if
	:: has_left && state == queued -> move(queued, cancelled)
	:: has_left && state == deferred -> move(deferred, cancelled)
	:: has_left && state == doubt -> move(doubt, cancelled)
	:: !has_left && state == queued -> move(queued, attempt)
	:: !has_left && state == deferred && refusals < REFUSALS_MOST -> move(deferred, attempt)
	:: !has_left && state == deferred && refusals == REFUSALS_MOST -> move(deferred, expired)
	:: !has_left && state == doubt -> move(doubt, attempt)
	:: else -> goto done
	fi;
	if
	:: state != attempt -> goto done
	:: else
	fi;
	may_die;
	/* MAIL, RCPT, DATA */
	if
	:: refusals < REFUSALS_MOST -> refusals++; move(attempt, deferred); goto again
	:: move(attempt, failed); goto done
	:: skip
	fi;
	may_die;
	move(attempt, dot);
	may_die;
	/* the dot, and what the server makes of it */
	if
	:: arrived++;
	   may_die;
	   if
	   :: move(dot, accepted); goto done
	   :: crashes < CRASHES_MOST -> crashes++; atomic { move(dot, doubt); doubts++ }; goto died
	   fi
	:: refusals < REFUSALS_MOST -> refusals++; may_die; move(dot, deferred); goto again
	:: may_die; move(dot, failed); goto done
	:: crashes < CRASHES_MOST -> crashes++; atomic { move(dot, doubt); doubts++ }; goto died
	fi;
died:
	goto again;
done:
	assert(state == accepted || state == failed || state == cancelled || state == expired);
	assert(arrived <= 1 + doubts);
	assert(state != accepted || arrived >= 1);
	assert(state == accepted || arrived <= doubts)
}

active proctype reader()
{
	if
	:: has_left = true
	:: skip
	fi
}

ltl ends { <> (state == accepted || state == failed || state == cancelled || state == expired) }
