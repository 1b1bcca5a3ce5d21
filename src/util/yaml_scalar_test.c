#include "util/yaml_scalar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"
#include "util/tape.h"

#define T "tag:yaml.org,2002:"

/* want: null, true, false, a number, a string in quotes, or "!" for an error. */
static const struct {
	const char *text, *tag, *want;
	bool quoted;
} row[] = {
	{ "", NULL, "null", false },
	{ "~", NULL, "null", false },
	{ "null", NULL, "null", false },
	{ "Null", NULL, "null", false },
	{ "NULL", NULL, "null", false },
	{ "nULL", NULL, "'nULL'", false },
	{ "none", NULL, "'none'", false },
	{ "", NULL, "''", true },
	{ "null", NULL, "'null'", true },
	/* YAML 1.1 booleans */
	{ "true", NULL, "true", false },
	{ "True", NULL, "true", false },
	{ "TRUE", NULL, "true", false },
	{ "tRUE", NULL, "'tRUE'", false },
	{ "y", NULL, "true", false },
	{ "Y", NULL, "true", false },
	{ "yes", NULL, "true", false },
	{ "Yes", NULL, "true", false },
	{ "YES", NULL, "true", false },
	{ "yEs", NULL, "'yEs'", false },
	{ "on", NULL, "true", false },
	{ "On", NULL, "true", false },
	{ "ON", NULL, "true", false },
	{ "false", NULL, "false", false },
	{ "False", NULL, "false", false },
	{ "FALSE", NULL, "false", false },
	{ "n", NULL, "false", false },
	{ "N", NULL, "false", false },
	{ "no", NULL, "false", false },
	{ "No", NULL, "false", false },
	{ "NO", NULL, "false", false },
	{ "off", NULL, "false", false },
	{ "Off", NULL, "false", false },
	{ "OFF", NULL, "false", false },
	{ "yes", NULL, "'yes'", true },
	/* integers */
	{ "0", NULL, "0", false },
	{ "-0", NULL, "0", false },
	{ "+7", NULL, "7", false },
	{ "-7", NULL, "-7", false },
	{ "12345", NULL, "12345", false },
	{ "1_000_000", NULL, "1000000", false },
	{ "1__0_", NULL, "10", false },
	{ "_1", NULL, "'_1'", false },
	{ "0644", NULL, "420", false },
	{ "-0644", NULL, "-420", false },
	{ "0o644", NULL, "420", false },
	{ "0O17", NULL, "15", false },
	{ "0x1F", NULL, "31", false },
	{ "0X1f", NULL, "31", false },
	{ "-0xff", NULL, "-255", false },
	{ "0b101", NULL, "5", false },
	{ "-0b11", NULL, "-3", false },
	{ "0x", NULL, "'0x'", false },
	{ "0b", NULL, "'0b'", false },
	{ "0b2", NULL, "'0b2'", false },
	{ "0xg", NULL, "'0xg'", false },
	{ "08", NULL, "8", false },
	{ "0899", NULL, "899", false },
	{ "00", NULL, "0", false },
	{ "9223372036854775807", NULL, "9223372036854775807", false },
	{ "-9223372036854775808", NULL, "-9223372036854775808", false },
	{ "9223372036854775808", NULL, "9223372036854775808", false },
	{ "18446744073709551615", NULL, "18446744073709551615", false },
	{ "18446744073709551616", NULL, "18446744073709552000", false },
	{ "-9223372036854775809", NULL, "-9223372036854776000", false },
	{ "0xffffffffffffffffff", NULL, "'0xffffffffffffffffff'", false },
	{ "-", NULL, "'-'", false },
	{ "+", NULL, "'+'", false },
	{ "--1", NULL, "'--1'", false },
	{ "1 2", NULL, "'1 2'", false },
	{ "80:80", NULL, "'80:80'", false },
	{ "100m", NULL, "'100m'", false },
	{ "1Gi", NULL, "'1Gi'", false },
	{ "1.2.3", NULL, "'1.2.3'", false },
	{ "7", NULL, "'7'", true },
	/* floats */
	{ "1.5", NULL, "1.5", false },
	{ "1.0", NULL, "1", false },
	{ "-1.50", NULL, "-1.5", false },
	{ "1.", NULL, "1", false },
	{ ".5", NULL, "0.5", false },
	{ "-.5", NULL, "-0.5", false },
	{ "+.5e1", NULL, "5", false },
	{ ".", NULL, "'.'", false },
	{ "..", NULL, "'..'", false },
	{ ".5_0", NULL, "'.5_0'", false },
	{ "1_0.5", NULL, "10.5", false },
	{ "1e3", NULL, "1000", false },
	{ "1E-2", NULL, "0.01", false },
	{ "1e", NULL, "'1e'", false },
	{ "1e+", NULL, "'1e+'", false },
	{ "e1", NULL, "'e1'", false },
	{ "0.1", NULL, "0.1", false },
	{ "123456.789", NULL, "123456.789", false },
	{ "1e20", NULL, "100000000000000000000", false },
	{ "1e21", NULL, "1e+21", false },
	{ "1.25e300", NULL, "1.25e+300", false },
	{ "0.000001", NULL, "0.000001", false },
	{ "0.0000001", NULL, "1e-7", false },
	{ "1.5e-10", NULL, "1.5e-10", false },
	{ "5e-324", NULL, "5e-324", false },
	{ "1e400", NULL, "'1e400'", false },
	{ "-0.0", NULL, "-0", false },
	{ "4e5", NULL, "400000", false },
	{ "12e03", NULL, "12000", false },
	{ ".inf", NULL, ".inf", false },
	{ "+.Inf", NULL, ".inf", false },
	{ "-.INF", NULL, "-.inf", false },
	{ ".NaN", NULL, ".nan", false },
	{ ".nAn", NULL, "'.nAn'", false },
	{ "inf", NULL, "'inf'", false },
	{ "nan", NULL, "'nan'", false },
	/* times stay text */
	{ "2001-01-01", NULL, "'2001-01-01'", false },
	{ "2001-12-14t21:59:43.10-05:00", NULL, "'2001-12-14t21:59:43.10-05:00'", false },
	{ "<<", NULL, "'<<'", false },
	/* tags */
	{ "5", T "str", "'5'", false },
	{ "", T "str", "''", false },
	{ "yes", T "str", "'yes'", false },
	{ "5", T "int", "5", true },
	{ "0x10", T "int", "16", false },
	{ "5.0", T "int", "!", false },
	{ "x", T "int", "!", false },
	{ "5", T "float", "5", false },
	{ "5.5", T "float", "5.5", true },
	{ ".inf", T "float", ".inf", false },
	{ "x", T "float", "!", false },
	{ "on", T "bool", "true", true },
	{ "1", T "bool", "!", false },
	{ "", T "null", "null", true },
	{ "x", T "null", "!", false },
	{ "2001-01-01", T "timestamp", "'2001-01-01'", false },
	{ "aGVsbG8=", T "binary", "'hello'", false },
	{ "aGVs\nbG8h", T "binary", "'hello!'", true },
	{ "", T "binary", "''", true },
	{ "aGVsbG8", T "binary", "!", false },
	{ "aGV=bG8=", T "binary", "!", false },
	{ "a*==", T "binary", "!", false },
	{ "5", "!mine", "'5'", false },
	{ "5", T "mine", "'5'", false },
};

