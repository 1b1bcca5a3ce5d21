/* Fuzz target: any text as a kubeconfig.  It is refused with a reason, or every entry can be found by its name. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/kubeconfig.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

static void
whole(const struct ka_kubeconfig *k)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct ka_kube_entry *e = &k->entry[i];

		must(ka_kubeconfig_find(k, e->list, e->name) != NULL, "an entry that its name does not find");
		for (size_t j = 0; j < e->n; j++)
			must(e->value[j].path && e->value[j].text, "a value without path or text");
		free(ka_kube_path(e, "cluster.certificate-authority"));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_kubeconfig k;
	struct ka_err err = { .code = KA_OK };
	char path[64];
	int fd = memfd_create("kubeconfig", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size, "no memory file");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	ka_kubeconfig_init(&k);
	if (ka_kubeconfig_read(&k, path, true, &err) == 0)
		whole(&k);
	else
		must(err.code != KA_OK && err.msg[0], "refused without a reason");
	ka_kubeconfig_release(&k);
	close(fd);
	return 0;
}
