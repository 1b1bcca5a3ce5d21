#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/graph.h"
#include "source/files.h"

static char dir[] = "/tmp/kassay-files-XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	return system(cmd);
}

static const char *
path_of(const char *name)
{
	static char path[32][256];
	static unsigned next;
	char *p = path[next++ % 32];

	snprintf(p, sizeof path[0], "%s/%s", dir, name);
	return p;
}

static const char *
write_file(const char *name, const char *text)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static struct ka_graph *
load(const char *path)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_graph *g = NULL;
	struct ka_err err;

	if (ka_files_load(&path, 1, &opts, &g, &err) != 0)
		fail_msg("%s", err.msg);
	return g;
}

static void
refused(const char *path, const char *why)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_graph *g = NULL;
	struct ka_err err;

	assert_int_equal(ka_files_load(&path, 1, &opts, &g, &err), -1);
	if (!strstr(err.msg, why))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, why);
}

static void snapshot(const char *from, const char *to);

static const char pod_yaml[] = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostPID: yes\n";

static void
content_tells_what_a_file_is(void **state)
{
	struct ka_graph *g;

	(void)state;
	/* JSON under a YAML name and the other way round */
	g = load(write_file("j.yaml", "\n {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}"));
	assert_int_equal(g->of[KA_POD].n, 1);
	assert_int_equal(g->of[KA_POD].v[0]->line, 2);
	ka_graph_free(g);
	g = load(write_file("y.json", pod_yaml));
	assert_int_equal(g->of[KA_POD].n, 1);
	assert_true(ka_as_pod(g->of[KA_POD].v[0])->spec->host_pid);
	ka_graph_free(g);
}

static void
items_of_a_typed_list_take_its_kind(void **state)
{
	struct ka_graph *g = load(write_file(
		"list.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":["
			     "{\"metadata\":{\"name\":\"a\",\"uid\":\"1\"}},\n{\"metadata\":{\"name\":\"b\",\"uid\":\"2\"}}]}"));

	(void)state;
	assert_int_equal(g->of[KA_POD].n, 2);
	assert_string_equal(g->of[KA_POD].v[1]->api_version, "v1");
	assert_int_equal(g->of[KA_POD].v[1]->line, 2);
	assert_string_equal(g->ledger[KA_POD].resource_version, "9");
	ka_graph_free(g);
}

/* `kubectl get --raw` gives typed pages without a kind on their items; `jq -s` makes a list of them. */
static void
a_list_inside_a_list_is_read_like_one(void **state)
{
	static const char page[] = "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"%s},"
				   "\"items\":[{\"metadata\":{\"name\":\"a\",\"uid\":\"1\"}}]}";
	char text[1024], inner[512];
	struct ka_graph *g;

	(void)state;
	snprintf(inner, sizeof inner, page, "");
	snprintf(text, sizeof text, "[%s]", inner);
	g = load(write_file("pages.json", text));
	assert_int_equal(g->of[KA_POD].n, 1);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_string_equal(g->ledger[KA_POD].resource_version, "9");
	ka_graph_free(g);
	snprintf(inner, sizeof inner, page, ",\"continue\":\"x\"");
	snprintf(text, sizeof text, "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[%s]}", inner);
	g = load(write_file("lists.json", text));
	assert_int_equal(g->of[KA_POD].n, 1);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_TRUNCATED);
	ka_graph_free(g);
}

static void
a_list_without_items_is_an_answer(void **state)
{
	struct ka_graph *g = load(write_file(
		"none.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":null}"));

	(void)state;
	assert_int_equal(g->source_class, KA_SOURCE_DUMP);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_SECRET].status, KA_EV_NOT_OFFERED);
	ka_graph_free(g);
	refused(write_file("odd.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":{\"a\":1}}"),
		"items are no list");
}

