/* What an API server says when it says no: metav1.Status, in JSON or in protobuf. */
#ifndef KA_SOURCE_STATUS_H
#define KA_SOURCE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

struct ka_status {
	char message[384]; /* "" when there is none; cut to fit */
	char cont[2048];   /* metadata.continue; "" when there is none */
	bool is_status;
};

/* Whatever the body is: anything but a Status gives is_status false.  k8s.io/apimachinery
 * pkg/apis/meta/v1/generated.proto has the field numbers. */
void ka_status_read(const char *body, size_t len, struct ka_status *ret);

#endif
