/* JUnit XML, in the dialect that Jenkins and GitLab read (junit-10.xsd): a suite for each set of
 * checks with one case a check, then a suite for each benchmark that was asked for by name, with
 * one case a control.
 *
 *	fail        <failure>
 *	unknown     <error>: never a passing case, whatever the reason
 *	na, manual  <skipped> with the reason
 *	fail, and every finding waived or in the baseline
 *	            <skipped message="waived: ...">.  A case can only be red or not: red would fail
 *	            the build for what a person has accepted, and a pass would be a lie.
 *
 * With junit_by_object a check that has findings gives one case for each object at fault in its
 * stead; a check that is unknown besides keeps a case of its own for the error.
 *
 * When evidence is missing, one suite more says so, for a CI that reads nothing but this file. */
#include "common.h"
#include "xml.h"

struct counts {
	uint64_t tests, failures, errors, skipped;
};

struct junit {
	const struct ka_report *r;
	bool by_object;
	struct ka_xml *xml; /* NULL while only counting */
	struct counts n;
};

/* ---- cases ----------------------------------------------------------------------------- */

static void
case_start(struct junit *j, const char *suite, const char *name)
{
	j->n.tests++;
	ka_xml_start(j->xml, "testcase");
	ka_xml_attr(j->xml, "classname", suite);
	ka_xml_attr(j->xml, "name", name);
}

/* Opens <failure>, <error> or <skipped> with its message attribute; the caller closes both. */
static void
outcome(struct junit *j, enum ka_status status, enum ka_excuse excuse)
{
	static const char *const word[] = {
		[KA_NO_EXCUSE] = NULL, [KA_WAIVED] = "waived", [KA_KNOWN] = "known"
	};

	if (status == KA_FAIL && !excuse) {
		j->n.failures++;
		ka_xml_start(j->xml, "failure");
	} else if (status == KA_UNKNOWN) {
		j->n.errors++;
		ka_xml_start(j->xml, "error");
	} else {
		j->n.skipped++;
		ka_xml_start(j->xml, "skipped");
	}
	ka_xml_attr(j->xml, "type", excuse ? word[excuse] : ka_status_name(status));
	ka_xml_attr_start(j->xml, "message");
	if (excuse == KA_WAIVED)
		ka_xml_put(j->xml, "waived: ");
	else if (excuse == KA_KNOWN)
		ka_xml_put(j->xml, "known: in the baseline; ");
}

static void
put_object(struct junit *j, const struct ka_object *o)
{
	if (o->namespace) {
		ka_xml_put(j->xml, o->namespace);
		ka_xml_put(j->xml, "/");
	}
	ka_xml_put(j->xml, o->kind_name);
	ka_xml_put(j->xml, "/");
	ka_xml_put(j->xml, o->name);
}

static void
put_labelled(struct junit *j, const char *label, const char *value)
{
	if (!value)
		return;
	ka_xml_put(j->xml, label);
	ka_xml_put(j->xml, value);
}

static void
put_finding(struct junit *j, const struct ka_finding *f)
{
	struct ka_origin from = ka_origin_of(j->r->g, f->obj);

	ka_xml_put(j->xml, "\n");
	ka_xml_put(j->xml, ka_severity_name(f->severity));
	ka_xml_put(j->xml, " ");
	put_object(j, f->obj);
	put_labelled(j, " container ", f->container);
	put_labelled(j, ": ", f->message);
	put_labelled(j, "\n  at ", f->path);
	put_labelled(j, "\n  observed ", f->observed);
	put_labelled(j, "\n  expected ", f->expected);
	if (from.file) {
		put_labelled(j, "\n  in ", from.file);
		ka_xml_put(j->xml, ":");
		ka_xml_put_uint(j->xml, from.line);
	}
	for (size_t i = 0; i < sizeof f->via / sizeof *f->via && f->via[i]; i++) {
		ka_xml_put(j->xml, "\n  via ");
		put_object(j, f->via[i]);
	}
	if (f->waiver)
		put_labelled(j, "\n  waived: ", f->waiver->reason);
	else if (f->known)
		ka_xml_put(j->xml, "\n  known: in the baseline");
	put_labelled(j, "\n  id ", f->id);
}

