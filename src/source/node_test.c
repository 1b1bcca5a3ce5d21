/* A node's root in a scratch folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/testing.h"
#include "source/node.h"
#include "source/node_root.h"
#include "source/node_start.h"

static char root[64];

static const char *
at(const char *path)
{
	static char ret[4][512];
	static unsigned turn;
	char *s = ret[turn++ % 4];

	snprintf(s, sizeof ret[0], "%s/%s", root, path);
	return s;
}

static void
folder(const char *path, mode_t mode)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		char part[256];

		snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
		mkdir(at(part), 0755);
	}
	mkdir(at(path), 0755);
	assert_int_equal(chmod(at(path), mode), 0);
}

static void
file_n(const char *path, mode_t mode, const char *text, size_t len)
{
	char dir[256];
	FILE *f;

	snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
	folder(dir, 0755);
	f = fopen(at(path), "w");
	assert_non_null(f);
	fwrite(text, 1, len, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(at(path), mode), 0);
}

static void
file(const char *path, mode_t mode, const char *text)
{
	file_n(path, mode, text, strlen(text));
}

static int
begin(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(root, sizeof root, "%.40s/kassay-node-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(root))
		return -1;
	file("etc/hostname", 0644, "Node-1.Example\n");
	return 0;
}

static int
drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
end(void **state)
{
	(void)state;
	chmod(at("etc/kubernetes/pki/shut"), 0755);
	return nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* The document, read back; *ret_g is to be freed. */
