/*
 * whole.h: the records of a file that is one message (codec->walk), all of them in memory: for who asks for any record by number.
 *
 * Memory    the file (at most codec->whole_size_max bytes), about 700 bytes a record, and the texts that stand in the file otherwise than read.
 * Threads   one.
 */
#ifndef CLR_INGEST_WHOLE_H
#define CLR_INGEST_WHOLE_H

#include "codec.h"

struct clr_whole {
    uint8_t *data;
    size_t size;
    struct clr_raw *raw;                 /* slices point into data or into text */
    char **text;                         /* of each record; may be NULL */
    size_t count, capacity;
};

/** Walk the file that whole->data holds. @param file  opened. @return CLR_OK | CLR_REFUSED (with fault) | CLR_FULL; clr_whole_free() in any case */
CLR_MUST_USE enum clr_status clr_whole_walk(struct clr_whole *whole, struct clr_codec_file *file, struct clr_fault *fault);

/** Wipes, too. */
void clr_whole_free(struct clr_whole *whole);

#endif
