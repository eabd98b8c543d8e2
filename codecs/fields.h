/*
 * fields.h: the one table-driven field decoder of all formats.
 *
 * A format is a table: one row a field, in the order of the field numbers that `detail` and `why` use (from 1). A row says what the
 * text looks like (type), how it is padded, whether it must be there, and where its value goes: into struct clr_raw, or into struct
 * clr_extra where the format's own checks read it. What rows cannot say (before − amount = after, two places that must agree) is in
 * the format's file, in its finish function.
 *
 * Errors    a field that cannot be read gives the malformed reason and a rule number; the first one stays in raw->detail. Dates whose
 *           digits are fine but which do not exist give bad-date, amounts with a minus are noted in extra->negative.
 * Threads   pure; a clr_reader belongs to one decode() call.
 */
#ifndef CLR_CODECS_FIELDS_H
#define CLR_CODECS_FIELDS_H

#include "codec.h"
#include "model/txn.h"

enum clr_field_type {
    CLR_FIELD_SHOW,                         /* feeds nothing: its characters are checked with the record, its form is not */
    CLR_FIELD_TEXT,                         /* text in the file's encoding → slice */
    CLR_FIELD_NAME,                         /* ASCII characters, no control characters → slice */
    CLR_FIELD_ALNUM,                        /* [0-9A-Za-z] → slice */
    CLR_FIELD_DIGITS,                       /* [0-9] → slice */
    CLR_FIELD_LETTERS,                      /* 8 or 9 letters A to J, one a digit (Shenzhen Tong card numbers) → slice */
    CLR_FIELD_NUMBER,                       /* decimal → uint64_t */
    CLR_FIELD_COUNTER,                      /* decimal → uint32_t */
    CLR_FIELD_SMALL,                        /* decimal → uint8_t */
    CLR_FIELD_HEX,                          /* hexadecimal, up to 8 digits → uint32_t */
    CLR_FIELD_TAC,                          /* 8 hexadecimal digits → raw->tac and HAS_TAC, unless it is a "no TAC" constant */
    CLR_FIELD_FEN,                          /* decimal fen (yuan with decimals when the profile says so) → clr_fen */
    CLR_FIELD_FEN_HEX,                      /* hexadecimal fen (the same) → clr_fen */
    CLR_FIELD_DATE,                         /* YYYYMMDD → clr_day */
    CLR_FIELD_VALID,                        /* YYYYMMDD that bounds a card's life: any year, 00000000 = not given → clr_day */
    CLR_FIELD_TIME,                         /* hhmmss → int32_t seconds of the day */
    CLR_FIELD_STAMP,                        /* YYYYMMDDhhmmss → int64_t seconds since 1970 UTC */
    CLR_FIELD_ISO_TIME,                     /* YYYY-MM-DD hh:mm:ss, or RFC 3339 → int64_t seconds since 1970 UTC */
    CLR_FIELD_ISO_DAY,                      /* YYYY-MM-DD, a time may follow → clr_day */
    CLR_FIELD_CODE,                         /* one of a list → uint8_t; any other is malformed */
    CLR_FIELD_KIND                          /* one of a list → uint8_t; any other is the unknown-type reason */
};

enum clr_field_pad {
    CLR_PAD_NONE,                           /* as long as it is (CSV, JSON) */
    CLR_PAD_RIGHT,                          /* left-justified, blanks behind; all blank = missing */
    CLR_PAD_LEFT                            /* zeros in front, full width; all blank = missing */
};

enum clr_field_need {
    CLR_NEED_NOT,                           /* may be missing */
    CLR_NEED_COLUMN,                        /* CSV: the column must exist, its value may be empty */
    CLR_NEED_VALUE                          /* missing is malformed; CSV: and the column must exist */
};

/** A code list ends with a NULL text. */
struct clr_code {
    const char *text;
    uint8_t value, size;
};
#define CLR_CODE(text, value) { text, value, sizeof(text) - 1 }

/** Where a value goes: an offset into struct clr_raw, or into struct clr_extra with this bit set. */
#define CLR_TO_EXTRA_BIT 0x8000u
#define CLR_TO_RAW(member) ((uint16_t)offsetof(struct clr_raw, member))
#define CLR_TO_EXTRA(member) ((uint16_t)(CLR_TO_EXTRA_BIT | offsetof(struct clr_extra, member)))
#define CLR_TO_NOTHING CLR_TO_EXTRA(ignored)

struct clr_field {
    const char *name;
    const char *zh;
    uint16_t offset;                        /* fixed-length formats: of the first byte in the record */
    uint16_t size;                          /* fixed-length formats: bytes; others: longest text allowed, 0 = any */
    uint8_t type, pad, need;
    bool personal;
    uint16_t to;
    const struct clr_code *codes;           /* CLR_FIELD_CODE */
};

/** What a record says that struct clr_raw has no place for: read by the format's finish function, then dropped. */
struct clr_extra {
    uint64_t present;                       /* bit n − 1: field n was there and could be read */
    uint64_t negative;                      /* bit n − 1: amount field n was written with a minus */
    uint64_t broken;                        /* bit n − 1: field n was there and could not be read */
    struct clr_bytes ignored;
    struct clr_bytes pan, inner_card, key_version, key_index;
    clr_fen before_fen, after_fen;
    clr_day trade_day, valid_from, valid_to;
    int32_t trade_time_s;                   /* of the day; −1 when there is none */
    uint8_t record_type, lock, consumption, test, gray, monthly, transfer;
};

