// libcurl's options are variadic, which Swift cannot call: one typed function for each kind of argument.
#ifndef PURR_CCURL_SHIM_H
#define PURR_CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode purr_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode purr_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode purr_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*purr_curl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode purr_curl_set_bytes_callback(
    CURL *handle, CURLoption option, purr_curl_bytes_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode purr_curl_set_progress_callback(CURL *handle, curl_xferinfo_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}

static inline CURLcode purr_curl_active_socket(CURL *handle, curl_socket_t *socket) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, socket);
}

static inline CURLcode purr_curl_response_code(CURL *handle, long *code) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, code);
}

#endif
