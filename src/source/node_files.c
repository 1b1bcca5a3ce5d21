#include "source/node_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/node_names.h"
#include "source/node_paths.h"
#include "util/alloc.h"
#include "util/banned.h"

/* Of one folder of the table, with all in it. */
enum { FILES_MAX = 2000, DEPTH_MAX = 8 };

struct ka_node_entry {
	const char *role;
	char *path;
	char *target;      /* when the path has links in it */
	const char *error; /* a literal or strerror()'s */
	bool absent;
	bool link;
	struct stat st;
	struct ka_node_names tried; /* absent: where it was looked for */
};

/* ---- what is named ------------------------------------------------------------------------ */

static void
add_named(struct ka_node_files_found *f, struct ka_node_named named)
{
	for (size_t i = 0; i < f->nnamed; i++)
		if (strcmp(f->named[i].role, named.role) == 0 && strcmp(f->named[i].path, named.path) == 0) {
			free(named.path);
			return;
		}
	KA_GROW(f->named, f->nnamed, f->named_cap);
	f->named[f->nnamed++] = named;
}

void
ka_node_name_path(struct ka_node_files_found *f, const char *role, const char *path, bool sure)
{
	struct ka_node_look look;

	if (!path || path[0] != '/')
		return;
	if (!sure && ka_node_look(f->r, path, &look) != 0)
		return;
	add_named(f, (struct ka_node_named){ role, ka_xstrdup(path), false, sure });
}

/* Where every machine keeps files of this kind: the folder is not the cluster's. */
static bool
is_common(const char *folder)
{
	static const char *const common[] = { "", "/etc", "/etc/ssl", "/etc/ssl/certs", "/etc/pki", "/etc/kubernetes",
					      "/etc/pki/tls", "/etc/pki/tls/certs", "/var/lib/kubelet", "/root",
					      "/home", "/tmp", "/var", "/var/lib", "/opt", "/usr", "/srv" };

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strcmp(folder, common[i]) == 0)
			return true;
	return false;
}

/* inside is folder, or below it. */
static bool
is_below(const char *inside, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(inside, folder, len) == 0 && (!inside[len] || inside[len] == '/');
}

void
ka_node_name_folder_of(struct ka_node_files_found *f, const char *role, const char *path)
{
	struct ka_node_look look;
	char *folder, *slash;

	if (!path || path[0] != '/')
		return;
	folder = ka_xstrdup(path);
	slash = strrchr(folder, '/');
	*slash = '\0';
	for (size_t i = 0; i < f->nnamed; i++) {
		struct ka_node_named *n = &f->named[i];

		if (strcmp(n->role, role) != 0 || !n->tree)
			continue;
		if (is_below(n->path, folder) && !is_common(folder)) { /* the new one has it all */
			free(n->path);
			n->path = folder;
			return;
		}
		if (is_below(folder, n->path))
			*folder = '\0';
	}
	if (is_common(folder) || ka_node_look(f->r, folder, &look) != 0)
		free(folder);
	else
		add_named(f, (struct ka_node_named){ role, folder, true, true });
}

const char *
ka_node_named_path(const struct ka_node_files_found *f, const char *role)
{
	for (size_t i = 0; i < f->nnamed; i++)
		if (strcmp(f->named[i].role, role) == 0)
			return f->named[i].path;
	return NULL;
}

/* ---- looking ------------------------------------------------------------------------------ */

static struct ka_node_entry *
add(struct ka_node_files_found *f, const char *role, const char *path)
{
	KA_GROW(f->entry, f->n, f->cap);
	f->entry[f->n] = (struct ka_node_entry){ .role = role, .path = path ? ka_xstrdup(path) : NULL };
	return &f->entry[f->n++];
}

static void
add_error(struct ka_node_files_found *f, const char *role, const char *path, int errnum)
{
	/* The rest of errno's texts would do, but these are what people see, in our own case. */
	add(f, role, path)->error = errnum == EACCES || errnum == EPERM ? "permission denied" :
				    errnum == ENOENT || errnum == ENOTDIR ? "named, but not there" :
				    errnum == ELOOP ? "a link that leads nowhere" : strerror(errnum);
}

