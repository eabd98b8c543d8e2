/*
 * archive_inside.h: the open archive, for archive*.c alone.
 */
#ifndef CLR_STORE_ARCHIVE_INSIDE_H
#define CLR_STORE_ARCHIVE_INSIDE_H

#include "ingest/source.h"
#include "ingest/unpack.h"
#include "store/archive_format.h"

struct ZSTD_DCtx_s;

struct clr_archive {
    char *path;                          /* of the archive file */
    int fd;
    struct clr_archive_header header;
    struct clr_archive_keys keys;
    uint8_t *index;                      /* opened: frame_count entries, or the referred path with its NUL */
    /* frames: the last one opened is kept, since reads are mostly near each other */
    uint64_t cached;                     /* its number, UINT64_MAX for none */
    uint8_t *frame, *sealed, *packed;
    struct ZSTD_DCtx_s *zstd;
    /* reference: the file itself, believed once its digest was compared */
    struct clr_source source;
    bool believed;
    /* packed inputs: the unpacker and where it stands */
    struct clr_unpack *unpack;
    uint64_t fed;                        /* of the received bytes */
    uint64_t position;                   /* of the unpacked bytes */
};

/** The received bytes [offset, offset + size), which must lie inside. */
CLR_MUST_USE enum clr_status clr_archive_received(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, struct clr_fault *fault);

/** Begin to unpack from the front. */
CLR_MUST_USE enum clr_status clr_archive_rewind(struct clr_archive *archive, struct clr_fault *fault);

/** @return CLR_DAMAGED, said in the usual words. */
enum clr_status clr_archive_damaged(const struct clr_archive *archive, struct clr_fault *fault);

#endif
