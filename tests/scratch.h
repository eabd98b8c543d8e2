/*
 * scratch.h: a folder for one test's files, seeded bytes, and packed forms of them. For tests of things that read files.
 */
#ifndef CLR_TESTS_SCRATCH_H
#define CLR_TESTS_SCRATCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

struct scratch_bytes {
    uint8_t *data;
    size_t size;
};

static char scratch_folder[PATH_MAX];

/* CMocka group set-up and tear-down. */
static inline int scratch_open(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    snprintf(scratch_folder, sizeof scratch_folder, "%s/clear-test-XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(scratch_folder) == NULL;
}

static inline int scratch_remove_entry(const char *path, const struct stat *entry, int type, struct FTW *place)
{
    (void)entry;
    (void)type;
    (void)place;
    return remove(path);
}

static inline int scratch_close(void **state)
{
    (void)state;
    return nftw(scratch_folder, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Path of a name in the folder, in one of four turning buffers. */
static inline const char *scratch_path(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    assert_true(snprintf(path, PATH_MAX, "%s/%s", scratch_folder, name) < PATH_MAX);
    return path;
}

static inline const char *scratch_write(const char *name, const void *data, size_t size)
{
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline struct scratch_bytes scratch_read(const char *path)
{
    struct stat entry;
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &entry), 0);
    struct scratch_bytes bytes = { malloc((size_t)entry.st_size + 1), (size_t)entry.st_size };
    assert_non_null(bytes.data);
    assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    return bytes;
}

static inline uint64_t scratch_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* Half noise, half text that packs well; owned by the caller. */
static inline struct scratch_bytes scratch_noise(size_t size, uint64_t seed)
{
    struct scratch_bytes bytes = { malloc(size + 1), size };

    assert_non_null(bytes.data);
    for (size_t i = 0; i < size; i++) {
        const bool text = (i / 50000) % 2 == 0;
        bytes.data[i] = text ? (uint8_t)("2018-09-01,1234,"[i % 16]) : (uint8_t)scratch_random(&seed);
    }
    if (size > 0) bytes.data[0] = '2';               /* never a magic by chance */
    return bytes;
}

static inline struct scratch_bytes scratch_gzip(const void *data, size_t size, int level)
{
    z_stream stream = { 0 };

    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    const size_t room = deflateBound(&stream, size);
    struct scratch_bytes packed = { malloc(room), 0 };
    assert_non_null(packed.data);
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (uInt)size;
    stream.next_out = packed.data;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size = room - stream.avail_out;
    deflateEnd(&stream);
    return packed;
}

/* With a checksum, as the zstd program makes it. */
static inline struct scratch_bytes scratch_zstd(const void *data, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    const size_t room = ZSTD_compressBound(size);
    struct scratch_bytes packed = { malloc(room), 0 };

    assert_non_null(context);
    assert_non_null(packed.data);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    packed.size = ZSTD_compress2(context, packed.data, room, data, size);
    assert_false(ZSTD_isError(packed.size));
    ZSTD_freeCCtx(context);
    return packed;
}

/* a ‖ b; frees both. */
static inline struct scratch_bytes scratch_join(struct scratch_bytes a, struct scratch_bytes b)
{
    struct scratch_bytes joined = { malloc(a.size + b.size + 1), a.size + b.size };

    assert_non_null(joined.data);
    memcpy(joined.data, a.data, a.size);
    memcpy(joined.data + a.size, b.data, b.size);
    free(a.data);
    free(b.data);
    return joined;
}

static inline struct scratch_bytes scratch_copy(const void *data, size_t size)
{
    struct scratch_bytes bytes = { malloc(size + 1), size };

    assert_non_null(bytes.data);
    memcpy(bytes.data, data, size);
    return bytes;
}

/* The ways a file may be packed; every reader of files is tested with all of them. */
enum scratch_packing { SCRATCH_PLAIN, SCRATCH_GZIP, SCRATCH_GZIP_TWO_MEMBERS, SCRATCH_ZSTD, SCRATCH_ZSTD_FRAMES, SCRATCH_PACKINGS };

static inline struct scratch_bytes scratch_pack(enum scratch_packing packing, const uint8_t *data, size_t size)
{
    static const uint8_t skippable[] = { 0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c' };
    const size_t half = size / 2;

    switch (packing) {
    case SCRATCH_GZIP: return scratch_gzip(data, size, 1);
    case SCRATCH_GZIP_TWO_MEMBERS: return scratch_join(scratch_gzip(data, half, 6), scratch_gzip(data + half, size - half, 1));
    case SCRATCH_ZSTD: return scratch_zstd(data, size);
    case SCRATCH_ZSTD_FRAMES:
        return scratch_join(scratch_copy(skippable, sizeof skippable),
                            scratch_join(scratch_zstd(data, half), scratch_zstd(data + half, size - half)));
    default: return scratch_copy(data, size);
    }
}

#endif
