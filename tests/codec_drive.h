/*
 * codec_drive.h: runs a codec over bytes the way the engine does, in blocks of any size, and writes down what came out.
 *
 * Every block is a copy of exactly its own size, so that a sanitizer sees a read outside of it.
 */
#ifndef CLR_TESTS_CODEC_DRIVE_H
#define CLR_TESTS_CODEC_DRIVE_H

#include <stdio.h>

#include "codec.h"

struct drive_options {
    const char *name;                       /* of the file; NULL = "file" */
    bool yuan, gbk;                         /* yuan: money in the other unit than the format's own */
    size_t block_size;                      /* bytes offered to cut() at first; 0 = everything at once */
    size_t batch;                           /* records a decode() call may write; 0 = 64 */
};

struct drive_result {
    struct clr_codec_file file;             /* with its findings; its name is not kept */
    enum clr_status status;                 /* of open(), or of walk() */
    struct clr_fault fault;
    uint64_t records;
    bool too_long;                          /* a record longer than the limit at `stopped_at`; the engine refuses the file */
    uint64_t stopped_at;
};

/** Called for every record; its slices live until the call returns. `offset` is in the file, `block` what decode() was given. */
typedef void drive_visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block,
                         uint64_t offset);

struct drive_result drive(const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options, drive_visit *visit,
                          void *context);

/** The outcome as text: how open() ended, one line a record, the findings. Free it. */
char *drive_dump(const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options);

/** One record as one line. `offset` is in the file. */
void drive_print(FILE *to, const struct clr_codec *codec, const struct clr_raw *raw, uint64_t offset);

#endif
