#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "sample_testing.h"

static xmlDoc *
parsed(const struct ka_report *r, bool by_object)
{
	char *text = render("junit", r, &(struct ka_report_opts){ .junit_by_object = by_object });
	xmlDoc *doc;

	assert_non_null(text);
	doc = xmlReadMemory(text, (int)strlen(text), "report.xml", NULL,
			    XML_PARSE_NONET | XML_PARSE_PEDANTIC);
	assert_non_null(doc);
	free(text);
	return doc;
}

static double
number(xmlDoc *doc, const char *xpath)
{
	xmlXPathContext *ctx = xmlXPathNewContext(doc);
	xmlXPathObject *o = xmlXPathEvalExpression((const xmlChar *)xpath, ctx);
	double n;

	assert_non_null(o);
	n = xmlXPathCastToNumber(o);
	xmlXPathFreeObject(o);
	xmlXPathFreeContext(ctx);
	return n;
}

static void
assert_count(xmlDoc *doc, const char *xpath, double want)
{
	double n = number(doc, xpath);

	if (n < want || n > want)
		fail_msg("%s is %g, not %g", xpath, n, want);
}

static void
counters_are_right(void **state)
{
	const struct ka_report *r = *state;

	for (int by_object = 0; by_object < 2; by_object++) {
		xmlDoc *doc = parsed(r, by_object);

		assert_count(doc, "count(//testsuite[@tests != count(testcase)])", 0);
		assert_count(doc, "count(//testsuite[@failures != count(testcase/failure)])", 0);
		assert_count(doc, "count(//testsuite[@errors != count(testcase/error)])", 0);
		assert_count(doc, "count(//testsuite[@skipped != count(testcase/skipped)])", 0);
		assert_count(doc, "number(/testsuites/@tests) - count(//testcase)", 0);
		assert_count(doc, "number(/testsuites/@failures) - count(//failure)", 0);
		assert_count(doc, "number(/testsuites/@errors) - count(//error)", 0);
		assert_count(doc, "count(//testcase[count(*) > 1])", 0);
		xmlFreeDoc(doc);
	}
}

static void
each_status_has_its_element(void **state)
{
	xmlDoc *doc = parsed(&sample_report, false);

	(void)state;
	assert_count(doc, "count(//testcase[@name='container-privileged']/failure)", 1);
	assert_count(doc, "count(//testcase[@name='image-pinned']/*)", 0);
	assert_count(
		doc,
		"count(//testcase[@name='secret-in-env']/error[contains(@message, 'forbidden')])",
		1);
	assert_count(doc,
		     "count(//testcase[@name='admission-policy-params']/skipped"
		     "[@message='no ValidatingAdmissionPolicy in the source'])",
		     1);
	assert_count(doc, "count(//testcase[starts-with(@name, '2.2 ')]/skipped[@type='manual'])",
		     1);
	xmlFreeDoc(doc);
}

static void
what_is_waived_or_known_is_skipped_and_says_so(void **state)
{
	xmlDoc *doc = parsed(&sample_report, false);

	(void)state;
	assert_count(
		doc,
		"count(//testcase[@name='rbac-escalate']/skipped[starts-with(@message, 'waived: "
		"bootstraps tenants')])",
		1);
	assert_count(doc,
		     "count(//testcase[@name='net-default-deny']/skipped[starts-with(@message, "
		     "'known: ')])",
		     1);
	assert_count(doc,
		     "count(//testcase[starts-with(@name, '2.1 ')]/skipped[starts-with(@message, "
		     "'waived: ')])",
		     1);
	assert_count(doc, "count(//testcase[starts-with(@name, '2.3 ')]/failure)", 1);
	xmlFreeDoc(doc);
}

static void
by_object_each_object_at_fault_is_a_case_with_a_name_of_its_own(void **state)
{
	xmlDoc *doc = parsed(&sample_report, true);

	(void)state;
	assert_count(doc,
		     "count(//testcase[@name='container-privileged: shop/Deployment/web']/failure)",
		     1);
	assert_count(
		doc,
		"count(//testcase[@name='container-privileged: monitoring/DaemonSet/node-agent']"
		"/skipped)",
		1);
	assert_count(doc, "count(//testcase[@name='rbac-wildcard: ClusterRole/deployer']/failure)",
		     1);
	assert_count(doc, "count(//testcase[@name='secret-in-env']/error)", 1);
	assert_count(doc, "count(//testcase[@name='secret-in-env: shop/Deployment/web']/failure)",
		     1);
	assert_count(doc, "count(//testcase[@name = preceding-sibling::testcase/@name])", 0);
	xmlFreeDoc(doc);
}

static void
missing_evidence_is_never_green(void **state)
{
	xmlDoc *doc = parsed(&sample_report, false);

	(void)state;
	assert_count(doc, "count(//testsuite[@name='Evidence']/testcase/error)", 4);
	assert_count(doc,
		     "count(//testsuite[@name='Evidence']/testcase[@name='Secret']/"
		     "error[contains(@message, "
		     "'grant verbs')])",
		     1);
	xmlFreeDoc(doc);
	doc = parsed(&sample_empty, false);
	assert_count(doc, "count(//testsuite)", 1);
	xmlFreeDoc(doc);
}

static void
only_benchmarks_that_were_asked_for_have_a_suite(void **state)
{
	xmlDoc *doc = parsed(&sample_report, false);

	(void)state;
	assert_count(doc, "count(//testsuite[@name='Example Baseline 1.0']/testcase)", 7);
	assert_count(doc, "count(//testsuite[@name='Example & People 1.0'])", 0);
	xmlFreeDoc(doc);
}

/* XML 1.0 production [2], for what the parser lets pass. */
static void
bytes_that_xml_may_not_hold_are_replaced(void **state)
{
	char *text = render("junit", &sample_report, &(struct ka_report_opts){ 0 });

	(void)state;
	for (const char *s = text; *s; s++)
		assert_true((unsigned char)*s >= 0x20 || *s == '\n');
	assert_null(strstr(text, "\xEF\xBF\xBF"));
	assert_null(strstr(text, "\xED\xA0\x80"));
	assert_null(strstr(text, "<script"));
	assert_non_null(strstr(text, "overlong\xEF\xBF\xBD\xEF\xBF\xBD noncharacter\xEF\xBF\xBD"));
	assert_non_null(strstr(text, "]]&gt;"));
	free(text);
}

int
main(void)
{
	static struct sample_big big;
	int failed;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(counters_are_right, (void *)(uintptr_t)&sample_report),
		cmocka_unit_test_prestate(counters_are_right, (void *)(uintptr_t)&sample_empty),
		cmocka_unit_test_prestate(counters_are_right, &big.report),
		cmocka_unit_test(each_status_has_its_element),
		cmocka_unit_test(what_is_waived_or_known_is_skipped_and_says_so),
		cmocka_unit_test(by_object_each_object_at_fault_is_a_case_with_a_name_of_its_own),
		cmocka_unit_test(missing_evidence_is_never_green),
		cmocka_unit_test(only_benchmarks_that_were_asked_for_have_a_suite),
		cmocka_unit_test(bytes_that_xml_may_not_hold_are_replaced),
	};

	sample_big_make(&big, 1000);
	failed = cmocka_run_group_tests_name("reports/junit", tests, NULL, NULL);
	sample_big_free(&big);
	xmlCleanupParser();
	return failed;
}
