# Plain GNU make. `make help` lists what there is to type; V=1 shows the commands.

VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/digest
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d

PKG_CONFIG ?= pkg-config
CLANG ?= clang
INSTALL ?= install

# A row per library that pkg-config knows. libetpan and libunistring are named by hand: what
# pkg-config says about libetpan drags in Berkeley DB, liblockfile, SASL and a no-PIE specs file,
# and libunistring and liblinear have no .pc file.
PACKAGES = libcurl sqlite3 libxml-2.0 libcjson gnutls libidn2 zlib libconfuse libjpeg libpng
OTHER_LIBS = -letpan -lunistring -llinear -lm

# Asked once, and only by a rule that compiles: `make deps` must work before they are there.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(PACKAGES)))$(PKG_LIBS)

WARNINGS = -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wformat=2
HARDENING = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LINKING = -pie -Wl,-z,relro -Wl,-z,now
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

ALL_CPPFLAGS = -D_GNU_SOURCE -Iinclude $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(PKG_CFLAGS)
ALL_LIBS = -Wl,--as-needed $(PKG_LIBS) $(OTHER_LIBS) $(LDLIBS)

# One build per folder. NAME is what `make` is asked for, and each has its compiler and flags.
FLAVOURS = build build/dev build/asan build/tsan build/gcov build/fuzz build/cover
FLAGS_build = -O2 -g $(HARDENING) $(CFLAGS)
FLAGS_build/dev = -O1 -g $(HARDENING) -Werror $(CFLAGS)
FLAGS_build/asan = -O1 -g $(SANITIZE) $(CFLAGS)
FLAGS_build/tsan = -O1 -g -fsanitize=thread $(CFLAGS)
FLAGS_build/gcov = -O0 -g --coverage $(CFLAGS)
FLAGS_build/fuzz = -O1 -g -fsanitize=fuzzer-no-link,address,undefined $(CFLAGS)
FLAGS_build/cover = -O1 -g -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping $(CFLAGS)
LINK_build = $(LINKING)
LINK_build/dev = $(LINKING)
LINK_build/asan = $(SANITIZE)
LINK_build/tsan = -fsanitize=thread
LINK_build/gcov = --coverage
LINK_build/fuzz = -fsanitize=fuzzer,address,undefined
LINK_build/cover = -fsanitize=fuzzer -fprofile-instr-generate
CC_build/fuzz = $(CLANG)
CC_build/cover = $(CLANG)

