/* How the parts of Kubernetes on a node were started: by their processes, and by the manifests of
 * static pods. */
#ifndef KA_SOURCE_NODE_START_H
#define KA_SOURCE_NODE_START_H

#include <stdbool.h>

#include "source/node_root.h"

enum ka_node_part {
	KA_PART_KUBELET,
	KA_PART_PROXY,
	KA_PART_APISERVER,
	KA_PART_CONTROLLERS,
	KA_PART_SCHEDULER,
	KA_PART_ETCD,
	KA_NPARTS,
};

struct ka_node_args {
	bool seen;
	char **v; /* the words after the program's name */
	size_t n, cap;
};
void ka_node_args_release(struct ka_node_args *args);
/* The value of "--flag=value" or "--flag value", the last one given; NULL when there is none. */
const char *ka_node_flag(const struct ka_node_args *args, const char *flag);

/* Of each part the process with the lowest number, where /proc shows any.  Memory to be released. */
void ka_node_processes(const struct ka_node_root *r, struct ka_node_args ret[KA_NPARTS]);

/* A part that a static pod's manifest starts. */
struct ka_node_pod {
	enum ka_node_part part;
	struct ka_node_args args;
	struct ka_node_args mounts; /* pairs: a path in the container, and that on the node */
	char *data_dir;             /* ETCD_DATA_DIR of its environment, or NULL */
};
struct ka_node_pods {
	struct ka_node_pod *v;
	size_t n, cap;
};
/* 0 or an errno value; text that is no pod is no error. */
int ka_node_manifest(const struct ka_node_root *r, const char *path, struct ka_node_pods *ret);
void ka_node_pods_release(struct ka_node_pods *pods);
/* Where a path in the container is on the node, written to ret; false: in the image alone. */
bool ka_node_pod_path(const struct ka_node_pod *pod, const char *path, char ret[PATH_MAX]);

/* What a kubelet's configuration says of files; NULL where it does not. */
struct ka_node_kubelet {
	char *client_ca, *manifests;
};
int ka_node_kubelet_config(const struct ka_node_root *r, const char *path, struct ka_node_kubelet *ret);
void ka_node_kubelet_release(struct ka_node_kubelet *k);

#endif
