/*
 * gen.h: `clear gen`: seeded synthetic files in any format, and what clearing them must give.
 *
 * Writes    OUT/inbox/ (data files only), OUT/rules/ (a complete rules folder), OUT/expected.json (interface.md `gen`).
 * Promise   same options, same bytes: an own generator of pseudo-random numbers, integers only, no clock, no locale, no address.
 *           expected.json is computed while drawing; no check, no duplicate search and no fee of the engine is called.
 * Memory    a few bytes a card and a terminal, 56 bytes a refund's original; nothing a record.
 * Faults    a record bears at most one planted fault, so the sum of the rates of faults is at most 1,000,000 ppm.
 * Threads   one call at a time uses its own memory only; any number of threads may generate into different folders.
 * Standard  interface.md `gen`, clearing-rules.md 1, 2, 3, 5, 6, formats/transit.md 1.1, 1.2, 2, 5.
 */
#ifndef CLEAR_GEN_H
#define CLEAR_GEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"
#include "model/terms.h"

/* Rates, in records a million. name, stable name of the option, English, Chinese */
#define GEN_RATE_LIST(X)                                                                                          \
    X(CROSS_REGION, "cross-region", "trades of cards of another region",          "外地卡交易")                     \
    X(DUPLICATES,   "duplicates",   "records sent twice",                         "重复记录")                       \
    X(CONFLICTS,    "conflicts",    "same identity, other content",               "标识相同内容不同的记录")            \
    X(BAD_TAC,      "bad-tac",      "wrong TACs",                                 "错误的TAC")                      \
    X(MALFORMED,    "malformed",    "records broken in some field",               "字段损坏的记录")                  \
    X(LATE,         "late",         "trades older than the product accepts",      "逾期交易")                       \
    X(GRAY,         "gray",         "gray records, most with their normal twin",  "灰记录(多数有正常记录)")           \
    X(GAPS,         "gaps",         "trades left out: holes in counters",         "缺失的交易(计数器断号)")           \
    X(UNKNOWN,      "unknown",      "cards or units that no participant owns",    "未知发卡方或收单方")               \
    X(REFUNDS,      "refunds",      "trades that are refunded or reversed later", "事后退款或冲正的交易")             \
    X(LOADS,        "loads",        "loads of cards",                             "充值")                          \
    X(ZERO,         "zero",         "trades of 0 fen",                            "零金额交易")                     \
    X(TEST,         "test",         "test records",                               "测试记录")                       \
    X(STOP,         "stop",         "trades of cards on the stop list",           "停用名单卡交易")

#define X(name, ...) GEN_RATE_##name,
enum gen_rate { GEN_RATE_LIST(X) GEN_RATE_COUNT };
#undef X

#define GEN_PPM 1000000
#define GEN_FILES_DEFAULT 3
#define GEN_FILES_MAX 999
#define GEN_RECORDS_MAX UINT64_C(4000000000)
#define GEN_CARDS_MAX UINT64_C(400000000)
#define GEN_TAPS_MAX 20000                    /* records a card and day, so that 16-bit counters do not come round */

struct gen_options {
    enum clr_format format;
    uint64_t records;                         /* of this format; loads and refunds of card formats come in one more file */
    uint64_t seed;
    const char *out;                          /* absent, or an empty folder */
    unsigned files;                           /* 0 = GEN_FILES_DEFAULT, less when there are fewer records */
    uint64_t cards;                           /* 0 = a third of the records */
    clr_day date;                             /* CLR_DAY_NONE = 2026-03-02 */
    int64_t received_at;                      /* CLR_TIME_NONE = the day after `date`, 02:00 */
    const char *rules;                        /* NULL = a folder made from built-in tables */
    bool tac;                                 /* right TACs, their keys in OUT/rules/keys.sealed under OUT/keys.key */
    uint32_t rate_ppm[GEN_RATE_COUNT];
};

struct gen_result {
    uint64_t records, files;                  /* of the chosen format */
    uint64_t moves;                           /* rows of the additional moves file, 0 if there is none */
    uint64_t bytes;                           /* of all data files */
    uint64_t verdict[CLR_VERDICT_COUNT];      /* expected, of all records */
    int64_t stamp;
};

/** Stable name of a rate's option: "cross-region". */
const char *gen_rate_name(enum gen_rate rate);
const char *gen_rate_text(enum gen_rate rate, bool chinese);

/**
 * Generate.
 *
 * @return CLR_OK | CLR_USAGE (options that do not fit together, a fault that the format cannot carry, rules that cannot be read, OUT not empty)
 *         | CLR_FULL (disk or memory) | CLR_INTERNAL (a sum does not balance). After a failure OUT holds no expected.json.
 */
CLR_MUST_USE enum clr_status clr_gen_run(const struct gen_options *options, struct gen_result *out, struct clr_fault *fault);

#endif
