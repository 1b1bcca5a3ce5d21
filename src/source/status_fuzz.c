/* Fuzz target: any bytes as the refusal of an API server, and as what a credential plugin printed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/exec_plugin.h"
#include "source/status.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_exec_answer answer;
	struct ka_err err = { .code = KA_OK };
	struct ka_status s;

	ka_status_read((const char *)data, size, &s);
	must(memchr(s.message, '\0', sizeof s.message) && memchr(s.cont, '\0', sizeof s.cont), "text without an end");
	must(s.is_status || (!s.message[0] && !s.cont[0]), "words of what is no Status");
	if (ka_exec_read((const char *)data, size, "client.authentication.k8s.io/v1", &answer, &err) == 0)
		must(answer.token || (answer.cert_pem && answer.key_pem), "a credential that is none");
	else
		must(err.msg[0] && !answer.token && !answer.key_pem, "refused without a reason, or not wholly");
	ka_exec_answer_release(&answer);
	return 0;
}
