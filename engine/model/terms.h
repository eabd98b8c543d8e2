/*
 * terms.h: the closed vocabularies of the engine: products, formats, kinds, services, verdicts, reasons.
 *
 * Each list is one X macro: number, stable name (what JSON, CSV and rules files say), Chinese, English.
 * Numbers are stored; they never change and are never reused. Names are the contract's.
 *
 * Clearing rules 2 (verdicts, reasons), interface "The rules folder".
 */
#ifndef CLR_MODEL_TERMS_H
#define CLR_MODEL_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define CLR_PRODUCT_LIST(X)                                     \
    X(TRANSIT,  0, "transit",  "公交一卡通", "transit")           \
    X(VESSEL,   1, "vessel",   "船舶一卡通", "vessel")            \
    X(TOLL,     2, "toll",     "高速通行费", "toll")              \
    X(MEDICAL,  3, "medical",  "社会保障卡", "medical")           \
    X(BANKCARD, 4, "bankcard", "金融IC卡",   "bank card")

#define CLR_FORMAT_LIST(X)                                      \
    X(SZT_CSV,  0, "szt-csv",  "深圳通CSV", "Shenzhen Tong CSV")  \
    X(SZT_JSON, 1, "szt-json", "深圳通JSON", "Shenzhen Tong JSON")\
    X(YZ316,    2, "yz316",    "扬州316字节", "Yangzhou 316 bytes")\
    X(XF158,    3, "xf158",    "XF 158字节", "XF 158 bytes")      \
    X(XF160,    4, "xf160",    "XF 160字节", "XF 160 bytes")      \
    X(MOVES,    5, "moves",    "资金变动CSV", "moves CSV")        \
    X(TRADE_CSV,6, "trade-csv","交易CSV", "trade CSV")           \
    X(JSETC,    7, "jsetc",    "江苏ETC消息", "Jiangsu ETC message")\
    X(SDGANTRY, 8, "sdgantry", "门架通行记录", "gantry records")    \
    X(SDEXIT,   9, "sdexit",   "出口通行记录", "exit records")      \
    X(IAG,     10, "iag",      "E-ZPass IAG",  "E-ZPass IAG")       \
    X(LOCKDUES,11, "lockdues", "过闸费CSV",    "lock dues CSV")

/* What a record does with money; also the kinds of `moves`. `entry` and `lock` make no obligation. `fee` only in positions.
 * `gantry` is evidence of a journey and owes nothing; a `reply` (account result, dispute result, totals) says what becomes of other records. */
#define CLR_KIND_LIST(X)                                        \
    X(PURCHASE, 0, "purchase", "消费", "purchase")               \
    X(ENTRY,    1, "entry",    "进站", "metro entry")            \
    X(LOCK,     2, "lock",     "锁卡", "card lock")              \
    X(LOAD,     3, "load",     "充值", "load")                   \
    X(REFUND,   4, "refund",   "退款", "refund")                 \
    X(REVERSAL, 5, "reversal", "冲正", "reversal")               \
    X(ADJUST,   6, "adjust",   "调账", "adjustment")             \
    X(DECIDE,   7, "decide",   "裁决", "decision")               \
    X(DEDUCT,   8, "deduct",   "扣款", "deduction")              \
    X(FEE,      9, "fee",      "手续费", "fee")                  \
    X(GANTRY,  10, "gantry",   "门架通行", "gantry passage")      \
    X(REPLY,   11, "reply",    "应答", "reply")

#define CLR_SERVICE_LIST(X)                                     \
    X(OTHER,   0, "other",   "其他", "other")                    \
    X(BUS,     1, "bus",     "公交", "bus")                      \
    X(TAXI,    2, "taxi",    "出租", "taxi")                     \
    X(METRO,   3, "metro",   "地铁", "metro")                    \
    X(TRAM,    4, "tram",    "有轨电车", "tram")                  \
    X(BIKE,    5, "bike",    "自行车", "bike")                   \
    X(FERRY,   6, "ferry",   "轮渡", "ferry")                    \
    X(RETAIL,  7, "retail",  "小额消费", "retail")                \
    X(PARKING, 8, "parking", "停车", "parking")                  \
    X(LOAD,    9, "load",    "充值", "load")

