/*
 * jsetc_package.h: a made-up package of original transactions for bench_jsetc.cc; in C, because the codec's inner headers are.
 */
#ifndef CLR_BENCH_JSETC_PACKAGE_H
#define CLR_BENCH_JSETC_PACKAGE_H

#include <stddef.h>

/** A package of about `size` bytes, free it; `*records` transactions. NULL when memory ends. */
char *jsetc_package_make(size_t size, size_t *package_size, size_t *records);

#endif
