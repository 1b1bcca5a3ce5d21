/* One rule about one flag of one component; every control plane check is a row of these. */
#ifndef CHECKS_CONTROLPLANE_H
#define CHECKS_CONTROLPLANE_H

#include <kassay/check.h>

enum ka_flag_op {
	KA_FLAG_SET,       /* `flag`, and `other` when named, have a value */
	KA_FLAG_UNSET,     /* not given */
	KA_FLAG_TRUE,
	KA_FLAG_FALSE,
	KA_FLAG_HAS,       /* the list holds `value` */
	KA_FLAG_LACKS,     /* the list does not hold `value` */
	KA_FLAG_AT_LEAST,  /* a number, `least` or more */
	KA_FLAG_LOOPBACK,  /* an address of the loopback interface */
	KA_FLAG_STRONG,    /* a list of TLS cipher suites, none of them weak */
};

struct ka_flag_rule {
	const char *component;
	const char *flag, *other;
	enum ka_flag_op op;
	const char *value;
	long least;
	/* what holds without the flag, when that is a fault; NULL: it is fine */
	const char *absent;
	const char *instead;      /* a flag that does as well */
	/* a flag that makes the question idle, unless this one is given too */
	const char *moot, *unless;
	const char *hidden_by;    /* a configuration file that may say it where we cannot read it */
	bool file_wins;           /* with that file the program ignores its flags */
	const char *expected;
};

/* run function of all rows; check->param is a struct ka_flag_rule. */
int ka_check_flag(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		  struct ka_err *err);

#endif
