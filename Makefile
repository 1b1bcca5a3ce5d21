# kassay: audit a Kubernetes cluster's configuration and permissions.
#
# `make help` lists the targets.  Variables that change what is built:
#
#   V=1                  print whole command lines
#   WERROR=1             warnings are errors, as in CI
#   SANITIZE=address,undefined    build and test in an object tree of its own
#   CC=clang             likewise
#   prefix=/usr DESTDIR=dir       where `make install` puts things (PREFIX works too)
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the builder's: they are honoured from the environment
# or the command line and never overwritten.  What the code itself cannot build without is in the
# KA_* variables.

VERSION     = 0.1.0

prefix     ?= $(or $(PREFIX),/usr/local)
exec_prefix ?= $(prefix)
bindir     ?= $(exec_prefix)/bin
datarootdir ?= $(prefix)/share
mandir     ?= $(datarootdir)/man
bashcompletiondir ?= $(datarootdir)/bash-completion/completions

INSTALL    ?= install
PKG_CONFIG ?= pkg-config
CLANG      ?= clang
CLANG_TIDY ?= clang-tidy
CPPCHECK   ?= cppcheck
PYTHON     ?= python3

CFLAGS     ?= -O2 -g
FUZZ_SECONDS ?= 60
# Outside test cases; empty when there are none beside the checkout.
CORPUS     ?= $(wildcard ../shared/corpus)

PKGS       := jansson yaml-0.1 libcrypto libcurl libxml-2.0 zlib libzstd
KA_CPPFLAGS = -Iinclude -Isrc -I$O/gen -D_GNU_SOURCE -DKA_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
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

# pkg-config is asked once, when the first command that needs it runs: `make clean` and `make setup`
# work without libraries.
PKG_CFLAGS  = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS    = $(eval PKG_LIBS := $$(or $$(shell $(PKG_CONFIG) --libs $(PKGS)),\
	$$(error missing libraries: $(PKGS); on Debian `make setup` installs them)))$(PKG_LIBS)

# One object tree per flavour, so that a sanitized build never mixes with a plain one.
comma := ,
O := build$(if $(filter-out cc gcc,$(CC)),-$(notdir $(firstword $(CC))))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))

ifeq ($(V),1)
Q :=
msg = @:
else
Q := @
msg = @printf '  %-7s %s\n'
endif

