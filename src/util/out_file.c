/* Writers on descriptors and files. */
#include <kassay/out.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/out_hook.h"
#include "util/str.h"

#include "util/banned.h"

struct file {
	int fd;
	bool owned; /* close it */
	char *path; /* what to call it in messages, and what `temp` will replace */
	char *temp; /* NULL: written in place */
};

static int
file_write(void *arg, const void *bytes, size_t len, struct ka_err *err)
{
	const struct file *f = arg;
	const char *p = bytes;

	while (len) {
		ssize_t n = write(f->fd, p, len);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			/* A terminal that a shell or a neighbour has set to O_NONBLOCK. */
			poll(&(struct pollfd){ .fd = f->fd, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			return ka_err_sys(err, errno, "writing %s", f->path);
		}
	}
	return 0;
}

static int
file_close(void *arg, bool keep, struct ka_err *err)
{
	struct file *f = arg;
	int r = 0;

	/* Some file systems tell only now that the disk is full. */
	if (f->owned && close(f->fd) && errno != EINTR && keep)
		r = ka_err_sys(err, errno, "writing %s", f->path);
	if (f->temp && !r && keep && rename(f->temp, f->path))
		r = ka_err_sys(err, errno, "renaming to %s", f->path);
	if (f->temp && (r || !keep))
		unlink(f->temp);
	free(f->path);
	free(f->temp);
	free(f);
	return r;
}

static const struct ka_out_hook file_hook = { .write = file_write, .close = file_close };

/* Takes temp. */
static struct ka_out *
file_out(int fd, bool owned, const char *path, char *take_temp)
{
	struct file *f = ka_xmalloc(sizeof *f);

	*f = (struct file){ .fd = fd, .owned = owned, .path = ka_xstrdup(path), .temp = take_temp };
	return ka_out_hook(&file_hook, f);
}

struct ka_out *
ka_out_fd(int fd)
{
	return file_out(fd, false, fd == STDOUT_FILENO ? "standard output" : "the output", NULL);
}

/* The descriptor that a name like /dev/stdout stands for, or -1.  Opened by its name it could be a
 * regular file that the shell has redirected us to, and would be written from its start. */
static int
descriptor_of(const char *path)
{
	uint64_t n;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	if (ka_str_has_prefix(path, "/dev/fd/") && ka_str_to_u64(path + strlen("/dev/fd/"), &n) &&
	    n <= INT32_MAX)
		return (int)n;
	return -1;
}

/* A new name in path's directory. */
static char *
temp_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash ? (size_t)(slash + 1 - path) : 0;
	size_t size = dir_len + sizeof ".kassay-0123456789abcdef";
	char *name = ka_xmalloc(size);
	uint64_t n = 0;

	if (getrandom(&n, sizeof n, 0) < 0)
		n = (uint64_t)getpid();
	snprintf(name, size, "%.*s.kassay-%016llx", (int)dir_len, path, (unsigned long long)n);
	return name;
}

/* mode: of the file to be replaced, or 0 when there is none. */
static struct ka_out *
replace(const char *path, mode_t mode, struct ka_err *err)
{
	char *temp = NULL;
	int fd = -1;

	for (int tries = 0; fd < 0 && tries < 100; tries++) {
		free(temp);
		temp = temp_name(path);
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ? 0600 : 0644);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		ka_err_sys(err, errno, "creating %s", path);
		free(temp);
		return NULL;
	}
	/* Who made the report private wants the next one private too. */
	if (mode && fchmod(fd, mode & 0777)) {
		ka_err_sys(err, errno, "creating %s", path);
		close(fd);
		unlink(temp);
		free(temp);
		return NULL;
	}
	return file_out(fd, true, path, temp);
}

struct ka_out *
ka_out_file(const char *path, struct ka_err *err)
{
	struct ka_out *out;
	struct stat st;
	char *real;
	int fd = descriptor_of(path);

	if (fd >= 0) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	} else if (stat(path, &st)) {
		if (errno == ENOENT)
			return replace(path, 0, err);
	} else if (S_ISREG(st.st_mode)) {
		/* The file a symbolic link leads to is replaced, not the link. */
		real = realpath(path, NULL);
		out = replace(real ? real : path, st.st_mode, err);
		free(real);
		return out;
	} else {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (fd < 0) {
		ka_err_sys(err, errno, "opening %s", path);
		return NULL;
	}
	return file_out(fd, true, path, NULL);
}
