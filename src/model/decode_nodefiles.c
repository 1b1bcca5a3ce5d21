/* What `kassay node` saw on a node. */
#include <stdlib.h>
#include <string.h>

#include "model/decode.h"
#include "model/suspect.h"
#include "util/banned.h"

/* "0600", with or without the leading zero, up to the sticky and set-id bits. */
static struct ka_optint
mode(struct ka_decode *d, const struct ka_node *f)
{
	const struct ka_node *v = ka_tape_get(d->t, f, "mode");
	struct ka_optint ret = { .set = false };
	const char *s;
	size_t len;

	if (!v || v->type == KA_NULL)
		return ret;
	s = v->type == KA_STRING ? ka_tape_text(d->t, v, &len) : (len = 0, "");
	for (size_t i = 0; i < len && s[i] >= '0' && s[i] <= '7' && ret.v <= 07777; i++) {
		ret.v = ret.v * 8 + (s[i] - '0');
		ret.set = i + 1 == len;
	}
	if (!ret.set || ret.v > 07777) {
		ka_dec_problem(d, v, "a mode must be a string of octal digits, such as \"0600\"");
		return (struct ka_optint){ .set = false };
	}
	return ret;
}

static bool
file(struct ka_decode *d, const struct ka_node *f, struct ka_node_file *ret)
{
	*ret = (struct ka_node_file){
		.role = ka_dec_str(d, f, "role"),
		.path = ka_dec_str(d, f, "path"),
		.target = ka_dec_str(d, f, "target"),
		.type = ka_dec_str(d, f, "type"),
		.error = ka_dec_str(d, f, "error"),
		.absent = ka_dec_bool(d, f, "absent"),
	};
	if (!ret->role || (!ret->path && !ret->absent)) {
		ka_dec_problem(d, f, "a file without role or path");
		return false;
	}
	if (ret->error || ret->absent)
		return true;
	ret->mode = mode(d, f);
	ret->uid = ka_dec_int(d, f, "uid");
	ret->gid = ka_dec_int(d, f, "gid");
	ret->owner = ka_dec_str(d, f, "owner");
	ret->group = ka_dec_str(d, f, "group");
	return true;
}

/* Whoever wrote the document may not have hidden them. */
static struct ka_strs
args(struct ka_decode *d, const struct ka_node *kubelet)
{
	struct ka_strs all = ka_dec_strs(d, kubelet, "args");
	const char **v = ka_arena_array(d->arena, all.n, sizeof *v);

	for (size_t i = 0; i < all.n; i++)
		v[i] = ka_suspect_arg(i ? all.v[i - 1] : NULL, all.v[i], strlen(all.v[i]))
			       ? ka_intern(d->in, KA_HIDDEN)
			       : all.v[i];
	return (struct ka_strs){ all.n, v };
}

struct ka_object *
ka_dec_node_files(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *facts = ka_dec_object(d, root, "facts");
	const struct ka_node *files = ka_dec_array(d, facts, "files");
	const struct ka_node *kubelet = ka_dec_object(d, facts, "kubelet");
	struct ka_node_files *n = ka_dec_new(d, sizeof *n);
	struct ka_node_file *v = ka_arena_array(d->arena, files ? files->len : 0, sizeof *v);

	n->source = ka_dec_str(d, root, "source");
	n->kubelet_seen = ka_dec_tri(d, kubelet, "seen");
	n->kubelet_args = args(d, kubelet);
	for (const struct ka_node *f = ka_dec_first(d, files); f; f = ka_dec_after(d, files, f))
		n->nfiles += file(d, f, &v[n->nfiles]);
	n->file = v;
	return &n->obj;
}
