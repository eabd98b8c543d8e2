/*
 * version.h: what this program is and what it was built with and runs on.
 */
#ifndef CLEAR_VERSION_H
#define CLEAR_VERSION_H

#include <stddef.h>

struct version_part { const char *name, *version; };

#define VERSION_PARTS 7

/** clear, LMDB, xxHash, libsodium, OpenSSL, zstd, compiler: the libraries as linked at run time. Texts live as long as the program. */
void version_parts(struct version_part parts[VERSION_PARTS]);

#endif
