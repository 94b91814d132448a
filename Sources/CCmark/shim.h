// CommonMark in C (Debian: libcmark-dev).
#include <cmark.h>