#define CLR_FIELD_BIT(number) (UINT64_C(1) << ((number) - 1))

/** Switches and small memories of one decode() call. */
struct clr_reader {
    bool yuan;                              /* amounts are yuan with decimals */
    bool gbk;                               /* text is GB18030 instead of UTF-8 */
    uint64_t date_text;                     /* the last date read, as its first 8 bytes … */
    uint16_t date_rest;                     /* … and the other two of an ISO date: records of a file share their days */
    clr_day date_day;                       /* CLR_DAY_NONE before the first */
    uint64_t valid_text[2];                 /* the same for the first and last days of cards' lives */
    clr_day valid_day[2];
    bool text_checked;                      /* the quick readers have seen that all text of this row is as it must be */
    struct { uint64_t first, second; int64_t start_s; } quick_trade;   /* quick readers: date and blank read last; when the day starts */
    struct { uint64_t first, middle, last, size; clr_day day; } quick_declared;     /* quick readers: the whole text read last, and its day */
    struct clr_bytes good_text;             /* the last text that was in its encoding; lives as long as the call */
    unsigned text_used;                     /* bytes of raw->text taken */
};

#define CLR_INLINE static inline __attribute__((always_inline))

/**
 * Zeros, 64 bytes at a time: the compiler turns a larger constant size into "rep stos", whose start costs more than all the stores. It is a good
 * part of the time of a record.
 */
CLR_INLINE void clr_clear(void *to, size_t size)
{
    uint8_t *at = to;

#ifdef __AVX__
    typedef uint8_t wide __attribute__((vector_size(32), aligned(1), may_alias));
    for (; size >= 32; size -= 32, at += 32) *(wide *)at = (wide){ 0 };
    memset(at, 0, size);
    return;
#endif
    for (; size >= 64; size -= 64, at += 64) {
        memset(at, 0, 32);
        memset(at + 32, 0, 32);
        __asm__("" : "+r"(at));             /* keeps the loop from being made one large memset again */
    }
    memset(at, 0, size);
}

/** A raw record of any format but moves in which everything is absent. `raw->text` is left as it is, and so is what only moves have. */
CLR_INLINE void clr_raw_blank(struct clr_raw *raw, enum clr_product product)
{
    clr_clear(raw, CLR_RAW_COMMON_SIZE);
    raw->traded_at_s = CLR_TIME_NONE;
    raw->declared_day = CLR_DAY_NONE;
    raw->product = (uint8_t)product;
}

void clr_reader_init(struct clr_reader *reader, const struct clr_codec_file *file);

/** An empty record: everything absent, whatever the format. `raw->text` is left as it is. */
void clr_raw_init(struct clr_raw *raw, struct clr_extra *extra, struct clr_reader *reader, enum clr_product product);

/** Note that field `number` (0 = the record as a whole) breaks `rule`; the first one noted stays in raw->detail. */
void clr_raw_malformed(struct clr_raw *raw, unsigned number, enum clr_rule rule);

/* Fields are read by fieldread.h, inlined for each row of a format's table; what is not quick is here. */

/** Read one field of a fixed-length record that ends with a blank. */
void clr_field_read_padded(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader,
                           struct clr_raw *raw, struct clr_extra *extra);

/** The characters of a field in a record where not all are plain ASCII. @return true when they may stand there, else the field is noted as malformed. */
bool clr_field_characters(const struct clr_field *field, unsigned number, struct clr_bytes text, const struct clr_reader *reader,
                          struct clr_raw *raw, struct clr_extra *extra);

/**
 * The checks that formats share, after the fields are read: the tac-absent reason when TAC field `tac_number` carries none and `wanted`
 * is true; the sign reason for amounts with a minus; price = amount where the record gives none.
 */
void clr_raw_finish(struct clr_raw *raw, const struct clr_extra *extra, unsigned tac_number, bool wanted);

/**
 * One X-macro list a format gives everything: X(ID, name, zh, offset, size, TYPE, PAD, NEED, personal, to, codes) in the order of the field
 * numbers. These rows make its two tables; fieldread.h makes its reader.
 */
#define CLR_FIELD_ROW(id, name, zh, offset, size, type, pad, need, personal, to, codes) \
    { name, zh, offset, size, CLR_FIELD_##type, CLR_PAD_##pad, CLR_NEED_##need, personal, to, codes },
#define CLR_FIELD_NAME_ROW(id, name, zh, offset, size, type, pad, need, personal, to, codes) { name, zh, personal },
#define CLR_FIELD_TABLES(list)                                          \
    static const struct clr_field fields[] = { list(CLR_FIELD_ROW) };   \
    static const struct clr_field_name field_names[] = { list(CLR_FIELD_NAME_ROW) };
#define CLR_FIELD_COUNT(table) ((unsigned)(sizeof(table) / sizeof *(table)))

#endif
