// iCalendar in C (Debian: libical-dev).
#include <libical/ical.h>
