/* Between access.c, which chooses, and its parts: access_user.c, access_file.c. */
#ifndef KA_SOURCE_ACCESS_OWN_H
#define KA_SOURCE_ACCESS_OWN_H

#include "source/access.h"
#include "source/credential.h"
#include "source/kubeconfig.h"
#include "util/arena.h"

/* The part that callers see comes first. */
struct ka_access_own {
	struct ka_access a;
	struct ka_arena *arena;
	struct ka_kubeconfig files;
	const char *plugin_config; /* JSON, for spec.cluster.config of a plugin; NULL: none */
};

/* Copied into the arena; NULL stays NULL. */
const char *ka_access_keep(struct ka_access_own *w, const char *s);

/* A whole file, new; NULL and *err. */
char *ka_access_file(const char *path, const char *what, struct ka_err *err);
/* The value of "PATH-data", which is base64, else the content of the file that "PATH" names; *ret is
 * new, NULL when neither is there. */
int ka_access_pem(const struct ka_kube_entry *e, const char *path, const char *what, char **ret, struct ka_err *err);

/* The credential and whom to impersonate; user may be NULL.  The cluster must be known already. */
int ka_access_user(struct ka_access_own *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts,
		   struct ka_err *err);
/* Whom to impersonate alone. */
int ka_access_impersonate(struct ka_access_own *w, const struct ka_kube_entry *user,
			  const struct ka_access_opts *opts, struct ka_err *err);

#endif
