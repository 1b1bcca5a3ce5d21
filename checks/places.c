#include "places.h"

#include <string.h>

void
place_clean(const char *path, char out[PLACE_PATH_LEN])
{
	size_t len = 0;

	if (path[0] && path[1] == ':' && (path[2] == '\\' || path[2] == '/' || !path[2]))
		path += 2;
	while (*path) {
		size_t n = strcspn(path, "/\\");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (len && out[--len] != '/')
				;
		} else if (n && !(n == 1 && path[0] == '.') && len + n + 2 < PLACE_PATH_LEN) {
			out[len++] = '/';
			memcpy(out + len, path, n);
			len += n;
		}
		path += n;
		path += *path != '\0';
	}
	if (!len)
		out[len++] = '/';
	out[len] = '\0';
	/* A link on every distribution with systemd. */
	if (strncmp(out, "/var/run", 8) == 0 && (out[8] == '/' || !out[8]))
		memmove(out, out + 4, len - 4 + 1);
}

/* True when path is dir or below it. */
static bool
path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || !path[n] || dir[n - 1] == '/');
}

static const struct place places[] = {
	{ "/", PLACE_EXACT, KA_CRITICAL, KA_HIGH, "the whole node" },
	{ "/bin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/boot", PLACE_TREE, KA_HIGH, KA_LOW, "the node's kernel" },
	{ "/dev", PLACE_EXACT, KA_HIGH, KA_HIGH, "every device of the node" },
	{ "/dev/disk", PLACE_TREE, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/dm-", PLACE_PREFIX, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/kmem", PLACE_EXACT, KA_HIGH, KA_HIGH, "the memory of the kernel" },
	{ "/dev/mapper", PLACE_TREE, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/mem", PLACE_EXACT, KA_HIGH, KA_HIGH, "the memory of the node" },
	{ "/dev/nvme", PLACE_PREFIX, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/sd", PLACE_PREFIX, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/vd", PLACE_PREFIX, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/dev/xvd", PLACE_PREFIX, KA_HIGH, KA_HIGH, "raw disks of the node" },
	{ "/etc", PLACE_EXACT, KA_HIGH, KA_HIGH, "the node's configuration" },
	{ "/etc/cni", PLACE_TREE, KA_HIGH, KA_LOW,
	  "configuration of network plugins, which run as root" },
	{ "/etc/containerd", PLACE_TREE, KA_HIGH, KA_MEDIUM,
	  "configuration of the container runtime" },
	{ "/etc/cron", PLACE_PREFIX, KA_HIGH, KA_LOW, "jobs that the node runs as root" },
	{ "/etc/crio", PLACE_TREE, KA_HIGH, KA_MEDIUM, "configuration of the container runtime" },
	{ "/etc/docker", PLACE_TREE, KA_HIGH, KA_MEDIUM, "configuration of the container runtime" },
	{ "/etc/kubernetes", PLACE_TREE, KA_HIGH, KA_HIGH,
	  "credentials and static pods of the cluster" },
	{ "/etc/ld.so.preload", PLACE_EXACT, KA_HIGH, KA_LOW,
	  "code that every program of the node loads" },
	{ "/etc/pam.d", PLACE_TREE, KA_HIGH, KA_LOW, "how the node lets people in" },
	{ "/etc/passwd", PLACE_EXACT, KA_HIGH, KA_LOW, "accounts of the node" },
	{ "/etc/rancher", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/etc/shadow", PLACE_EXACT, KA_HIGH, KA_HIGH, "passwords of the node" },
	{ "/etc/srv/kubernetes", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/etc/ssh", PLACE_TREE, KA_HIGH, KA_HIGH, "keys of the node" },
	{ "/etc/sudoers", PLACE_PREFIX, KA_HIGH, KA_LOW, "who may become root on the node" },
	{ "/etc/systemd", PLACE_TREE, KA_HIGH, KA_LOW, "services that the node runs as root" },
	{ "/home", PLACE_TREE, KA_HIGH, KA_HIGH,
	  "home folders, keys and cloud credentials in them" },
	{ "/lib", PLACE_EXACT, KA_HIGH, KA_LOW, "libraries of the node" },
	{ "/lib/systemd", PLACE_TREE, KA_HIGH, KA_LOW, "services that the node runs as root" },
	{ "/lib64", PLACE_TREE, KA_HIGH, KA_LOW, "libraries of the node" },
	{ "/opt/cni", PLACE_TREE, KA_HIGH, KA_LOW, "network plugins, which the node runs as root" },
	{ "/proc", PLACE_TREE, KA_HIGH, KA_MEDIUM, "processes and kernel settings of the node" },
	{ "/root", PLACE_TREE, KA_HIGH, KA_HIGH, "root's home, keys and cloud credentials in it" },
	{ "/sbin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/srv/kubernetes", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/sys", PLACE_TREE, KA_HIGH, KA_MEDIUM, "kernel settings and devices of the node" },
	{ "/usr", PLACE_EXACT, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/bin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/lib", PLACE_EXACT, KA_HIGH, KA_LOW, "libraries of the node" },
	{ "/usr/lib/systemd", PLACE_TREE, KA_HIGH, KA_LOW, "services that the node runs as root" },
	{ "/usr/libexec", PLACE_EXACT, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/local", PLACE_EXACT, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/local/bin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/local/sbin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/usr/sbin", PLACE_TREE, KA_HIGH, KA_LOW, "programs of the node" },
	{ "/var", PLACE_EXACT, KA_HIGH, KA_HIGH, "the node's state, the kubelet's included" },
	{ "/var/lib", PLACE_EXACT, KA_HIGH, KA_HIGH, "the node's state, the kubelet's included" },
	{ "/var/lib/cloud", PLACE_TREE, KA_HIGH, KA_HIGH, "cloud credentials of the node" },
	{ "/var/lib/containerd", PLACE_TREE, KA_HIGH, KA_HIGH, "the files of all containers" },
	{ "/var/lib/containers", PLACE_TREE, KA_HIGH, KA_HIGH, "the files of all containers" },
	{ "/var/lib/docker", PLACE_TREE, KA_HIGH, KA_HIGH, "the files of all containers" },
	{ "/var/lib/etcd", PLACE_TREE, KA_HIGH, KA_HIGH, "the cluster's database" },
	{ "/var/lib/k0s", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/var/lib/kubelet", PLACE_TREE, KA_HIGH, KA_HIGH,
	  "credentials of the node, tokens and secrets of its pods" },
	{ "/var/lib/kubelet/device-plugins", PLACE_TREE, KA_SEV_DEFAULT, KA_SEV_DEFAULT, NULL },
	{ "/var/lib/kubelet/plugins", PLACE_TREE, KA_SEV_DEFAULT, KA_SEV_DEFAULT, NULL },
	{ "/var/lib/kubelet/plugins_registry", PLACE_TREE, KA_SEV_DEFAULT, KA_SEV_DEFAULT, NULL },
	{ "/var/lib/kubelet/pod-resources", PLACE_TREE, KA_SEV_DEFAULT, KA_SEV_DEFAULT, NULL },
	{ "/var/lib/minikube", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/var/lib/rancher", PLACE_TREE, KA_HIGH, KA_HIGH, "credentials of the cluster" },
	{ "/var/lib/waagent", PLACE_TREE, KA_HIGH, KA_HIGH, "cloud credentials of the node" },
	{ "/var/log", PLACE_EXACT, KA_HIGH, KA_MEDIUM,
	  "logs, and through links in them any file the kubelet reads" },
	{ "/var/log/containers", PLACE_EXACT, KA_HIGH, KA_MEDIUM, "logs of all containers" },
	{ "/var/log/pods", PLACE_EXACT, KA_HIGH, KA_MEDIUM, "logs of all containers" },
	{ "/var/spool/cron", PLACE_TREE, KA_HIGH, KA_LOW, "jobs that the node runs as root" },
};

static bool
place_matches(const struct place *p, const char *path)
{
	switch (p->reach) {
	case PLACE_EXACT:
		return strcmp(path, p->path) == 0;
	case PLACE_TREE:
		return path_below(path, p->path);
	case PLACE_PREFIX:
		return strncmp(path, p->path, strlen(p->path)) == 0;
	}
	return false;
}

/* Folders where command line tools keep credentials, wherever they lie. */
static const struct place *
credentials_find(const char *path)
{
	static const struct place credentials = { NULL, PLACE_TREE, KA_HIGH, KA_HIGH,
						  "credentials of a person or of the node" };
	static const char *const names[] = { ".aws",	".azure", ".config/gcloud",
					     ".docker", ".kube",  ".ssh" };

	for (const char *s = strstr(path, "/."); s; s = strstr(s + 1, "/.")) {
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (path_below(s + 1, names[i]))
				return &credentials;
	}
	return NULL;
}

const struct place *
place_find(const char *path)
{
	const struct place *best = credentials_find(path);

	if (best)
		return best;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (place_matches(&places[i], path) &&
		    (!best || strlen(places[i].path) >= strlen(best->path)))
			best = &places[i];
	return best && best->what ? best : NULL;
}

bool
place_is_runtime_socket(const char *path)
{
	static const char *const names[] = { "docker.sock",	 "containerd.sock", "crio.sock",
					     "cri-dockerd.sock", "dockershim.sock", "podman.sock",
					     "buildkitd.sock" };
	static const char *const folders[] = {
		"/",
		"/run",
		"/run/containerd",
		"/run/crio",
		"/run/docker",
		"/run/docker/containerd",
		"/run/dockershim",
		"/run/k0s",
		"/run/k3s",
		"/run/k3s/containerd",
		"/run/podman",
	};
	const char *base = strrchr(path, '/') + 1;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(base, names[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (strcmp(path, folders[i]) == 0)
			return true;
	return false;
}
