/* How much a subject is granted, counted in atoms.
 *
 * An atom is one verb on one resource of the catalogue in one scope: in one namespace, or in the
 * cluster for what has no namespace; where a rule names objects, on one object.  A verb that is held
 * on all objects of a scope is one atom there, and those on single objects of it are none besides.
 * What is held in the whole cluster is held in each namespace there is.  Of URLs an atom is one verb
 * on one path.  Rules, bindings and roles that say the same twice count once: it is the size of the
 * union. */
#ifndef KASSAY_MEASURE_H
#define KASSAY_MEASURE_H

#include <kassay/catalogue.h>
#include <kassay/rbac.h>
#include <kassay/usage.h>

struct ka_atom_tally {
	uint64_t atoms;
	uint64_t wild;   /* of them: only a star gives them */
	uint64_t weight; /* the sum of ka_atom_weight() */
};

struct ka_measure {
	bool master;     /* system:masters: everything, whatever is counted here */
	struct ka_atom_tally granted;
	uint32_t urls;   /* of the atoms: those on URLs */
	uint32_t grants; /* bindings, those of its groups too */
	uint32_t own;    /* of them: all but those that name everybody */
	uint32_t rules;  /* in the roles of these bindings */
	uint32_t dead;   /* of them: rules that can never match where they are bound */
	bool cluster;    /* one of the bindings is a ClusterRoleBinding */
	uint32_t namespaces; /* in which there is a RoleBinding */
	bool cut;        /* more names in rules than are counted */

	/* Without `wild`.  There is an audit log and the subject is one whom it would name: no group.  What follows is
	 * zero otherwise.  granted = used + unused + unobservable. */
	bool observed;
	uint64_t events; /* in the log, of this subject */
	/* atoms that some allowed request used */
	struct ka_atom_tally used;
	struct ka_atom_tally unused;
	/* not used as far as was seen, and the log could not have shown it: ka_usage_blind() */
	struct ka_atom_tally unobservable;
};

struct ka_measurer;

/* All borrowed. */
struct ka_measurer *ka_measurer_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat);
void ka_measurer_free(struct ka_measurer *m);
/* From now on use is counted too.  Borrowed; nothing was measured yet. */
void ka_measurer_usage(struct ka_measurer *m, const struct ka_usage *usage);
/* All that somebody is granted, by its groups too.  Time grows with its bindings and with the
 * resources that they name, not with namespaces times resources. */
void ka_measure(struct ka_measurer *m, const struct ka_who *who, struct ka_measure *ret);

/* What an atom may be worth to who steals it: a row of a table.  1 for reading, 2 for writing, 5 and
 * 10 for what leads further.  `bit`: of one verb of the catalogue. */
unsigned ka_atom_weight(const struct ka_catalogue *cat, const struct ka_resource *resource, uint64_t bit);
/* The table in words, for those who want to see it: weight 0 ends it. */
struct ka_weight {
	unsigned weight;
	const char *group, *resource, *verbs; /* resource NULL: any; verbs joined by spaces, "*": any */
};
extern const struct ka_weight ka_weights[];

/* Everybody who is known is in this group, and what it holds is no privilege. */
bool ka_subject_everybody(const struct ka_subject *s);

#endif
