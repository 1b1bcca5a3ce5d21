/* Building a graph: objects come in as tapes, in any order; ka_build_finish() links them. */
#ifndef KA_MODEL_BUILD_H
#define KA_MODEL_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/graph.h>

#include "util/tape.h"

struct ka_build;

struct ka_build *ka_build_new(void);
/* Gives up a graph that will not be finished. */
void ka_build_free(struct ka_build *b);

/* A new input file by its display name; objects, problems and skipped documents added next belong to it. */
void ka_build_file(struct ka_build *b, const char *name);

/* Forgets the files so far: a snapshot brings the names of those that its objects came from. */
void ka_build_forget_files(struct ka_build *b);
/* Problems and skipped documents added next belong to this file, by its number.  For snapshots. */
void ka_build_use_file(struct ka_build *b, uint32_t file);

/* What is known of an object before its own fields: the kind of its list ("PodList"), or NULLs. */
struct ka_list_hint {
	const char *api_version, *kind;
	uint32_t line;  /* 0: take the tape's */
	uint32_t file;  /* with line: an origin that a snapshot remembers */
	/* not NULL: only the metadata of a Secret came, whose type is this */
	const char *secret_type;
};

enum ka_added {
	KA_ADDED,       /* a Kubernetes object of a kind that the graph has */
	KA_ADDED_OTHER, /* one of another kind, kept by name */
	KA_NOT_OBJECT,  /* no Kubernetes object; counted and named */
	KA_LOST,        /* meant as an object of a kind that is judged, but not whole: ka_build_lost() was told */
};
/* Decodes one document or list item.  Fields of the wrong type become problems.  *ret_obj (may be
 * NULL) is the object, and left as it is when there is none; hint may be NULL. */
enum ka_added ka_build_add(struct ka_build *b, struct ka_tape *tape, const struct ka_node *root,
			   const struct ka_list_hint *hint, const struct ka_object **ret_obj);

/* A list of this kind was read to its end: none, if none came, is a fact. */
void ka_build_listed(struct ka_build *b, const char *api_version, const char *list_kind,
		     const char *resource_version, bool cut);
/* A document was lost.  `kind_hint` as in struct ka_sink. */
void ka_build_lost(struct ka_build *b, uint32_t line, const char *kind_hint, const char *why);
void ka_build_problem(struct ka_build *b, uint32_t line, const char *object, bool fatal,
		      const char *why);
void ka_build_skipped(struct ka_build *b, uint32_t line, const char *what);

/* Forgets the objects of a kind that came from a file, and that file's problems: its list is read again from the
 * beginning. */
void ka_build_forget(struct ka_build *b, enum ka_kind kind, uint32_t file);
/* More verbs or subresources of one resource than this are not kept. */
#define KA_SERVED_STRS 64
/* A resource that the API serves, in the order of the server's preference of versions; copied. */
void ka_build_served(struct ka_build *b, const struct ka_served *served);

/* Forgets the problems after the first n: those of an object whose problems are known already. */
void ka_build_forget_problems(struct ka_build *b, size_t n);

/* What the source says of itself; strings are copied.  Without it the ledger is worked out from what came: see build.c. */
void ka_build_source(struct ka_build *b, const char *text);
struct ka_graph *ka_build_graph(struct ka_build *b); /* to set what a snapshot's header says; borrowed */
const char *ka_build_str(struct ka_build *b, const char *s); /* interned; NULL for NULL */
const char *ka_build_str_n(struct ka_build *b, const char *s, size_t len);
/* A member that is a string, interned; NULL when there is none. */
const char *ka_build_member(struct ka_build *b, struct ka_tape *tape, const struct ka_node *obj, const char *key);
/* The ledger and the class were set by hand: do not work them out. */
void ka_build_ledger_given(struct ka_build *b);

/* NodeFiles may have come from elsewhere, beside a ledger that was given: their line of it is worked out from
 * the nodes that there are. */
void ka_build_facts_beside(struct ka_build *b);

/* Links, sorts and hands over the graph; b is gone. */
struct ka_graph *ka_build_finish(struct ka_build *take_b);

#endif
