/* Names of users and groups, from the files of a node. */
#ifndef KA_SOURCE_NODE_NAMES_H
#define KA_SOURCE_NODE_NAMES_H

#include <stdint.h>

#include "source/node_root.h"

struct ka_node_name {
	uint64_t id;
	const char *name; /* in the text */
};
struct ka_node_ids {
	struct ka_buf text;
	struct ka_node_name *v;
	size_t n, cap;
};
/* "/etc/passwd" or "/etc/group"; of a file that cannot be read no name is known. */
void ka_node_ids_load(struct ka_node_ids *ids, const struct ka_node_root *r, const char *path);
void ka_node_ids_release(struct ka_node_ids *ids);
/* NULL when there is none.  Of several the first counts, as for getpwuid(3). */
const char *ka_node_id_name(const struct ka_node_ids *ids, uint64_t id);

#endif
