/*
 * Two deliveries and the crew that sends them, for spin(1): what became of one is recorded in the
 * commit that announces the dot of the other, and one may be said behind the dot of the other, in
 * the same session. A session may break, a commit may fail, the crew may die, each at any step. One
 * delivery alone, with readers who leave and what is given up, is ledger.pml; run (PART=model)
 * holds the moves to the manual.
 *
 * Proved: no dot goes out that is not on the disk; the message arrives more often than once only as
 * often as the ledger counted a doubt; what is accepted has arrived; and every delivery ends.
 */
mtype = { queued, attempt, dot, accepted, deferred, failed, doubt };
mtype = { idle, talk, ready, sent, told };

/* Deaths, commits that fail, sessions that break and transient refusals, in all. */
#define MISHAPS_MOST 3

/* On the disk. */
mtype state[2] = queued;
byte doubts[2];
/* At the server. */
byte arrived[2];
/*
 * In memory: what is being done, what the server said (as the state to record), who is said behind
 * whom.
 */
mtype duty[2] = idle;
mtype result[2] = doubt;
bool is_behind[2];
bool is_stopped; /* a commit failed: no dot is given any more */
byte mishaps;

#define move(i, from, to) assert(state[i] == from); state[i] = to
#define is_final(i) (state[i] == accepted || state[i] == failed)

inline recover(i)
{
	atomic {
		duty[i] = idle;
		is_behind[i] = false;
		if
		:: state[i] == attempt -> move(i, attempt, queued)
		:: state[i] == dot -> move(i, dot, doubt); doubts[i]++
		:: else
		fi;
		if
		:: state[i] == queued -> move(i, queued, attempt)
		:: state[i] == deferred -> move(i, deferred, attempt)
		:: state[i] == doubt -> move(i, doubt, attempt)
		:: else
		fi
	}
}

#define is_told(i, from, to) (duty[i] == told && state[i] == from && result[i] == to)

/* Within a commit. */
inline record(i)
{
	if
	:: is_told(i, dot, accepted) -> move(i, dot, accepted)
	:: is_told(i, dot, deferred) -> move(i, dot, deferred)
	:: is_told(i, dot, failed) -> move(i, dot, failed)
	:: is_told(i, dot, doubt) -> move(i, dot, doubt); doubts[i]++
	:: is_told(i, attempt, deferred) -> move(i, attempt, deferred)
	:: is_told(i, attempt, failed) -> move(i, attempt, failed)
	:: else -> assert(duty[i] != told)
	fi;
	if
	:: duty[i] == told -> duty[i] = idle
	:: else
	fi
}

inline announce(i)
{
	if
	:: duty[i] == ready -> move(i, attempt, dot); duty[i] = sent
	:: else
	fi
}

/*
 * The commit failed: what has no dot gets none, and what is known is lost where it cannot be
 * recorded alone.
 */
inline give_up(i)
{
	if
	:: duty[i] == told || duty[i] == ready -> duty[i] = idle
	:: duty[i] == talk && !is_behind[i] -> duty[i] = idle
	:: else
	fi
}

/* A session that has nothing to do takes it, or the one whose dot is out. */
#define BEGINS(i) \
	!is_stopped && duty[i] == idle && state[i] == attempt -> \
	atomic { \
		duty[i] = talk; \
		if \
		:: duty[1 - i] == sent -> is_behind[i] = true \
		:: true \
		fi \
	}

/* MAIL, RCPT, DATA and the body; nobody hears them before the dot is answered. */
#define TALKS(i) \
	duty[i] == talk && !is_behind[i] -> \
	if \
	:: duty[i] = ready \
	:: mishaps < MISHAPS_MOST -> mishaps++; result[i] = deferred; duty[i] = told \
	:: result[i] = failed; duty[i] = told \
	:: mishaps < MISHAPS_MOST -> mishaps++; duty[i] = idle \
	fi

/*
 * The dot, what the server makes of it, and what we hear of that. With the session goes whoever is
 * behind.
 */
#define SENDS(i) \
	duty[i] == sent -> \
	assert(state[i] == dot); \
	if \
	:: arrived[i]++; result[i] = accepted \
	:: mishaps < MISHAPS_MOST -> mishaps++; result[i] = deferred \
	:: result[i] = failed \
	:: mishaps < MISHAPS_MOST -> mishaps++; result[i] = doubt \
	:: mishaps < MISHAPS_MOST -> mishaps++; arrived[i]++; result[i] = doubt \
	fi; \
	atomic { \
		duty[i] = told; \
		if \
		:: is_behind[1 - i] && result[i] == doubt -> duty[1 - i] = idle \
		:: else \
		fi; \
		is_behind[1 - i] = false \
	}

#define has_news (duty[0] == told || duty[1] == told)
#define has_dots (!is_stopped && (duty[0] == ready || duty[1] == ready))
#define has_more(i) (duty[i] != idle || (!is_stopped && state[i] == attempt))

active proctype crew()
{
again:
	is_stopped = false;
	recover(0);
	recover(1);
	if
	:: is_final(0) && is_final(1) -> goto done
	:: else
	fi;
	do
	:: BEGINS(0)
	:: BEGINS(1)
	:: TALKS(0)
	:: TALKS(1)
	:: SENDS(0)
	:: SENDS(1)
	:: has_news || has_dots ->
		if
		:: atomic {
			record(0);
			record(1);
			announce(0);
			announce(1)
		   }
		:: mishaps < MISHAPS_MOST -> atomic {
			mishaps++;
			is_stopped = true;
			if
			:: record(0); record(1)
			:: true
			fi;
			give_up(0);
			give_up(1)
		   }
		fi
	:: mishaps < MISHAPS_MOST -> mishaps++; goto again
	:: !has_more(0) && !has_more(1) -> goto again
	od;
done:
	assert(arrived[0] <= 1 + doubts[0] && arrived[1] <= 1 + doubts[1]);
	assert(state[0] != accepted || arrived[0] >= 1);
	assert(state[1] != accepted || arrived[1] >= 1);
	assert(state[0] == accepted || arrived[0] <= doubts[0]);
	assert(state[1] == accepted || arrived[1] <= doubts[1])
}

ltl ends { <> (is_final(0) && is_final(1)) }