static bool
known(const struct ka_node_files_found *f, const char *role, const struct stat *st)
{
	for (size_t i = f->n; i-- > 0;) {
		const struct ka_node_entry *e = &f->entry[i];

		if (strcmp(e->role, role) != 0)
			return false;
		if (!e->error && !e->absent && e->st.st_dev == st->st_dev && e->st.st_ino == st->st_ino)
			return true;
	}
	return false;
}

/* 0 when something is there, errors told; else ENOENT. */
static int
look_at(struct ka_node_files_found *f, const char *role, const char *path, struct ka_node_look *look)
{
	struct ka_node_entry *e;
	int rc = ka_node_look(f->r, path, look);

	if ((rc == ENOENT || rc == ENOTDIR) && !look->link)
		return ENOENT;
	if (rc) {
		add_error(f, role, path, look->link && rc != EACCES ? ELOOP : rc);
		return EACCES;
	}
	if (known(f, role, &look->st) && !S_ISDIR(look->st.st_mode))
		return 0;
	e = add(f, role, path);
	e->st = look->st;
	e->link = look->link;
	if (strcmp(look->real, path) != 0)
		e->target = ka_xstrdup(look->real[0] ? look->real : "/");
	return 0;
}

struct folder {
	const char *role, *ending;
	bool tree;
	size_t left; /* so many more files */
};

static void look_into(struct ka_node_files_found *f, struct folder *folder, const char *path, unsigned depth);

static void
look_inside(struct ka_node_files_found *f, struct folder *folder, const char *path, unsigned depth)
{
	struct ka_node_look look;
	int rc = ka_node_look(f->r, path, &look);

	if (rc == 0 && !folder->tree && S_ISDIR(look.st.st_mode))
		return;
	folder->left--;
	rc = look_at(f, folder->role, path, &look);
	if (rc == 0 && S_ISDIR(look.st.st_mode) && !look.link)
		look_into(f, folder, path, depth + 1);
}

/* Links to folders are not gone into: they may lead back. */
static void
look_into(struct ka_node_files_found *f, struct folder *folder, const char *path, unsigned depth)
{
	struct ka_node_names names;
	int rc = depth > DEPTH_MAX ? 0 : ka_node_list(f->r, path, FILES_MAX, &names);
	bool cut = depth > DEPTH_MAX;

	if (cut)
		names = (struct ka_node_names){ .v = NULL };
	for (size_t i = 0; i < names.n && !cut; i++) {
		char child[PATH_MAX];
		int len = snprintf(child, sizeof child, "%s/%s", path, names.v[i]);

		if (folder->ending && !ka_str_has_suffix(names.v[i], folder->ending))
			continue;
		if (folder->left && len > 0 && (size_t)len < sizeof child)
			look_inside(f, folder, child, depth);
		else
			cut = true;
	}
	if (rc == ENOENT || rc == ENOTDIR) /* gone since it was looked at */
		rc = 0;
	if (rc)
		add(f, folder->role, path)->error = rc == EACCES ? "what is in it: permission denied" : strerror(rc);
	else if (cut || names.cut)
		add(f, folder->role, path)->error = "too much is in it: the rest was not looked at";
	ka_node_names_release(&names);
}

static int
look_at_place(struct ka_node_files_found *f, const struct ka_node_place *p)
{
	struct folder folder = { .role = p->role, .ending = p->ending, .tree = p->how == KA_NODE_TREE,
				 .left = FILES_MAX };
	struct ka_node_look look;
	int rc;

	if (p->how == KA_NODE_LIST) {
		rc = ka_node_look(f->r, p->path, &look);
		if (rc == EACCES)
			add_error(f, p->role, p->path, rc);
	} else {
		rc = look_at(f, p->role, p->path, &look);
	}
	if (rc == 0 && p->how != KA_NODE_ONE && S_ISDIR(look.st.st_mode))
		look_into(f, &folder, p->path, 0);
	return rc;
}

/* ---- all roles ---------------------------------------------------------------------------- */

static bool
look_at_named(struct ka_node_files_found *f, const char *role)
{
	bool any = false;

	for (size_t i = 0; i < f->nnamed; i++) {
		const struct ka_node_named *n = &f->named[i];
		const struct ka_node_place place = { role, n->tree ? KA_NODE_TREE : KA_NODE_ONE, n->path, NULL, false };

		if (strcmp(n->role, role) != 0)
			continue;
		any = true;
		if (look_at_place(f, &place) == ENOENT && n->sure)
			add_error(f, role, n->path, ENOENT);
	}
	return any;
}

