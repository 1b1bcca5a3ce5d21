#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kassay/podsec.h>

#define STRS(...)                                                                                  \
	{                                                                                          \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *),               \
			(const char *const[])                                                      \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct ka_kvs no_annotations;

static struct ka_effective
effective(const struct ka_security *pod, const struct ka_security *own)
{
	struct ka_podspec spec = { .security = *pod, .annotations = &no_annotations };
	struct ka_container c = { .name = "c", .security = *own };
	struct ka_effective eff;

	ka_podsec_effective(&spec, &c, &eff);
	return eff;
}

static void
a_container_overrides_its_pod(void **state)
{
	const struct ka_security pod = {
		.run_as_non_root = KA_YES,
		.run_as_user = { true, 1000 },
		.run_as_group = { true, 1000 },
		.seccomp = { "RuntimeDefault", NULL },
		.apparmor = { "RuntimeDefault", NULL },
		.windows_host_process = KA_YES,
	};
	const struct ka_security own = {
		.run_as_non_root = KA_NO,
		.run_as_user = { true, 0 },
		.run_as_group = { true, 0 },
		.seccomp = { "Unconfined", NULL },
		.apparmor = { "Unconfined", NULL },
		.windows_host_process = KA_NO,
	};
	struct ka_effective eff = effective(&pod, &own);

	(void)state;
	assert_int_equal(eff.run_as_non_root, KA_NO);
	assert_int_equal(eff.run_as_non_root_from, KA_FROM_CONTAINER);
	assert_int_equal(eff.run_as_user.v, 0);
	assert_int_equal(eff.run_as_user_from, KA_FROM_CONTAINER);
	assert_int_equal(eff.run_as_group.v, 0);
	assert_string_equal(eff.seccomp.type, "Unconfined");
	assert_string_equal(eff.apparmor.type, "Unconfined");
	assert_false(eff.host_process);
}

static void
a_container_that_says_nothing_takes_its_pods_values(void **state)
{
	const struct ka_security pod = {
		.run_as_non_root = KA_YES,
		.run_as_user = { true, 1000 },
		.seccomp = { "RuntimeDefault", NULL },
		.apparmor = { "Localhost", "k8s-x" },
		.windows_host_process = KA_YES,
	};
	struct ka_effective eff = effective(&pod, &(const struct ka_security){ .set = true });

	(void)state;
	assert_int_equal(eff.run_as_non_root, KA_YES);
	assert_int_equal(eff.run_as_non_root_from, KA_FROM_POD);
	assert_int_equal(eff.run_as_user.v, 1000);
	assert_int_equal(eff.run_as_user_from, KA_FROM_POD);
	assert_string_equal(eff.seccomp.type, "RuntimeDefault");
	assert_int_equal(eff.seccomp_from, KA_FROM_POD);
	assert_string_equal(eff.apparmor.localhost, "k8s-x");
	assert_int_equal(eff.apparmor_from, KA_FROM_POD);
	assert_true(eff.host_process);
}

static void
silence_means_the_defaults(void **state)
{
	struct ka_effective eff =
		effective(&(const struct ka_security){ 0 }, &(const struct ka_security){ 0 });

	(void)state;
	assert_false(eff.privileged);
	assert_false(eff.read_only_root);
	assert_int_equal(eff.run_as_non_root, KA_UNSET);
	assert_false(eff.run_as_user.set);
	assert_null(eff.seccomp.type);
	assert_null(eff.apparmor.type);
	assert_string_equal(eff.proc_mount, "Default");
	assert_false(eff.windows);
}

