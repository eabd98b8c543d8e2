/*
 * codec_one.h: for tables of records: decode one file and keep its first record, its counts and its findings.
 */
#ifndef CLR_TESTS_CODEC_ONE_H
#define CLR_TESTS_CODEC_ONE_H

#include "codec_drive.h"
#include "model/txn.h"

#define REASON(name) CLR_REASON_MASK(name)

/** What a table row wants of a record; "" for detail_field = the record as a whole, NULL = not malformed. */
struct want {
    uint64_t reasons;
    const char *detail_field;
    unsigned detail_rule;
};

struct one {
    struct drive_result result;
    struct clr_raw raw;                     /* the first record; its slices are copies in `text` */
    char text[2048];
    size_t text_used;
    uint64_t all_reasons;
};

/** Decode; fails the test when open() refuses and `refused_ok` is false. */
void one_decode(struct one *one, const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options);

/** Does the first record say what the row wants? Fails the test with `name` when it does not. */
void one_check(const struct one *one, const char *name, const struct want *want);

/** Does the file have exactly this set of file reasons (bits)? */
void one_check_findings(const struct one *one, const char *name, unsigned reasons);

void one_check_text(const char *name, struct clr_bytes text, const char *want);

#endif
