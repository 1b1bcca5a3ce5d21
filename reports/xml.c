/* The one file that knows libxml2. */
#include "xml.h"

#include <stdio.h>
#include <string.h>

#include <libxml/xmlwriter.h>

static const xmlChar *
u8(const char *s)
{
	return (const xmlChar *)s;
}

/* ---- strings: libxml2 writes whatever it is given, and reports success ----------------- */

/* The length of the character at s when XML 1.0 may hold it (production [2]), else 0. */
static size_t
xml_char(const unsigned char *s)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 || s[0] == '\t' || s[0] == '\n' || s[0] == '\r';
	if (s[0] < 0xC2 || s[0] > 0xF4 || (s[1] & 0xC0) != 0x80)
		return 0;
	if (s[0] < 0xE0)
		return 2;
	if ((s[2] & 0xC0) != 0x80)
		return 0;
	if (s[0] < 0xF0) {
		if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F))
			return 0; /* overlong; surrogate */
		return s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE ? 0 : 3; /* U+FFFE, U+FFFF */
	}
	if ((s[3] & 0xC0) != 0x80 || (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return 4;
}

static bool
xml_clean(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	while (*u) {
		size_t n = xml_char(u);

		if (!n)
			return false;
		u += n;
	}
	return true;
}

static void
write_string(struct ka_xml *x, const char *s)
{
	x->bad |= xmlTextWriterWriteString(x->writer, u8(s)) < 0;
}

void
ka_xml_put(struct ka_xml *x, const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	char part[1024];
	size_t len = 0;

	if (!x || !s)
		return;
	if (xml_clean(s)) {
		write_string(x, s);
		return;
	}
	while (*u) {
		size_t n = xml_char(u);

		memcpy(part + len, n ? (const char *)u : "\xEF\xBF\xBD", n ? n : 3);
		len += n ? n : 3;
		u += n ? n : 1;
		if (len > sizeof part - 8 || !*u) {
			part[len] = '\0';
			len = 0;
			write_string(x, part);
		}
	}
}

void
ka_xml_put_uint(struct ka_xml *x, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	ka_xml_put(x, text);
}

/* ---- elements -------------------------------------------------------------------------- */

void
ka_xml_start(struct ka_xml *x, const char *element)
{
	if (x)
		x->bad |= xmlTextWriterStartElement(x->writer, u8(element)) < 0;
}

void
ka_xml_end(struct ka_xml *x)
{
	if (x)
		x->bad |= xmlTextWriterEndElement(x->writer) < 0;
}

void
ka_xml_attr_start(struct ka_xml *x, const char *name)
{
	if (x)
		x->bad |= xmlTextWriterStartAttribute(x->writer, u8(name)) < 0;
}

void
ka_xml_attr_end(struct ka_xml *x)
{
	if (x)
		x->bad |= xmlTextWriterEndAttribute(x->writer) < 0;
}

void
ka_xml_attr(struct ka_xml *x, const char *name, const char *value)
{
	ka_xml_attr_start(x, name);
	ka_xml_put(x, value);
	ka_xml_attr_end(x);
}

void
ka_xml_attr_uint(struct ka_xml *x, const char *name, uint64_t n)
{
	ka_xml_attr_start(x, name);
	ka_xml_put_uint(x, n);
	ka_xml_attr_end(x);
}

/* ---- the writer ------------------------------------------------------------------------ */

static int
write_bytes(void *context, const char *bytes, int len)
{
	ka_out_bytes(context, bytes, (size_t)len);
	return len;
}

int
ka_xml_init(struct ka_xml *x, struct ka_out *out, struct ka_err *err)
{
	xmlOutputBuffer *buf = xmlOutputBufferCreateIO(write_bytes, NULL, out, NULL);

	*x = (struct ka_xml){ .writer = buf ? xmlNewTextWriter(buf) : NULL };
	if (!x->writer) {
		if (buf)
			xmlOutputBufferClose(buf);
		return ka_err_set(err, KA_EIO, "writing XML: out of memory");
	}
	x->bad |= xmlTextWriterSetIndent(x->writer, 1) < 0;
	x->bad |= xmlTextWriterStartDocument(x->writer, NULL, "UTF-8", NULL) < 0;
	return 0;
}

int
ka_xml_release(struct ka_xml *x, struct ka_err *err)
{
	bool bad = xmlTextWriterEndDocument(x->writer) < 0 || x->bad;

	xmlFreeTextWriter(x->writer);
	*x = (struct ka_xml){ 0 };
	return bad ? ka_err_set(err, KA_EIO, "writing XML: libxml2 reported a failure") : 0;
}
