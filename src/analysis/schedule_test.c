#include "analysis/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/banned.h"

static void
days_between_runs(void **state)
{
	static const struct {
		const char *schedule;
		int days;
	} cases[] = {
		{ "17 3 * * *", 1 },
		{ "*/5 * * * *", 1 },
		{ "0 0 * * 1-5", 3 },
		{ "0 0 * * MON", 7 },
		{ "0 0 * * sun,wed", 4 },
		{ "0 0 1 * *", 31 },
		{ "0 0 31 * *", 61 },
		{ "0 0 1 1,4,7,10 *", 92 },
		{ "0 0 1 JAN *", 366 },
		{ "0 0 29 2 *", 1461 },
		{ "0 0 */2 * *", 2 },
		/* either day, unless one of them is a star */
		{ "0 0 1 * 1", 7 },
		{ "0 0 ? * 1", 7 },
		{ "0 0 */2 * 1", 2 },
		{ "0 0 1-31/7 * *", 7 },
		{ "0 0 10/10 * *", 19 },
		{ "CRON_TZ=Europe/Berlin 0 0 1 * *", 31 },
		{ "@monthly", 31 },
		{ "@yearly", 366 },
		{ "@hourly", 1 },
		{ "@every 1h30m", 1 },
		{ "@every 72h", 4 },
		{ "0 0 30 2 *", -1 },
		{ "", -1 },
		{ "@never", -1 },
		{ "@every soon", -1 },
		{ "* * * *", -1 },
		{ "* * * * * *", -1 },
		{ "60 * * * *", -1 },
		{ "* * 0 * *", -1 },
		{ "* * * foo *", -1 },
		{ "5-1 * * * *", -1 },
		{ "*/0 * * * *", -1 },
		{ "1,, * * * *", -1 },
		{ "99999999999999999999 * * * *", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int days = ka_schedule_days(cases[i].schedule);

		if (days != cases[i].days)
			fail_msg("\"%s\": %d instead of %d", cases[i].schedule, days, cases[i].days);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_between_runs),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
