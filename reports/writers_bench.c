/* writers_bench [FINDINGS [FOLDER]]: how fast each format is written, for a made-up report of that
 * many findings (100000).  With a folder the reports are kept there: testdata/browser_test.py opens
 * them. */
#include <fcntl.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "sample_testing.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
measure(const struct ka_format *f, const struct ka_report *r, const char *folder)
{
	struct ka_err err = { KA_OK, "" };
	char path[4096] = "/dev/null";
	struct ka_out *out;
	double start = seconds();

	if (folder)
		snprintf(path, sizeof path, "%s/report.%s", folder, f->name);
	out = folder ? ka_out_file(path, &err) : ka_out_fd(open(path, O_WRONLY | O_CLOEXEC));
	if (!out || f->write(out, r, &(struct ka_report_opts){ .width = 80 }, &err) < 0 ||
	    ka_out_close(out, &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, err.msg);
		return -1;
	}
	printf("%-10s %6.0f ms\n", f->name, (seconds() - start) * 1000);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	struct sample_big big;
	int rc = 0;

	if (n)
		sample_big_make(&big, n);
	for (const struct ka_format *f = ka_formats; f->name; f++)
		rc |= measure(f, n ? &big.report : &sample_report, argc > 2 ? argv[2] : NULL);
	if (n)
		sample_big_free(&big);
	return rc ? 1 : 0;
}
