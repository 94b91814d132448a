// What Purr uses of libetpan: the IMAP and SMTP dialogues, and the stream they run on.
#ifndef PURR_CETPAN_SHIM_H
#define PURR_CETPAN_SHIM_H

#include <libetpan/mailimap.h>
#include <libetpan/mailsmtp.h>
#include <libetpan/mailstream.h>

// clist's accessors are macros.
static inline clistiter *purr_clist_first(clist *list) { return clist_begin(list); }
static inline clistiter *purr_clist_next(clistiter *position) { return clist_next(position); }
static inline void *purr_clist_content(clistiter *position) { return clist_content(position); }

#endif
