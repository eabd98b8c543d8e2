/*
 * codec.h: what a format implements. Bytes in, struct clr_raw out. A codec knows no store, no rules, no party.
 *
 * The engine reads a file as a stream of blocks. In order, from one thread at a time:
 *     sniff(head) → open(head) → cut(buffer)* → close()
 * and, from any thread, on any block that cut() delimited:
 *     decode(block)
 *
 * Promise   decode() is pure: it reads the codec file (const after open) and the block, and writes only `out`.
 *           A record that cannot be read is still one raw record with CLR_REASON_MASK(MALFORMED): nothing is skipped.
 *           Only broken framing is a finding on the file. No input, however hostile, reads outside the slice.
 * Text      is sliced by bytes before any decoding. LF, CRLF and LFCR end lines; the codec accepts all three. A record ends with its LF;
 *           the CR of an LFCR stands before the next record and belongs to none.
 * Limits    CLR_RECORD_SIZE_MAX bytes a record; cut() never hands out a longer one, not even as the last: it adds a framing
 *           finding and stays in front of it.
 */
#ifndef CLR_CODEC_H
#define CLR_CODEC_H

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/day.h"
#include "base/money.h"
#include "base/status.h"
#include "model/terms.h"

#define CLR_RECORD_SIZE_MAX (64 * 1024)
#define CLR_HEAD_SIZE 65536                 /* bytes of the file that sniff() and open() get (less if the file is smaller) */
#define CLR_CODEC_STATE_SIZE 512
#define CLR_RAW_TEXT_SIZE 192
#define CLR_FINDINGS_MAX 16
#define CLR_KEY_NUMBER_BAD 0xFFFF
#define CLR_FILE_ID_SIZE 96
#define CLR_SENDER_CODE_SIZE 32

/** What kind of reply a record of kind `reply` is. */
enum clr_reply {
    CLR_REPLY_NONE,
    CLR_REPLY_CONFIRMATION,                 /* a message was received: result, clearing date */
    CLR_REPLY_ACCOUNT,                      /* account result of a package: what it does not list is accepted */
    CLR_REPLY_DISPUTE,                      /* disputes resolved: 0 paid in full, 1 bad debt */
    CLR_REPLY_TOTALS                        /* clearing totals: which packages and dispute files a day pays */
};

/**
 * Toll only. Lists are slices as written, '|' between their items; how they are read: clear/split.h.
 *
 * A reply is several records in the order of the file: one about the whole message (trans_id 0, message_id the package it answers, 0 none),
 * then one for each thing it lists: a package (trans_id 0) or a record of one (trans_id > 0, result); of totals also a dispute file (message_id
 * 0, trans_id its number, which is the orig_id of that dispute result's first record, too). Their amount_fen is 0: the amount that
 * they state is that of other records, and stands in price_fen.
 */
struct clr_raw_toll {
    struct clr_bytes pass_id, trade_id;
    struct clr_bytes units, charges, dues;  /* toll units passed; what is charged and due for each */
    struct clr_bytes provinces;             /* provinces passed */
    struct clr_bytes province_parts;        /* "pp:fen|pp:fen" */
    struct clr_bytes station;               /* exit station */
    struct clr_bytes provider;              /* service provider of the package, as written */
    uint64_t message_id;                    /* of the package */
    uint32_t trans_id;                      /* 1..n in the package, 0 none */
    uint32_t stated_count, stated_disputed; /* of a reply; UINT32_MAX where it states none */
    uint16_t result;                        /* of a reply's line: reason or result code */
    uint8_t event;                          /* 1 original, 2 reversal, 3 replacement */
    uint8_t reply;                          /* enum clr_reply */
    int64_t entered_at_s;
};

/**
 * One decoded record, before rules. All slices point into the block, or into this record's own `text` where the field was
 * written with escapes (JSON "\u5730", CSV doubled quotes): a copy of the struct keeps pointing into the original.
 * Absent fields: empty slice, CLR_TIME_NONE, CLR_DAY_NONE, or the HAS flag not set (model/txn.h flags).
 *
 * The decoder sets the reasons that need no rules: malformed, test-record, unknown-type, bad-date (impossible date),
 * card-expired (outside the dates the record itself carries), arithmetic (before − amount ≠ after), field-mismatch, sign, gray,
 * tac-absent (format has the field, value blank or a "no TAC" constant 30303030 00000000 FFFFFFFF; not for gray
 * and lock records). amount_fen is absolute, 0 where it could not be read.
 */
