// The server's side of TLS, for the scripted servers of the tests. Purr itself uses TLS only through libcurl.
#ifndef PURR_COPENSSL_SHIM_H
#define PURR_COPENSSL_SHIM_H

#include <openssl/ssl.h>
#include <openssl/err.h>

#endif
