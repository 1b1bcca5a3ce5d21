/* One rule about one field of KubeletConfiguration; every kubelet check is a row of these. */
#ifndef CHECKS_KUBELET_RULES_H
#define CHECKS_KUBELET_RULES_H

#include <kassay/check.h>

enum ka_conf_op {
	KA_CONF_TRUE,
	KA_CONF_FALSE,
	KA_CONF_IS,       /* `value`, and not `wrong`; the kubelet knows no other */
	KA_CONF_SET,      /* not empty */
	KA_CONF_ZERO,     /* the number 0 */
	KA_CONF_AT_LEAST, /* a number, `least` or more; or 0 where that means without a limit */
	KA_CONF_TIMEOUT,  /* a duration that is not 0 */
	KA_CONF_STRONG,   /* a list of TLS cipher suites, none of them weak */
	KA_CONF_CERT,     /* a certificate file that the kubelet did not make itself */
};

/* A field, and a value of it. */
struct ka_conf_is {
	const char *path, *value;
};

struct ka_conf_rule {
	const char *path;  /* "authentication.anonymous.enabled" */
	const char *other; /* SET, CERT: must have a value too */
	enum ka_conf_op op;
	const char *value, *wrong;
	long least;
	bool zero_unlimited;
	/* what holds without the field, when that is a fault; NULL: its default is fine */
	const char *absent;
	struct ka_conf_is instead; /* does as well */
	struct ka_conf_is spoils;  /* makes the default of an absent field a fault */
	struct ka_conf_is worse;   /* makes the fault a critical one */
	bool linux_only;           /* means nothing on Windows */
	const char *expected;
};

/* run function of all rows; check->param is a struct ka_conf_rule. */
int ka_check_kubelet(struct ka_run *run, const struct ka_check *check,
		     const struct ka_facts *facts, struct ka_err *err);

#endif
