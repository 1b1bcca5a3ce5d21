/* The file system of a node as it is found below some folder, such as where a Job has mounted "/".
 * Paths are those of the node.  Symbolic links are followed as the node would follow them: an
 * absolute target, and "..", stay below the folder, whatever is changed meanwhile. */
#ifndef KA_SOURCE_NODE_ROOT_H
#define KA_SOURCE_NODE_ROOT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <kassay/err.h>

#include "util/str.h"

struct ka_node_root {
	int fd;
};
int ka_node_root_open(struct ka_node_root *r, const char *dir, struct ka_err *err);
void ka_node_root_close(struct ka_node_root *r);

struct ka_node_look {
	struct stat st;      /* of what the path leads to */
	bool link;           /* its last part is a symbolic link */
	char real[PATH_MAX]; /* the path without links */
};
/* All return 0 or an errno value.  Nothing is opened for reading to look at it. */
int ka_node_look(const struct ka_node_root *r, const char *path, struct ka_node_look *ret);
/* A regular file's text, added to *ret; EFBIG when it does not fit there. */
int ka_node_read(const struct ka_node_root *r, const char *path, struct ka_buf *ret);

struct ka_node_names {
	char **v; /* sorted */
	size_t n, cap;
	bool cut; /* there are more than were asked for */
};
/* The names in a folder, at most `max`. */
int ka_node_list(const struct ka_node_root *r, const char *path, size_t max, struct ka_node_names *ret);
void ka_node_names_release(struct ka_node_names *names);

#endif