#define CLR_VERDICT_LIST(X)                                     \
    X(ACCEPTED,  0, "accepted",  "接受", "accepted")             \
    X(DUPLICATE, 1, "duplicate", "重复", "duplicate")            \
    X(CONFLICT,  2, "conflict",  "冲突", "conflict")             \
    X(REJECTED,  3, "rejected",  "拒绝", "rejected")             \
    X(PENDING,   4, "pending",   "待定", "pending")

#define CLR_ROLE_LIST(X)                                        \
    X(REGION,   0, "region",   "地区", "region")                 \
    X(ISSUER,   1, "issuer",   "发卡方", "issuer")               \
    X(ACQUIRER, 2, "acquirer", "收单方", "acquirer")             \
    X(OWNER,    3, "owner",    "业主", "owner")                  \
    X(AGENCY,   4, "agency",   "经办机构", "agency")             \
    X(CENTRE,   5, "centre",   "清算中心", "centre")

/*
 * Reasons are bits. The order is the order of precedence (clearing-rules.md 2): class after class, and within a class
 * as listed there, so the primary reason of a set is its lowest bit and the verdict is that bit's class.
 * name, bit, class verdict, stable name, zh, en
 */
#define CLR_REASON_LIST(X)                                                                                        \
    X(MALFORMED,               0, REJECTED,  "malformed",               "记录格式错误",           "a field cannot be read")                        \
    X(TEST_RECORD,             1, REJECTED,  "test-record",             "测试记录",               "marked as a test")                              \
    X(UNKNOWN_TYPE,            2, REJECTED,  "unknown-type",            "未知交易类型",           "transaction type not known")                    \
    X(BAD_DATE,                3, REJECTED,  "bad-date",                "日期错误",               "impossible or future date")                     \
    X(TOO_LATE,                4, REJECTED,  "too-late",                "超过受理期限",           "later than the product allows")                 \
    X(DUPLICATE_IN_FILE,       5, DUPLICATE, "duplicate-in-file",       "文件内重复",             "repeats a record of the same file")             \
    X(DUPLICATE_IN_HISTORY,    6, DUPLICATE, "duplicate-in-history",    "与历史记录重复",         "repeats a record of an earlier file")           \
    X(CONFLICT,                7, CONFLICT,  "conflict",                "标识相同内容不同",       "same identity, other content")                  \
    X(COUNTER_CONFLICT,        8, CONFLICT,  "counter-conflict",        "卡计数器冲突",           "same card, counter and day, other content")     \
    X(TAC_MISMATCH,            9, REJECTED,  "tac-mismatch",            "TAC校验不符",            "transaction code is wrong")                     \
    X(TAC_ABSENT,             10, REJECTED,  "tac-absent",              "缺少TAC",                "transaction code is missing")                   \
    X(CARD_STATUS,            11, REJECTED,  "card-status",             "卡在停用名单",           "card was on the stop list")                     \
    X(CARD_EXPIRED,           12, REJECTED,  "card-expired",            "卡已过期",               "card was not valid on the trade date")          \
    X(ARITHMETIC,             13, REJECTED,  "arithmetic",              "金额不平",               "before - after differs from the amount")        \
    X(FIELD_MISMATCH,         14, REJECTED,  "field-mismatch",          "字段互相矛盾",           "two places of the record disagree")             \
    X(SIGN,                   15, REJECTED,  "sign",                    "金额符号错误",           "sign of the amount is wrong")                   \
    X(TRADE_FAILED,           16, REJECTED,  "trade-failed",            "交易失败",               "the trade did not complete")                    \
    X(WRONG_PURSE,            17, REJECTED,  "wrong-purse",             "钱包不可跨城使用",       "bonus or monthly purse used in another city")   \
    X(ID_CHECK_DIGIT,         18, REJECTED,  "id-check-digit",          "校验位错误",             "check digit is wrong")                          \
    X(REFUND_EXCEEDS_ORIGINAL,19, REJECTED,  "refund-exceeds-original", "退款超过原交易",         "refunds exceed the original")                   \
    X(ALREADY_REFUNDED,       20, REJECTED,  "already-refunded",        "原交易已退款",           "the original is already refunded or reversed")  \
    X(OUT_OF_SCOPE,           21, REJECTED,  "out-of-scope",            "不属清算范围",           "out of scope")                                  \
    X(BAD_DEBT,               22, REJECTED,  "bad-debt",                "坏账",                   "bad debt")                                      \
    X(SUPERSEDED,             23, REJECTED,  "superseded",              "已被正常记录取代",       "superseded by the normal record")               \
    X(DECIDED,                24, REJECTED,  "decided",                 "人工拒绝",               "rejected by decision")                          \
    X(EXPIRED,                25, REJECTED,  "expired",                 "待定期满",               "its deadline as pending passed")                \
    X(UNKNOWN_PARTICIPANT,    26, PENDING,   "unknown-participant",     "未知参与方",             "issuer or acquirer is not in the rules")        \
    X(ISSUER_MISMATCH,        27, PENDING,   "issuer-mismatch",         "发卡方不一致",           "card prefix and city of card name two issuers") \
    X(NO_UNIT,                28, PENDING,   "no-unit",                 "缺少结算单元",           "no operating unit and no city of transaction")  \
    X(AMOUNT_LIMIT,           29, PENDING,   "amount-limit",            "超过金额上限",           "amount above the product's limit")              \
    X(GRAY,                   30, PENDING,   "gray",                    "灰记录",                 "gray record: the debit's answer was lost")      \
    X(REFUND_WITHOUT_ORIGINAL,31, PENDING,   "refund-without-original", "找不到原交易",           "the original is not here yet")                  \
    X(AWAITING_ACCOUNT,       32, PENDING,   "awaiting-account",        "等待记账结果",           "waits for the account result")                  \
    X(DISPUTED,               33, PENDING,   "disputed",                "争议中",                 "disputed")                                      \
    X(SPLIT_INCOMPLETE,       34, PENDING,   "split-incomplete",        "拆分信息不全",           "the split is incomplete")                       \
    X(UNRECONCILED,           35, PENDING,   "unreconciled",            "未对账",                 "not reconciled")                                \
    X(NOT_CONFIRMED,          36, PENDING,   "not-confirmed",           "未确认",                 "not confirmed")                                 \
    X(TAC_UNVERIFIED,         37, PENDING,   "tac-unverified",          "TAC未校验",              "no key to verify the transaction code")

