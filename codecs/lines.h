/*
 * lines.h: records that are lines, and the formats whose lines all have one length.
 *
 * A line ends with LF; one CR before the LF and one CR at the start of the line (the second half of an LFCR, or of a blank CRLF line)
 * are not part of its text. Lines without text are no records. So where a block ends never changes what a line is.
 *
 * Threads   clr_lines_cut is for the cutting thread; everything else is pure.
 */
#ifndef CLR_CODECS_LINES_H
#define CLR_CODECS_LINES_H

#include "fields.h"

/** A line in a block. */
struct clr_line {
    struct clr_bytes text;                  /* without line end */
    size_t offset;                          /* of the text in the block */
    size_t size;                            /* from there to behind the LF (or to the end of the block) */
};

/** The next line that has text, from `*at`, which moves behind it. @return false when the block has no more. */
bool clr_line_next(struct clr_bytes block, size_t *at, struct clr_line *line);

/** State of the cutting thread; lives in file->state beside what open() left there for decode(). */
struct clr_cut {
    uint64_t handed;                        /* bytes handed out so far */
    uint32_t open_size;                     /* text of the last line when no line end follows it, else 0 */
};

/** Offset of the first line of `buffer` longer than CLR_RECORD_SIZE_MAX, buffer.size when there is none. */
size_t clr_lines_long(struct clr_bytes buffer);

/** Report a record longer than the limit, once per file, at `offset` of what was not yet handed out. */
void clr_lines_report_long(struct clr_codec_file *file, const struct clr_cut *cut, size_t offset);

/** codec->cut for formats in which every LF ends a record. */
size_t clr_lines_cut(struct clr_codec_file *file, struct clr_cut *cut, struct clr_bytes buffer, bool last);

/** Write "declared" and "seen" of a finding (which may be NULL). */
void clr_finding_say(struct clr_finding *finding, const char *field, const char *declared, struct clr_bytes seen);
void clr_finding_say_number(struct clr_finding *finding, const char *field, uint64_t declared, uint64_t seen);

/** close() of every format with a declared count. */
void clr_close_count(struct clr_codec_file *file, uint64_t records, const char *field);

/* ---- formats of one header line and lines of one length ---- */

struct clr_layout {
    const struct clr_field *fields;
    unsigned field_count;
    unsigned record_size;                   /* without line end */
    uint32_t declared_size;                 /* what the header should say */
    unsigned header_size;                   /* without line end */
    const char *type;                       /* the header starts with it */
    uint8_t count_at, count_size, length_at, length_size;     /* header fields */
    uint8_t pad;                            /* of the header's numbers */
    enum clr_product product;
    /** Read the fields of a line of record_size bytes, then make the checks that no row can say. `plain`: all its bytes are printable ASCII. */
    void (*read)(const struct clr_codec_file *file, const uint8_t *line, bool plain, struct clr_reader *reader, struct clr_raw *raw,
                 struct clr_extra *extra);
    /** Read ordinary lines from `*at`, which moves behind them, by the quick readers of the file. Amounts are fen. @return how many */
    size_t (*read_quick)(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out,
                         size_t max);
};

/** The first line of a file, without line end; `*next` is the offset behind it. @return false when the head ends inside the line and the file does not. */
bool clr_header_line(const struct clr_codec_file *file, struct clr_bytes head, struct clr_bytes *line, uint64_t *next);

/** Number of a header field, UINT64_MAX when it is none. */
uint64_t clr_header_number(struct clr_bytes text, enum clr_field_pad pad);

/** Likeness of a header: 0 no, 1 its fields are of this layout, 2 and the first record's length is (or there is none, and the declared length is). */
int clr_fixed_sniff(const struct clr_layout *layout, struct clr_bytes head);
/** Is the first line this layout's header? (What open() went by.) */
bool clr_fixed_has_header(const struct clr_layout *layout, const struct clr_codec_file *file, struct clr_bytes head);
enum clr_status clr_fixed_open(const struct clr_layout *layout, struct clr_codec_file *file, struct clr_bytes head,
                               struct clr_fault *fault);
void clr_fixed_decode(const struct clr_layout *layout, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                      struct clr_raw *out, size_t max, size_t *count);
void clr_fixed_close(const struct clr_layout *layout, struct clr_codec_file *file, const struct clr_cut *cut, uint64_t records);
void clr_fixed_explain(const struct clr_layout *layout, struct clr_bytes record,
                       void (*show)(void *context, unsigned field, struct clr_bytes text), void *context);

/** Refuse a file without any record that could be located: finding (framing) and fault. @return CLR_REFUSED */
enum clr_status clr_refuse(struct clr_codec_file *file, struct clr_fault *fault, const char *field, const char *declared,
                           struct clr_bytes seen, const char *en, const char *zh);

#endif
