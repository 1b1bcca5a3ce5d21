/* The client against a server that fails on request: what is tried again, and what is told. */
#include "source/api_testing.h"

static void
whole(const char *path, unsigned retries)
{
	struct got g = ask_for(path, KA_API_OK);

	assert_string_equal(g.body, "whole");
	assert_int_equal(run.stats.retries, retries);
	assert_int_equal(run.stats.requests, retries + 1);
	free(g.body);
}

/* ---- connections --------------------------------------------------------------------------------------- */

static void
many_requests_share_one_connection(void **state)
{
	struct ka_api_request r[12];
	struct got g[12] = { 0 };
	char *last, *number;
	char mark[64];

	(void)state;
	for (int i = 0; i < 12; i++)
		r[i] = (struct ka_api_request){ .path = "/slow-shared" };
	run.opts.parallel = 3;
	assert_int_equal(ask(r, g, 12), 0);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(g[i].result, KA_API_OK);
		free(g[i].body);
	}
	assert_true(run.stats.http2);
	assert_int_equal(logged("both h2", "/slow-shared", &last), 12);
	number = strchr(last + strlen("both "), ' ');
	snprintf(mark, sizeof mark, "both h2 %d GET", (int)strtol(number, NULL, 10));
	assert_int_equal(logged(mark, "/slow-shared", NULL), 12);
	free(last);
	/* In flight at a time: as many as allowed, never more. */
	assert_true(logged("/slow-shared 3 {", "", NULL) > 0);
	assert_int_equal(logged("/slow-shared 4 {", "", NULL), 0);
}

static void
a_server_without_http2_is_fine(void **state)
{
	struct got g;

	(void)state;
	run.access.server = url_of("old");
	g = ask_for("/ok-old", KA_API_OK);
	assert_false(run.stats.http2);
	assert_string_equal(g.body, "{}");
	assert_int_equal(logged("old http/1.1", "/ok-old", NULL), 1);
	free(g.body);
}

/* ---- tried again --------------------------------------------------------------------------------------- */

static void
what_breaks_is_tried_again(void **state)
{
	(void)state;
	whole("/500", 2);
	whole("/cut-h2", 2);
	whole("/short-h2", 1);
	whole("/close-h2", 1);
	run.access.server = url_of("old");
	whole("/cut-h1", 2);
	whole("/short-h1", 1);
	whole("/close-h1", 1);
}

static void
what_stalls_or_trickles_is_tried_again(void **state)
{
	(void)state;
	whole("/silent-h2", 1);
	whole("/trickle-h2", 1);
	run.access.server = url_of("old");
	whole("/silent-h1", 1);
	whole("/trickle-h1", 1);
	assert_true(run.seconds < 8);
}

static void
a_dead_connection_is_not_used_again(void **state)
{
	(void)state;
	whole("/deaf", 1);
}

static void
a_server_that_restarts_is_waited_for(void **state)
{
	struct ka_api_request r[2] = { { .path = "/ok-mortal" }, { .path = "/hide" } };
	struct got g[2] = { 0 };

	(void)state;
	run.access.server = url_of("mortal");
	run.opts.parallel = 1;
	/* The first is answered; during the second the server goes away, and the tries after it are refused. */
	assert_int_equal(ask(r, g, 2), 0);
	assert_int_equal(g[1].result, KA_API_OK);
	assert_string_equal(g[1].body, "whole");
	assert_true(run.stats.retries >= 2);
	free(g[0].body);
	free(g[1].body);
}

static void
the_deadline_holds(void **state)
{
	(void)state;
	run.opts.deadline_seconds = 2;
	refused(KA_API_FAILED, "/down", "HTTP status 500: etcd is away");
	assert_true(run.seconds < 3.5);
	assert_true(run.stats.retries >= 1);
	refused(KA_API_FAILED, "/stuck", "no whole answer in time");
	assert_true(run.seconds < 4.5);
}

/* ---- 429 ------------------------------------------------------------------------------------------------ */

static void
one_429_slows_all_down(void **state)
{
	struct ka_api_request r[2] = { { .path = "/busy" }, { .path = "/ok-after-busy" } };
	struct got g[2] = { 0 };

	(void)state;
	run.opts.parallel = 1;
	assert_int_equal(ask(r, g, 2), 0);
	assert_int_equal(g[0].result + g[1].result, KA_API_OK);
	assert_int_equal(run.stats.throttled, 1);
	assert_int_equal(run.stats.requests, 3);
	assert_true(run.seconds >= 1);
	free(g[0].body);
	free(g[1].body);
}

static double other_came;

static void
on_other(void *arg, const struct ka_api_answer *a)
{
	other_came = now();
	on_done(arg, a);
}

static void
rest_that_is_asked_for_with_503_is_for_all(void **state)
{
	struct ka_api_request r[2] = { { .path = "/rest" }, { .path = "/ok-after-rest", .done = on_other } };
	struct got g[2] = { 0 };
	double start = now();

	(void)state;
	run.opts.parallel = 1;
	assert_int_equal(ask(r, g, 2), 0);
	assert_int_equal(g[0].result + g[1].result, KA_API_OK);
	assert_true(other_came - start >= 1);
	free(g[0].body);
	free(g[1].body);
}

