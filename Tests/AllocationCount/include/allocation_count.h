// Counts the allocations of the process it is linked into.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this build counts: the C library is glibc, and no sanitizer has put its own allocator in place.
bool allocation_count_works(void);

/// Calls of malloc and its kin by all threads, since the process began.
int64_t allocation_count(void);

#endif