static void
look_for(struct ka_node_files_found *f, const struct ka_node_place *first)
{
	size_t before = f->n;
	struct ka_node_entry *e;

	if (look_at_named(f, first->role))
		return;
	for (const struct ka_node_place *p = first; p->role && strcmp(p->role, first->role) == 0; p++)
		if (!p->fallback || f->n == before)
			look_at_place(f, p);
	if (f->n != before)
		return;
	e = add(f, first->role, NULL);
	e->absent = true;
	for (const struct ka_node_place *p = first; p->role && strcmp(p->role, first->role) == 0; p++) {
		KA_GROW(e->tried.v, e->tried.n, e->tried.cap);
		e->tried.v[e->tried.n++] = ka_xstrdup(p->path);
	}
}

void
ka_node_files_look(struct ka_node_files_found *f)
{
	const char *last = NULL;

	for (const struct ka_node_place *p = ka_node_places; p->role; p++) {
		if (!last || strcmp(last, p->role) != 0)
			look_for(f, p);
		last = p->role;
	}
}

void
ka_node_files_release(struct ka_node_files_found *f)
{
	for (size_t i = 0; i < f->nnamed; i++)
		free(f->named[i].path);
	for (size_t i = 0; i < f->n; i++) {
		free(f->entry[i].path);
		free(f->entry[i].target);
		ka_node_names_release(&f->entry[i].tried);
	}
	free(f->named);
	free(f->entry);
}

/* ---- writing ------------------------------------------------------------------------------ */

static const char *
type_of(const struct ka_node_entry *e)
{
	if (e->link)
		return "link";
	return S_ISREG(e->st.st_mode) ? "file" : S_ISDIR(e->st.st_mode) ? "dir" : "other";
}

static void
member(struct ka_out *out, const char *key, const char *value)
{
	ka_out_fmt(out, ", \"%s\": ", key);
	ka_out_json(out, value);
}

static void
name_or_number(struct ka_out *out, const char *key, const struct ka_node_ids *ids, uint64_t id)
{
	const char *name = ka_node_id_name(ids, id);

	if (name)
		member(out, key, name);
	else
		ka_out_fmt(out, ", \"%s\": \"%llu\"", key, (unsigned long long)id);
}

static void
write_entry(struct ka_out *out, const struct ka_node_entry *e, const struct ka_node_ids *users,
	    const struct ka_node_ids *groups)
{
	ka_out_fmt(out, "{\"role\": \"%s\"", e->role);
	if (e->path)
		member(out, "path", e->path);
	if (e->absent) {
		ka_out_str(out, ", \"absent\": true, \"tried\": [");
		for (size_t i = 0; i < e->tried.n; i++) {
			ka_out_str(out, i ? ", " : "");
			ka_out_json(out, e->tried.v[i]);
		}
		ka_out_char(out, ']');
	} else if (e->error) {
		member(out, "error", e->error);
	} else {
		member(out, "type", type_of(e));
		if (e->target)
			member(out, "target", e->target);
		ka_out_fmt(out, ", \"mode\": \"%04o\", \"uid\": %lu, \"gid\": %lu", (unsigned)e->st.st_mode & 07777,
			   (unsigned long)e->st.st_uid, (unsigned long)e->st.st_gid);
		name_or_number(out, "owner", users, e->st.st_uid);
		name_or_number(out, "group", groups, e->st.st_gid);
	}
	ka_out_char(out, '}');
}

void
ka_node_files_write(const struct ka_node_files_found *f, struct ka_out *out)
{
	struct ka_node_ids users, groups;

	ka_node_ids_load(&users, f->r, "/etc/passwd");
	ka_node_ids_load(&groups, f->r, "/etc/group");
	ka_out_char(out, '[');
	for (size_t i = 0; i < f->n; i++) {
		ka_out_str(out, i ? ",\n      " : "\n      ");
		write_entry(out, &f->entry[i], &users, &groups);
	}
	ka_out_str(out, "\n    ]");
	ka_node_ids_release(&users);
	ka_node_ids_release(&groups);
}