static void
retry_after_may_be_a_date(void **state)
{
	(void)state;
	free(ask_for("/date", KA_API_OK).body);
	assert_true(run.seconds >= 1.5 && run.seconds < 6);
}

static void
rest_beyond_the_deadline_is_not_waited_for(void **state)
{
	(void)state;
	refused(KA_API_FAILED, "/never", "429");
	assert_true(run.seconds < 2);
	assert_int_equal(run.stats.requests, 1);
}

/* ---- answers ------------------------------------------------------------------------------------------- */

static void
refusals_are_told_in_the_words_of_the_server(void **state)
{
	struct got g;

	(void)state;
	refused(KA_API_FORBIDDEN, "/no", "robot may not");
	refused(KA_API_NOT_FOUND, "/nowhere", "404");
	refused(KA_API_FAILED, "/else", "redirection");
	assert_int_equal(run.stats.requests, 1);
	g = ask_for("/gone", KA_API_GONE);
	assert_string_equal(g.cont, "go-on");
	assert_string_equal(g.reason, "too old");
	free(g.body);
}

static void
packed_answers_are_unpacked_within_bounds(void **state)
{
	struct got g;

	(void)state;
	g = ask_for("/packed", KA_API_OK);
	assert_int_equal(g.len, 100000);
	assert_true(run.stats.wire_bytes < 2000);
	free(g.body);
	run.opts.max_body = 1 << 20;
	refused(KA_API_TOO_LARGE, "/bomb", "larger than 1048576 bytes");
	assert_int_equal(run.stats.requests, 1);
	assert_true(run.stats.body_bytes < 2 << 20);
	run.access.no_compression = true;
	free(ask_for("/ok-unpacked", KA_API_OK).body);
	assert_int_equal(logged("/ok-unpacked", "gzip", NULL), 0);
}

struct stream {
	struct got got; /* first: on_done() takes it */
	int begun;
	size_t len;
	int verdict;
};

static int
on_data(void *arg, const char *p, size_t len)
{
	struct stream *s = arg;

	(void)p;
	if (!len) {
		s->begun++;
		s->len = 0;
		return 0;
	}
	s->len += len;
	return s->verdict;
}

static void
a_streamed_body_begins_anew_with_every_try(void **state)
{
	struct stream s = { .verdict = 0 }, no = { .verdict = -1 };
	struct ka_api_request r[2] = { { .path = "/cut-stream", .data = on_data, .arg = &s },
				       { .path = "/ok-stream", .data = on_data, .arg = &no } };

	(void)state;
	assert_int_equal(ask(r, NULL, 2), 0);
	assert_int_equal(s.got.result, KA_API_OK);
	assert_null(s.got.body);
	assert_int_equal(s.len, strlen("whole"));
	assert_int_equal((uint64_t)s.begun, run.stats.retries + 1);
	assert_int_equal(no.got.result, KA_API_FAILED);
}

struct chain {
	struct ka_api *api;
	int left;
};

static void
on_link(void *arg, const struct ka_api_answer *a)
{
	struct chain *c = arg;

	assert_int_equal(a->result, KA_API_OK);
	if (--c->left)
		ka_api_get(c->api, &(struct ka_api_request){ .path = "/ok-chain", .done = on_link, .arg = c });
}

static void
count_tick(void *arg)
{
	++*(int *)arg;
}

static void
an_answer_may_queue_another_request(void **state)
{
	struct chain c = { .left = 5 };
	int ticks = 0;

	(void)state;
	run.access.credential = ka_credential_new((struct ka_credential_spec){ 0 });
	run.opts.tick = count_tick;
	run.opts.arg = &ticks;
	c.api = ka_api_open(&run.access, &run.opts, &run.err);
	ka_api_get(c.api, &(struct ka_api_request){ .path = "/ok-chain", .done = on_link, .arg = &c });
	assert_int_equal(ka_api_run(c.api, &run.err), 0);
	assert_int_equal(c.left, 0);
	assert_true(ticks > 0);
	ka_api_close(c.api);
	ka_credential_free(run.access.credential);
}

static bool
after_a_while(void *arg)
{
	return ++*(int *)arg > 3;
}

static void
cancelling_ends_it_at_once(void **state)
{
	struct ka_api_request r = { .path = "/stuck" };
	struct got g = { 0 };
	int asked = 0;

	(void)state;
	run.opts.cancelled = after_a_while;
	run.opts.arg = &asked;
	assert_int_equal(ask(&r, &g, 1), -1);
	assert_string_equal(run.err.msg, "cancelled");
	assert_int_equal(g.calls, 0);
	assert_true(run.seconds < 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(many_requests_share_one_connection),
		T(a_server_without_http2_is_fine),
		T(what_breaks_is_tried_again),
		T(what_stalls_or_trickles_is_tried_again),
		T(a_dead_connection_is_not_used_again),
		T(a_server_that_restarts_is_waited_for),
		T(the_deadline_holds),
		T(one_429_slows_all_down),
		T(rest_that_is_asked_for_with_503_is_for_all),
		T(retry_after_may_be_a_date),
		T(rest_beyond_the_deadline_is_not_waited_for),
		T(refusals_are_told_in_the_words_of_the_server),
		T(packed_answers_are_unpacked_within_bounds),
		T(a_streamed_body_begins_anew_with_every_try),
		T(an_answer_may_queue_another_request),
		T(cancelling_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