SOURCES := $(sort $(wildcard src/*/*.c))
TEMPLATES := $(sort $(wildcard templates/*))
EXAMPLE := $(wildcard config/digest.conf)
GENERATED = build/gen/templates.c build/gen/example.c
VERSIONED := $(if $(SOURCES),$(shell grep -l DIGEST_VERSION $(SOURCES)))
MAIN := $(wildcard src/cli/main.c)
LIBRARY_SOURCES := $(filter-out $(MAIN),$(SOURCES))

# Test programs: every file of tests/unit, tests/golden and tests/e2e is one, and may use what is in
# tests/lib.
TEST_SOURCES := $(sort $(wildcard tests/unit/test_*.c tests/golden/*.c tests/e2e/*.c))
TEST_PROGRAMS := $(patsubst %.c,tests/%,$(notdir $(TEST_SOURCES)))
TEST_LIBRARY := $(sort $(wildcard tests/lib/*.c))
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

BENCH_PROGRAMS := $(patsubst tests/bench/%.c,build/bench/%,$(sort $(wildcard tests/bench/*.c)))

# How long each fuzz target runs.
FUZZ_SECONDS ?= 20

Q = $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-7s %s\n' '$(1)' '$(2)')

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all dev deps demo test test-peers test-suites test-calendar test-asan test-tsan test-valgrind \
	coverage torture simulate bench fuzz analyze lint smtp-sink install uninstall dist clean help FORCE

all: ## build build/digest (the default)
all: $(if $(MAIN),build/digest,build/libdigest.a)

dev: ## build everything in build/dev, with warnings as errors
dev: $(if $(MAIN),build/dev/digest,build/dev/libdigest.a) $(TEST_PROGRAMS:%=build/dev/%)

# --- what a flavour consists of -------------------------------------------------------------------

define link_test
$(call say,LINK,$@)
@mkdir -p $(@D)
$(Q)$(CC_$(1)) $(FLAGS_$(1)) $(LINK_$(1)) $(LDFLAGS) -o $@ $^ -lcmocka $(ALL_LIBS)
endef

# A file that changes only when what it holds does: flags, the version, the list of sources.
define remember
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef

define FLAVOUR
CC_$(1) ?= $$(CC)
$(1)/libdigest.a: $(LIBRARY_SOURCES:%.c=$(1)/obj/%.o) $(GENERATED:build/%.c=$(1)/obj/%.o) $(1)/sources
	$$(call say,AR,$$@)
	$$(Q)ar rcs $$@.$$$$$$$$ $$(filter %.o,$$^) && mv $$@.$$$$$$$$ $$@

$(1)/digest: $(1)/obj/src/cli/main.o $(1)/libdigest.a
	$$(call say,LINK,$$@)
	$$(Q)$$(CC_$(1)) $$(FLAGS_$(1)) $$(LINK_$(1)) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS)

$(1)/tests/%: $(1)/obj/tests/unit/%.o $(TEST_LIBRARY:%.c=$(1)/obj/%.o) $(1)/libdigest.a
	$$(call link_test,$(1))

$(1)/tests/%: $(1)/obj/tests/golden/%.o $(TEST_LIBRARY:%.c=$(1)/obj/%.o) $(1)/libdigest.a
	$$(call link_test,$(1))

$(1)/tests/%: $(1)/obj/tests/e2e/%.o $(TEST_LIBRARY:%.c=$(1)/obj/%.o) $(1)/libdigest.a
	$$(call link_test,$(1))

$(1)/obj/src/%.o: src/%.c $(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(ALL_CFLAGS) $$(FLAGS_$(1)) $$(ALL_CPPFLAGS) -include src/base/banned.h -MMD -MP -c -o $$@ $$<

$(1)/obj/gen/%.o: build/gen/%.c $(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(ALL_CFLAGS) $$(FLAGS_$(1)) $$(ALL_CPPFLAGS) -I. -MMD -MP -c -o $$@ $$<

$(1)/obj/tests/%.o: tests/%.c $(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(ALL_CFLAGS) $$(FLAGS_$(1)) $$(ALL_CPPFLAGS) -I. -MMD -MP -c -o $$@ $$<

$(VERSIONED:%.c=$(1)/obj/%.o): ALL_CPPFLAGS += -DDIGEST_VERSION='"$(VERSION)"'
$(VERSIONED:%.c=$(1)/obj/%.o): $(1)/version

$(1)/flags: FORCE
	$$(call remember,$$(CC_$(1)) $$(ALL_CFLAGS) $$(FLAGS_$(1)) $$(CPPFLAGS))
$(1)/version: FORCE
	$$(call remember,$(VERSION))
$(1)/sources: FORCE
	$$(call remember,$(LIBRARY_SOURCES))
endef

$(foreach flavour,$(FLAVOURS),$(eval $(call FLAVOUR,$(flavour))))

-include $(wildcard $(foreach flavour,$(FLAVOURS),$(flavour)/obj/*/*.d $(flavour)/obj/*/*/*.d))

# --- what is compiled in --------------------------------------------------------------------------

# The bytes of a file as a C string, by od and sed because xxd is not everywhere.
bytes = od -An -v -to1 $(1) | sed 's/ \([0-7]\)/\\\1/g; s/^/"/; s/$$/"/'
identifier = bytes_of_$(subst .,_,$(subst -,_,$(notdir $(1))))

# The folders stand there too: a file that goes away changes nothing else.
build/gen/templates.c: $(TEMPLATES) $(wildcard templates) Makefile
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q){ echo '#include "src/render/builtin.h"'; \
	$(foreach t,$(TEMPLATES),echo 'static const unsigned char $(call identifier,$(t))[] ='; $(call bytes,$(t)); echo '"";';) \
	echo 'const struct render_builtin render_builtin_templates[] = {'; \
	$(foreach t,$(TEMPLATES),echo '{ "$(notdir $(t))", $(call identifier,$(t)), sizeof($(call identifier,$(t))) - 1 },';) \
	echo '{ NULL, NULL, 0 } };'; } >$@

