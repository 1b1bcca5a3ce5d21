#include "util/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#include "util/banned.h"

#define BUF_FIRST 64

void
ka_buf_init(struct ka_buf *b, size_t max)
{
	if (max > PTRDIFF_MAX - 1)
		max = PTRDIFF_MAX - 1;
	b->max = max;
	b->len = 0;
	b->cap = max < BUF_FIRST ? max + 1 : BUF_FIRST;
	b->s = ka_xmalloc(b->cap);
	b->s[0] = '\0';
}

void
ka_buf_release(struct ka_buf *b)
{
	free(b->s);
	*b = (struct ka_buf){ NULL, 0, 0, 0 };
}

void
ka_buf_clear(struct ka_buf *b)
{
	b->len = 0;
	b->s[0] = '\0';
}

/* Room for len more bytes and the NUL. */
static int
buf_reserve(struct ka_buf *b, size_t len, struct ka_err *err)
{
	size_t cap = b->cap;

	if (len > b->max - b->len)
		return ka_err_set(err, KA_ELIMIT, "text is longer than %zu bytes", b->max);
	if (b->len + len < cap)
		return 0;
	while (cap <= b->len + len)
		cap = cap > b->max / 2 ? b->max + 1 : cap * 2;
	b->s = ka_xreallocarray(b->s, cap, 1);
	b->cap = cap;
	return 0;
}

int
ka_buf_add(struct ka_buf *b, const void *p, size_t len, struct ka_err *err)
{
	if (buf_reserve(b, len, err))
		return -1;
	if (len)
		memcpy(b->s + b->len, p, len);
	b->len += len;
	b->s[b->len] = '\0';
	return 0;
}

int
ka_buf_fmt(struct ka_buf *b, struct ka_err *err, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(b->s + b->len, room, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < room) {
		b->len += (size_t)len;
		return 0;
	}
	b->s[b->len] = '\0';
	if (len < 0)
		return ka_err_set(err, KA_ELIMIT, "text is longer than a format can make");
	if (buf_reserve(b, (size_t)len, err))
		return -1;
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
	return 0;
}

bool
ka_str_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
ka_str_has_suffix(const char *s, const char *suffix)
{
	size_t len = strlen(s), suffix_len = strlen(suffix);

	return len >= suffix_len && memcmp(s + len - suffix_len, suffix, suffix_len) == 0;
}

bool
ka_str_to_u64(const char *s, uint64_t *ret)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	}
	*ret = n;
	return true;
}

/* What may follow a first byte: how many bytes, and between which the second one.  The narrower
 * bounds are what keeps out overlong forms, surrogates and numbers past U+10FFFF. */
static unsigned
utf8_lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	*high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (c < 0x80)
		return 0;
	if (c < 0xc2 || c > 0xf4)
		return KA_UTF8_BAD;
	return c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
}

size_t
ka_utf8_next(const char *s, size_t len, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned char low, high;
	unsigned more = utf8_lead(*p, &low, &high);
	uint32_t c;

	*ret = KA_UTF8_BAD;
	if (more == KA_UTF8_BAD)
		return 1;
	c = more ? *p & (0x3fu >> more) : *p;
	for (unsigned i = 1; i <= more; i++) {
		if (i == len || p[i] < low || p[i] > high)
			return i;
		c = c << 6 | (p[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*ret = c;
	return more + 1;
}

bool
ka_utf8_valid(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint64_t w;
		uint32_t c;

		if (len - i >= sizeof w) {
			memcpy(&w, s + i, sizeof w);
			if (!(w & UINT64_C(0x8080808080808080))) {
				i += sizeof w;
				continue;
			}
		}
		i += ka_utf8_next(s + i, len - i, &c);
		if (c == KA_UTF8_BAD)
			return false;
	}
	return true;
}

bool
ka_term_safe(uint32_t c)
{
	/* First to last, in order. */
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x061c, 0x061c }, /* Arabic letter mark */
		{ 0x200b, 0x200f }, /* zero width, marks of direction */
		{ 0x2028, 0x202e }, /* line and paragraph separators, embeddings and overrides */
		{ 0x2060, 0x206f }, /* word joiner, isolates */
		{ 0xfeff, 0xfeff },
		{ 0xe0000, 0xe007f }, /* tags: an invisible copy of ASCII */
		{ 0x110000, KA_UTF8_BAD },
	};

	if (c >= 0x20 && c < 0x7f)
		return true;
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
		if (c <= unsafe[i].last)
			return c < unsafe[i].first;
	}
	return true;
}

