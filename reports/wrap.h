/* Words on lines of a terminal's width.  All text passes ka_out_term(). */
#ifndef KA_REPORTS_WRAP_H
#define KA_REPORTS_WRAP_H

#include <stdbool.h>

#include <kassay/out.h>

struct ka_wrap {
	struct ka_out *out;
	unsigned width;
	bool color;
	unsigned indent, col; /* of further lines; where we are */
	bool glue;	      /* the next word follows without a space */
};

/* A paragraph starts, `first` columns in; its further lines start at `indent`. */
void ka_wrap_start(struct ka_wrap *w, unsigned first, unsigned indent);
void ka_wrap_newline(struct ka_wrap *w);
/* Words, separated by a space from what is there.  Those longer than a line are cut where it ends.
 */
void ka_wrap_text(struct ka_wrap *w, const char *s);
/* As ka_wrap_text(), right behind what was written last. */
void ka_wrap_glued(struct ka_wrap *w, const char *s);
/* Spaces up to a column, from which further lines start as well. */
void ka_wrap_pad(struct ka_wrap *w, unsigned col);
/* A colour or weight ("1;31"; "0" ends it), when there is colour. */
void ka_wrap_style(struct ka_wrap *w, const char *sgr);

#endif