build/gen/example.c: $(EXAMPLE) $(wildcard config) Makefile
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q){ echo '#include "src/config/builtin.h"'; echo 'const char config_builtin_example[] ='; \
	$(if $(EXAMPLE),$(call bytes,$(EXAMPLE));) echo '"";'; } >$@

# --- tests ----------------------------------------------------------------------------------------

# On all processors, unless whoever typed make said on how many.
BUILD = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

deps: ## install what is missing to build and test (apt-get; removes nothing)
	@tests/lib/deps.sh test

demo: ## build, then show a preview, a page and a mailbox made from a sample listing
	@tests/lib/deps.sh build
	+@$(BUILD) build/digest
	@tests/demo/run

# What does not build is one failure among the others, and the rest still runs.
test: ## run every fast test and the lint; ends with "N passed, N failed"
	@tests/lib/deps.sh test
	@tests/lib/smtp-sink.sh || true
	+@failed=; $(BUILD) -k build/digest $(TEST_PROGRAMS:%=build/%) || failed=1; \
	DIGEST_BUILD_FAILED=$$failed tests/run

lint: ## run the checks of tests/lint
lint:
	+@$(BUILD) $(if $(MAIN),build/digest,build/libdigest.a)
	@tests/run lint

test-peers: ## run the tests against real mail servers, and readers of mail and HTML
	@tests/lib/deps.sh test
	+@$(BUILD) build/digest
	@if [ -x tests/peers/run ]; then tests/peers/run; else echo '0 passed, 0 failed'; fi

test-suites: ## compare our formats with other readers' test suites, "suite: passed / cases"
test-suites: build/tests/listing_json build/tests/tex_dump
	@tests/suites/run
	@tests/suites/tex_texts.py --peers

test-calendar: ## every change of offset of every zone, and twenty years of runs in 31 of them
test-calendar: build/tests/test_due
	@DIGEST_WHOLE_CALENDAR=1 build/tests/test_due

test-asan: ## run the tests under AddressSanitizer and UndefinedBehaviorSanitizer
test-asan: build/asan/digest $(TEST_PROGRAMS:%=build/asan/%)
	@DIGEST_BUILD=build/asan tests/run unit golden e2e

# It has no threads of its own, but libcurl may start one to look up a name.
test-tsan: ## run fifty runs at once, two hundred times, under ThreadSanitizer
test-tsan: build/tsan/digest
	@TSAN_OPTIONS=exitcode=66 DIGEST_BIN=$(CURDIR)/build/tsan/digest TORTURE_PARTS=runs TORTURE_SECONDS=0 tests/torture/run

VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite

test-valgrind: ## run the tests under valgrind
test-valgrind: build/digest $(TEST_PROGRAMS:%=build/%)
	@mkdir -p build/valgrind
	@printf '#!/bin/sh\nexec $(VALGRIND) %s "$$@"\n' '$(CURDIR)/build/digest' >build/valgrind/digest
	@chmod +x build/valgrind/digest
	@DIGEST_WRAPPER='$(VALGRIND)' DIGEST_BIN=$(CURDIR)/build/valgrind/digest tests/run unit e2e

COVERING_TESTS = test_ledger test_ledger_faults test_mime test_message test_dkim test_crew test_crew_faults \
	test_crew_pace test_domains test_server test_deliver test_smtp

coverage: ## print which branches of ledger, mime and of delivery the unit tests take
coverage: $(COVERING_TESTS:%=build/gcov/tests/%)
	@tests/coverage/run $(COVERING_TESTS)

torture: ## strike a day at every point; PART=kill, errno, malloc, power, bytes, runs, crowd, model, bugs
torture: build/digest
	@TORTURE_PARTS='$(PART)' tests/torture/run

simulate: ## live through a month in a seeded world and check the mailboxes; SEED=N, MONTHS=N or DAYS=N
simulate: build/digest
	@tests/simulate/run $(if $(SEED),--seed $(SEED)) $(if $(MONTHS),--months $(MONTHS)) $(if $(DAYS),--days $(DAYS))

bench: ## measure a day's work beside other programs
bench: build/digest $(BENCH_PROGRAMS)
	@tests/bench/run

build/bench/%: build/obj/tests/bench/%.o build/libdigest.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS_build) $(LINK_build) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