/* `width` digits at *s, stepped over; -1 when they are not. */
static int
digits(const char **s, int width)
{
	int n = 0;

	for (int i = 0; i < width; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		n = n * 10 + (**s - '0');
	}
	return n;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar.  Years are counted from March on, so
 * that the leap day is the last one of its year. */
static int64_t
days_from_civil(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return (int64_t)era * 146097 + of_era - 719468;
}

static int
days_in_month(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool
step_over(const char **s, const char *any_of)
{
	if (!**s || !strchr(any_of, **s))
		return false;
	(*s)++;
	return true;
}

static bool
parse_date(const char **s, int64_t *ret_days)
{
	int year, month, day;

	if ((year = digits(s, 4)) < 0 || !step_over(s, "-") || (month = digits(s, 2)) < 1 ||
	    month > 12 || !step_over(s, "-") || (day = digits(s, 2)) < 1 ||
	    day > days_in_month(year, month))
		return false;
	*ret_days = days_from_civil(year, month, day);
	return true;
}

/* "08:00:00.125" */
static bool
parse_clock(const char **s, int *ret_seconds)
{
	int hour, minute, second;

	if ((hour = digits(s, 2)) < 0 || hour > 23 || !step_over(s, ":") ||
	    (minute = digits(s, 2)) < 0 || minute > 59 || !step_over(s, ":") ||
	    (second = digits(s, 2)) < 0 || second > 60)
		return false;
	if (step_over(s, ".")) {
		if (digits(s, 1) < 0)
			return false;
		while (**s >= '0' && **s <= '9')
			(*s)++;
	}
	*ret_seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* "Z", "+01:00" */
static bool
parse_zone(const char **s, int *ret_seconds)
{
	int sign = **s == '-' ? -1 : 1, hour, minute;

	if (step_over(s, "Zz")) {
		*ret_seconds = 0;
		return true;
	}
	if (!step_over(s, "+-") || (hour = digits(s, 2)) < 0 || hour > 23 || !step_over(s, ":") ||
	    (minute = digits(s, 2)) < 0 || minute > 59)
		return false;
	*ret_seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

bool
ka_time_parse(const char *s, int64_t *ret)
{
	int64_t days;
	int clock_s, zone_s;

	if (!s || !parse_date(&s, &days) || !step_over(&s, "Tt") || !parse_clock(&s, &clock_s) ||
	    !parse_zone(&s, &zone_s) || *s)
		return false;
	*ret = days * 86400 + clock_s - zone_s;
	return true;
}

static void
put_digits(char *to, int n, int width)
{
	for (int i = width; i-- > 0; n /= 10)
		to[i] = (char)('0' + n % 10);
}

void
ka_time_format(int64_t t, char out[21])
{
	const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);
	int64_t days;
	int rest, year, month = 1, day;

	t = t < first ? first : t > last ? last : t;
	days = t / 86400 - (t % 86400 < 0);
	rest = (int)(t - days * 86400);
	/* A guess that may be a year off either way. */
	year = (int)((days + 719528) * 400 / 146097);
	while (year > 0 && days_from_civil(year, 1, 1) > days)
		year--;
	while (days_from_civil(year + 1, 1, 1) <= days)
		year++;
	day = (int)(days - days_from_civil(year, 1, 1));
	while (day >= days_in_month(year, month))
		day -= days_in_month(year, month++);
	memcpy(out, "0000-00-00T00:00:00Z", 21);
	put_digits(out, year, 4);
	put_digits(out + 5, month, 2);
	put_digits(out + 8, day + 1, 2);
	put_digits(out + 11, rest / 3600, 2);
	put_digits(out + 14, rest / 60 % 60, 2);
	put_digits(out + 17, rest % 60, 2);
}
