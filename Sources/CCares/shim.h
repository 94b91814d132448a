// c-ares asks the name server for SRV, TXT and MX records; libcurl and getaddrinfo cannot.
#ifndef PURR_CCARES_SHIM_H
#define PURR_CCARES_SHIM_H

#include <ares.h>
#include <arpa/nameser.h>

// arpa/nameser.h spells them as enumerations of another type.
static const int purr_dns_class_in = ns_c_in;
static const int purr_dns_type_mx = ns_t_mx;
static const int purr_dns_type_srv = ns_t_srv;
static const int purr_dns_type_txt = ns_t_txt;

#endif
