/* Decoders: one tape to one typed struct.  Shared by decode_*.c and the builder; nobody else
 * includes this. */
#ifndef KA_MODEL_DECODE_H
#define KA_MODEL_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include <kassay/graph.h>

#include "util/arena.h"
#include "util/intern.h"
#include "util/map.h"
#include "util/tape.h"

struct ka_build;

struct ka_decode {
	struct ka_build *b;
	struct ka_tape *t;
	struct ka_arena *arena;      /* structs; the pod spec decoder gives part of it back */
	struct ka_arena *keep;       /* strings and label sets: never given back */
	struct ka_intern *in;
	struct ka_hmap *kvs;         /* label sets by content */
	struct ka_hmap *specs;       /* pod specs by content */
	struct ka_hmap *raw_specs;   /* pod specs by the text they came from */
	uint32_t *nspecs;
	const struct ka_object *obj; /* being decoded, for messages */
	const char *secret_type;     /* of a Secret of which only the metadata came; else NULL */
};

/* --- fields ----------------------------------------------------------------------------------
 *
 * Absent and null are the same.  A value of another type is told as a problem and then taken as
 * absent. */

const struct ka_node *ka_dec_object(struct ka_decode *d, const struct ka_node *parent,
				    const char *key);
const struct ka_node *ka_dec_array(struct ka_decode *d, const struct ka_node *parent,
				   const char *key);
/* Interned; NULL when absent or empty. */
const char *ka_dec_str(struct ka_decode *d, const struct ka_node *parent, const char *key);
/* As ka_dec_str, but not interned: for what is different on every object, and would only fill the
 * table. */
const char *ka_dec_copy(struct ka_decode *d, const struct ka_node *parent, const char *key);
/* As ka_dec_str, but with a default that is never interned twice. */
const char *ka_dec_str_or(struct ka_decode *d, const struct ka_node *parent, const char *key,
			  const char *otherwise);
enum ka_tri ka_dec_tri(struct ka_decode *d, const struct ka_node *parent, const char *key);
bool ka_dec_bool(struct ka_decode *d, const struct ka_node *parent, const char *key);
struct ka_optint ka_dec_int(struct ka_decode *d, const struct ka_node *parent, const char *key);
struct ka_strs ka_dec_strs(struct ka_decode *d, const struct ka_node *parent, const char *key);
/* A port: 0 when absent; out of range is a problem. */
uint16_t ka_dec_port(struct ka_decode *d, const struct ka_node *parent, const char *key);
/* A string or a number as text, as in IntOrString and resource quantities. */
const char *ka_dec_text(struct ka_decode *d, const struct ka_node *parent, const char *key);
/* One copy of a map whose strings are interned; kv is sorted in place. */
const struct ka_kvs *ka_dec_kvs_keep(struct ka_decode *d, struct ka_kv *kv, size_t n);
/* String map, sorted and kept once; never NULL. */
const struct ka_kvs *ka_dec_kvs(struct ka_decode *d, const struct ka_node *parent, const char *key,
				bool (*keep)(const char *key, size_t key_len, size_t value_len));
/* metav1.LabelSelector; NULL when absent. */
const struct ka_selector *ka_dec_selector(struct ka_decode *d, const struct ka_node *parent,
					  const char *key);
/* The same of a node that is the selector itself; never NULL. */
const struct ka_selector *ka_dec_selector_node(struct ka_decode *d, const struct ka_node *obj);
const struct ka_selector *ka_dec_selector_or_all(struct ka_decode *d, const struct ka_node *parent,
						 const char *key);
/* A plain map as a selector (ReplicationController, Service). */
const struct ka_selector *ka_dec_map_selector(struct ka_decode *d, const struct ka_node *parent,
					      const char *key);

/* The interned text of a string or number node. */
const char *ka_dec_intern(struct ka_decode *d, const struct ka_node *node);
/* The node's text, if it is one, will be interned in a moment. */
void ka_dec_soon(const struct ka_decode *d, const struct ka_node *node);
/* Elements of an array that are objects; others are problems and skipped.  n is how many there are
 * at most:
 *	for (const struct ka_node *e = ka_dec_first(d, arr); e; e = ka_dec_after(d, arr, e)) */
const struct ka_node *ka_dec_first(struct ka_decode *d, const struct ka_node *arr);
const struct ka_node *ka_dec_after(struct ka_decode *d, const struct ka_node *arr,
				   const struct ka_node *e);
void ka_dec_problem(struct ka_decode *d, const struct ka_node *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- objects --------------------------------------------------------------------------------- */

void ka_dec_meta(struct ka_decode *d, const struct ka_node *root, struct ka_object *obj);
/* True for annotations that any engine reads; the others are dropped to keep the graph small. */
bool ka_annotation_kept(const char *key, size_t key_len, size_t value_len);

/* The pod spec of a Pod or a template, kept once; never NULL.  `meta` is the metadata whose
 * annotations count. */
const struct ka_podspec *ka_dec_podspec(struct ka_decode *d, const struct ka_node *spec,
					const struct ka_node *meta);

typedef struct ka_object *ka_decoder(struct ka_decode *d, const struct ka_node *root);
ka_decoder ka_dec_namespace, ka_dec_node, ka_dec_serviceaccount, ka_dec_role, ka_dec_binding,
	ka_dec_pod, ka_dec_workload, ka_dec_netpol, ka_dec_service, ka_dec_ingress, ka_dec_secret,
	ka_dec_configmap, ka_dec_volume_object, ka_dec_webhook_config, ka_dec_admission_policy,
	ka_dec_admission_binding, ka_dec_governor, ka_dec_fact,
	ka_dec_node_files, ka_dec_custom;

/* Allocates the struct of an object and fills the part that all have from d->obj. */
void *ka_dec_new(struct ka_decode *d, size_t size);

/* The metadata or status of pods that are not plain data: see decode_pod.c. */
bool ka_is_token_volume(const char *name);

#endif
