# kassay: audit a Kubernetes cluster's configuration and permissions.
#
#   make                 build ./kassay
#   make check           run every test
#   make SANITIZE=address,undefined check
#   make WERROR=1        what CI builds
#   make lint            floors, clang-tidy, cppcheck, man page
#   make install DESTDIR=$PWD/pkg prefix=/usr
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the builder's: they are
# honoured from the environment or the command line and never overwritten.
# What the code itself cannot build without is in the KA_* variables.

VERSION     = 0.1.0

prefix     ?= $(or $(PREFIX),/usr/local)
exec_prefix ?= $(prefix)
bindir     ?= $(exec_prefix)/bin
datarootdir ?= $(prefix)/share
mandir     ?= $(datarootdir)/man
bashcompletiondir ?= $(datarootdir)/bash-completion/completions

INSTALL    ?= install
PKG_CONFIG ?= pkg-config

CFLAGS     ?= -O2 -g

PKGS       := jansson yaml-0.1 libcrypto libxml-2.0 zlib libzstd
KA_CPPFLAGS = -Iinclude -Isrc -D_GNU_SOURCE -DKA_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
KA_CFLAGS   = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
ifdef WERROR
KA_CFLAGS  += -Werror
endif
ifdef SANITIZE
KA_CFLAGS  += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
KA_LDFLAGS += -fsanitize=$(SANITIZE)
endif

# One object tree per flavour, so a sanitized build never mixes with a plain one.
comma := ,
O := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))

ifeq ($(V),1)
Q :=
msg = @:
else
Q := @
msg = @printf '  %-7s %s\n'
endif

# sort: $(wildcard) order is the directory's, and link order must not be.
src_c  := $(sort $(wildcard src/*/*.c checks/*.c reports/*.c))
test_c := $(filter %_test.c,$(src_c))
main_c := src/cli/main.c
# Programs of their own, not built here: fuzz targets and benchmarks.
aside_c := $(filter %_fuzz.c %_bench.c,$(src_c))
lib_o  := $(patsubst %.c,$O/%.o,$(filter-out $(test_c) $(aside_c) $(main_c),$(src_c)))
tests  := $(patsubst %.c,$O/%,$(test_c))

# pkg-config only when something is built: `make clean` needs no libraries.
ifeq ($(filter clean distclean help,$(MAKECMDGOALS)),)
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS))
ifeq ($(strip $(PKG_LIBS)),)
$(error missing libraries: $(PKGS))
endif
endif

all: $O/kassay
ifeq ($O,build)
all: kassay
kassay: $O/kassay
	$Qcp $< $@
endif

$O/kassay: $O/src/cli/main.o $(lib_o)
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

$(tests): $O/%: $O/%.o $(lib_o)
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) $(LDLIBS)

$O/%.o: %.c
	@mkdir -p $(@D)
	$(msg) CC $<
	$Q$(CC) $(KA_CPPFLAGS) $(CPPFLAGS) $(KA_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

check: $(tests)
	@set -e; for t in $(tests); do printf '  %-7s %s\n' TEST $$t; $$t; done

install: all
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(bashcompletiondir)
	$(INSTALL) -m 755 kassay $(DESTDIR)$(bindir)/kassay
	$(INSTALL) -m 644 man/kassay.1 $(DESTDIR)$(mandir)/man1/kassay.1
	$(INSTALL) -m 644 src/completion/kassay.bash $(DESTDIR)$(bashcompletiondir)/kassay

uninstall:
	$(RM) $(DESTDIR)$(bindir)/kassay $(DESTDIR)$(mandir)/man1/kassay.1
	$(RM) $(DESTDIR)$(bashcompletiondir)/kassay

# Floors: who may include whom is data, src/floors; this only compares.
floors:
	$(msg) FLOORS src/floors
	$Qgrep -HoE '^#include [<"][^>"]+' $(src_c) $(sort $(wildcard src/*/*.h include/kassay/*.h)) | \
	  awk -f src/floors.awk src/floors -

tidy:
	$(msg) TIDY
	$Qclang-tidy --quiet $(filter-out $(test_c),$(src_c)) -- $(KA_CPPFLAGS) -std=c11

man-lint:
	$(msg) MAN man/kassay.1
	$Qgroff -man -Tutf8 -ww -z man/kassay.1 2>&1 | { ! grep .; }

lint: floors man-lint tidy

# Plain text from make's own variables: no bear, no clang needed.
compile_commands.json: Makefile
	$Q{ sep='['; for c in $(src_c); do \
	  printf '%s\n{"directory":"%s","file":"%s","command":"%s"}' "$$sep" '$(CURDIR)' "$$c" \
	    '$(subst ",\",$(subst ','\'',$(CC) $(KA_CPPFLAGS) $(CPPFLAGS) $(KA_CFLAGS) $(CFLAGS))) -c '"$$c"; \
	  sep=,; done; printf '\n]\n'; } >$@

clean:
	$(RM) -r build build-* kassay
distclean: clean
	$(RM) compile_commands.json

.PHONY: all check install uninstall floors tidy man-lint lint clean distclean
.DELETE_ON_ERROR:
-include $(lib_o:.o=.d) $(tests:=.d) $O/src/cli/main.d