/* Remarks on a record that change no verdict; high bits of the same word. */
#define CLR_NOTE_LIST(X)                                                                    \
    X(TAC_UNVERIFIED, 62, "tac-unverified", "TAC未校验", "accepted without verifying the transaction code") \
    X(SEEN_BEFORE,    63, "seen-before",    "曾被拒绝",  "a record of this identity was rejected before")

/* Reasons to refuse a whole file; `senders.ini` may turn each into a warning. name, bit, stable name, zh, en */
#define CLR_FILE_REASON_LIST(X)                                                             \
    X(FRAMING,        0, "framing",               "文件结构错误",       "the file's framing is broken")          \
    X(RECORDS,        1, "count",                 "记录数与文件头不符", "record count differs from the header")  \
    X(SUM,            2, "sum",                   "金额合计不符",       "control sum differs")                   \
    X(TRAILER_DIGEST, 3, "trailer-digest",        "文件尾摘要不符",     "digest in the trailer differs")         \
    X(FILE_NAME,      4, "file-name",             "文件名不合规",       "the file name is not what the format asks for") \
    X(RECORD_LENGTH,  5, "record-length",         "记录长度与文件头不符","record length differs from the header") \
    X(SIGNATURE,      6, "signature",             "签名无效",           "signature missing or wrong")            \
    X(SAME_ID,        7, "same-id-other-content", "同名文件内容不同",   "a file of this id with other content is in") \
    X(UNKNOWN_SENDER, 8, "unknown-sender",        "未知发送方",         "no sender profile matches")             \
    X(ENCODING,       9, "encoding",              "字符编码错误",       "text is not in the declared encoding")  \
    X(UNKNOWN_FORMAT,10, "unknown-format",        "无法识别的格式",     "no codec recognises the content")       \
    X(STAMP,         11, "stamp",                 "接收时间无效",       "stamp before the store's last one or in a closed window") \
    X(CHANGED,       12, "changed",               "读取时文件被改动",   "the file changed while it was read")    \
    X(UNREADABLE,    13, "unreadable",            "文件无法读取",       "the file cannot be read")               \
    X(TOO_LARGE,     14, "too-large",             "超过大小限制",       "a declared limit on size was passed")

