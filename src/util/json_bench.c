/* How fast ka_json_read() is: MB/s of processor time over the files named, the best of several
 * rounds. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "util/banned.h"
#include "util/read.h"

static uint64_t values, bytes, bad;

static int
read_fd(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	ssize_t n = read(*(int *)arg, buf, cap);

	if (n < 0)
		return ka_err_sys(err, errno, "reading");
	bytes += (uint64_t)n;
	*ret_len = (size_t)n;
	return 0;
}

static int
on_value(void *arg, struct ka_tape *tape, const struct ka_node *root,
	 const struct ka_list_head *head, struct ka_err *err)
{
	(void)arg, (void)tape, (void)root, (void)head, (void)err;
	values++;
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg, (void)head, (void)line, (void)err;
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	fprintf(stderr, "%s:%" PRIu32 ": %s (%s)\n", (const char *)arg, line, why->msg,
		kind_hint ? kind_hint : "?");
	bad++;
	return 0;
}

static int
read_file(char *path)
{
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_sink sink = { .arg = path, .value = on_value, .list = on_list, .bad = on_bad };
	struct ka_err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	struct ka_in in = { .read = read_fd, .arg = &fd };

	if (fd < 0) {
		perror(path);
		return -1;
	}
	rc = ka_json_read(&in, &limits, &sink, &err);
	if (rc < 0)
		fprintf(stderr, "%s: %s\n", path, err.msg);
	close(fd);
	return rc;
}

int
main(int argc, char **argv)
{
	double best = 0;

	for (int round = 0; round < 7; round++) {
		struct timespec a, b;
		double s;

		values = bytes = bad = 0;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		for (int i = 1; i < argc; i++)
			if (read_file(argv[i]) < 0)
				return 1;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
		if ((double)bytes / s > best)
			best = (double)bytes / s;
	}
	printf("kassay  %" PRIu64 " values, %" PRIu64 " bad, %.1f MB, %.0f MB/s\n", values, bad,
	       (double)bytes / 1e6, best / 1e6);
	return 0;
}
