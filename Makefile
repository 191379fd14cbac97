# Plain GNU make. `make help` lists what there is to type; V=1 shows the commands.

VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/digest
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions

PKG_CONFIG ?= pkg-config
CLANG ?= clang
INSTALL ?= install

# A row per library that pkg-config knows. libetpan and libunistring are named by hand: what
# pkg-config says about libetpan drags in Berkeley DB, liblockfile, SASL and a no-PIE specs file,
# and libunistring has no .pc file.
PACKAGES = libcurl sqlite3 libxml-2.0 libcjson gnutls zlib libconfuse
OTHER_LIBS = -letpan -lunistring

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
FLAVOURS = build build/dev build/asan build/fuzz
FLAGS_build = -O2 -g $(HARDENING) $(CFLAGS)
FLAGS_build/dev = -O1 -g $(HARDENING) -Werror $(CFLAGS)
FLAGS_build/asan = -O1 -g $(SANITIZE) $(CFLAGS)
FLAGS_build/fuzz = -O1 -g -fsanitize=fuzzer-no-link,address,undefined $(CFLAGS)
LINK_build = $(LINKING)
LINK_build/dev = $(LINKING)
LINK_build/asan = $(SANITIZE)
LINK_build/fuzz = -fsanitize=fuzzer,address,undefined
CC_build/fuzz = $(CLANG)

SOURCES := $(sort $(wildcard src/*/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
TEMPLATES := $(sort $(wildcard templates/*))
EXAMPLE := $(wildcard config/digest.conf)
GENERATED = build/gen/templates.c build/gen/example.c
VERSIONED := $(if $(SOURCES),$(shell grep -l DIGEST_VERSION $(SOURCES)))

# Until there is a main there is nothing to link; objects and unit tests still build.
MAIN := $(wildcard src/cli/main.c)
LIBRARY_SOURCES := $(filter-out src/cli/main.c,$(SOURCES))

Q = $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-7s %s\n' '$(1)' '$(2)')

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all dev objects units dev-objects asan deps demo test test-peers test-asan test-valgrind \
	torture bench fuzz analyze lint smtp-sink install uninstall dist clean help FORCE

all: $(if $(MAIN),build/digest,build/libdigest.a) ## build build/digest (the default)

dev: $(if $(MAIN),build/dev/digest,build/dev/libdigest.a) \
	$(UNIT_SOURCES:tests/unit/%.c=build/dev/tests/%) ## build everything in build/dev, warnings are errors

# --- what a flavour consists of -------------------------------------------------------------------

define FLAVOUR
CC_$(1) ?= $$(CC)
$(1)/libdigest.a: $(LIBRARY_SOURCES:%.c=$(1)/obj/%.o) $(GENERATED:build/%.c=$(1)/obj/%.o)
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^

$(1)/digest: $(1)/obj/src/cli/main.o $(1)/libdigest.a
	$$(call say,LINK,$$@)
	$$(Q)$$(CC_$(1)) $$(FLAGS_$(1)) $$(LINK_$(1)) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS)

$(1)/tests/%: $(1)/obj/tests/unit/%.o $(1)/libdigest.a
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(FLAGS_$(1)) $$(LINK_$(1)) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(ALL_LIBS)

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

# Files that change only when the flags or the version do.
$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$$(CC_$(1)) $$(ALL_CFLAGS) $$(FLAGS_$(1)) $$(CPPFLAGS)' >$$@.new
	@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@

$(1)/version: FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(VERSION)' >$$@.new
	@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@
endef

$(foreach flavour,$(FLAVOURS),$(eval $(call FLAVOUR,$(flavour))))

objects: build/libdigest.a
units: $(UNIT_SOURCES:tests/unit/%.c=build/tests/%)
asan: $(if $(MAIN),build/asan/digest) $(UNIT_SOURCES:tests/unit/%.c=build/asan/tests/%)

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