struct clr_raw {
    uint32_t offset;                        /* of the record in the block */
    uint32_t size;                          /* of the record with its line end */
    uint64_t reasons;
    uint16_t detail;                        /* first bad field << 8 | rule (clr_rule_text); field numbers index codec->fields, from 1 */
    uint16_t flags;                         /* CLR_FLAG_* */
    uint8_t kind;                           /* enum clr_kind */
    uint8_t service;                        /* enum clr_service */
    uint8_t type;                           /* transaction type as read */
    uint8_t product;                        /* enum clr_product: the codec's, but each record's own in moves */
    uint32_t balance_fen;                   /* before */
    uint32_t counter;
    uint32_t tac;
    uint8_t tac_algorithm;                  /* enum clr_tac_algorithm, 0: the format does not say */
    bool negative;                          /* the amount was written with a minus: legal in a moves adjustment, else the sign reason is set */
    uint64_t sam;                           /* PSAM terminal or device number */
    uint64_t sam_serial;
    clr_fen amount_fen;
    clr_fen price_fen;                      /* = amount_fen where the record gives none */
    int64_t traded_at_s;
    clr_day declared_day;                   /* settlement day the record states */
    uint16_t key_version, key_index;        /* of the TAC: 0 = none, or blank; CLR_KEY_NUMBER_BAD where they are no number */
    struct clr_bytes card;                  /* what a TAC is checked with (ingest/tac_check.h), too */
    struct clr_bytes unit;                  /* operating unit, merchant or company: the alias field is codec->unit_field */
    struct clr_bytes city_card;
    struct clr_bytes city_trade;
    struct clr_bytes issuer_id;             /* digits of the issuer's own number, for the TAC */
    /* Formats that stand alone only: decode() of any other format may leave these as they were, and nobody may read them (CLR_RAW_COMMON_SIZE). */
    struct clr_bytes id, orig_id, issuer_code, acquirer_code, reason_text, note_text;
    struct clr_raw_toll toll;               /* product toll only */
    uint8_t text[CLR_RAW_TEXT_SIZE];        /* fields without their escapes; only as much as the slices say is written */
};

/** What every format writes of a record. No more than it must be: it is written for every record, and is to stay in the cache until the checks. */
#define CLR_RAW_COMMON_SIZE offsetof(struct clr_raw, id)
static_assert(CLR_RAW_COMMON_SIZE <= 168, "three cache lines");

/** Rule numbers of a `detail`: what was wrong with the field. */
#define CLR_RULE_LIST(X)                                                                     \
    X(NONE,      0, "", "")                                                                  \
    X(LENGTH,    1, "wrong length", "长度错误")                                                \
    X(DIGITS,    2, "not all decimal digits", "含非数字字符")                                   \
    X(HEX,       3, "not all hexadecimal digits", "含非十六进制字符")                            \
    X(RANGE,     4, "outside its range", "超出取值范围")                                        \
    X(MISSING,   5, "missing", "缺失")                                                        \
    X(DATE,      6, "no such date or time", "日期或时间不存在")                                  \
    X(CODE,      7, "not one of the known codes", "未知代码")                                   \
    X(COLUMNS,   8, "wrong number of columns", "列数错误")                                      \
    X(QUOTING,   9, "broken quoting", "引号不配对")                                             \
    X(ENCODING, 10, "not in the declared encoding", "字符编码错误")                              \
    X(CHARSET,  11, "a character that may not stand here", "含非法字符")                         \
    X(DISAGREES,12, "disagrees with another field of the record", "与同一记录的其他字段矛盾")      \
    X(SIGN,     13, "wrong sign", "符号错误")                                                   \
    X(JSON,     14, "not a JSON object of strings and numbers", "不是合法的JSON对象")       \
    X(TWICE,    15, "given more than once", "重复出现")

#define X(name, number, ...) CLR_RULE_##name = number,
enum clr_rule { CLR_RULE_LIST(X) CLR_RULE_COUNT };
#undef X
#define CLR_DETAIL(field, rule) ((uint16_t)((unsigned)(field) << 8 | (unsigned)(rule)))

/** A fact about the whole file found by open() or close(): the engine refuses or warns as the sender's profile says. */
struct clr_finding {
    enum clr_file_reason reason;
    uint64_t record;                        /* 1-based, 0 = the header or the file as a whole */
    uint64_t offset;
    char field[48];
    char declared[64];                      /* what was asked for or declared, printable */
    char seen[64];                          /* what was seen, printable, never a card number */
};

struct clr_codec;
struct clr_quick;

/** A file being decoded. The engine owns it; open() fills the lower half. */
struct clr_codec_file {
    const struct clr_codec *codec;
    const char *name;                       /* base name without .gz/.zst, borrowed for the file's life */
    uint64_t size;                          /* unpacked bytes of the whole file */
    bool units_yuan;                        /* money is yuan with decimals: what the sender's profile says, else codec->yuan; set again before walk() */
    bool encoding_gbk;                      /* sender profile: text is GBK/GB18030 instead of the format's own */
    /* filled by open() */
    const struct clr_quick *quick;          /* the codec's own: its readers of many bytes at once; NULL = it does without */
    uint64_t data_offset;                   /* first byte of the first record */
    uint64_t declared_records;              /* from the header; UINT64_MAX when there is none */
    char file_id[CLR_FILE_ID_SIZE];         /* that the content itself states; "" = none (then the name, where named_by_file, or the digest alone) */
    char sender[CLR_SENDER_CODE_SIZE];      /* party that the content names as its sender, an alias `<format>.<sender_field>`; "" = none */
    struct clr_finding findings[CLR_FINDINGS_MAX];
    unsigned finding_count;
    alignas(16) uint8_t state[CLR_CODEC_STATE_SIZE];   /* the codec's own: column map, line end, cut state */
};

