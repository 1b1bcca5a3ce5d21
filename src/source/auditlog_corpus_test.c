/* Logs that real API servers wrote, when there are some: KASSAY_CORPUS names their folder.  All of their
 * lines are events. */
#include "source/auditlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/banned.h"

/* Only whoever was not let in has no name. */
static int
look(void *arg, const struct ka_event *e)
{
	size_t *odd = arg;

	*odd += (!e->user.len && e->code != 401) || !e->verb.len || !e->path.len || e->path.s[0] != '/' || !e->code;
	return 0;
}

/* Reads a file of the corpus and returns how many events it has, received ones too. */
static uint64_t
events(const char *name, unsigned found)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *corpus = getenv("KASSAY_CORPUS");
	struct ka_auditlog log;
	char path[4096];
	const char *const paths[] = { path };
	struct ka_err err;
	size_t odd = 0;
	uint64_t n;

	snprintf(path, sizeof path, "%s/audit/%s", corpus ? corpus : "", name);
	if (ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, look, &odd, &log, &err))
		fail_msg("%s", err.msg);
	if (log.nproblems)
		fail_msg("%s:%u: %s", log.file[log.problem[0].file].name, (unsigned)log.problem[0].line,
			 log.problem[0].text);
	assert_int_equal(odd, 0);
	assert_int_equal(log.n.events + log.n.received, log.n.lines);
	assert_int_equal(log.found & ~found, 0);
	n = log.n.events + log.n.received;
	ka_auditlog_release(&log);
	return n;
}

static void
every_line_of_a_server_is_an_event(void **state)
{
	(void)state;
	assert_int_equal(events("recorded-1.21/audit.log.gz", KA_AUDITLOG_EVENTS), 1844);
}

static void
every_line_of_old_servers_is_an_event(void **state)
{
	(void)state;
	assert_true(events("audit2rbac/demo.log", KA_AUDITLOG_EVENTS) > 0);
	assert_true(events("audit2rbac/cases", KA_AUDITLOG_EVENTS | KA_AUDITLOG_OLD) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_of_a_server_is_an_event),
		cmocka_unit_test(every_line_of_old_servers_is_an_event),
	};

	return cmocka_run_group_tests_name("source/auditlog corpus", tests, NULL, NULL);
}