static void
an_object_that_is_not_whole_leaves_its_kind_incomplete(void **state)
{
	struct ka_graph *g = load(write_file(
		"half.yaml", "apiVersion: v1\nkind: Pod\nmetadata: null\nspec: {hostPID: true}\n---\n"
			     "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\n"
			     "kind: Kustomization\nresources: []\n"));

	(void)state;
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_TRUNCATED);
	assert_int_equal(g->ledger[KA_SECRET].status, KA_EV_COMPLETE);
	assert_int_equal(g->nproblems, 1);
	assert_int_equal(g->nskipped, 1);
	ka_graph_free(g);
	refused(write_file("half.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {}\n"), "half.yaml:1: ");
}

static void
a_pod_template_of_an_unknown_kind_is_named(void **state)
{
	struct ka_graph *g = load(write_file(
		"roll.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\n"
			     "spec: {template: {spec: {containers: [{name: c}]}}}\n---\n"
			     "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: pt}\n"
			     "template: {spec: {containers: [{name: c}]}}\n"));

	(void)state;
	assert_int_equal(g->nskipped, 2);
	assert_non_null(strstr(g->skipped[0].text, "Rollout web"));
	ka_graph_free(g);
}

static void
a_file_given_twice_is_read_once(void **state)
{
	const char *path = write_file("once.yaml", pod_yaml), *twice[2] = { path, path };
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_graph *g = NULL;
	struct ka_err err;

	(void)state;
	assert_int_equal(ka_files_load(twice, 2, &opts, &g, &err), 0);
	assert_int_equal(g->of[KA_POD].n, 1);
	assert_int_equal(g->nskipped, 1);
	ka_graph_free(g);
}

static void
one_bad_document_does_not_lose_its_neighbours(void **state)
{
	struct ka_graph *g = load(write_file(
		"multi.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nkind: Role\n a: : b\n---\n"
			      "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n"));

	(void)state;
	assert_int_equal(g->of[KA_POD].n, 2);
	assert_int_equal(g->nproblems, 1);
	assert_true(g->problem[0].fatal);
	assert_in_range(g->problem[0].line, 5, 6);
	assert_int_equal(g->ledger[KA_ROLE].status, KA_EV_TRUNCATED);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	ka_graph_free(g);
}

static void
a_bad_document_is_an_error_when_asked(void **state)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	const char *path = write_file("strict.yaml", "a: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n");
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	opts.strict = true;
	assert_int_equal(ka_files_load(&path, 1, &opts, &g, &err), -1);
	assert_non_null(strstr(err.msg, "strict.yaml:"));
}

static void
a_folder_is_walked_in_name_order_and_names_what_it_leaves_out(void **state)
{
	struct ka_graph *g;

	(void)state;
	assert_int_equal(mkdir(path_of("f"), 0755), 0);
	assert_int_equal(mkdir(path_of("f/sub"), 0755), 0);
	write_file("f/b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n");
	write_file("f/sub/a.json", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}");
	write_file("f/README.md", "# no");
	write_file("f/values.yaml", "replicas: 2\n");
	write_file("f/.hidden.yaml", "x: [");
	assert_int_equal(symlink(".", path_of("f/loop")), 0);
	g = load(path_of("f"));
	assert_int_equal(g->of[KA_POD].n, 2);
	assert_int_equal(g->nproblems, 0);
	assert_int_equal(g->nskipped, 3);
	assert_non_null(strstr(g->file[g->skipped[0].file], "f/README.md"));
	assert_string_equal(g->skipped[1].text, "a link to a folder is not followed");
	assert_non_null(strstr(g->file[g->skipped[2].file], "f/values.yaml"));
	assert_string_equal(g->skipped[2].text, "an object without kind");
	ka_graph_free(g);
}

static void
files_are_as_old_as_the_last_change_to_them(void **state)
{
	const char *old = write_file("old.yaml", pod_yaml), *snap = path_of("old.snap");
	struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct ka_graph *g;

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, old, times, 0), 0);
	g = load(old);
	assert_string_equal(g->finished, "2001-09-09T01:46:40Z");
	assert_null(g->started);
	ka_graph_free(g);
	snapshot(old, snap);
	g = load(snap);
	assert_string_equal(g->finished, "2001-09-09T01:46:40Z");
	ka_graph_free(g);
}

