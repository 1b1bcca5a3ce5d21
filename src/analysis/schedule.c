#include "analysis/schedule.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "util/str.h"
#include "util/banned.h"

/* What a field says, a bit for each value; `star`: any, which day of month and of week ask about. */
struct field {
	uint64_t bits;
	bool star;
};
struct range {
	unsigned min, max;
	const char *names; /* of three letters each, from min on; NULL: none */
};
enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, NFIELDS };

static const struct range ranges[NFIELDS] = {
	[MINUTE] = { 0, 59, NULL }, [HOUR] = { 0, 23, NULL },
	[DAY] = { 1, 31, NULL },    [MONTH] = { 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
	[WEEKDAY] = { 0, 6, "sunmontuewedthufrisat" },
};

/* ---- fields ------------------------------------------------------------------------------- */

static bool
number(const char **s, const struct range *r, unsigned *ret)
{
	unsigned n = 0;
	const char *p = *s;

	if (r->names && isalpha((unsigned char)*p)) {
		for (unsigned i = 0; r->names[(size_t)i * 3]; i++)
			if (!strncasecmp(&r->names[(size_t)i * 3], p, 3)) {
				*ret = r->min + i;
				*s = p + 3;
				return true;
			}
		return false;
	}
	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p) && n < 1000; p++)
		n = n * 10 + (unsigned)(*p - '0');
	*s = p;
	*ret = n;
	return true;
}

/* "*", "5", "1-5", each perhaps with "/2". */
static bool
one_range(const char **s, const struct range *r, struct field *f)
{
	unsigned from = r->min, to = r->max, step = 1;
	bool star = **s == '*' || **s == '?', single = false;

	if (star) {
		++*s;
	} else {
		if (!number(s, r, &from))
			return false;
		to = from;
		single = **s != '-';
		if (!single && (++*s, !number(s, r, &to)))
			return false;
	}
	if (**s == '/') {
		static const struct range any = { 0, 999, NULL };

		++*s;
		if (!number(s, &any, &step) || !step)
			return false;
		if (single)
			to = r->max;
	}
	if (from < r->min || to > r->max || from > to)
		return false;
	for (unsigned i = from; i <= to; i += step)
		f->bits |= UINT64_C(1) << i;
	f->star = f->star || (star && step == 1);
	return true;
}

static bool
one_field(const char **s, const struct range *r, struct field *f)
{
	*f = (struct field){ 0 };
	*s += strspn(*s, " \t");
	for (;;) {
		if (!one_range(s, r, f))
			return false;
		if (**s != ',')
			break;
		++*s;
	}
	return !**s || **s == ' ' || **s == '\t';
}

/* ---- days --------------------------------------------------------------------------------- */

static bool
runs_on(const struct field *f, unsigned month, unsigned day, unsigned weekday)
{
	bool in_month = f[DAY].bits >> day & 1, in_week = f[WEEKDAY].bits >> weekday & 1;

	if (!(f[MONTH].bits >> month & 1))
		return false;
	return f[DAY].star || f[WEEKDAY].star ? in_month && in_week : in_month || in_week;
}

/* All that a schedule can say shows in the 28 years after which weekdays come round, or nearly twice that. */
enum { YEARS = 48, FIRST_YEAR = 2000 };

static unsigned
days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && year % 4 == 0);
}

static int
longest_gap(const struct field *f)
{
	int today = 0, last = -1, gap = -1;
	unsigned weekday = 6; /* of 1 January 2000 */

	for (unsigned year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++)
		for (unsigned month = 1; month <= 12; month++)
			for (unsigned day = 1; day <= days_in(year, month); day++, today++) {
				if (runs_on(f, month, day, weekday)) {
					if (last >= 0 && today - last > gap)
						gap = today - last;
					last = today;
				}
				weekday = (weekday + 1) % 7;
			}
	return gap;
}

/* ---- words -------------------------------------------------------------------------------- */

/* "1h30m": only the hours can make days. */
static int
every(const char *s)
{
	static const struct range any = { 0, 999, NULL };
	unsigned n, hours = 0;

	if (!isdigit((unsigned char)*s))
		return -1;
	while (isdigit((unsigned char)*s) || *s == '.') {
		n = 0;
		if (*s != '.' && !number(&s, &any, &n))
			return -1;
		while (isdigit((unsigned char)*s) || *s == '.')
			s++;
		if (*s == 'h' && hours < 100000)
			hours += n;
		s += strspn(s, "hmsnu");
	}
	return *s ? -1 : (int)(hours / 24 + 1);
}

static int
word(const char *s)
{
	static const struct {
		const char *name;
		int days;
	} words[] = {
		{ "@yearly", 366 }, { "@annually", 366 }, { "@monthly", 31 }, { "@weekly", 7 },
		{ "@daily", 1 },    { "@midnight", 1 },	  { "@hourly", 1 },
	};

	if (ka_str_has_prefix(s, "@every "))
		return every(s + strlen("@every "));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].name, s))
			return words[i].days;
	return -1;
}

int
ka_schedule_days(const char *s)
{
	struct field f[NFIELDS];

	s += strspn(s, " \t");
	if (ka_str_has_prefix(s, "TZ=") || ka_str_has_prefix(s, "CRON_TZ=")) {
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	if (*s == '@')
		return word(s);
	for (size_t i = 0; i < NFIELDS; i++)
		if (!one_field(&s, &ranges[i], &f[i]))
			return -1;
	return s[strspn(s, " \t")] ? -1 : longest_gap(f);
}
