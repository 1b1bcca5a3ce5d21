/* Lists over the whole graph that must be sorted or counted before they say anything. */
#ifndef KASSAY_INVENTORY_H
#define KASSAY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

/* PersistentVolumes that name their claim, sorted by it. */
struct ka_claimed {
	const char *namespace, *name;
	const struct ka_volume_object *volume;
};
/* A new array of *ret_n rows; free() it. */
size_t ka_claimed_volumes(const struct ka_graph *g, struct ka_claimed **ret);
/* The volume a claim is bound to: the one it names, else the one that names it; or NULL. */
const struct ka_volume_object *ka_claim_volume(const struct ka_graph *g,
					       const struct ka_claimed *claimed, size_t n,
					       const char *namespace, const char *claim);

/* One image by tag, run by live pods of one owner with a digest of its own. */
struct ka_drift {
	const char *image;            /* as the spec has it */
	const char *digest;           /* "sha256:..." */
	const struct ka_object *top;  /* the owner to report on */
	const char *container;
};
/* Rows of all images that run with two digests or more, sorted by image, digest, owner and
 * container, each once.  A new array; free() it. */
size_t ka_image_drift(const struct ka_graph *g, struct ka_drift **ret);

/* A service account that a binding names. */
struct ka_account {
	const char *namespace, *name;
};
/* Each once, sorted.  A new array; free() it. */
size_t ka_bound_accounts(const struct ka_graph *g, struct ka_account **ret);
bool ka_account_in(const struct ka_account *list, size_t n, const char *namespace,
		   const char *name);

#endif