/** Append a finding (ignored past CLR_FINDINGS_MAX). Implemented in the engine. @return the finding to fill further, or NULL. */
struct clr_finding *clr_codec_find(struct clr_codec_file *file, enum clr_file_reason reason, uint64_t record, uint64_t offset);

/** One field of a format, for `why` and for the field numbers of `detail`. */
struct clr_field_name {
    const char *name;                       /* stable: "psam_serial" */
    const char *zh;
    bool personal;                          /* card and person numbers: masked when shown */
};

struct clr_codec {
    const char *name;                       /* "yz316": the contract's format name */
    enum clr_format format;
    enum clr_product product;
    const char *unit_field;                 /* alias field of raw.unit: "unit", "merchant", "company"; "" if none: with `alone`, no acquirer is asked for */
    const char *issuer_field;               /* with `alone`: alias field of raw.city_card; NULL: "city" */
    bool named_by_file;                     /* file id = file name (xf*); else the digest alone */
    bool has_declared_day;
    bool yuan;                              /* money is yuan with decimals where the sender's profile does not say fen */
    bool alone;                             /* records may depend on any before them: taken one by one, the file alone (ingest/moves.h) */
    bool by_sender;                         /* with `alone`: an id is the sender's own; false: raw.id is unique within the product */
    const char *sender_field;               /* alias field of file->sender; NULL: the content names no sender */
    unsigned record_size_min;               /* smallest well-formed record in bytes, to size things by; broken lines (malformed records) may be as short as 2 */
    const struct clr_field_name *fields;    /* field number n of a detail is fields[n-1] */
    unsigned field_count;

    /** Could this be the content? 0 no, 1 perhaps, 2 surely. `name` is the base name without .gz/.zst. */
    int (*sniff)(struct clr_bytes head, const char *name);

    /** Read the header. Findings go to the file. CLR_REFUSED (with fault) only when no record can be located. */
    enum clr_status (*open)(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault);

    /**
     * Length of the longest prefix of `buffer` that ends at a record end; `buffer` starts at a record start.
     * `last`: no bytes follow the buffer; then whatever remains is returned too (decode() makes malformed records of it,
     * unless close() is to report it: a partial last record of a fixed-length format is a `framing` finding).
     * 0 = no record end in the buffer. Called in file order by one thread at a time.
     */
    size_t (*cut)(struct clr_codec_file *file, struct clr_bytes buffer, bool last);

    /**
     * Decode up to `max` records of `block` from byte `*at`; `*at` moves on; `*count` records are written.
     * Done when *at == block.size. Blank lines are not records. Trailer bytes (JSON tail) are consumed without a record.
     */
    void (*decode)(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count);

    /**
     * Formats whose file is one message, instead of cut() and decode(): read the whole unpacked file and call visit for each record in file
     * order; findings go to the file. Stops with what visit returns when that is not CLR_OK. CLR_REFUSED (with fault): not readable at all.
     * @param whole  at most whole_size_max bytes; a larger file is refused as too-large before
     */
    enum clr_status (*walk)(struct clr_codec_file *file, struct clr_bytes whole,
                            enum clr_status (*visit)(void *context, const struct clr_raw *raw, struct clr_fault *fault), void *context,
                            struct clr_fault *fault);
    size_t whole_size_max;                  /* with walk() */

    /** After the last block, with the number of records decoded: count and trailer checks, as findings. */
    void (*close)(struct clr_codec_file *file, uint64_t records);

    /**
     * Name and bytes of every field of one record, for `why`: calls show(context, field number from 1, text slice) in order.
     * `record` is the bytes from raw.offset, raw.size long.
     */
    void (*explain)(const struct clr_codec_file *file, struct clr_bytes record, void (*show)(void *context, unsigned field, struct clr_bytes text), void *context);
};

/** The list of formats (codecs/codecs.c); the program hands it to the engine. */
struct clr_codec_list {
    const struct clr_codec *const *codec;
    unsigned count;
};
extern const struct clr_codec_list clr_codecs;

/** Codec of a name or format number, NULL if none. Implemented in the engine over a list. */
const struct clr_codec *clr_codec_by_name(const struct clr_codec_list *list, struct clr_bytes name);
const struct clr_codec *clr_codec_by_format(const struct clr_codec_list *list, enum clr_format format);

/** Codec that recognises the content best (first of equals), NULL if none does. */
const struct clr_codec *clr_codec_sniff(const struct clr_codec_list *list, struct clr_bytes head, const char *name);

/** English and Chinese text of a rule number. */
const char *clr_rule_en(unsigned rule);
const char *clr_rule_zh(unsigned rule);

#endif