/* A key, and the string it becomes; NULL: it cannot be one. */
static const struct {
	const char *text, *key;
} keys[] = {
	{ "a", "a" },
	{ "1", "1" },
	{ "0x10", "16" },
	{ "true", "true" },
	{ "on", "true" },
	{ "N", "false" },
	{ "1.5", "1.5" },
	{ "1.0", "1" },
	{ "1e6", "1e+06" },
	{ "123456.0", "123456" },
	{ "1234567.0", "1.234567e+06" },
	{ "0.0001", "0.0001" },
	{ "0.00001", "1e-05" },
	{ "0.1", "0.1" },
	{ ".inf", ".inf" },
	{ "-.inf", "-.inf" },
	{ ".NAN", ".nan" },
	{ "1e300", ".inf" },
	{ "~", NULL },
	{ "", NULL },
	{ "9223372036854775808", NULL },
	{ "2001-01-01", "2001-01-01" },
};

static void
scalars_are_typed_as_kubernetes_types_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		static const char *const literal[] = { "null", "false", "true" };
		struct ka_yaml_scalar s;
		char text[80], got[120];
		int rc;

		snprintf(text, sizeof text, "%s", row[i].text);
		rc = ka_yaml_type(&s, text, strlen(text), row[i].tag, !row[i].quoted && !row[i].tag,
				  NULL);
		if (rc < 0)
			snprintf(got, sizeof got, "!");
		else if (s.type <= KA_TRUE)
			snprintf(got, sizeof got, "%s", literal[s.type]);
		else
			snprintf(got, sizeof got, s.type == KA_STRING ? "'%.*s'" : "%.*s",
				 (int)s.len, s.text);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("row %zu, %s: got %s, wanted %s", i, row[i].text, got,
				 row[i].want);
	}
}

static void
keys_become_the_strings_kubernetes_makes_of_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct ka_yaml_scalar s;
		char text[80];
		int rc;

		snprintf(text, sizeof text, "%s", keys[i].text);
		assert_int_equal(ka_yaml_type(&s, text, strlen(text), NULL, true, NULL), 0);
		rc = ka_yaml_to_key(&s, NULL);
		assert_int_equal(rc, keys[i].key ? 0 : -1);
		if (rc == 0 &&
		    (s.len != strlen(keys[i].key) || memcmp(s.text, keys[i].key, s.len) != 0))
			fail_msg("%s: got %.*s", keys[i].text, (int)s.len, s.text);
	}
}

static void
numbers_of_any_length_do_no_harm(void **state)
{
	static char text[2000];
	struct ka_yaml_scalar s;

	(void)state;
	for (size_t len = 1; len < sizeof text; len++) {
		memset(text, '1', len);
		text[len] = '\0';
		assert_int_equal(ka_yaml_type(&s, text, len, NULL, true, NULL), 0);
		assert_int_equal(s.type, len < 310 ? KA_NUMBER : KA_STRING);
		text[0] = '.';
		assert_int_equal(ka_yaml_type(&s, text, len, NULL, true, NULL), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_are_typed_as_kubernetes_types_them),
		cmocka_unit_test(keys_become_the_strings_kubernetes_makes_of_them),
		cmocka_unit_test(numbers_of_any_length_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