define FUZZER
$(1)/fuzz_%: $(1)/obj/tests/fuzz/fuzz_%.o $(1)/libdigest.a
	$$(call say,LINK,$$@)
	$$(Q)$$(CLANG) $$(FLAGS_$(1)) $$(LINK_$(1)) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS)
endef

$(foreach flavour,build/fuzz build/cover,$(eval $(call FUZZER,$(flavour))))

fuzz: ## feed damaged input to every parser, FUZZ_SECONDS each, and print what it reached
fuzz:
	@tests/lib/deps.sh fuzz
	@$(MAKE) --no-print-directory $(FUZZ_PROGRAMS:%=build/fuzz/%) $(FUZZ_PROGRAMS:%=build/cover/%)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run

analyze: ## read the code with gcc -fanalyzer, clang-tidy and cppcheck
	@status=0; \
	for source in $(SOURCES); do \
		$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -DDIGEST_VERSION='"$(VERSION)"' -O1 -fanalyzer -c -o /dev/null $$source || status=1; \
	done; \
	clang-tidy --quiet --warnings-as-errors='*' $(SOURCES) -- $(ALL_CFLAGS) $(ALL_CPPFLAGS) -DDIGEST_VERSION='"$(VERSION)"' || status=1; \
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		-D_GNU_SOURCE -DDIGEST_VERSION='"$(VERSION)"' -Iinclude $(SOURCES) || status=1; \
	exit $$status

smtp-sink: ## unpack Postfix's smtp-sink into build/postfix, for the tests
	@tests/lib/smtp-sink.sh

# --- what leaves the folder -----------------------------------------------------------------------

UNITS = digest.service digest.timer digest-daemon.service

build/units/%: config/% FORCE
	@mkdir -p $(@D)
	$(Q)sed 's,/usr/bin/digest,$(BINDIR)/digest,' $< >$@

build/digest.bash: build/digest
	$(call say,GEN,$@)
	$(Q)build/digest help --completion=bash >$@

install: ## install under PREFIX (/usr/local), below DESTDIR
install: build/digest build/digest.bash $(UNITS:%=build/units/%)
	$(INSTALL) -D -m 755 build/digest $(DESTDIR)$(BINDIR)/digest
	$(INSTALL) -D -m 644 man/digest.1 $(DESTDIR)$(MANDIR)/man1/digest.1
	$(INSTALL) -D -m 644 build/digest.bash $(DESTDIR)$(BASHCOMPDIR)/digest
	$(INSTALL) -D -m 644 config/digest.conf $(DESTDIR)$(DOCDIR)/examples/digest.conf
	$(INSTALL) -D -m 644 config/digest.cron $(DESTDIR)$(DOCDIR)/examples/digest.cron
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	$(INSTALL) -m 644 $(UNITS:%=build/units/%) $(DESTDIR)$(UNITDIR)
	$(INSTALL) -D -m 644 config/digest.sysusers $(DESTDIR)$(SYSUSERSDIR)/digest.conf
	$(INSTALL) -D -m 644 config/digest.tmpfiles $(DESTDIR)$(TMPFILESDIR)/digest.conf
	$(INSTALL) -D -m 644 README.md $(DESTDIR)$(DOCDIR)/README.md
	$(INSTALL) -D -m 644 LICENSE $(DESTDIR)$(DOCDIR)/LICENSE

uninstall: ## remove what `make install` put there
	rm -f $(DESTDIR)$(BINDIR)/digest $(DESTDIR)$(MANDIR)/man1/digest.1 $(DESTDIR)$(BASHCOMPDIR)/digest
	rm -f $(UNITS:%=$(DESTDIR)$(UNITDIR)/%)
	rm -f $(DESTDIR)$(SYSUSERSDIR)/digest.conf $(DESTDIR)$(TMPFILESDIR)/digest.conf
	rm -rf $(DESTDIR)$(DOCDIR)

dist: ## make build/digest-VERSION.tar.gz of what is committed
	@mkdir -p build
	git archive --format=tar.gz --prefix=digest-$(VERSION)/ -o build/digest-$(VERSION).tar.gz HEAD

clean: ## remove everything that make made
	rm -rf build

help: ## show this list
	@sed -nE 's/^([a-z-]+): ## (.*)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; \
	done
