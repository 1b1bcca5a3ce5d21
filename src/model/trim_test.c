#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"
#include "model/trim.h"

#define META "'metadata':{'name':'x','namespace':'n'}"

static void
each_object_loses_what_must_not_be_kept(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		/* what nobody reads */
		{ "{'metadata':{'managedFields':[{'a':1}],'name':'x','generation':2,'annotations':{"
		  "'kubectl.kubernetes.io/last-applied-configuration':'{}','keep':'1'}},'kind':'Role',"
		  "'apiVersion':'rbac.authorization.k8s.io/v1','rules':[]}",
		  "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'Role','metadata':{'name':'x','annotations':{'keep':'1'}},'rules':[]}" },
		{ "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','creationTimestamp':null,'labels':{'a':null}}}",
		  "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','labels':{'a':null}}}" },
		/* a Secret's values */
		{ "{'apiVersion':'v1','kind':'Secret'," META ",'data':{'a':'Yg=='},'stringData':{'c':'d'},'type':'T'}",
		  "{'apiVersion':'v1','kind':'Secret'," META ",'type':'T'}" },
		/* values that look secret, in a pod and anywhere else */
		{ "{'apiVersion':'v1','kind':'Pod'," META ",'spec':{'containers':[{'args':['--token','abcdefghijklmnop1'],"
		  "'env':[{'name':'PASSWORD','value':'hunter2hunter2'},{'name':'A','value':'b'}]}]}}",
		  "{'apiVersion':'v1','kind':'Pod'," META ",'spec':{'containers':[{'args':['--token','(hidden)'],"
		  "'env':[{'name':'PASSWORD','value':'kassay-hidden:its name says password'},{'name':'A','value':'b'}]}]}}" },
		{ "{'apiVersion':'v1','kind':'ConfigMap'," META ",'data':{'a':'x','password':'hunter2hunter2'}}",
		  "{'apiVersion':'v1','kind':'ConfigMap'," META ",'data':{'a':'','password':'kassay-hidden:its name says password'}}" },
		{ "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'x','annotations':{'tool.example.com/applied':'c2Vj',"
		  "'kubernetes.io/service-account.name':'s'}}}",
		  "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'x','annotations':{"
		  "'kubernetes.io/service-account.name':'s'}}}" },
		{ "{'apiVersion':'v1','kind':'PersistentVolume'," META ",'spec':{'csi':{'driver':'smb','volumeAttributes':{"
		  "'password':'hunter2hunter2','share':'a'}},'mountOptions':['ro','password=hunter2hunter2']}}",
		  "{'apiVersion':'v1','kind':'PersistentVolume'," META ",'spec':{'csi':{'driver':'smb','volumeAttributes':{"
		  "'password':'kassay-hidden:its name says password','share':'a'}},'mountOptions':['ro',"
		  "'kassay-hidden:a line sets a password']}}" },
		/* what a kubelet shows to whoever may read its configuration */
		{ "{'apiVersion':'kassay/v1','kind':'KubeletConfig','metadata':{'name':'x'},'facts':{'readOnlyPort':0,"
		  "'staticPodURLHeader':{'Authorization':['Bearer abcdefghijklmnop1']}}}",
		  "{'apiVersion':'kassay/v1','kind':'KubeletConfig','metadata':{'name':'x'},'facts':{'readOnlyPort':0}}" },
		/* of the status, only what checks read */
		{ "{'apiVersion':'v1','kind':'Pod'," META ",'status':{'phase':'Running','startTime':'t','podIPs':[{'ip':'1'}],"
		  "'containerStatuses':[{'name':'c','imageID':'i','ready':true}]}}",
		  "{'apiVersion':'v1','kind':'Pod'," META ",'status':{'phase':'Running','podIPs':[{'ip':'1'}],"
		  "'containerStatuses':[{'name':'c','imageID':'i'}]}}" },
		{ "{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':1},'status':{'replicas':1}}",
		  "{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':1}}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *in = test_json(cases[i].in), *want = test_json(cases[i].out);
		struct ka_limits limits = KA_LIMITS_DEFAULT;
		struct ka_build *b = ka_build_new();
		const struct ka_object *obj;
		struct ka_out *out = ka_out_mem();
		struct ka_tape tape;
		struct ka_err err;

		ka_build_file(b, "f");
		ka_tape_init(&tape);
		assert_int_equal(ka_json_parse(&tape, in, strlen(in), &limits, &err), 0);
		assert_int_equal(ka_build_add(b, &tape, tape.node, NULL, &obj), KA_ADDED);
		ka_trim_write(out, &tape, tape.node, obj);
		assert_string_equal(ka_out_memory(out, NULL), want);
		ka_out_discard(out);
		ka_tape_release(&tape);
		ka_build_free(b);
		free(in);
		free(want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_object_loses_what_must_not_be_kept),
	};

	return cmocka_run_group_tests_name("model/trim", tests, NULL, NULL);
}