static void
root_is_what_neither_a_uid_nor_run_as_non_root_excludes(void **state)
{
	static const struct {
		struct ka_security pod, own;
		enum ka_tri root;
	} rows[] = {
		{ { 0 }, { 0 }, KA_UNSET },
		{ { 0 }, { .run_as_user = { true, 0 } }, KA_YES },
		{ { 0 }, { .run_as_user = { true, 1 } }, KA_NO },
		{ { .run_as_user = { true, 0 } }, { .run_as_user = { true, 1 } }, KA_NO },
		{ { .run_as_user = { true, 1 } }, { .run_as_user = { true, 0 } }, KA_YES },
		{ { .run_as_non_root = KA_YES }, { 0 }, KA_NO },
		{ { .run_as_non_root = KA_YES }, { .run_as_non_root = KA_NO }, KA_UNSET },
		{ { .run_as_non_root = KA_NO }, { .run_as_non_root = KA_YES }, KA_NO },
		{ { .run_as_non_root = KA_YES }, { .run_as_user = { true, 0 } }, KA_NO },
		{ { .run_as_non_root = KA_NO }, { .run_as_user = { true, 5 } }, KA_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ka_effective eff = effective(&rows[i].pod, &rows[i].own);

		if (ka_podsec_root(&eff) != rows[i].root)
			fail_msg("row %zu", i);
	}
}

static void
capabilities_are_what_is_left_of_default_added_and_dropped(void **state)
{
	const struct {
		struct ka_security own;
		const char *cap;
		bool has;
	} rows[] = {
		{ { 0 }, "NET_RAW", true },
		{ { 0 }, "SYS_ADMIN", false },
		{ { .caps.drop = STRS("ALL") }, "NET_RAW", false },
		{ { .caps.drop = STRS("all") }, "NET_RAW", false },
		{ { .caps.drop = STRS("NET_RAW") }, "NET_RAW", false },
		{ { .caps.drop = STRS("net_raw") }, "NET_RAW", false },
		/* containerd would drop CAP_CAP_NET_RAW, which is nothing. */
		{ { .caps.drop = STRS("CAP_NET_RAW") }, "NET_RAW", true },
		{ { .caps.drop = STRS("ALL"), .caps.add = STRS("NET_RAW") }, "NET_RAW", true },
		{ { .caps.drop = STRS("ALL"), .caps.add = STRS("CAP_NET_RAW") }, "NET_RAW", true },
		{ { .caps.drop = STRS("NET_RAW"), .caps.add = STRS("NET_RAW") }, "NET_RAW", false },
		{ { .caps.add = STRS("ALL") }, "SYS_ADMIN", true },
		{ { .caps.add = STRS("ALL"), .caps.drop = STRS("SYS_ADMIN") }, "SYS_ADMIN", false },
		{ { .caps.add = STRS("ALL"), .caps.drop = STRS("ALL") }, "SYS_ADMIN", false },
		{ { .privileged = KA_YES, .caps.drop = STRS("ALL") }, "SYS_ADMIN", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ka_container c = { .security = rows[i].own };

		if (ka_podsec_has_cap(&c, rows[i].cap) != rows[i].has)
			fail_msg("row %zu", i);
	}
}

static void
an_apparmor_annotation_stands_between_container_and_pod(void **state)
{
	static const struct ka_kv kv[] = {
		{ "container.apparmor.security.beta.kubernetes.io/a", "unconfined" },
		{ "container.apparmor.security.beta.kubernetes.io/b", "localhost/k8s-b" },
		{ "container.apparmor.security.beta.kubernetes.io/c", "runtime/default" },
		{ "container.apparmor.security.beta.kubernetes.io/d", "" },
	};
	static const struct ka_kvs annotations = { 4, kv };
	const struct ka_podspec spec = { .annotations = &annotations,
					 .security.apparmor = { "RuntimeDefault", NULL } };
	struct ka_container c = { .name = "a" };
	struct ka_effective eff;

	(void)state;
	ka_podsec_effective(&spec, &c, &eff);
	assert_string_equal(eff.apparmor.type, "Unconfined");
	assert_int_equal(eff.apparmor_from, KA_FROM_ANNOTATION);
	c.security.apparmor.type = "RuntimeDefault";
	ka_podsec_effective(&spec, &c, &eff);
	assert_string_equal(eff.apparmor.type, "RuntimeDefault");
	assert_int_equal(eff.apparmor_from, KA_FROM_CONTAINER);
	c = (struct ka_container){ .name = "b" };
	ka_podsec_effective(&spec, &c, &eff);
	assert_string_equal(eff.apparmor.localhost, "k8s-b");
	c = (struct ka_container){ .name = "c" };
	ka_podsec_effective(&spec, &c, &eff);
	assert_string_equal(eff.apparmor.type, "RuntimeDefault");
	assert_int_equal(eff.apparmor_from, KA_FROM_ANNOTATION);
	c = (struct ka_container){ .name = "d" };
	ka_podsec_effective(&spec, &c, &eff);
	assert_int_equal(eff.apparmor_from, KA_FROM_POD);
}

static void
windows_is_what_spec_os_says(void **state)
{
	const struct ka_podspec spec = { .os = "windows", .annotations = &no_annotations };
	const struct ka_container c = { .name = "c" };
	struct ka_effective eff;

	(void)state;
	ka_podsec_effective(&spec, &c, &eff);
	assert_true(eff.windows);
}

#define ENFORCE "pod-security.kubernetes.io/enforce"
#define AUDIT	"pod-security.kubernetes.io/audit"
#define WARN	"pod-security.kubernetes.io/warn"

static void
pod_security_labels_are_read_as_admission_reads_them(void **state)
{
	static const struct {
		const char *key, *value;
		enum ka_pss_mode mode;
		bool present, valid;
		enum ka_pss_level level;
	} rows[] = {
		{ "x", "y", KA_PSS_ENFORCE, false, false, KA_PSS_PRIVILEGED },
		{ ENFORCE, "baseline", KA_PSS_ENFORCE, true, true, KA_PSS_BASELINE },
		{ ENFORCE, "privileged", KA_PSS_ENFORCE, true, true, KA_PSS_PRIVILEGED },
		{ ENFORCE, "Baseline", KA_PSS_ENFORCE, true, false, KA_PSS_RESTRICTED },
		{ ENFORCE, "", KA_PSS_ENFORCE, true, false, KA_PSS_RESTRICTED },
		{ AUDIT, "strict", KA_PSS_AUDIT, true, false, KA_PSS_PRIVILEGED },
		{ WARN, "strict", KA_PSS_WARN, true, false, KA_PSS_PRIVILEGED },
		{ ENFORCE, "baseline", KA_PSS_WARN, false, false, KA_PSS_BASELINE },
		{ ENFORCE, "Baseline", KA_PSS_WARN, false, false, KA_PSS_PRIVILEGED },
		{ ENFORCE, "privileged", KA_PSS_WARN, false, false, KA_PSS_PRIVILEGED },
		{ ENFORCE, "baseline", KA_PSS_AUDIT, false, false, KA_PSS_PRIVILEGED },
		{ WARN, "restricted", KA_PSS_ENFORCE, false, false, KA_PSS_PRIVILEGED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct ka_kv kv = { rows[i].key, rows[i].value };
		const struct ka_kvs labels = { 1, &kv };
		const struct ka_object ns = { .labels = &labels };
		struct ka_pss_label l;

		ka_pss_label(&ns, rows[i].mode, &l);
		if (l.present != rows[i].present || l.valid != rows[i].valid ||
		    l.level != rows[i].level)
			fail_msg("row %zu: present %d, valid %d, level %s", i, l.present, l.valid,
				 ka_pss_level_name(l.level));
	}
}

static void
a_version_is_latest_or_one_point_something(void **state)
{
	static const struct {
		const char *text;
		bool valid, pinned;
	} rows[] = {
		{ "latest", true, false }, { "v1.0", true, true },
		{ "v1.34", true, true },   { "v1.034", false, false },
		{ "1.34", false, false },  { "v1.", false, false },
		{ "v2.0", false, false },  { "v1.34.1", false, false },
		{ "", false, false },	   { "v1.99999999999999999999", false, false },
		{ "v1.9223372036854775807", true, true },
		{ "v1.9223372036854775808", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct ka_kv kv = { ENFORCE "-version", rows[i].text };
		const struct ka_kvs labels = { 1, &kv };
		const struct ka_object ns = { .labels = &labels };
		struct ka_pss_label l;

		ka_pss_label(&ns, KA_PSS_ENFORCE, &l);
		if (!l.version_present || l.version_valid != rows[i].valid ||
		    l.pinned != rows[i].pinned)
			fail_msg("%s", rows[i].text);
	}
}

static void
warnings_take_the_version_of_what_is_enforced(void **state)
{
	static const struct {
		const char *warn, *warn_version, *enforce, *enforce_version;
		bool pinned;
	} rows[] = {
		{ NULL, NULL, "baseline", "v1.30", true },
		{ NULL, NULL, "baseline", "latest", false },
		{ NULL, NULL, "baseline", NULL, false },
		{ NULL, "latest", "baseline", "v1.30", false },
		{ NULL, "v1.31", "baseline", "latest", true },
		{ NULL, "v1.x", "baseline", "v1.30", false },
		/* nothing is inherited: the version of enforce says nothing of warnings */
		{ "baseline", NULL, "baseline", "v1.30", false },
		{ "strict", NULL, "baseline", "v1.30", false },
		{ NULL, NULL, "privileged", "v1.30", false },
		{ NULL, NULL, "strict", "v1.30", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *const value[] = { rows[i].enforce, rows[i].enforce_version,
					      rows[i].warn, rows[i].warn_version };
		const char *const key[] = { ENFORCE, ENFORCE "-version", WARN, WARN "-version" };
		struct ka_kv kv[4];
		struct ka_kvs labels = { 0, kv };
		const struct ka_object ns = { .labels = &labels };
		struct ka_pss_label l;

		for (size_t k = 0; k < 4; k++)
			if (value[k])
				kv[labels.n++] = (struct ka_kv){ key[k], value[k] };
		ka_pss_label(&ns, KA_PSS_WARN, &l);
		if (l.pinned != rows[i].pinned)
			fail_msg("row %zu: pinned %d", i, l.pinned);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_overrides_its_pod),
		cmocka_unit_test(a_container_that_says_nothing_takes_its_pods_values),
		cmocka_unit_test(silence_means_the_defaults),
		cmocka_unit_test(root_is_what_neither_a_uid_nor_run_as_non_root_excludes),
		cmocka_unit_test(capabilities_are_what_is_left_of_default_added_and_dropped),
		cmocka_unit_test(an_apparmor_annotation_stands_between_container_and_pod),
		cmocka_unit_test(windows_is_what_spec_os_says),
		cmocka_unit_test(pod_security_labels_are_read_as_admission_reads_them),
		cmocka_unit_test(a_version_is_latest_or_one_point_something),
		cmocka_unit_test(warnings_take_the_version_of_what_is_enforced),
	};
	return cmocka_run_group_tests_name("analysis/podsec", tests, NULL, NULL);
}
