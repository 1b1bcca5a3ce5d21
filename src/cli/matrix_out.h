/* `can` without a question: the permission matrix, for people and for machines. */
#ifndef KA_CLI_MATRIX_OUT_H
#define KA_CLI_MATRIX_OUT_H

#include <kassay/catalogue.h>
#include <kassay/matrix.h>
#include <kassay/out.h>

#include "cli/answer.h"

void ka_matrix_text(struct ka_out *out, const struct ka_answers *from, const struct ka_who *who,
		    const struct ka_catalogue *cat, const struct ka_matrix *m);
void ka_matrix_json(struct ka_out *out, const struct ka_answers *from, const struct ka_who *who,
		    const struct ka_catalogue *cat, const struct ka_matrix *m);

#endif
