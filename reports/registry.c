#include <kassay/report.h>

#include <string.h>

#include "common.h"

const struct ka_format ka_formats[] = {
	{ "terminal", "what needs attention first, for people at a terminal", ka_write_terminal },
	{ "json", "everything, for programs: kassay.report/v1", ka_write_json },
	{ "junit", "one test case a check, for CI: JUnit XML", ka_write_junit },
	{ "html", "one self-contained page to read, filter, print and hand over", ka_write_html },
	{ NULL, NULL, NULL },
};

const struct ka_format *
ka_format_find(const char *name)
{
	for (const struct ka_format *f = ka_formats; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}
