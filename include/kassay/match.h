/* Matching names and labels. */
#ifndef KASSAY_MATCH_H
#define KASSAY_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Glob over a whole string: '*' any run (also of '/'), '?' one byte, everything else itself.
 * Linear in strlen(pattern) * strlen(s) at worst, never exponential.  NULL s matches only "*". */
bool ka_glob(const char *pattern, const char *s);
/* The same without regard to ASCII case. */
bool ka_glob_nocase(const char *pattern, const char *s);

/* Labels and annotations: sorted by key (strcmp), keys unique, strings interned. */
struct ka_kv {
	const char *key;
	const char *value;
};
struct ka_kvs {
	size_t n;
	const struct ka_kv *kv;
};
/* The value, or NULL when the key is absent.  kvs may be NULL.  `key` need not be interned. */
const char *ka_kvs_get(const struct ka_kvs *kvs, const char *key);

/* metav1.LabelSelector; matchLabels are decoded into KA_SEL_IN requirements of one value. */
enum ka_sel_op {
	KA_SEL_IN,
	KA_SEL_NOT_IN,
	KA_SEL_EXISTS,
	KA_SEL_NOT_EXISTS,
	/* an operator Kubernetes does not know, or a value list that does not go with it */
	KA_SEL_INVALID,
};
struct ka_sel_req {
	const char *key;
	enum ka_sel_op op;
	size_t nvalues;
	const char *const *value;
};
struct ka_selector {
	size_t n;
	const struct ka_sel_req *req;
};
/* apimachinery labels.Requirement.Matches: all requirements hold; NotIn also holds when the key is
 * absent; an empty selector matches everything, a NULL one nothing, one with an invalid requirement
 * nothing. */
bool ka_selector_match(const struct ka_selector *sel, const struct ka_kvs *labels);
bool ka_selector_empty(const struct ka_selector *sel); /* not NULL, and without requirements */
bool ka_selector_valid(const struct ka_selector *sel);

#endif
