/* How `rightsize` tells what it found: a function a format. */
#ifndef KA_CLI_RIGHTSIZE_OUT_H
#define KA_CLI_RIGHTSIZE_OUT_H

#include <kassay/graph.h>
#include <kassay/out.h>
#include <kassay/rightsize.h>

#include "source/auditlog.h"

struct ka_advice {
	const struct ka_graph *g;
	const struct ka_auditlog *log; /* NULL: none was given, and size is empty */
	const struct ka_usage *usage;
	struct ka_rightsize_opts opts;
	size_t n;
	struct ka_rightsize *size;
	/* the bindings that change, each once, in the order of the graph; and all who leave them are
	 * in `size` */
	size_t nbindings;
	const struct ka_binding **binding;
	size_t nleaving;
	char **leaving; /* who leaves them, sorted: ka_advice_key() */
	struct ka_leftovers leftovers;
	struct ka_rightsizer *rightsizer; /* has names that `size` borrows */
};
/* The subject leaves the bindings that name it. */
static inline bool
ka_advised(const struct ka_rightsize *size)
{
	return size->verdict == KA_RIGHTSIZE_CHANGE;
}
/* One text for all ways to write a subject; new. */
char *ka_advice_key(const struct ka_subject *s);
/* This entry of a binding goes. */
bool ka_advice_drops(const struct ka_advice *a, const struct ka_subject *entry);

/* rightsize_yaml.c: for `kubectl apply`; what undoes that; and what changes, as a diff. */
void ka_advice_yaml(struct ka_out *out, const struct ka_advice *a);
void ka_advice_rollback(struct ka_out *out, const struct ka_advice *a);
void ka_advice_patch(struct ka_out *out, const struct ka_advice *a);
/* rightsize_json.c: all of it. */
void ka_advice_json(struct ka_out *out, const struct ka_advice *a);
/* rightsize_text.c: a table for people. */
void ka_advice_text(struct ka_out *out, const struct ka_advice *a);

/* rightsize_objects.c: the objects as YAML, without "---". */
void ka_new_role_yaml(struct ka_out *out, const struct ka_advice *a, const struct ka_new_role *role);
void ka_new_binding_yaml(struct ka_out *out, const struct ka_rightsize *size, const struct ka_new_role *role);
/* A binding as it is, or without those who leave it. */
void ka_binding_yaml(struct ka_out *out, const struct ka_advice *a, const struct ka_binding *b, bool all);
/* Its two parts: all before the subjects, and one of these. */
void ka_binding_head_yaml(struct ka_out *out, const struct ka_binding *b);
void ka_subject_yaml(struct ka_out *out, const struct ka_subject *s);
/* "get secrets db in namespace shop (audit.log:7, 2026-01-01T00:00:00Z)" */
void ka_used_text(struct ka_out *out, const struct ka_advice *a, const struct ka_used *used);
/* Lines of text, each after a prefix. */
void ka_out_prefixed(struct ka_out *out, const char *text, const char *prefix);
/* "ClusterRole", "RoleBinding" ... of something new. */
const char *ka_new_kind(const struct ka_new_role *role, bool binding);

#endif
