/* Where a writer's bytes go: what descriptors, files and compression each have of their own. */
#ifndef KA_UTIL_OUT_HOOK_H
#define KA_UTIL_OUT_HOOK_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/err.h>
#include <kassay/out.h>

struct ka_out_hook {
	/* All of it, or -1 and *err; not called again after a failure. */
	int (*write)(void *arg, const void *bytes, size_t len, struct ka_err *err);
	/* Frees arg.  keep: nothing failed and what was written is to stay; else it goes, and err
	 * is NULL. */
	int (*close)(void *arg, bool keep, struct ka_err *err);
};

/* A new writer; takes arg. */
struct ka_out *ka_out_hook(const struct ka_out_hook *hook, void *take_arg);

#endif
