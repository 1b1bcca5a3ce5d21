/* The files of a node by role, while they are being collected. */
#ifndef KA_SOURCE_NODE_FILES_H
#define KA_SOURCE_NODE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/out.h>

#include "source/node_root.h"

/* A path that an argument or a configuration names for a role: then the usual places are not tried. */
struct ka_node_named {
	const char *role;
	char *path;
	bool tree;
	bool sure; /* it is missing when it is not there; else it may be that of a container's image */
};

struct ka_node_entry;

struct ka_node_files_found {
	const struct ka_node_root *r;
	struct ka_node_named *named;
	size_t nnamed, named_cap;
	struct ka_node_entry *entry;
	size_t n, cap;
};

void ka_node_name_path(struct ka_node_files_found *f, const char *role, const char *path, bool sure);
/* The folder that a file is in, with all in it. */
void ka_node_name_folder_of(struct ka_node_files_found *f, const char *role, const char *path);
/* A named path of the role, or NULL. */
const char *ka_node_named_path(const struct ka_node_files_found *f, const char *role);

/* Looks at what is named, and at the usual places of all other roles. */
void ka_node_files_look(struct ka_node_files_found *f);
/* The list "files" of the document. */
void ka_node_files_write(const struct ka_node_files_found *f, struct ka_out *out);
void ka_node_files_release(struct ka_node_files_found *f);

#endif
