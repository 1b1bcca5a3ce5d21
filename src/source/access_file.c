/* Files and encoded values that a kubeconfig or a pod's account is made of. */
#include "source/access_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/banned.h"

enum { MAX_PEM = 4 << 20 };

const char *
ka_access_keep(struct ka_access_own *w, const char *s)
{
	return s ? ka_arena_strndup(w->arena, s, strlen(s)) : NULL;
}

char *
ka_access_file(const char *path, const char *what, struct ka_err *err)
{
	struct ka_bytes_limits limits = { .max_out = MAX_PEM };
	struct ka_bytes *bytes = ka_bytes_open(path, &limits, err);
	char *s = NULL;
	size_t len = 0, n = 1;
	struct ka_in in;

	if (!bytes) {
		ka_err_wrap(err, "reading the %s", what);
		return NULL;
	}
	in = ka_bytes_in(bytes);
	s = ka_xcalloc(1, MAX_PEM + 1);
	while (n && len < MAX_PEM) {
		if (in.read(in.arg, s + len, MAX_PEM - len, &n, err)) {
			ka_err_wrap(err, "reading the %s %s", what, path);
			explicit_bzero(s, len);
			free(s);
			s = NULL;
			break;
		}
		len += n;
	}
	ka_bytes_close(bytes);
	return s;
}

int
ka_access_pem(const struct ka_kube_entry *e, const char *path, const char *what, char **ret, struct ka_err *err)
{
	char data[128], *file = ka_kube_path(e, path);
	const char *encoded;
	size_t len;

	*ret = NULL;
	snprintf(data, sizeof data, "%s-data", path);
	encoded = ka_kube_get(e, data);
	if (encoded) {
		*ret = ka_xstrdup(encoded);
		if (ka_base64_decode(*ret, strlen(*ret), &len)) {
			(*ret)[len] = '\0';
		} else {
			explicit_bzero(*ret, strlen(encoded));
			free(*ret);
			*ret = NULL;
			ka_err_set(err, KA_EFORMAT, "%s: %s of \"%s\" is no base64", e->file,
				   strchr(data, '.') + 1, e->name);
		}
	} else if (file) {
		*ret = ka_access_file(file, what, err);
		if (!*ret)
			ka_err_wrap(err, "%s: \"%s\"", e->file, e->name);
	}
	free(file);
	return *ret || (!encoded && !ka_kube_get(e, path)) ? 0 : -1;
}