static void
a_saved_refusal_is_no_absence(void **state)
{
	struct ka_graph *g;

	(void)state;
	assert_int_equal(mkdir(path_of("r"), 0755), 0);
	write_file("r/pods.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
	write_file("r/secrets.json",
		   "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
		   "\"message\":\"secrets is forbidden\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"secrets\"},\"code\":403}");
	g = load(path_of("r"));
	assert_int_equal(g->nproblems, 1);
	assert_true(g->problem[0].fatal);
	assert_string_equal(g->problem[0].text, "the API server refused: secrets is forbidden");
	assert_int_equal(g->ledger[KA_SECRET].status, KA_EV_TRUNCATED);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	ka_graph_free(g);
	refused(path_of("r/secrets.json"), "secrets.json:1: the API server refused: secrets is forbidden");
}

static void
unusable_input_is_one_clear_line(void **state)
{
	(void)state;
	refused(path_of("absent"), "absent: No such file");
	refused(write_file("empty.yaml", "\n# nothing\n"), "no Kubernetes object in");
	refused(write_file("cut.json", "{\"apiVersion\":\"v1\",\"kind\":\"Po"), "cut.json:1: ");
	refused(write_file("helm.yaml", "{{- if .Values.x }}\na: b\n{{ end }}\n"), "a template, not YAML");
	refused(write_file("powershell.json", "\xff\xfe{"), "save it as UTF-8");
	assert_int_equal(mkdir(path_of("e"), 0755), 0);
	refused(path_of("e"), "no Kubernetes object in");
}

/* --- snapshots ------------------------------------------------------------------------------------------------- */

static const char world[] = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system, uid: abc}\n---\n"
			    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: Y2FuYXJ5}\n---\n"
			    "kind: nothing\n---\nbroken: [\n---\n"
			    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: x}\nspec:\n  template:\n"
			    "    spec:\n      hostPID: \"no\"\n      containers: [{name: c, image: i, env: [{name: PASSWORD, value: canary77}]}]\n";

static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 16);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 16) - 1, f) > 0);
	fclose(f);
	return text;
}

static void
snapshot(const char *from, const char *to)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_err err;

	if (ka_files_snapshot(&from, 1, &opts, to, &err) != 0)
		fail_msg("%s", err.msg);
}

static void
a_snapshot_reads_back_as_its_source(void **state)
{
	const char *src = write_file("world.yaml", world), *snap = path_of("w.snap");
	struct ka_graph *a = load(src), *b;

	(void)state;
	snapshot(src, snap);
	b = load(snap);
	for (int k = 0; k < KA_NKINDS; k++) {
		assert_int_equal(a->of[k].n, b->of[k].n);
		assert_int_equal(a->ledger[k].status, b->ledger[k].status);
		for (size_t i = 0; i < a->of[k].n; i++) {
			assert_string_equal(a->of[k].v[i]->name, b->of[k].v[i]->name);
			assert_int_equal(a->of[k].v[i]->line, b->of[k].v[i]->line);
			assert_string_equal(a->file[a->of[k].v[i]->file], b->file[b->of[k].v[i]->file]);
		}
	}
	assert_int_equal(a->nproblems, b->nproblems);
	assert_int_equal(a->nproblems, 2);
	for (size_t i = 0; i < a->nproblems; i++)
		assert_string_equal(a->problem[i].text, b->problem[i].text);
	assert_int_equal(a->nskipped, b->nskipped);
	assert_string_equal(a->source, b->source);
	assert_string_equal(a->cluster_uid, b->cluster_uid);
	assert_non_null(b->unit[0].spec->container[0].env[0].secret);
	assert_string_equal(a->unit[0].spec->container[0].env[0].secret, b->unit[0].spec->container[0].env[0].secret);
	assert_int_equal(strlen(b->snapshot_sha256), 64);
	ka_graph_free(a);
	ka_graph_free(b);
}