static const struct ka_node_files *
collect(struct ka_graph **ret_g)
{
	struct ka_node_opts opts = { .root = root };
	struct ka_out *out = ka_out_mem();
	struct ka_build *b = ka_build_new();
	struct ka_tape t;
	struct ka_err err;
	const char *text;
	size_t len;

	assert_int_equal(ka_node_write(&opts, out, &err), 0);
	text = ka_out_memory(out, &len);
	ka_tape_init(&t);
	if (ka_json_parse(&t, text, len, NULL, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(ka_build_add(b, &t, t.node, NULL, NULL), KA_ADDED);
	ka_tape_release(&t);
	ka_out_discard(out);
	*ret_g = ka_build_finish(b);
	assert_int_equal((*ret_g)->nproblems, 0);
	return ka_as_node_files((*ret_g)->of[KA_NODEFILES].v[0]);
}

static const struct ka_node_file *
find(const struct ka_node_files *n, const char *role, const char *path)
{
	for (size_t i = 0; i < n->nfiles; i++)
		if (strcmp(n->file[i].role, role) == 0 && n->file[i].path && strcmp(n->file[i].path, path) == 0)
			return &n->file[i];
	return NULL;
}

static size_t
count(const struct ka_node_files *n, const char *role)
{
	size_t ret = 0;

	for (size_t i = 0; i < n->nfiles; i++)
		ret += strcmp(n->file[i].role, role) == 0;
	return ret;
}

static void
files_are_found_at_the_usual_places(void **state)
{
	struct ka_graph *g;
	const struct ka_node_files *n;
	const struct ka_node_file *f;

	(void)state;
	file("etc/kubernetes/admin.conf", 0640, "");
	file("etc/kubernetes/pki/ca.key", 04711, "");
	file("etc/kubernetes/pki/etcd/ca.crt", 0644, "");
	file("etc/group", 0644, "# comment\nbroken\n:x:7:\n");
	n = collect(&g);
	assert_string_equal(n->obj.name, "node-1.example");
	assert_int_equal(n->kubelet_seen, KA_NO);
	f = find(n, "admin-kubeconfig", "/etc/kubernetes/admin.conf");
	assert_non_null(f);
	assert_string_equal(f->type, "file");
	assert_int_equal(f->mode.v, 0640);
	assert_int_equal(f->uid.v, geteuid());
	assert_int_equal(find(n, "pki", "/etc/kubernetes/pki/ca.key")->mode.v, 04711);
	assert_string_equal(find(n, "pki", "/etc/kubernetes/pki/etcd")->type, "dir");
	assert_non_null(find(n, "pki", "/etc/kubernetes/pki/etcd/ca.crt"));
	assert_int_equal(count(n, "scheduler-kubeconfig"), 1);
	for (size_t i = 0; i < n->nfiles; i++)
		assert_true(strcmp(n->file[i].role, "scheduler-kubeconfig") != 0 || n->file[i].absent);
	ka_graph_free(g);
}

static void
users_and_groups_have_the_names_that_the_node_gives_them(void **state)
{
	char text[128];
	struct ka_graph *g;
	const struct ka_node_files *n;
	const struct ka_node_file *f;

	(void)state;
	file("etc/kubernetes/admin.conf", 0600, "");
	n = collect(&g);
	snprintf(text, sizeof text, "%u", (unsigned)geteuid());
	f = find(n, "admin-kubeconfig", "/etc/kubernetes/admin.conf");
	assert_string_equal(f->owner, text);
	ka_graph_free(g);

	snprintf(text, sizeof text, "other:x:4294967294:0\nme\\\":x:%u:0::/:\nlate:x:%u:0\n", (unsigned)geteuid(),
		 (unsigned)geteuid());
	file("etc/passwd", 0644, text);
	n = collect(&g);
	f = find(n, "admin-kubeconfig", "/etc/kubernetes/admin.conf");
	assert_string_equal(f->owner, "me\\\"");
	ka_graph_free(g);
}

static void
links_lead_nowhere_but_below_the_root(void **state)
{
	struct ka_graph *g;
	const struct ka_node_files *n;
	const struct ka_node_file *f;

	(void)state;
	file("opt/real/conf", 0604, "");
	folder("etc/kubernetes", 0755);
	assert_int_equal(symlink("/opt/real/conf", at("etc/kubernetes/admin.conf")), 0);
	assert_int_equal(symlink("../../../../../../../../../../opt/real/conf", at("etc/kubernetes/scheduler.conf")), 0);
	/* Outside it is there, inside it is not. */
	assert_int_equal(symlink("/proc/self/status", at("etc/kubernetes/kubelet.conf")), 0);
	assert_int_equal(symlink("controller-manager.conf", at("etc/kubernetes/controller-manager.conf")), 0);
	folder("var/lib", 0755);
	assert_int_equal(symlink("/../../opt/real", at("var/lib/kubelet")), 0);
	file("opt/real/config.yaml", 0600, "");
	n = collect(&g);
	f = find(n, "admin-kubeconfig", "/etc/kubernetes/admin.conf");
	assert_string_equal(f->type, "link");
	assert_string_equal(f->target, "/opt/real/conf");
	assert_int_equal(f->mode.v, 0604);
	assert_string_equal(find(n, "scheduler-kubeconfig", "/etc/kubernetes/scheduler.conf")->target, "/opt/real/conf");
	f = find(n, "kubelet-kubeconfig", "/etc/kubernetes/kubelet.conf");
	assert_string_equal(f->error, "a link that leads nowhere");
	assert_string_equal(find(n, "controller-manager-kubeconfig", "/etc/kubernetes/controller-manager.conf")->error,
			    "a link that leads nowhere");
	f = find(n, "kubelet-config", "/var/lib/kubelet/config.yaml");
	assert_string_equal(f->type, "file");
	assert_string_equal(f->target, "/opt/real/config.yaml");
	ka_graph_free(g);
}

static void
what_the_kubelet_was_started_with_wins(void **state)
{
	static const char cmdline[] = "/usr/bin/kubelet\0--config=/k/conf.json\0--kubeconfig\0/k/kc\0"
				      "--bootstrap-token=abcdef.0123456789abcdef";
	struct ka_graph *g;
	const struct ka_node_files *n;

	(void)state;
	file_n("proc/12/cmdline", 0444, "bash\0kubelet", 13);
	file_n("proc/900/cmdline", 0444, cmdline, sizeof cmdline);
	file("k/conf.json", 0600, "{\"authentication\":{\"x509\":{\"clientCAFile\":\"/k/ca\"}},\"staticPodPath\":\"/k/pods\"}");
	file("k/ca", 0644, "");
	file("k/pods/api.yaml", 0644, "spec:\n  containers:\n  - command: [/bin/sh, -c, 'exec /usr/bin/kube-apiserver "
				      "--client-ca-file=/certs/ca.pem']\n    volumeMounts: [{name: c, mountPath: /certs/}]\n"
				      "  volumes: [{name: c, hostPath: {path: /k/certs}}]\n");
	file("k/certs/one.key", 0600, "");
	file("etc/kubernetes/kubelet.conf", 0644, "");
	file("etc/kubernetes/pki/ca.crt", 0644, "");
	file("etc/kubernetes/manifests/kube-apiserver.yaml", 0644, "");
	n = collect(&g);
	assert_int_equal(n->kubelet_seen, KA_YES);
	assert_int_equal(n->kubelet_args.n, 4);
	assert_string_equal(n->kubelet_args.v[3], "(hidden)");
	assert_non_null(find(n, "kubelet-config", "/k/conf.json"));
	assert_string_equal(find(n, "kubelet-kubeconfig", "/k/kc")->error, "named, but not there");
	assert_int_equal(count(n, "kubelet-kubeconfig"), 1);
	assert_non_null(find(n, "kubelet-client-ca", "/k/ca"));
	assert_non_null(find(n, "apiserver-manifest", "/k/pods/api.yaml"));
	assert_int_equal(count(n, "apiserver-manifest"), 1);
	assert_non_null(find(n, "pki", "/k/certs/one.key"));
	assert_null(find(n, "pki", "/etc/kubernetes/pki/ca.crt"));
	ka_graph_free(g);
}

static void
etcd_keeps_its_data_where_its_pod_mounts_it(void **state)
{
	static const char *const pods[] = {
		"spec:\n  containers:\n  - command: [etcd, --data-dir, /data/db]\n"
		"    volumeMounts: [{name: x, mountPath: /}, {name: d, mountPath: /data}]\n"
		"  volumes: [{name: d, hostPath: {path: /disk}}, {name: x, emptyDir: {}}]\n",
		"spec:\n  containers:\n  - name: etcd\n    env: [{name: ETCD_DATA_DIR, value: /data/db}]\n"
		"    volumeMounts: [{name: d, mountPath: /data/db}]\n  volumes: [{name: d, hostPath: {path: /disk/db}}]\n",
	};

	(void)state;
	folder("disk/db", 0700);
	folder("var/lib/etcd", 0755);
	for (size_t i = 0; i < 2; i++) {
		struct ka_graph *g;
		const struct ka_node_files *n;

		file("etc/kubernetes/manifests/etcd.yaml", 0600, pods[i]);
		n = collect(&g);
		assert_int_equal(count(n, "etcd-data"), 1);
		assert_non_null(find(n, "etcd-data", "/disk/db"));
		assert_int_equal(find(n, "etcd-data", "/disk/db")->mode.v, 0700);
		ka_graph_free(g);
	}
}

static void
what_is_shut_is_told(void **state)
{
	struct ka_graph *g;
	const struct ka_node_files *n;

	(void)state;
	if (geteuid() == 0)
		skip(); /* nothing is shut to root */
	file("etc/kubernetes/pki/shut/a.key", 0600, "");
	assert_int_equal(chmod(at("etc/kubernetes/pki/shut"), 0), 0);
	n = collect(&g);
	assert_int_equal(count(n, "pki"), 3);
	assert_string_equal(n->file[n->nfiles - 1].role, "kubelet-config");
	for (size_t i = 0, met = 0; i < n->nfiles; i++)
		if (strcmp(n->file[i].role, "pki") == 0 && met++ == 2)
			assert_string_equal(n->file[i].error, "what is in it: permission denied");
	ka_graph_free(g);
}

static void
too_many_files_are_told(void **state)
{
	struct ka_graph *g;
	const struct ka_node_files *n;
	const struct ka_node_file *last = NULL;

	(void)state;
	folder("var/lib/cni/networks/n", 0755);
	for (int i = 0; i < 2100; i++) {
		char path[64];

		snprintf(path, sizeof path, "var/lib/cni/networks/n/%d", i);
		FILE *f = fopen(at(path), "w");
		assert_non_null(f);
		fclose(f);
	}
	n = collect(&g);
	for (size_t i = 0; i < n->nfiles; i++)
		if (strcmp(n->file[i].role, "cni") == 0)
			last = &n->file[i];
	assert_true(count(n, "cni") < 2010);
	assert_string_equal(last->error, "too much is in it: the rest was not looked at");
	ka_graph_free(g);
}

static void
a_drop_in_is_the_unit_that_counts(void **state)
{
	struct ka_graph *g;
	const struct ka_node_files *n;

	(void)state;
	file("usr/lib/systemd/system/kubelet.service", 0644, "");
	assert_int_equal(symlink("usr/lib", at("lib")), 0);
	n = collect(&g);
	assert_int_equal(count(n, "kubelet-service"), 1);
	assert_non_null(find(n, "kubelet-service", "/usr/lib/systemd/system/kubelet.service"));
	ka_graph_free(g);

	file("usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", 0600, "");
	file("usr/lib/systemd/system/kubelet.service.d/README", 0644, "");
	n = collect(&g);
	assert_int_equal(count(n, "kubelet-service"), 1);
	assert_non_null(find(n, "kubelet-service", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"));
	ka_graph_free(g);
}

static void
a_node_without_a_name_is_refused(void **state)
{
	struct ka_node_opts opts = { .root = root };
	struct ka_out *out = ka_out_mem();
	struct ka_err err;
	size_t len;

	(void)state;
	assert_int_equal(unlink(at("etc/hostname")), 0);
	assert_int_equal(ka_node_write(&opts, out, &err), -1);
	assert_non_null(strstr(err.msg, "--node-name"));
	ka_out_memory(out, &len);
	assert_int_equal(len, 0);
	opts.root = "/nowhere/at/all";
	assert_int_equal(ka_node_write(&opts, out, &err), -1);
	assert_string_equal(err.msg, "/nowhere/at/all: No such file or directory");
	ka_out_discard(out);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_found_at_the_usual_places),
		TEST(users_and_groups_have_the_names_that_the_node_gives_them),
		TEST(links_lead_nowhere_but_below_the_root),
		TEST(what_the_kubelet_was_started_with_wins),
		TEST(etcd_keeps_its_data_where_its_pod_mounts_it),
		TEST(what_is_shut_is_told),
		TEST(too_many_files_are_told),
		TEST(a_drop_in_is_the_unit_that_counts),
		TEST(a_node_without_a_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