static const struct ka_finding *
findings_of(const struct junit *j, const struct ka_result *res)
{
	return j->r->finding + res->first;
}

static void
put_findings(struct junit *j, const struct ka_result *res)
{
	if (!j->xml)
		return;
	put_labelled(j, "\nFix: ", res->check->fix);
	for (size_t i = 0; i < res->nfindings; i++)
		put_finding(j, &findings_of(j, res)[i]);
	ka_xml_put(j->xml, "\n");
}

static void
check_message(struct junit *j, const struct ka_result *res)
{
	if (res->status == KA_UNKNOWN || res->status == KA_NA || res->status == KA_MANUAL) {
		ka_xml_put(j->xml, res->reason ? res->reason : ka_status_word(res->status));
		return;
	}
	if (ka_all_waived(res)) {
		ka_xml_put(j->xml, findings_of(j, res)[0].waiver->reason);
		ka_xml_put(j->xml, "; ");
	}
	ka_xml_put_uint(j->xml, res->failed);
	ka_xml_put(j->xml, " of ");
	ka_xml_put_uint(j->xml, res->seen);
	ka_xml_put(j->xml, " objects at fault; wanted: ");
	ka_xml_put(j->xml, res->check->title);
}

static void
case_check(struct junit *j, const struct ka_result *res)
{
	case_start(j, res->set->name, res->check->key);
	if (res->status != KA_PASS) {
		outcome(j, res->status, ka_result_excuse(j->r, res));
		check_message(j, res);
		ka_xml_attr_end(j->xml);
		if (res->nfindings)
			put_findings(j, res);
		ka_xml_end(j->xml);
	}
	ka_xml_end(j->xml);
}

/* Findings [i, ret) are on one object: they are sorted so, within a severity. */
static size_t
same_object(const struct ka_finding *f, size_t i, size_t n)
{
	size_t k = i + 1;

	while (k < n && f[k].obj == f[i].obj && f[k].severity == f[i].severity)
		k++;
	return k;
}

static void
case_object(struct junit *j, const struct ka_result *res, size_t from, size_t to)
{
	const struct ka_finding *f = findings_of(j, res), *first = &f[from];

	for (size_t i = from; i < to && ka_excuse_of(first); i++)
		if (!ka_excuse_of(&f[i]) || first->waiver)
			first = &f[i];
	j->n.tests++;
	ka_xml_start(j->xml, "testcase");
	ka_xml_attr(j->xml, "classname", res->set->name);
	ka_xml_attr_start(j->xml, "name");
	ka_xml_put(j->xml, res->check->key);
	ka_xml_put(j->xml, ": ");
	put_object(j, first->obj);
	if (first->severity != res->severity)
		put_labelled(j, " ", ka_severity_name(first->severity));
	ka_xml_attr_end(j->xml);
	outcome(j, KA_FAIL, ka_excuse_of(first));
	ka_xml_put(j->xml, first->waiver    ? first->waiver->reason
			   : first->message ? first->message
					    : res->check->title);
	ka_xml_attr_end(j->xml);
	for (size_t i = from; j->xml && i < to; i++)
		put_finding(j, &f[i]);
	ka_xml_put(j->xml, "\n");
	ka_xml_end(j->xml);
	ka_xml_end(j->xml);
}

