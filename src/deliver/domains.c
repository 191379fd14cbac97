/*
 * The pace of each recipient's domain, since mailbox providers count what comes to them: one
 * message after the other, however many sessions there are. Whose message is next is not decided
 * here.
 */
#include "digest/deliver.h"

#include "digest/mem.h"

#include <string.h>

enum { MS_PER_MINUTE = 60000 };

struct deliver_domain {
	int64_t due_ms; /* when its next message may begin */
	int64_t chosen; /* messages, since the last deliver_domains_choose() */
	size_t name_len;
	char name[];
};

struct deliver_domains {
	int64_t interval_ms; /* from one message to the next */
	int64_t now_ms, until_ms; /* of the choice */
	struct deliver_domain **all; /* by name */
	size_t count, room;
};

struct deliver_domains *
deliver_domains_new(int64_t rate)
{
	struct deliver_domains *domains = mem_alloc(sizeof(*domains));

	/* Rounded up: never more than `rate` in a minute. */
	domains->interval_ms = (MS_PER_MINUTE + rate - 1) / rate;
	return domains;
}

void
deliver_domains_free(struct deliver_domains *domains)
{
	if (domains == NULL)
		return;
	for (size_t i = 0; i < domains->count; i++)
		mem_free(domains->all[i]);
	mem_free(domains->all);
	mem_free(domains);
}

void
deliver_domains_choose(struct deliver_domains *domains, int64_t now_ms, int64_t until_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < domains->count; i++) {
		struct deliver_domain *domain = domains->all[i];
		domain->chosen = 0;
		if (domain->due_ms > now_ms)
			domains->all[kept++] = domain;
		else
			mem_free(domain);
	}
	domains->count = kept;
	domains->now_ms = now_ms;
	domains->until_ms = until_ms;
}

static struct str
domain_of(struct str mailbox)
{
	size_t start = mailbox.len;

	while (start > 0 && mailbox.ptr[start - 1] != '@')
		start--;
	return str_skip(mailbox, start);
}

/* Where a name stands, or would. */
static size_t
find_place(const struct deliver_domains *domains, struct str name)
{
	size_t low = 0, high = domains->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct deliver_domain *domain = domains->all[middle];
		if (str_compare((struct str){ domain->name, domain->name_len }, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct deliver_domain *
find(const struct deliver_domains *domains, struct str name, size_t place)
{
	if (place == domains->count)
		return NULL;
	struct deliver_domain *domain = domains->all[place];
	return str_equal((struct str){ domain->name, domain->name_len }, name) ? domain : NULL;
}

static struct deliver_domain *
insert(struct deliver_domains *domains, struct str name, size_t place)
{
	struct deliver_domain *domain = mem_alloc(sizeof(*domain) + name.len);

	memcpy(domain->name, name.ptr, name.len);
	domain->name_len = name.len;
	domain->due_ms = domains->now_ms;
	if (domains->count == domains->room) {
		domains->room = domains->room > 0 ? 2 * domains->room : 64;
		domains->all = mem_resize(domains->all, domains->room * sizeof(*domains->all));
	}
	memmove(domains->all + place + 1, domains->all + place,
	    (domains->count - place) * sizeof(*domains->all));
	domains->all[place] = domain;
	domains->count++;
	return domain;
}

bool
deliver_domains_take(struct deliver_domains *domains, struct str mailbox)
{
	struct str name = domain_of(mailbox);
	size_t place = find_place(domains, name);
	struct deliver_domain *domain = find(domains, name, place);

	if (domain == NULL)
		domain = insert(domains, name, place);
	if (domain->due_ms + domain->chosen * domains->interval_ms > domains->until_ms)
		return false;
	domain->chosen++;
	return true;
}

struct deliver_domain *
deliver_domains_find(const struct deliver_domains *domains, struct str mailbox)
{
	struct str name = domain_of(mailbox);

	return find(domains, name, find_place(domains, name));
}

int64_t
deliver_domain_due_ms(const struct deliver_domain *domain)
{
	return domain->due_ms;
}

void
deliver_domain_note_begun(
    const struct deliver_domains *domains, struct deliver_domain *domain, int64_t now_ms)
{
	domain->due_ms = now_ms + domains->interval_ms;
}
