/* What a YAML scalar means to Kubernetes. */
#ifndef KA_UTIL_YAML_SCALAR_H
#define KA_UTIL_YAML_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

struct ka_yaml_scalar {
	uint8_t type;  /* enum ka_type, KA_NULL to KA_STRING */
	bool is_float; /* a number that was a float to YAML; `value` has it */
	bool special;  /* .inf or .nan: no JSON number, but a possible key */
	bool wide;     /* an integer above INT64_MAX: a number, but no key */
	double value;
	const char *text; /* string or number; points to the scalar itself or to `num` */
	size_t len;
	char num[48];
};

/* Types a scalar as go-yaml v2 does.  tag: NULL when there is none; plain: not quoted, not a block.
 * The text must be NUL-terminated; it is changed for !!binary only, which is decoded in place. */
int ka_yaml_type(struct ka_yaml_scalar *ret, char *text, size_t len, const char *tag, bool plain,
		 struct ka_err *err);

/* Makes the scalar the string it is as a mapping key. */
int ka_yaml_to_key(struct ka_yaml_scalar *scalar, struct ka_err *err);

#endif
