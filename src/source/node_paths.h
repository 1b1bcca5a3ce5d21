/* Where the files that matter are on the nodes of the distributions. */
#ifndef KA_SOURCE_NODE_PATHS_H
#define KA_SOURCE_NODE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

enum ka_node_how {
	KA_NODE_ONE,  /* the file, or the folder by itself */
	KA_NODE_LIST, /* the files in a folder */
	KA_NODE_TREE, /* a folder and all in it */
};

/* Rows of a role stand together.  Of a role that an argument names, no row is tried. */
struct ka_node_place {
	const char *role;   /* of struct ka_node_file, and of the checks in checks/nodefiles.c */
	enum ka_node_how how;
	const char *path;
	const char *ending; /* KA_NODE_LIST: only names that end so; NULL: all */
	bool fallback;      /* only when nothing of the role was found above */
};
extern const struct ka_node_place ka_node_places[]; /* ends with a row without role */

/* Folders with manifests of static pods, where the kubelet's configuration names none; ends with NULL. */
extern const char *const ka_node_manifest_folders[];

#endif