static void
the_same_facts_give_the_same_bytes_packed_or_not(void **state)
{
	const char *src = write_file("world.yaml", world);
	char *one, *two;
	struct ka_graph *g;

	(void)state;
	snapshot(src, path_of("1.snap"));
	snapshot(path_of("1.snap"), path_of("2.snap"));
	one = slurp(path_of("1.snap"));
	two = slurp(path_of("2.snap"));
	assert_string_equal(one, two);
	assert_null(strstr(one, "Y2FuYXJ5"));
	assert_null(strstr(one, "canary77"));
	free(one);
	free(two);
	snapshot(src, path_of("3.snap.gz"));
	g = load(path_of("3.snap.gz"));
	assert_int_equal(g->of[KA_DEPLOYMENT].n, 1);
	ka_graph_free(g);
	snapshot(src, path_of("4.snap.zst"));
	g = load(path_of("4.snap.zst"));
	assert_int_equal(g->of[KA_DEPLOYMENT].n, 1);
	ka_graph_free(g);
}

static void
a_damaged_snapshot_is_refused_by_line(void **state)
{
	const char *src = write_file("world.yaml", world);
	char *text, *p;

	(void)state;
	snapshot(src, path_of("ok.snap"));
	text = slurp(path_of("ok.snap"));
	/* cut after the second line */
	p = strchr(strchr(text, '\n') + 1, '\n') + 1;
	*p = '\0';
	refused(write_file("cut.snap", text), "line 3: the snapshot is cut");
	/* cut within a line */
	p[-20] = '\0';
	refused(write_file("torn.snap", text), "torn.snap:2: ");
	free(text);
	/* one letter changed */
	text = slurp(path_of("ok.snap"));
	p = strstr(text, "\"name\":\"s\"");
	assert_non_null(p);
	p[8] = 't';
	refused(write_file("changed.snap", text), "the checksum does not fit");
	free(text);
}

static void
a_snapshot_beside_other_files_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path_of("mix"), 0755), 0);
	snapshot(write_file("world.yaml", world), path_of("mix/a.json"));
	write_file("mix/b.yaml", pod_yaml);
	refused(path_of("mix"), "b.yaml: a snapshot cannot be read together with other input");
}

static void
a_snapshot_of_another_format_is_refused(void **state)
{
	(void)state;
	refused(write_file("v9.snap", "{\"schema\":\"kassay.snapshot/v9\"}\n{\"sha256\":\"\"}\n"),
		"format \"kassay.snapshot/v9\"");
	refused(write_file("no.snap", "{\"schema\":\"kassay.snapshot/v1\"}\n{\"sha256\":\"\"}\n"),
		"lacks its ledger");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_tells_what_a_file_is),
		cmocka_unit_test(items_of_a_typed_list_take_its_kind),
		cmocka_unit_test(a_list_inside_a_list_is_read_like_one),
		cmocka_unit_test(a_list_without_items_is_an_answer),
		cmocka_unit_test(an_object_that_is_not_whole_leaves_its_kind_incomplete),
		cmocka_unit_test(a_pod_template_of_an_unknown_kind_is_named),
		cmocka_unit_test(a_file_given_twice_is_read_once),
		cmocka_unit_test(one_bad_document_does_not_lose_its_neighbours),
		cmocka_unit_test(a_bad_document_is_an_error_when_asked),
		cmocka_unit_test(a_folder_is_walked_in_name_order_and_names_what_it_leaves_out),
		cmocka_unit_test(files_are_as_old_as_the_last_change_to_them),
		cmocka_unit_test(a_saved_refusal_is_no_absence),
		cmocka_unit_test(unusable_input_is_one_clear_line),
		cmocka_unit_test(a_snapshot_reads_back_as_its_source),
		cmocka_unit_test(the_same_facts_give_the_same_bytes_packed_or_not),
		cmocka_unit_test(a_damaged_snapshot_is_refused_by_line),
		cmocka_unit_test(a_snapshot_beside_other_files_is_refused),
		cmocka_unit_test(a_snapshot_of_another_format_is_refused),
	};

	return cmocka_run_group_tests_name("source/files", tests, make_dir, remove_dir);
}
