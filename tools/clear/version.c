#include "version.h"

#include <lmdb.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <stdio.h>
#include <xxhash.h>
#include <zstd.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

void version_parts(struct version_part parts[VERSION_PARTS])
{
    static char lmdb[32], xxhash[32];
    int major, minor, patch;
    const unsigned number = XXH_versionNumber();

    mdb_version(&major, &minor, &patch);
    snprintf(lmdb, sizeof lmdb, "%d.%d.%d", major, minor, patch);
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", number / 10000, number / 100 % 100, number % 100);
    parts[0] = (struct version_part){ "clear", CLEAR_VERSION };
    parts[1] = (struct version_part){ "LMDB", lmdb };
    parts[2] = (struct version_part){ "xxHash", xxhash };
    parts[3] = (struct version_part){ "libsodium", sodium_version_string() };
    parts[4] = (struct version_part){ "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING) };
    parts[5] = (struct version_part){ "zstd", ZSTD_versionString() };
    parts[6] = (struct version_part){ "compiler", COMPILER };
}