# What a .c file is, its name tells.  Only the last kind is in the program.
# sort: the order of $(wildcard) is the directory's, and link order must not be.
c_files  := $(sort $(wildcard src/*/*.c checks/*.c reports/*.c))
h_files  := $(sort $(wildcard include/kassay/*.h src/*/*.h checks/*.h reports/*.h))
corpus_c := $(filter %_corpus_test.c,$(c_files))
test_c   := $(filter-out $(corpus_c),$(filter %_test.c,$(c_files)))
fuzz_c   := $(filter %_fuzz.c,$(c_files))
bench_c  := $(filter %_bench.c,$(c_files))
main_c   := src/cli/main.c
lib_c    := $(filter-out $(main_c) $(test_c) $(corpus_c) $(fuzz_c) $(bench_c),$(c_files))
sh_tests := $(sort $(wildcard $(if $(wildcard $(main_c)),src/*_test.sh src/*/*_test.sh checks/*_test.sh reports/*_test.sh)))

lib_o    := $(lib_c:%.c=$O/%.o)
tests    := $(test_c:%.c=$O/%)
corpus_tests := $(corpus_c:%.c=$O/%)
fuzzers  := $(fuzz_c:%.c=$O/%)
benches  := $(bench_c:%.c=$O/%)
gen      := $O/gen/report_html.inc $O/gen/demo_yaml.inc

all: $O/kassay                          ## build ./kassay (the default)
	$Qln -sfn $O/kassay kassay

$O/kassay: $(main_c:%.c=$O/%.o) $O/libkassay.a
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

programs: $O/kassay $(tests) $(corpus_tests) $(benches)   ## all that can be compiled, tests too

# Everything but main(): an archive, so that a test links only what it reaches.
$O/libkassay.a: $(lib_o) $O/objects
	$(msg) AR $@
	$Q$(RM) $@ && $(AR) rcs $@ $(lib_o)

$(tests) $(corpus_tests): $O/%: $O/%.o $O/libkassay.a
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) $(LDLIBS)

$(benches): $O/%: $O/%.o $O/libkassay.a
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

$(fuzzers): $O/%: $O/%.o $O/libkassay.a
	$(msg) LD $@
	$Q$(CC) $(KA_CFLAGS) $(CFLAGS) $(KA_LDFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

$O/%.o: %.c $O/flags | $(gen)
	@mkdir -p $(@D)
	$(msg) CC $<
	$Q$(CC) $(KA_CPPFLAGS) $(CPPFLAGS) $(KA_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that the program carries inside itself, as byte lists for #include in an initialiser.
$O/gen/report_html.inc: reports/report.html reports/seal.sh src/make/embed.sh
	$(msg) GEN $@
	@mkdir -p $(@D)
	$Qsh reports/seal.sh reports/report.html >$(@:.inc=.tmp)
	$Qsh src/make/embed.sh $(@:.inc=.tmp) >$@
$O/gen/demo_yaml.inc: $(sort $(wildcard testdata/demo/*.yaml)) src/make/embed.sh
	$(msg) GEN $@
	@mkdir -p $(@D)
	$Qsh src/make/embed.sh $(filter-out %.sh,$^) >$@

# Other flags than last time, or a source file that is gone, must not leave old objects in use.
# These two are touched only when their content changes.
$O/flags: now = $(CC) $(CPPFLAGS) $(KA_CPPFLAGS) $(KA_CFLAGS) $(CFLAGS)
$O/objects: now = $(lib_o)
$O/flags $O/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(now))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(now))' >$@
# `make setup check`: nothing is compiled before setup is done, also with -j.
ifneq ($(filter setup,$(MAKECMDGOALS)),)
$O/flags $O/objects $(gen): | setup
endif

# --- tests -----------------------------------------------------------------------------------------

# Each test leaves FILE.log; src/make/tally.sh adds them up.  Tests run with the source folder as working
# directory, side by side with -j; one that fails does not stop the others.
$(tests:=.log) $(corpus_tests:=.log): %.log: % FORCE
	@sh src/make/runtest.sh $@ $*
sh_logs  := $(sh_tests:%.sh=$O/%.log)
$(sh_logs): $O/%.log: %.sh $O/kassay $(tests) FORCE
	+@O=$O CC='$(CC)' MAKE='$(MAKE)' sh src/make/runtest.sh $@ sh $<

check: $(tests:=.log) $(sh_logs)        ## run every test; needs no network, root or home directory
	@sh src/make/tally.sh $^

check-corpus: $O/kassay $(corpus_tests:=.log)   ## run the outside cases in CORPUS=dir
	@test -n "$(CORPUS)" || { echo 'make check-corpus CORPUS=dir: there is no ../shared/corpus' >&2; exit 2; }
	@sh src/make/runtest.sh $O/corpus_test.log $(PYTHON) testdata/corpus_test.py $O/kassay $(CORPUS)
	@sh src/make/runtest.sh $O/pss_corpus_test.log $(PYTHON) testdata/pss_corpus_test.py $O/kassay $(CORPUS)
	@sh src/make/runtest.sh $O/rightsize_corpus_test.log $(PYTHON) testdata/rightsize_corpus_test.py $O/kassay $(CORPUS)
	@sh src/make/tally.sh $(corpus_tests:=.log) $O/corpus_test.log $O/pss_corpus_test.log $O/rightsize_corpus_test.log
$(corpus_tests:=.log): export KASSAY_CORPUS = $(abspath $(CORPUS))

check-live: $O/kassay                   ## a real etcd and kube-apiserver: KUBEBUILDER_ASSETS, or built once with Go
	@sh testdata/live/run.sh $O/kassay $(CORPUS)

check-browser: $O/reports/writers_bench ## open the HTML report in headless Chromium
	@sh src/make/runtest.sh $O/browser_test.log $(PYTHON) testdata/browser_test.py $<
	@sh src/make/tally.sh $O/browser_test.log

check-install: all                      ## install to a scratch folder, run it there, uninstall
	@MAKE='$(MAKE)' sh src/make/runtest.sh $O/install_test.log sh testdata/install_test.sh
	@sh src/make/tally.sh $O/install_test.log

golden: $(tests)                        ## rewrite testdata/golden; review the diff
	@KASSAY_GOLDEN=rewrite $(MAKE) --no-print-directory check >/dev/null || :
	@git --no-pager diff --stat -- testdata/golden 2>/dev/null || :

fuzz:                                   ## run every fuzz target for FUZZ_SECONDS=60
	+@$(MAKE) --no-print-directory CC='$(CLANG)' O=build-fuzz \
	  SANITIZE=fuzzer-no-link,address,undefined run-fuzzers
run-fuzzers: $(fuzzers)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh src/make/runtest.sh $O/fuzz.log sh testdata/fuzz/run.sh $O $(fuzzers)
	@sh src/make/tally.sh $O/fuzz.log

bench: $O/kassay $(benches)             ## measure speed and memory on a 150,000-pod dump
	@$(PYTHON) testdata/bench/run.py $O

# --- lint ------------------------------------------------------------------------------------------

lint: floors style man-lint registry hdr-check tidy cppcheck   ## everything that can be told without running

floors:                                 ## who may include whom, as src/floors says
	$(msg) LINT src/floors
	$Qgrep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]+[<"][^>"]+' $(c_files) $(h_files) | \
	  awk -f src/floors.awk src/floors -

style:                                  ## file sizes, white space, banned.h
	$(msg) LINT style
	$Qawk -f src/make/style.awk $(c_files) $(h_files)

man-lint: $O/kassay                     ## the man page is well formed and has every option
	$(msg) LINT man/kassay.1
	$Qsh man/lint.sh man/kassay.1 $O/kassay

registry: $O/checks/registry_test       ## fixtures, texts and benchmark maps of every check
	$(msg) LINT checks
	$Q$O/checks/registry_test >$O/registry.log 2>&1 || { cat $O/registry.log; exit 1; }

hdr-check: $(gen)                       ## every header but those of tests compiles alone
	$(msg) LINT headers
	$Qfor h in $(foreach h,$(h_files),$(if $(findstring test,$(h)),,$(h))); do \
	  printf '#include "%s"\n' "$$h" | \
	    $(CC) $(KA_CPPFLAGS) -I. $(CPPFLAGS) $(KA_CFLAGS) -Werror -fsyntax-only -x c - || exit 1; done

tidied := $(filter-out $(test_c) $(corpus_c),$(c_files))
tidy: $(tidied:%=$O/tidy/%.ok)          ## clang-tidy as .clang-tidy says
$(tidied:%=$O/tidy/%.ok): $O/tidy/%.ok: % .clang-tidy $(h_files) | $(gen)
	@mkdir -p $(@D)
	$(msg) TIDY $<
	$Q$(CLANG_TIDY) --quiet $< -- $(KA_CPPFLAGS) -std=c11 2>$@.err || { cat $@.err >&2; exit 1; }
	@touch $@

cppcheck: | $(gen)                      ## cppcheck, warnings and portability
	$(msg) LINT cppcheck
	$Q$(CPPCHECK) --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,portability \
	  --suppressions-list=src/make/cppcheck.txt -Iinclude -Isrc -I$O/gen -D_GNU_SOURCE \
	  '-DKA_VERSION="$(VERSION)"' $(tidied)

# --- using it --------------------------------------------------------------------------------------

demo: all                               ## audit the built-in demo cluster, reports to build/demo
	@mkdir -p build/demo
	@./kassay audit --demo -o terminal -o json=build/demo/report.json -o junit=build/demo/report.xml \
	  -o html=build/demo/report.html; rc=$$?; test $$rc -le 1 || exit $$rc
	@printf '\nwritten: build/demo/report.html, report.json, report.xml\n'

setup:                                  ## install what building and testing need (Debian 12)
	@sh .ci/setup

man: $O/kassay                          ## write man/kassay-checks.7 from the checks' own words
	$(msg) MAN man/kassay-checks.7
	$Qsh man/checks.sh $O/kassay >$O/kassay-checks.7 && mv $O/kassay-checks.7 man/kassay-checks.7

pages1 := man/kassay.1
pages7 := $(wildcard man/kassay-checks.7)
install: $O/kassay                      ## install into $(DESTDIR)$(prefix)
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(bashcompletiondir)
	$(INSTALL) -m 755 $O/kassay $(DESTDIR)$(bindir)/kassay
	$(INSTALL) -m 644 $(pages1) $(DESTDIR)$(mandir)/man1/
	$(INSTALL) -m 644 src/cli/kassay.bash $(DESTDIR)$(bashcompletiondir)/kassay
ifneq ($(pages7),)
	$(INSTALL) -d $(DESTDIR)$(mandir)/man7
	$(INSTALL) -m 644 $(pages7) $(DESTDIR)$(mandir)/man7/
endif

uninstall:                              ## remove what install put there
	$(RM) $(DESTDIR)$(bindir)/kassay $(DESTDIR)$(bashcompletiondir)/kassay
	$(RM) $(pages1:man/%=$(DESTDIR)$(mandir)/man1/%) $(pages7:man/%=$(DESTDIR)$(mandir)/man7/%)

# Plain text from make's own variables: no bear, no clang needed.
compile_commands.json: FORCE            ## for editors and clang tools
	$Qsh src/make/compdb.sh \
	  '$(subst ','\'',$(CC) $(KA_CPPFLAGS) $(CPPFLAGS) $(KA_CFLAGS) $(CFLAGS))' $(c_files) >$@

clean:                                  ## remove what was built
	$(RM) -r build build-* kassay
distclean: clean                        ## and what editors asked for
	$(RM) compile_commands.json

help:                                   ## this list
	@sed -n 's/^\([a-z._-]*\):[^#]*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r t what; do printf '  make %-22s %s\n' "$$t" "$$what"; done

FORCE:
.PHONY: FORCE all programs check check-corpus check-live check-browser check-install golden fuzz run-fuzzers bench lint \
	floors style man-lint registry hdr-check tidy cppcheck demo setup man install uninstall clean \
	distclean help
.DELETE_ON_ERROR:
.SECONDARY:
-include $(lib_o:.o=.d) $(tests:=.d) $(corpus_tests:=.d) $(fuzzers:=.d) $(benches:=.d) $O/src/cli/main.d
