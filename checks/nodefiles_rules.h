/* Judging files of nodes by their mode and owner. */
#ifndef CHECKS_NODEFILES_RULES_H
#define CHECKS_NODEFILES_RULES_H

#include <kassay/check.h>

struct ka_file_rule {
	const char *role;   /* of struct ka_node_file */
	const char *ending; /* only files whose names end so; NULL: all */
	bool files;         /* folders and the like are passed over */
	unsigned mode;      /* the bits that may be set; 0: the owner is judged */
	const char *owner;  /* of user and group; NULL: root, which is number 0 */
};

ka_check_fn ka_check_node_files;      /* param: struct ka_file_rule */
ka_check_fn ka_check_kubelet_no_flag; /* param: a flag's name, without dashes */

#endif
