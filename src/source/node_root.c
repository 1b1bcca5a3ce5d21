#include "source/node_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/banned.h"

/* As the kernel's own limit. */
enum { LINKS_MAX = 40 };

int
ka_node_root_open(struct ka_node_root *r, const char *dir, struct ka_err *err)
{
	r->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return r->fd < 0 ? ka_err_sys(err, errno, "%s", dir) : 0;
}

void
ka_node_root_close(struct ka_node_root *r)
{
	close(r->fd);
	r->fd = -1;
}

/* ---- walking ------------------------------------------------------------------------------ */

/* RESOLVE_IN_ROOT of openat2(2) does this too, but not on the kernels of all nodes in use, and not in
 * every container. */
struct walk {
	const struct ka_node_root *r;
	char todo[PATH_MAX];  /* what is left of the path */
	char *done;           /* PATH_MAX bytes: where we are, without links; "" is the root */
	int fd;               /* what is there */
	struct stat st;
	unsigned links;
	bool link;            /* the last part of the path was a link */
};

static int
start_over(struct walk *w, const char *base, const char *next, const char *rest)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/%s/%s", base, next, rest);

	if (len < 0 || (size_t)len >= sizeof path)
		return ENAMETOOLONG;
	memcpy(w->todo, path, (size_t)len + 1);
	w->done[0] = '\0';
	close(w->fd);
	w->fd = fcntl(w->r->fd, F_DUPFD_CLOEXEC, 0);
	return w->fd < 0 || fstat(w->fd, &w->st) ? errno : 0;
}

static int
follow(struct walk *w, int link_fd, const char *rest)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(link_fd, "", target, sizeof target);

	if (len <= 0)
		return len ? errno : ENOENT;
	if ((size_t)len == sizeof target)
		return ENAMETOOLONG;
	target[len] = '\0';
	if (++w->links > LINKS_MAX)
		return ELOOP;
	w->link |= !rest[strspn(rest, "/")];
	return start_over(w, target[0] == '/' ? "" : w->done, target, rest);
}

static int
parent(struct walk *w, const char *rest)
{
	char base[PATH_MAX];
	char *slash;

	memcpy(base, w->done, strlen(w->done) + 1);
	slash = strrchr(base, '/');
	if (slash)
		*slash = '\0';
	return start_over(w, base, "", rest);
}

/* One part of the path; rest is what follows it. */
static int
step(struct walk *w, const char *name, const char *rest)
{
	size_t len = strlen(w->done), more = strlen(name);
	int fd, rc = 0;

	if (strcmp(name, "..") == 0)
		return parent(w, rest);
	if (len + more + 2 > PATH_MAX)
		return ENAMETOOLONG;
	fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (fstat(fd, &w->st)) {
		rc = errno;
	} else if (S_ISLNK(w->st.st_mode)) {
		rc = follow(w, fd, rest);
	} else {
		w->done[len] = '/';
		memcpy(w->done + len + 1, name, more + 1);
		memmove(w->todo, rest, strlen(rest) + 1);
		close(w->fd);
		w->fd = fd;
		return 0;
	}
	close(fd);
	return rc;
}

/* On success w->fd is an O_PATH descriptor; in any case close it when it is not negative. */
static int
walk_to(struct walk *w, const struct ka_node_root *r, const char *path, char real[PATH_MAX])
{
	int rc;

	*w = (struct walk){ .r = r, .done = real, .fd = -1 };
	real[0] = '\0';
	w->fd = fcntl(r->fd, F_DUPFD_CLOEXEC, 0);
	if (w->fd < 0)
		return errno;
	rc = start_over(w, "", "", path);
	while (rc == 0) {
		char name[NAME_MAX + 1], rest[PATH_MAX];
		const char *p = w->todo + strspn(w->todo, "/");
		size_t len = strcspn(p, "/");

		if (!len)
			break;
		if (len > NAME_MAX)
			return ENAMETOOLONG;
		memcpy(name, p, len);
		name[len] = '\0';
		memcpy(rest, p + len, strlen(p + len) + 1);
		if (strcmp(name, ".") == 0)
			memcpy(w->todo, rest, strlen(rest) + 1);
		else
			rc = step(w, name, rest);
	}
	return rc;
}

int
ka_node_look(const struct ka_node_root *r, const char *path, struct ka_node_look *ret)
{
	struct walk w;
	int rc = walk_to(&w, r, path, ret->real);

	if (w.fd >= 0)
		close(w.fd);
	ret->st = w.st;
	ret->link = w.link;
	return rc;
}

/* ---- content ------------------------------------------------------------------------------ */

static int
read_all(int fd, struct ka_buf *ret)
{
	char chunk[4096];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : 0;
		if (ka_buf_add(ret, chunk, (size_t)n, NULL))
			return EFBIG;
	}
}

int
ka_node_read(const struct ka_node_root *r, const char *path, struct ka_buf *ret)
{
	char real[PATH_MAX], folder[PATH_MAX];
	struct walk w;
	struct stat st;
	int fd, rc = walk_to(&w, r, path, real);
	char *slash;

	if (w.fd >= 0)
		close(w.fd);
	slash = strrchr(real, '/');
	if (rc || !S_ISREG(w.st.st_mode) || !slash)
		return rc ? rc : EISDIR;
	/* Again, from the folder that it is in: what was looked at cannot be read. */
	*slash = '\0';
	rc = walk_to(&w, r, real, folder);
	if (rc == 0) {
		fd = openat(w.fd, slash + 1, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			rc = errno;
		else if (fstat(fd, &st) || !S_ISREG(st.st_mode))
			rc = EISDIR;
		else
			rc = read_all(fd, ret);
		if (fd >= 0)
			close(fd);
	}
	if (w.fd >= 0)
		close(w.fd);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
read_names(int fd, size_t max, struct ka_node_names *ret)
{
	DIR *dir = fdopendir(fd);
	int rc;

	if (!dir) {
		rc = errno;
		close(fd);
		return rc;
	}
	errno = 0;
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (ret->n == max) {
			ret->cut = true;
			break;
		}
		KA_GROW(ret->v, ret->n, ret->cap);
		ret->v[ret->n++] = ka_xstrdup(e->d_name);
		errno = 0;
	}
	rc = ret->cut ? 0 : errno;
	closedir(dir);
	return rc;
}

int
ka_node_list(const struct ka_node_root *r, const char *path, size_t max, struct ka_node_names *ret)
{
	char real[PATH_MAX];
	struct walk w;
	int rc = walk_to(&w, r, path, real), fd;

	*ret = (struct ka_node_names){ .v = NULL };
	if (rc == 0) {
		fd = openat(w.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = fd < 0 ? errno : read_names(fd, max, ret);
	}
	if (w.fd >= 0)
		close(w.fd);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof *ret->v, by_name);
	return rc;
}

void
ka_node_names_release(struct ka_node_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}
