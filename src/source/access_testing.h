/* For tests: kubeconfigs written to a folder of their own. */
#ifndef KA_SOURCE_ACCESS_TESTING_H
#define KA_SOURCE_ACCESS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/access.h"
#include "source/credential.h"

#define CA_DATA "certificate-authority-data: Y2EK"

static char folder[64];

static inline int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/kassay-access-XXXXXX");
	unsetenv("KUBERNETES_SERVICE_HOST");
	setenv("HOME", "/nonexistent", 1);
	return mkdtemp(folder) ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static inline const char *
write_file(const char *name, const char *text)
{
	static char path[4][160];
	static unsigned turn;
	char *p = path[turn++ % 4];
	FILE *f;

	snprintf(p, 160, "%s/%s", folder, name);
	f = fopen(p, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return p;
}

/* The cluster's and the user's fields, in flow style. */
static inline const char *
one_context(const char *cluster, const char *user)
{
	static char text[4096];

	snprintf(text, sizeof text,
		 "current-context: x\nclusters: [{name: c, cluster: {%s}}]\nusers: [{name: u, user: {%s}}]\n"
		 "contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]\n",
		 cluster, user);
	return text;
}

static inline int
load(const char *text, const struct ka_access_opts *more, struct ka_access **ret, struct ka_err *err)
{
	struct ka_access_opts opts = more ? *more : (struct ka_access_opts){ .context = NULL };

	opts.kubeconfig = write_file("config", text);
	return ka_access_load(&opts, ret, err);
}

static inline void
assert_str(const char *a, const char *b)
{
	if (b)
		assert_string_equal(a, b);
	else
		assert_null(a);
}

#endif
