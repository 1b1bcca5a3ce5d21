#include "source/impersonate.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

/* headerKeyEscape: what a header's name cannot hold, and the per cent sign. */
static void
escape(struct ka_buf *name, const char *key, size_t len)
{
	static const char plain[] = "!#$&'*+-.^_`|~";

	for (const char *p = key; p < key + len; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');

		if (letter || strchr(plain, *p))
			ka_buf_add(name, p, 1, NULL);
		else
			ka_buf_fmt(name, NULL, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

void
ka_impersonate(const struct ka_access *access, void (*add)(void *arg, const char *name, const char *value), void *arg)
{
	if (access->as_user)
		add(arg, "Impersonate-User", access->as_user);
	if (access->as_uid)
		add(arg, "Impersonate-Uid", access->as_uid);
	for (size_t i = 0; i < access->as_groups.n; i++)
		add(arg, "Impersonate-Group", access->as_groups.v[i]);
	for (size_t i = 0; i < access->as_extra.n; i++) {
		const char *pair = access->as_extra.v[i], *eq = strchr(pair, '=');
		struct ka_buf name;

		if (!eq)
			continue;
		ka_buf_init(&name, 4096);
		ka_buf_fmt(&name, NULL, "Impersonate-Extra-");
		escape(&name, pair, (size_t)(eq - pair));
		add(arg, name.s, eq + 1);
		ka_buf_release(&name);
	}
}
