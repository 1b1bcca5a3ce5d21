#include <kassay/out.h>

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/alloc.h"

#include "util/banned.h"

/* Each test runs in a directory of its own. */
struct fixture {
	char dir[64];
	int home;
};

static int
setup(void **state)
{
	struct fixture *f = ka_xcalloc(1, sizeof *f);

	f->home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(f->dir, sizeof f->dir, "/tmp/kassay-out-XXXXXX");
	*state = f;
	return f->home < 0 || !mkdtemp(f->dir) || chdir(f->dir);
}

static size_t
entries(bool delete)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		if (delete)
			unlink(e->d_name);
	}
	closedir(dir);
	return n;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	int r;

	entries(true);
	r = fchdir(f->home) || rmdir(f->dir);
	close(f->home);
	free(f);
	return r;
}

static void
put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
holds(const char *path, const char *want)
{
	char text[200];
	FILE *file = fopen(path, "r");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_string_equal(text, want);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
nobody_meets_half_a_report(void **state)
{
	struct ka_err err;
	struct ka_out *out;

	(void)state;
	put("report", "old");
	out = ka_out_file("report", &err);
	assert_non_null(out);
	for (int i = 0; i < 100000; i++)
		ka_out_str(out, "12345678");
	holds("report", "old");
	assert_int_equal(entries(false), 2);
	assert_int_equal(ka_out_close(out, &err), 0);
	assert_int_equal(entries(false), 1);
	out = ka_out_file("report", &err);
	ka_out_str(out, "new");
	assert_int_equal(ka_out_close(out, &err), 0);
	holds("report", "new");
}

static void
discard_leaves_no_file_behind(void **state)
{
	struct ka_out *out = ka_out_file("report", NULL);

	(void)state;
	assert_non_null(out);
	ka_out_str(out, "text");
	ka_out_discard(out);
	assert_int_equal(entries(false), 0);
}

static void
a_new_file_honours_the_umask(void **state)
{
	mode_t old = umask(027);

	(void)state;
	assert_int_equal(ka_out_close(ka_out_file("report", NULL), NULL), 0);
	assert_int_equal(mode_of("report"), 0640);
	umask(022);
	assert_int_equal(ka_out_close(ka_out_file("other", NULL), NULL), 0);
	assert_int_equal(mode_of("other"), 0644);
	umask(old);
}

static void
a_private_file_stays_private(void **state)
{
	(void)state;
	put("report", "old");
	assert_int_equal(chmod("report", 0600), 0);
	assert_int_equal(ka_out_close(ka_out_file("report", NULL), NULL), 0);
	assert_int_equal(mode_of("report"), 0600);
	holds("report", "");
}

static void
a_symbolic_link_is_followed_not_replaced(void **state)
{
	struct ka_out *out;
	struct stat st;

	(void)state;
	put("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	out = ka_out_file("link", NULL);
	ka_out_str(out, "new");
	assert_int_equal(ka_out_close(out, NULL), 0);
	holds("target", "new");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void
devices_are_written_to_and_not_renamed_over(void **state)
{
	struct ka_out *out = ka_out_file("/dev/null", NULL);
	struct ka_err err;
	struct stat st;

	(void)state;
	ka_out_str(out, "x");
	assert_int_equal(ka_out_close(out, NULL), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	out = ka_out_file("/dev/full", &err);
	if (!out)
		skip();
	ka_out_str(out, "x");
	assert_int_equal(ka_out_close(out, &err), -1);
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "writing /dev/full: No space left on device");
}

static void
a_fifo_gets_the_bytes(void **state)
{
	char text[8] = "";
	struct ka_out *out;
	int fd;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	out = ka_out_file("pipe", NULL);
	assert_non_null(out);
	ka_out_str(out, "abc");
	assert_int_equal(ka_out_close(out, NULL), 0);
	assert_int_equal(read(fd, text, sizeof text), 3);
	assert_string_equal(text, "abc");
	close(fd);
}

/* Opened by its name the file would be written from its start. */
static void
a_descriptor_s_name_means_the_descriptor(void **state)
{
	int fd = open("log", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct ka_out *out;
	char name[32];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "before ", 7), 7);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	out = ka_out_file(name, NULL);
	assert_non_null(out);
	ka_out_str(out, "ours ");
	assert_int_equal(ka_out_close(out, NULL), 0);
	assert_int_equal(write(fd, "after", 5), 5);
	close(fd);
	holds("log", "before ours after");
}

static void
fd_is_left_open(void **state)
{
	int fd = open("log", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct ka_out *out = ka_out_fd(fd);

	(void)state;
	ka_out_str(out, "a");
	assert_int_equal(ka_out_close(out, NULL), 0);
	assert_int_equal(write(fd, "b", 1), 1);
	assert_int_equal(close(fd), 0);
	holds("log", "ab");
}

static void
a_bad_descriptor_is_told_at_close(void **state)
{
	struct ka_out *out = ka_out_fd(-1);
	struct ka_err err;

	(void)state;
	ka_out_str(out, "a");
	assert_int_equal(ka_out_close(out, &err), -1);
	assert_string_equal(err.msg, "writing the output: Bad file descriptor");
}

static void
what_cannot_be_created_is_told_at_once(void **state)
{
	struct ka_err err;

	(void)state;
	assert_null(ka_out_file("no/such/dir", &err));
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "creating no/such/dir: No such file or directory");
	assert_null(ka_out_file(".", &err));
	assert_string_equal(err.msg, "opening .: Is a directory");
	assert_null(ka_out_file("/dev/fd/9999", &err));
	assert_string_equal(err.msg, "opening /dev/fd/9999: Bad file descriptor");
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(nobody_meets_half_a_report),
		IN_DIRECTORY(discard_leaves_no_file_behind),
		IN_DIRECTORY(a_new_file_honours_the_umask),
		IN_DIRECTORY(a_private_file_stays_private),
		IN_DIRECTORY(a_symbolic_link_is_followed_not_replaced),
		IN_DIRECTORY(devices_are_written_to_and_not_renamed_over),
		IN_DIRECTORY(a_fifo_gets_the_bytes),
		IN_DIRECTORY(a_descriptor_s_name_means_the_descriptor),
		IN_DIRECTORY(fd_is_left_open),
		IN_DIRECTORY(a_bad_descriptor_is_told_at_close),
		IN_DIRECTORY(what_cannot_be_created_is_told_at_once),
	};

	return cmocka_run_group_tests_name("out_file", tests, NULL, NULL);
}
