// c-ares asks the name server for SRV records; libcurl and getaddrinfo cannot.
#ifndef PURR_CCARES_SHIM_H
#define PURR_CCARES_SHIM_H

#include <ares.h>
#include <arpa/nameser.h>

// arpa/nameser.h spells them as enumerations of another type.
static const int purr_dns_class_in = ns_c_in;
static const int purr_dns_type_srv = ns_t_srv;

#endif
