/* Errors: what went wrong, in the caller's own storage. */
#ifndef KASSAY_ERR_H
#define KASSAY_ERR_H

enum ka_errc {
	KA_OK = 0,
	KA_EIO,      /* the system or the network said no */
	KA_EAUTH,    /* the API server or the cloud refused us */
	KA_EFORMAT,  /* input that is not what it claims to be */
	KA_ELIMIT,   /* input larger or deeper than we accept */
	KA_EUSAGE,   /* the person who ran us asked for the impossible */
};

/* Lives on the caller's stack; setting it allocates nothing, so nothing leaks
 * when it is ignored. */
struct ka_err {
	enum ka_errc code;
	char msg[512];
};

/* Sets *err (which may be NULL) and returns -1, so `return ka_err_set(...)`
 * is how a function fails.  Control characters in the message are replaced by
 * '?': messages quote input, and go to terminals. */
int ka_err_set(struct ka_err *err, enum ka_errc code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As ka_err_set for KA_EIO, with ": " and the text of errno value `errnum` at the end. */
int ka_err_sys(struct ka_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts context in front of the message already there; returns -1. */
int ka_err_wrap(struct ka_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
