/* Command lines of control plane components, as pods show them: which container runs what, and with
 * which flags. */
#ifndef CHECKS_FLAGS_H
#define CHECKS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

enum { KA_MAX_WORDS = 512 };

/* One word of a command line; not NUL-terminated when it comes from a shell script. */
struct ka_word {
	const char *s;
	size_t len;
	const char *list; /* "command" or "args" */
	size_t index;     /* in that list */
	bool script;      /* read out of a shell script */
};

/* A component as a container runs it. */
struct ka_command {
	const struct ka_container *container;
	bool etcd;        /* Go's own flags: one dash will do, and ETCD_* variables count */
	bool cut;         /* more words than we read */
	size_t n, first;  /* words; the first that may be a flag */
	struct ka_word word[KA_MAX_WORDS];
};

/* A flag's value: the last one given, or the variable that stands for it. */
struct ka_flag {
	bool found;
	bool opaque;      /* given, but what it says cannot be seen from here */
	const char *s;
	size_t len;
	const struct ka_word *word; /* NULL when it comes from the environment */
	const char *env;
};

/* True when some container of the unit runs the component ("kube-apiserver"); fills *ret. */
bool ka_command_find(const struct ka_unit *unit, const char *component, struct ka_command *ret);

/* `boolean`: given without a value it means true, and never takes the next word. */
struct ka_flag ka_command_flag(const struct ka_command *cmd, const char *name, bool boolean);
/* Like ka_command_flag, for the occurrence after `*pos` (begin with 0): list flags add up. */
struct ka_flag ka_command_next(const struct ka_command *cmd, const char *name, bool boolean,
			       size_t *pos);

/* strconv.ParseBool; KA_UNSET for anything else. */
enum ka_tri ka_flag_bool(const struct ka_flag *flag);
bool ka_flag_is(const struct ka_flag *flag, const char *text);
/* True when the comma-separated value holds the item. */
bool ka_flag_has(const struct ka_flag *flag, const char *item);

#endif
