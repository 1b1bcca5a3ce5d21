/* Fuzz target: any bytes as an audit log, with what was used counted. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kassay/usage.h>

#include "source/auditlog.h"
#include "util/fuzz_testing.h"
#include "util/str.h"

#include "util/banned.h"

/* Every span ends where it says, and none is without text. */
static void
look_at(struct ka_span s)
{
	unsigned char sum = 0;

	must(s.s != NULL, "a span without text");
	for (size_t i = 0; i < s.len; i++)
		sum = (unsigned char)(sum + (unsigned char)s.s[i]);
	(void)sum;
}

/* What names somebody is text. */
static void
look_at_text(struct ka_span s)
{
	look_at(s);
	must(ka_utf8_valid(s.s, s.len), "a text that is no UTF-8");
	must(!memchr(s.s, '\0', s.len), "NUL in a text");
}

static int
look(void *arg, const struct ka_event *e)
{
	look_at_text(e->id);
	look_at_text(e->user);
	look_at_text(e->impersonated);
	look_at_text(e->verb);
	look_at(e->api_group);
	look_at(e->resource);
	look_at(e->subresource);
	look_at(e->namespace);
	look_at(e->name);
	look_at(e->path);
	look_at(e->query);
	look_at_text(e->reason);
	for (size_t i = 0; i < e->ngroups && i < KA_EVENT_GROUPS; i++)
		look_at_text(e->group[i]);
	for (size_t i = 0; i < e->nimpersonated_groups && i < KA_EVENT_GROUPS; i++)
		look_at_text(e->impersonated_group[i]);
	must(e->verb.len > 0, "an event without a verb");
	must(!e->resource_request || e->resource.len || e->lacks & KA_LACKS_OBJECT, "a resource without a name");
	return ka_usage_event(arg, e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/kassay-auditlog-fuzz-XXXXXX";
	static int fd = -1;
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const paths[] = { path };
	struct ka_auditlog log;
	struct ka_usage *usage;
	struct ka_err err;

	if (fd < 0) {
		fd = mkstemp(path);
		must(fd >= 0, "no file to read from");
	}
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size, "the file cannot be written");
	usage = ka_usage_new();
	must(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, look, usage, &log, &err) == 0, "a log that was open could not be read");
	ka_usage_end(usage);
	ka_auditlog_release(&log);
	ka_usage_free(usage);
	return 0;
}
