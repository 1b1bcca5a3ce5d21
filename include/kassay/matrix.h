/* The permission matrix of one subject: all it can do, by scope and resource, with the stars of its
 * rules written out over the catalogue and the rules kept beside. */
#ifndef KASSAY_MATRIX_H
#define KASSAY_MATRIX_H

#include <kassay/catalogue.h>
#include <kassay/rbac.h>

/* Verbs on the object of one name, besides those on all objects. */
struct ka_matrix_name {
	const char *name;
	uint64_t verbs, wild;
};
/* One resource in one scope. */
struct ka_matrix_cell {
	const struct ka_resource *resource;
	uint64_t verbs;  /* on every object; bits of the catalogue */
	uint64_t wild;   /* those of them that only a star gives */
	size_t nnames;   /* sorted */
	const struct ka_matrix_name *name;
	/* in a namespace, of namespaces and their subresources: verbs on the Namespace object
	 * itself, as endpoints/request/requestinfo.go has it */
	uint64_t itself;
	size_t ngrants;  /* which of the scope's grants give it, by index */
	const uint32_t *grant;
};
struct ka_matrix_url {
	const char *verb, *url;
	bool wild;
};
struct ka_matrix_rule {
	uint32_t grant;  /* index into the scope's */
	const struct ka_rule *rule;
	const char *dead; /* why nothing of it can ever be asked here, or NULL */
};
/* What a rule spells out and the catalogue does not have: a resource, or a verb of one. */
struct ka_matrix_other {
	uint32_t grant;
	const char *group, *resource, *verb;
};
struct ka_matrix_scope {
	/* the namespaces, sorted, where exactly this is held; none: the whole cluster */
	size_t nnamespaces;
	const char *const *namespace;
	/* as they are in the first of the namespaces, sorted as in ka_rbac_grants() */
	size_t ngrants;
	const struct ka_grant *grant;
	bool alike;      /* bindings and roles have the same names in all of them */
	/* sorted by group and resource; in a namespace only what is not held cluster-wide */
	size_t ncells;
	const struct ka_matrix_cell *cell;
	size_t nurls;
	const struct ka_matrix_url *url;
	size_t nrules;
	const struct ka_matrix_rule *rule;
	size_t nothers;
	const struct ka_matrix_other *other;
	bool cut;        /* more names, paths or others than are listed */
};
struct ka_matrix {
	bool master;     /* a member of system:masters: everything, whatever the bindings say */
	/* the cluster first when anything is held there, then by the first namespace */
	size_t nscopes;
	const struct ka_matrix_scope *scope;
	struct ka_arena *arena;
};

/* A new matrix; `namespace` (may be NULL) leaves out what is held in other namespaces alone.  All is
 * borrowed and must outlive it. */
struct ka_matrix *ka_matrix_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat, const struct ka_who *who,
				const char *namespace);
void ka_matrix_free(struct ka_matrix *m);

#endif