static void
cases_of(struct junit *j, const struct ka_result *res)
{
	if (!j->by_object || !res->nfindings) {
		case_check(j, res);
		return;
	}
	for (size_t i = 0; i < res->nfindings;) {
		size_t to = same_object(findings_of(j, res), i, res->nfindings);

		case_object(j, res, i, to);
		i = to;
	}
	if (res->status != KA_UNKNOWN)
		return;
	case_start(j, res->set->name, res->check->key);
	outcome(j, KA_UNKNOWN, KA_NO_EXCUSE);
	check_message(j, res);
	ka_xml_attr_end(j->xml);
	ka_xml_end(j->xml);
	ka_xml_end(j->xml);
}

static void
case_control(struct junit *j, const struct ka_bench_result *b, const struct ka_control *c)
{
	enum ka_excuse excuse = ka_control_excuse(j->r, c);

	j->n.tests++;
	ka_xml_start(j->xml, "testcase");
	ka_xml_attr(j->xml, "classname", b->bench->name);
	ka_xml_attr_start(j->xml, "name");
	ka_xml_put(j->xml, c->item->id);
	put_labelled(j, " ", c->item->title);
	ka_xml_attr_end(j->xml);
	if (c->status != KA_PASS) {
		outcome(j, c->status, excuse);
		if (excuse)
			ka_xml_put(j->xml, "every finding");
		else
			ka_xml_put(j->xml, c->reason ? c->reason : ka_status_word(c->status));
		ka_xml_attr_end(j->xml);
		for (size_t i = 0; i < sizeof c->result / sizeof *c->result && c->result[i]; i++) {
			ka_xml_put(j->xml, "\n");
			ka_xml_put(j->xml, c->result[i]->check->key);
			put_labelled(j, ": ", ka_status_name(c->result[i]->status));
			put_labelled(j, ", ", c->result[i]->reason);
		}
		ka_xml_put(j->xml, "\n");
		ka_xml_end(j->xml);
	}
	ka_xml_end(j->xml);
}

static void
case_gap(struct junit *j, enum ka_kind kind)
{
	const struct ka_evidence *ev = &j->r->g->ledger[kind];
	char mend[512];

	ka_mend(mend, sizeof mend, j->r->g, kind);
	case_start(j, "Evidence", ka_kind_info(kind)->kind);
	outcome(j, KA_UNKNOWN, KA_NO_EXCUSE);
	ka_xml_put(j->xml, ka_evidence_status_name(ev->status));
	put_labelled(j, ": ", ev->reason);
	put_labelled(j, "; to mend it, ", mend);
	ka_xml_attr_end(j->xml);
	ka_xml_end(j->xml);
	ka_xml_end(j->xml);
}

static void
case_lost_documents(struct junit *j)
{
	const struct ka_graph *g = j->r->g;
	size_t lost = 0;

	for (size_t i = 0; i < g->nproblems; i++)
		lost += g->problem[i].fatal;
	if (!lost)
		return;
	case_start(j, "Evidence", "every document could be read");
	outcome(j, KA_UNKNOWN, KA_NO_EXCUSE);
	ka_xml_put(j->xml, "documents lost: ");
	ka_xml_put_uint(j->xml, lost);
	ka_xml_attr_end(j->xml);
	for (size_t i = 0; j->xml && i < g->nproblems; i++) {
		if (!g->problem[i].fatal)
			continue;
		ka_xml_put(j->xml, "\n");
		ka_xml_put(j->xml, ka_file_name(g, g->problem[i].file));
		ka_xml_put(j->xml, ":");
		ka_xml_put_uint(j->xml, g->problem[i].line);
		put_labelled(j, ": ", g->problem[i].text);
	}
	ka_xml_put(j->xml, "\n");
	ka_xml_end(j->xml);
	ka_xml_end(j->xml);
}

/* ---- suites ---------------------------------------------------------------------------- */

/* A suite's cases: those of one check set, of one benchmark, or (neither) of missing evidence. */
struct suite {
	const char *name;
	size_t first, n; /* results */
	const struct ka_bench_result *bench;
};