#define X(name, number, ...) CLR_PRODUCT_##name = number,
enum clr_product { CLR_PRODUCT_LIST(X) CLR_PRODUCT_COUNT };
#undef X
#define X(name, number, ...) CLR_FORMAT_##name = number,
enum clr_format { CLR_FORMAT_LIST(X) CLR_FORMAT_COUNT };
#undef X
#define X(name, number, ...) CLR_KIND_##name = number,
enum clr_kind { CLR_KIND_LIST(X) CLR_KIND_COUNT };
#undef X
#define X(name, number, ...) CLR_SERVICE_##name = number,
enum clr_service { CLR_SERVICE_LIST(X) CLR_SERVICE_COUNT };
#undef X
#define X(name, number, ...) CLR_VERDICT_##name = number,
enum clr_verdict { CLR_VERDICT_LIST(X) CLR_VERDICT_COUNT };
#undef X
#define X(name, number, ...) CLR_ROLE_##name = number,
enum clr_role { CLR_ROLE_LIST(X) CLR_ROLE_COUNT };
#undef X
#define X(name, bit, ...) CLR_REASON_BIT_##name = bit,
enum clr_reason { CLR_REASON_LIST(X) CLR_REASON_COUNT };
#undef X
#define X(name, bit, ...) CLR_FILE_REASON_##name = bit,
enum clr_file_reason { CLR_FILE_REASON_LIST(X) CLR_FILE_REASON_COUNT };
#undef X

/* One-bit masks: CLR_REASON_MALFORMED … and CLR_NOTE_SEEN_BEFORE … */
#define CLR_REASON_MASK(name) (UINT64_C(1) << CLR_REASON_BIT_##name)
#define CLR_NOTE_MASK_TAC_UNVERIFIED (UINT64_C(1) << 62)
#define CLR_NOTE_MASK_SEEN_BEFORE (UINT64_C(1) << 63)
#define CLR_REASONS_ALL ((UINT64_C(1) << CLR_REASON_COUNT) - 1)
#define CLR_NOTES_ALL (CLR_NOTE_MASK_TAC_UNVERIFIED | CLR_NOTE_MASK_SEEN_BEFORE)
#define CLR_NOTE_COUNT 2          /* note i is bit 62 + i */

/** Stable, Chinese and English name of a number of each list; "?" for a number outside it. */
struct clr_term { const char *name, *zh, *en; };
struct clr_term clr_product_term(unsigned number);
struct clr_term clr_format_term(unsigned number);
struct clr_term clr_kind_term(unsigned number);
struct clr_term clr_service_term(unsigned number);
struct clr_term clr_verdict_term(unsigned number);
struct clr_term clr_role_term(unsigned number);
struct clr_term clr_reason_term(unsigned bit);
struct clr_term clr_note_term(unsigned index);          /* 0 .. CLR_NOTE_COUNT-1 */
struct clr_term clr_file_reason_term(unsigned bit);

/** Number of a stable name, or -1. */
int clr_product_find(struct clr_bytes name);
int clr_format_find(struct clr_bytes name);
int clr_kind_find(struct clr_bytes name);
int clr_service_find(struct clr_bytes name);
int clr_verdict_find(struct clr_bytes name);
int clr_role_find(struct clr_bytes name);
int clr_reason_find(struct clr_bytes name);
int clr_file_reason_find(struct clr_bytes name);

/** Records that are evidence: they owe nothing, and no party of them is asked for. */
static inline bool clr_format_is_evidence(enum clr_format format) { return format == CLR_FORMAT_SDGANTRY; }

/**
 * Formats whose files stand alone: their records are taken one by one (ingest/moves.h) and live in the table of moves, not in rows. What each
 * codec says in `alone`, for those who have a stored file and no codec.
 */
static inline bool clr_format_is_alone(unsigned format)
{
    return format == CLR_FORMAT_MOVES || format == CLR_FORMAT_JSETC || format == CLR_FORMAT_SDEXIT || format == CLR_FORMAT_IAG ||
           format == CLR_FORMAT_LOCKDUES;
}

/** Of those: an id is its sender's own (`by_sender` of the codec); of the others it is unique within the product, whoever sends it. */
static inline bool clr_format_is_by_sender(unsigned format) { return format == CLR_FORMAT_MOVES; }

/** Verdict of a set of reasons (notes ignored): accepted when empty, else the class of the lowest bit. */
enum clr_verdict clr_verdict_of(uint64_t reasons);

/** Primary reason: the lowest bit, -1 when there is none. */
static inline int clr_reason_primary(uint64_t reasons)
{
    reasons &= CLR_REASONS_ALL;
    return reasons == 0 ? -1 : __builtin_ctzll(reasons);
}

#endif
