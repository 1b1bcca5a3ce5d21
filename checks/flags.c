#include "flags.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- words ---------------------------------------------------------------------------------- */

static bool
base_is(const struct ka_word *w, const char *name)
{
	size_t len = strlen(name);

	if (w->len < len || memcmp(w->s + w->len - len, name, len) != 0)
		return false;
	return w->len == len || w->s[w->len - len - 1] == '/';
}

static void
add_word(struct ka_command *cmd, struct ka_word w)
{
	if (cmd->n == KA_MAX_WORDS)
		cmd->cut = true;
	else
		cmd->word[cmd->n++] = w;
}

/* Not a shell: quotes around a word fall off, everything else stays.  It is enough for `exec etcd
 * --flag="x"`. */
static void
add_script(struct ka_command *cmd, const char *s, const char *list, size_t index)
{
	for (size_t len; *s; s += len) {
		struct ka_word w = { .list = list, .index = index, .script = true };

		s += strspn(s, " \t\n\\;()&|");
		len = strcspn(s, " \t\n;()&|");
		w.s = s;
		w.len = len;
		if (len >= 2 && (s[0] == '"' || s[0] == '\'') && s[len - 1] == s[0]) {
			w.s++;
			w.len -= 2;
		}
		if (len > 0)
			add_word(cmd, w);
	}
}

/* `*script`: what follows is shell script; becomes true after a shell's -c. */
static void
add_list(struct ka_command *cmd, const struct ka_strs *list, const char *name, bool shell,
	 bool *script)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *s = list->v[i];

		if (*script && s[0] != '-') {
			add_script(cmd, s, name, i);
			continue;
		}
		add_word(cmd, (struct ka_word){ s, strlen(s), name, i, false });
		if (shell && s[0] == '-' && s[1] != '-' && s[1] && s[strlen(s) - 1] == 'c')
			*script = true;
	}
}

static bool
is_shell(const struct ka_word *w)
{
	return base_is(w, "sh") || base_is(w, "bash") || base_is(w, "ash") || base_is(w, "dash");
}

/* ---- components ----------------------------------------------------------------------------- */

/* The word that names the component, or cmd->n.  Before it may stand a wrapper with flags of its
 * own: go-runner, or a shell script; any other program is not the component, even if an argument of
 * it has that name. */
static size_t
find_component(const struct ka_command *cmd, const char *component)
{
	bool wrapped = cmd->n > 0 && (is_shell(&cmd->word[0]) || base_is(&cmd->word[0], "go-runner"));

	for (size_t i = 0; i < cmd->n; i++) {
		const struct ka_word *w = &cmd->word[i];

		if (w->len > 0 && w->s[0] == '-') {
			if (!wrapped)
				break;
			continue;
		}
		if (base_is(w, component))
			return i;
		if (!wrapped && !base_is(w, "hyperkube") && !base_is(w, "nice") && !base_is(w, "exec"))
			break;
	}
	return cmd->n;
}

static void
read_words(struct ka_command *cmd, const struct ka_container *c)
{
	const struct ka_strs *head = c->command.n > 0 ? &c->command : &c->args;
	bool shell = false, script = false;

	if (head->n > 0) {
		const struct ka_word w = { .s = head->v[0], .len = strlen(head->v[0]) };

		shell = is_shell(&w);
	}
	cmd->cut = false;
	cmd->n = cmd->first = 0;
	add_list(cmd, &c->command, "command", shell, &script);
	add_list(cmd, &c->args, "args", shell, &script);
}

/* The image's own entry point runs it: only arguments are given, and the pod's label or the
 * container says what it is. */
static bool
is_entry_point(const struct ka_unit *unit, const struct ka_container *c, const char *component)
{
	const char *label = ka_kvs_get(unit->labels, "component");

	if (c->command.n > 0 || c->args.n == 0 || c->args.v[0][0] != '-')
		return false;
	return (c->name && strcmp(c->name, component) == 0) ||
	       (label && strcmp(label, component) == 0 && unit->spec->ncontainers == 1);
}

bool
ka_command_find(const struct ka_unit *unit, const char *component, struct ka_command *ret)
{
	for (size_t i = 0; i < unit->spec->ncontainers; i++) {
		const struct ka_container *c = &unit->spec->container[i];
		size_t at;

		if (c->type != KA_REGULAR)
			continue;
		ret->container = c;
		ret->etcd = strcmp(component, "etcd") == 0;
		read_words(ret, c);
		at = find_component(ret, component);
		if (at < ret->n)
			ret->first = at + 1;
		if (at < ret->n || is_entry_point(unit, c, component))
			return true;
	}
	return false;
}