static void
cases(struct junit *j, const struct suite *s)
{
	if (s->bench) {
		for (size_t i = 0; i < s->bench->ncontrols; i++)
			case_control(j, s->bench, &s->bench->control[i]);
	} else if (s->n) {
		for (size_t i = 0; i < s->n; i++)
			cases_of(j, &j->r->result[s->first + i]);
	} else {
		for (enum ka_kind k = 0; k < KA_NKINDS; k++)
			if (ka_ledger_gap(j->r->g, k))
				case_gap(j, k);
		case_lost_documents(j);
	}
}

static void
property(struct junit *j, const char *name, const char *value)
{
	if (!value)
		return;
	ka_xml_start(j->xml, "property");
	ka_xml_attr(j->xml, "name", name);
	ka_xml_attr(j->xml, "value", value);
	ka_xml_end(j->xml);
}

static void
properties(struct junit *j)
{
	const struct ka_graph *g = j->r->g;

	ka_xml_start(j->xml, "properties");
	property(j, "kassay.version", j->r->tool_version);
	property(j, "kassay.checksDigest", j->r->checks_digest);
	property(j, "kassay.source", g->source);
	property(j, "kassay.clusterUid", g->cluster_uid);
	property(j, "kassay.kubernetesVersion", g->kubernetes_version);
	property(j, "kassay.snapshotSha256", g->snapshot_sha256);
	ka_xml_end(j->xml);
}

/* Counters come before the cases, so every suite is walked twice: once without a writer. */
static void
write_suite(struct junit *j, const struct suite *s, struct counts *total)
{
	struct ka_xml *xml = j->xml;

	j->n = (struct counts){ 0 };
	j->xml = NULL;
	cases(j, s);
	j->xml = xml;
	total->tests += j->n.tests;
	total->failures += j->n.failures;
	total->errors += j->n.errors;
	if (!xml || !j->n.tests)
		return;
	ka_xml_start(j->xml, "testsuite");
	ka_xml_attr(j->xml, "name", s->name);
	ka_xml_attr_uint(j->xml, "tests", j->n.tests);
	ka_xml_attr_uint(j->xml, "failures", j->n.failures);
	ka_xml_attr_uint(j->xml, "errors", j->n.errors);
	ka_xml_attr_uint(j->xml, "skipped", j->n.skipped);
	ka_xml_attr(j->xml, "timestamp", j->r->generated);
	properties(j);
	cases(j, s);
	ka_xml_end(j->xml);
}

static void
suites(struct junit *j, struct counts *total)
{
	const struct ka_report *r = j->r;
	size_t first = 0;

	if (r->incomplete)
		write_suite(j, &(struct suite){ .name = "Evidence" }, total);
	for (size_t i = 1; i <= r->nresults; i++) {
		if (i < r->nresults && r->result[i].set == r->result[first].set)
			continue;
		write_suite(j,
			    &(struct suite){ r->result[first].set->name, first, i - first, NULL },
			    total);
		first = i;
	}
	for (size_t i = 0; i < r->nbenches; i++) {
		const struct ka_bench_result *b = &r->bench[i];

		if (b->asked)
			write_suite(j, &(struct suite){ .name = b->bench->title, .bench = b },
				    total);
	}
}

int
ka_write_junit(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
	       struct ka_err *err)
{
	struct junit j = { .r = r, .by_object = opts->junit_by_object };
	struct counts total = { 0 };
	struct ka_xml xml;

	suites(&j, &total);
	if (ka_xml_init(&xml, out, err) < 0)
		return -1;
	j.xml = &xml;
	ka_xml_start(&xml, "testsuites");
	ka_xml_attr(&xml, "name", "kassay");
	ka_xml_attr_uint(&xml, "tests", total.tests);
	ka_xml_attr_uint(&xml, "failures", total.failures);
	ka_xml_attr_uint(&xml, "errors", total.errors);
	suites(&j, &(struct counts){ 0 });
	ka_xml_end(&xml);
	return ka_xml_release(&xml, err);
}
