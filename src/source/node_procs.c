/* The processes of a node. */
#include <stdlib.h>
#include <string.h>

#include "source/node_start.h"
#include "util/alloc.h"
#include "util/banned.h"

enum { PROCESSES_MAX = 100000 };
#define CMDLINE_MAX ((size_t)256 << 10)

void
ka_node_args_release(struct ka_node_args *args)
{
	for (size_t i = 0; i < args->n; i++)
		free(args->v[i]);
	free(args->v);
	*args = (struct ka_node_args){ .seen = false };
}

const char *
ka_node_flag(const struct ka_node_args *args, const char *flag)
{
	size_t len = strlen(flag);
	const char *ret = NULL;

	for (size_t i = 0; i < args->n; i++) {
		const char *s = args->v[i] + strspn(args->v[i], "-");

		if (s == args->v[i] || strncmp(s, flag, len) != 0)
			continue;
		if (s[len] == '=')
			ret = s + len + 1;
		else if (!s[len] && i + 1 < args->n)
			ret = args->v[i + 1];
	}
	return ret && *ret ? ret : NULL;
}

static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static enum ka_node_part
part_of(const char *program)
{
	static const char *const names[KA_NPARTS] = {
		[KA_PART_KUBELET] = "kubelet",
		[KA_PART_PROXY] = "kube-proxy",
		[KA_PART_APISERVER] = "kube-apiserver",
		[KA_PART_CONTROLLERS] = "kube-controller-manager",
		[KA_PART_SCHEDULER] = "kube-scheduler",
		[KA_PART_ETCD] = "etcd",
	};

	for (int p = 0; p < KA_NPARTS; p++)
		if (strcmp(base(program), names[p]) == 0)
			return (enum ka_node_part)p;
	return KA_NPARTS;
}

/* The command line is its words, each with a NUL at the end. */
static void
take(struct ka_node_args ret[KA_NPARTS], const struct ka_buf *b)
{
	const char *end = b->s + b->len, *word = b->s;
	enum ka_node_part part = part_of(word);
	struct ka_node_args *args;

	if (part == KA_NPARTS && strcmp(base(word), "hyperkube") == 0) {
		word += strlen(word) + 1;
		part = word < end ? part_of(word) : KA_NPARTS;
	}
	if (part == KA_NPARTS || ret[part].seen)
		return;
	args = &ret[part];
	args->seen = true;
	for (word += strlen(word) + 1; word < end; word += strlen(word) + 1) {
		KA_GROW(args->v, args->n, args->cap);
		args->v[args->n++] = ka_xstrdup(word);
	}
}

static int
by_number(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t n = strlen(x), m = strlen(y);

	return n != m ? (n > m) - (n < m) : strcmp(x, y);
}

void
ka_node_processes(const struct ka_node_root *r, struct ka_node_args ret[KA_NPARTS])
{
	struct ka_node_names pids;
	struct ka_buf text;
	char path[PATH_MAX];

	for (int p = 0; p < KA_NPARTS; p++)
		ret[p] = (struct ka_node_args){ .seen = false };
	ka_node_list(r, "/proc", PROCESSES_MAX, &pids);
	if (pids.n)
		qsort(pids.v, pids.n, sizeof *pids.v, by_number);
	ka_buf_init(&text, CMDLINE_MAX);
	for (size_t i = 0; i < pids.n; i++) {
		if (pids.v[i][strspn(pids.v[i], "0123456789")])
			continue;
		snprintf(path, sizeof path, "/proc/%s/cmdline", pids.v[i]);
		ka_buf_clear(&text);
		if (ka_node_read(r, path, &text) == 0 && text.len)
			take(ret, &text);
	}
	ka_buf_release(&text);
	ka_node_names_release(&pids);
}
