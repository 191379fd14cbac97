/*
 * The pace of recipients' domains, with a clock of the test's own: how many messages a domain gets
 * in any minute, which ones a choice takes, and what is forgotten.
 */
#include "digest/deliver.h"

#include "unit.h"

enum { MINUTE_MS = 60000 };

static bool
take(struct deliver_domains *domains, const char *mailbox)
{
	return deliver_domains_take(domains, str_from(mailbox));
}

static struct deliver_domain *
find(const struct deliver_domains *domains, const char *mailbox)
{
	return deliver_domains_find(domains, str_from(mailbox));
}

static size_t
count_taken(struct deliver_domains *domains, const char *mailbox)
{
	size_t count = 0;

	while (count < 1000 && take(domains, mailbox))
		count++;
	return count;
}

/* Whoever sends whenever a domain is due sends so many in a minute, and never more. */
static void
a_domain_gets_its_rate_in_a_minute(void **state)
{
	const int64_t rates[] = { 1, 7, 60, 600, 5999 };

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct deliver_domains *domains = deliver_domains_new(rates[i]);
		int64_t sent = 0;

		deliver_domains_choose(domains, 0, 0);
		assert_true(take(domains, "a@example.com"));
		struct deliver_domain *domain = find(domains, "a@example.com");
		for (int64_t now = 0; now < MINUTE_MS; now++) {
			if (deliver_domain_due_ms(domain) > now)
				continue;
			deliver_domain_note_begun(domains, domain, now);
			sent++;
		}
		assert_in_range(sent, rates[i] - rates[i] / 10, rates[i]);
		deliver_domains_free(domains);
	}
}

/* Which no address is that mail goes to; but whoever looks gets an answer. */
static void
a_mailbox_without_a_domain_is_its_own(void **state)
{
	struct deliver_domains *domains = deliver_domains_new(60);

	(void)state;
	deliver_domains_choose(domains, 0, 0);
	assert_true(take(domains, "nobody"));
	assert_false(take(domains, "nobody"));
	assert_true(take(domains, "somebody"));
	deliver_domains_free(domains);
}

static void
each_domain_has_a_pace_of_its_own(void **state)
{
	struct deliver_domains *domains = deliver_domains_new(60);

	(void)state;
	deliver_domains_choose(domains, 5000, 5000);
	assert_true(take(domains, "a@example.com"));
	assert_true(take(domains, "a@example.org"));
	assert_true(take(domains, "a@mail.example.org"));
	assert_true(take(domains, "\"a@example.com\"@xn--bcher-kva.example"));
	assert_false(take(domains, "b@example.org"));
	assert_ptr_equal(find(domains, "c@example.org"), find(domains, "a@example.org"));
	deliver_domain_note_begun(domains, find(domains, "a@example.org"), 5000);
	assert_int_equal(deliver_domain_due_ms(find(domains, "a@example.org")), 6000);
	assert_int_equal(deliver_domain_due_ms(find(domains, "a@example.com")), 5000);
	assert_int_equal(deliver_domain_due_ms(find(domains, "a@mail.example.org")), 5000);
	assert_int_equal(deliver_domain_due_ms(find(domains, "a@xn--bcher-kva.example")), 5000);
	deliver_domains_free(domains);
}

/* As many as may begin until then, the first at once or when the domain is due. */
static void
a_choice_takes_what_may_go_in_time(void **state)
{
	struct deliver_domains *domains = deliver_domains_new(60);

	(void)state;
	deliver_domains_choose(domains, 100, 100 + 4999);
	assert_int_equal(count_taken(domains, "a@example.com"), 5);
	deliver_domain_note_begun(domains, find(domains, "a@example.com"), 900);
	/* What was taken and not begun is nobody's any more. */
	deliver_domains_choose(domains, 1000, 1000 + 899);
	assert_int_equal(count_taken(domains, "a@example.com"), 0);
	deliver_domains_choose(domains, 1000, 1000 + 900);
	assert_int_equal(count_taken(domains, "a@example.com"), 1);
	assert_int_equal(deliver_domain_due_ms(find(domains, "a@example.com")), 1900);
	/* At any pace there is one within a minute. */
	deliver_domains_free(domains);
	domains = deliver_domains_new(1);
	deliver_domains_choose(domains, 0, 0);
	assert_int_equal(count_taken(domains, "a@example.com"), 1);
	deliver_domain_note_begun(domains, find(domains, "a@example.com"), 10);
	deliver_domains_choose(domains, 10, 10 + MINUTE_MS);
	assert_int_equal(count_taken(domains, "a@example.com"), 1);
	deliver_domains_free(domains);
}

/* Many domains, in no order; those whose time is over are forgotten, and the others are not. */
static void
only_who_has_to_wait_is_remembered(void **state)
{
	enum { DOMAINS = 1000 };
	struct deliver_domains *domains = deliver_domains_new(60);
	char mailbox[64];

	(void)state;
	deliver_domains_choose(domains, 0, 0);
	for (int i = 0; i < DOMAINS; i++) {
		snprintf(mailbox, sizeof(mailbox), "r@%d.example", i * 617 % DOMAINS);
		assert_true(take(domains, mailbox));
		assert_false(take(domains, mailbox));
	}
	for (int i = 0; i < DOMAINS; i++) {
		snprintf(mailbox, sizeof(mailbox), "r@%d.example", i);
		deliver_domain_note_begun(domains, find(domains, mailbox), i);
	}
	deliver_domains_choose(domains, 1500, 1500);
	for (int i = 0; i < DOMAINS; i++) {
		snprintf(mailbox, sizeof(mailbox), "r@%d.example", i);
		struct deliver_domain *domain = find(domains, mailbox);
		if (i + 1000 <= 1500)
			assert_null(domain);
		else
			assert_int_equal(deliver_domain_due_ms(domain), i + 1000);
	}
	deliver_domains_free(domains);
	deliver_domains_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mailbox_without_a_domain_is_its_own),
		cmocka_unit_test(a_domain_gets_its_rate_in_a_minute),
		cmocka_unit_test(each_domain_has_a_pace_of_its_own),
		cmocka_unit_test(a_choice_takes_what_may_go_in_time),
		cmocka_unit_test(only_who_has_to_wait_is_remembered),
	};

	return cmocka_run_group_tests_name("domains", tests, NULL, NULL);
}
