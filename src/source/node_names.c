#include "source/node_names.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

#define MAX_BYTES ((size_t)4 << 20)

/* "root:x:0:..." */
static void
add_line(struct ka_node_ids *ids, char *line)
{
	char *password = strchr(line, ':'), *number = password ? strchr(password + 1, ':') : NULL;
	char *end;
	uint64_t id;

	if (!number)
		return;
	*password = '\0';
	number++;
	end = number + strcspn(number, ":");
	*end = '\0';
	if (!*line || !ka_str_to_u64(number, &id))
		return;
	KA_GROW(ids->v, ids->n, ids->cap);
	ids->v[ids->n++] = (struct ka_node_name){ id, line };
}

void
ka_node_ids_load(struct ka_node_ids *ids, const struct ka_node_root *r, const char *path)
{
	*ids = (struct ka_node_ids){ .v = NULL };
	ka_buf_init(&ids->text, MAX_BYTES);
	if (ka_node_read(r, path, &ids->text) != 0 || !ids->text.len)
		return;
	for (char *line = ids->text.s, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		add_line(ids, line);
	}
}

void
ka_node_ids_release(struct ka_node_ids *ids)
{
	ka_buf_release(&ids->text);
	free(ids->v);
}

const char *
ka_node_id_name(const struct ka_node_ids *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i].id == id)
			return ids->v[i].name;
	return NULL;
}