/* ---- flags ---------------------------------------------------------------------------------- */

/* The length of the flag's name with its dashes when the word is that flag, else 0.  component-base
 * lets '_' stand for '-'. */
static size_t
match_flag(const struct ka_command *cmd, const struct ka_word *w, const char *name)
{
	size_t dashes = 0, len = strlen(name);

	while (dashes < 2 && dashes < w->len && w->s[dashes] == '-')
		dashes++;
	if (dashes == 0 || (dashes == 1 && !cmd->etcd) || w->len < dashes + len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char c = w->s[dashes + i];

		if (c != name[i] && !(c == '_' && name[i] == '-'))
			return 0;
	}
	if (w->len > dashes + len && w->s[dashes + len] != '=')
		return 0;
	return dashes + len;
}

/* --flag="value" in a shell script. */
static void
unquote(struct ka_flag *f)
{
	if (f->word->script && f->len >= 2 && (f->s[0] == '"' || f->s[0] == '\'') &&
	    f->s[f->len - 1] == f->s[0]) {
		f->s++;
		f->len -= 2;
	}
}

struct ka_flag
ka_command_next(const struct ka_command *cmd, const char *name, bool boolean, size_t *pos)
{
	for (size_t i = *pos > cmd->first ? *pos : cmd->first; i < cmd->n; i++) {
		const struct ka_word *w = &cmd->word[i];
		size_t len = match_flag(cmd, w, name);
		struct ka_flag f = { .found = true, .word = w };

		if (len == 0)
			continue;
		*pos = i + 1;
		if (w->len > len) {
			f.s = w->s + len + 1;
			f.len = w->len - len - 1;
		} else if (boolean) {
			f.s = "true";
			f.len = strlen("true");
		} else if (i + 1 < cmd->n) {
			f.s = w[1].s;
			f.len = w[1].len;
			*pos = i + 2;
		} else {
			f.s = "";
		}
		unquote(&f);
		f.opaque = (f.len >= 2 && memcmp(f.s, "$(", 2) == 0) || ka_flag_is(&f, "(hidden)");
		return f;
	}
	*pos = cmd->n;
	return (struct ka_flag){ .found = false, .s = "" };
}

/* etcd reads each flag from a variable too: --client-cert-auth is ETCD_CLIENT_CERT_AUTH (pkg/flags
 * of etcd). */
static struct ka_flag
flag_from_env(const struct ka_container *c, const char *name)
{
	struct ka_flag ret = { .found = false, .s = "" };
	char variable[64] = "ETCD_";
	size_t n = strlen(variable);

	for (; *name && n < sizeof variable - 1; name++)
		variable[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
	variable[n] = '\0';
	for (size_t i = 0; i < c->nenv; i++) {
		const struct ka_env *e = &c->env[i];

		if (!e->name || strcmp(e->name, variable) != 0)
			continue;
		ret.found = true;
		ret.env = e->name;
		ret.opaque = e->from != KA_ENV_VALUE || !e->value;
		if (!ret.opaque)
			ret.s = e->value;
		ret.len = strlen(ret.s);
		break;
	}
	return ret;
}

struct ka_flag
ka_command_flag(const struct ka_command *cmd, const char *name, bool boolean)
{
	struct ka_flag last = { .found = false, .s = "" };
	size_t pos = 0;

	for (;;) {
		struct ka_flag f = ka_command_next(cmd, name, boolean, &pos);

		if (!f.found)
			break;
		last = f;
	}
	if (!last.found && cmd->etcd)
		last = flag_from_env(cmd->container, name);
	return last;
}

enum ka_tri
ka_flag_bool(const struct ka_flag *flag)
{
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		if (ka_flag_is(flag, yes[i]))
			return KA_YES;
		if (ka_flag_is(flag, no[i]))
			return KA_NO;
	}
	return KA_UNSET;
}

bool
ka_flag_is(const struct ka_flag *flag, const char *text)
{
	return strlen(text) == flag->len && memcmp(flag->s, text, flag->len) == 0;
}

bool
ka_flag_has(const struct ka_flag *flag, const char *item)
{
	const char *s = flag->s, *end = flag->s + flag->len;
	size_t len = strlen(item);

	while (s < end) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t n = (size_t)((comma ? comma : end) - s);

		if (n == len && memcmp(s, item, len) == 0)
			return true;
		s += n + 1;
	}
	return false;
}
