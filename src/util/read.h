/* Reading documents: JSON text, JSON lines and YAML streams become tapes, one document at a time.
 * A Kubernetes List is never held whole: its items are handed over one by one as they are read, so
 * memory follows the largest item, not the input. */
#ifndef KA_UTIL_READ_H
#define KA_UTIL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "util/tape.h"

/* Where bytes come from.  read() stores up to cap bytes and their number (0 at the end); -1 and
 * *err on failure. */
struct ka_in {
	int (*read)(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err);
	void *arg;
};

/* Caps on input.  A message about one names the option that lifts it; --max-object-size lifts `value` and `nodes`. */
struct ka_limits {
	uint32_t depth;    /* nesting of arrays and objects */
	size_t value;      /* bytes of text of one document or list item */
	uint32_t nodes;    /* nodes of one document or list item, YAML aliases expanded */
};
#define KA_LIMITS_DEFAULT                                                                          \
	((struct ka_limits){ .depth = 128, .value = 64u << 20, .nodes = 16u << 20 })

/* The list that an item came from; all NULL for a document of its own.  Strings are borrowed until
 * the callback returns, NUL-terminated. */
struct ka_list_head {
	const char *api_version; /* "v1" */
	const char *kind;        /* "List", "PodList" */
	const char *resource_version;
	const char *cont;        /* metadata.continue: the list was cut by its reader */
	uint64_t items;          /* delivered so far */
	uint64_t remaining;      /* items that the server says will follow on other pages; 0 also when it does not say */
};

struct ka_sink {
	void *arg;
	/* One document, or one item of a list (then head->kind or head->items tells; head is never
	 * NULL).  The root may be any type.  The tape is the reader's: take what is needed and
	 * return 0; -1 and *err ends the reading. */
	int (*value)(void *arg, struct ka_tape *tape, const struct ka_node *root,
		     const struct ka_list_head *head, struct ka_err *err);
	/* A list was read to its end (also an empty one). */
	int (*list)(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err);
	/* A document that could not be read: line, why, and the kind it seems to hold ("Pod";
	 * "List" when a list of any kind was cut; NULL when nothing tells).  Return 0 to go on with
	 * the next document, -1 to end. */
	int (*bad)(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why);
};

/* Strict RFC 8259: one value, or several one after another (JSON lines).  Refused: invalid UTF-8,
 * NUL bytes (raw or \u0000: no Kubernetes string holds one), unpaired surrogates, duplicate keys,
 * what the limits forbid.  After an error the reader goes on at the next line that begins with '{',
 * if there is one.  A byte order mark at the beginning is skipped.  A top-level object with an
 * "items" array whose kind ends in "List" (or is not known yet when the array comes) is a list.
 * Items without a kind before a list kind that only follows them are held until it is known, in no
 * more than limits.value bytes.  When no kind that ends in "List" follows and nothing was delivered
 * yet, it was an ordinary document and is delivered as one. */
int ka_json_read(const struct ka_in *in, const struct ka_limits *limits, const struct ka_sink *sink,
		 struct ka_err *err);

/* YAML streams, split at "---" lines so that one bad document does not lose its neighbours.  Plain
 * scalars are typed as sigs.k8s.io/yaml (go-yaml v2, YAML 1.1) types them: yes/no/on/off, 0644,
 * 0x1f, 1_000, .inf, ~; merge keys work.  Documents that are empty or null are skipped without a
 * word.  Duplicate keys and keys that are null, sequences or mappings are errors, as there.
 * Numbers are on the tape as JSON writes them (0x1F as 31, 1.0 as 1); keys that are numbers or
 * booleans are strings.  Lists are taken apart as by ka_json_read(). */
int ka_yaml_read(const struct ka_in *in, const struct ka_limits *limits, const struct ka_sink *sink,
		 struct ka_err *err);

/* One JSON value in memory onto a tape, which is cleared first and keeps a copy of the text.
 * Nothing but white space may follow.  limits may be NULL for the usual ones (as above).  For small
 * things and tests. */
int ka_json_parse(struct ka_tape *tape, const char *text, size_t len,
		  const struct ka_limits *limits, struct ka_err *err);

#endif
