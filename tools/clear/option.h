/*
 * option.h: every option of every command in one table, and the parser that reads a command line by it.
 *
 * A command names the options it takes by id; help, completion and suggestions read the same table. Two ids may share a name
 * (`--format` of ingest and of export are two things), never within one command.
 *
 * Grammar   --name VALUE and --name=VALUE; flags take no value; options may follow operands; `--` ends options;
 *           a single `-` is an operand. The last of a repeated option counts.
 * Threads   pure, but for the fault.
 */
#ifndef CLEAR_OPTION_H
#define CLEAR_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"

enum option_type {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_COUNT,            /* a whole number */
    OPTION_SIZE,             /* bytes with a unit */
    OPTION_DAY,              /* YYYY-MM-DD */
    OPTION_TIME,             /* RFC 3339, or "now" */
    OPTION_CHOICE,           /* one of `choices` */
    OPTION_CHOICE_OR_FLAG,   /* the same with '=', or alone: then the second choice */
    OPTION_DIRECTORY,
    OPTION_FILE,
};

/* id, name, type, name of the value, choices, English, Chinese */
#define OPTION_LIST(X)                                                                                                                    \
    X(HELP, "help", FLAG, NULL, NULL, "show this help", "显示此帮助")                                                                       \
    X(STORE, "store", DIRECTORY, "DIR", NULL, "the store (else CLEAR_STORE, else ./clear-store)", "账库目录（否则取 CLEAR_STORE，再否则 ./clear-store）") \
    X(THREADS, "threads", COUNT, "N", NULL, "threads to use (default: all cores)", "线程数（默认：全部核心）")                                 \
    X(MEMORY, "memory", SIZE, "SIZE", NULL, "working memory, such as 512M or 2GiB (default 1 GiB)", "工作内存，如 512M、2GiB（默认 1 GiB）")   \
    X(JSON, "json", FLAG, NULL, NULL, "one JSON object on standard output", "在标准输出给出一个 JSON 对象")                                   \
    X(QUIET, "quiet", FLAG, NULL, NULL, "no progress, no remarks on standard error", "标准错误上不显示进度和说明")                             \
    X(LANG, "lang", CHOICE, "LANG", "zh|en", "language (else CLEAR_LANG, else LANG)", "语言（否则取 CLEAR_LANG，再否则 LANG）")               \
    X(COLOR, "color", CHOICE_OR_FLAG, "WHEN", "auto|always|never", "colours (default auto; NO_COLOR turns them off)", "颜色（默认 auto；设 NO_COLOR 则关闭）") \
    X(PROGRESS, "progress", CHOICE, "HOW", "auto|plain|never", "progress on standard error (default auto)", "标准错误上的进度（默认 auto）")   \
    X(KEY_FILE, "key-file", FILE, "FILE", NULL, "the store's key (default store.key in the store)", "账库密钥文件（默认账库内的 store.key）")    \
    X(MAP_SIZE, "map-size", SIZE, "SIZE", NULL, "largest size of the store's file (default 1 TiB, sparse)", "账库文件上限（默认 1 TiB，稀疏）")  \
    X(BATCH_RECORDS, "batch-records", COUNT, "N", NULL, "", "")                                                                             \
    X(SUBCOMMIT_BYTES, "subcommit-bytes", SIZE, "SIZE", NULL, "", "")                                                                       \
    X(TAC_ENGINE, "tac-engine", CHOICE, "ENGINE", "best|openssl|portable|avx2", "", "")                                                      \
    X(DRY_RUN, "dry-run", FLAG, NULL, NULL, "do everything, keep nothing", "照常执行但不保留任何结果")                                        \
    X(STRICT, "strict", FLAG, NULL, NULL, "exit 3 when records were rejected, conflict or wait", "有拒绝、冲突或待定记录时以 3 退出")            \
    X(FORMAT, "format", CHOICE, "F", "szt-csv|szt-json|yz316|xf158|xf160|moves|trade-csv", "format of the files (default: by content and name)", "文件格式（默认按内容和文件名识别）") \
    X(SENDER, "sender", TEXT, "NAME", NULL, "who sent the files (default: by senders.ini)", "发送方（默认按 senders.ini）")                   \
    X(RECEIVED_AT, "received-at", TIME, "T", NULL, "when the files were received: a time, or now", "接收时间：某一时刻，或 now")              \
    X(ARCHIVE, "archive", CHOICE, "MODE", "keep|reference|none", "keep the input sealed, keep its path, or neither (default keep)", "原文件封存、只记路径或都不（默认 keep）") \
    X(MAINTAIN, "maintain", CHOICE, "WHEN", "auto|never", "merge runs at the end when a day has too many, or never (default auto)", "同日批次过多时在结束前合并，或从不（默认 auto）") \
    X(DATE, "date", DAY, "YYYY-MM-DD", NULL, "business date", "清算日")                                                                     \
    X(PRODUCT, "product", CHOICE, "P", "transit|vessel|toll|medical|bankcard", "one product (default: all)", "只看一种业务（默认全部）")      \
    X(LEVEL, "level", CHOICE, "LEVEL", "member|participant|region", "who a row is about (default member)", "按成员、参与方或地区（默认 member）") \
    X(AS_OF, "as-of", TEXT, "ADMISSION|DATE", NULL, "as it was after that admission or on that day", "截至某次受理或某日的情形")              \
    X(CARD, "card", TEXT, "NUMBER", NULL, "records of one card", "某一张卡的记录")                                                           \
    X(FILE, "file", TEXT, "FILE", NULL, "records of one file: its name, file id, digest or r-number", "某一文件的记录：文件名、文件号、摘要或 r 编号") \
    X(VERDICT, "verdict", CHOICE, "V", "accepted|duplicate|conflict|rejected|pending", "records of one verdict", "某一结论的记录")             \
    X(REASON, "reason", TEXT, "R", NULL, "records with this reason, such as tac-mismatch", "带有某一原因的记录，如 tac-mismatch")              \
    X(UNMASK, "unmask", FLAG, NULL, NULL, "show card numbers in full (needs the key; audited)", "显示完整卡号（需要密钥；写入审计日志）")        \
    X(LIMIT, "limit", COUNT, "N", NULL, "at most N of them", "最多 N 条")                                                                    \
    X(ACCEPT, "accept", FLAG, NULL, NULL, "let the record count", "准予计入")                                                               \
    X(REJECT, "reject", FLAG, NULL, NULL, "do not let it count", "不予计入")                                                                \
    X(REASON_TEXT, "reason", TEXT, "TEXT", NULL, "why, in words; kept with the decision", "理由（文字），与裁决一并保存")                       \
    X(OUT_DIR, "out", DIRECTORY, "DIR", NULL, "directory of the outputs", "输出目录")                                                        \
    X(OUT_FILE, "out", FILE, "FILE", NULL, "the file to write", "要写的文件")                                                                \
    X(EXPORT_FORMAT, "format", CHOICE, "F", "csv|ndjson", "csv or ndjson (default csv)", "csv 或 ndjson（默认 csv）")                         \
    X(WHAT, "what", CHOICE, "WHAT", "records|positions|matrix|windows|files", "what to export (default records)", "导出内容（默认 records）")   \
    X(BENCH_RECORDS, "records", COUNT, "N", NULL, "records to generate (default 1000000)", "生成的记录数（默认 1000000）")                    \
    X(BENCH_FORMAT, "format", CHOICE, "F", "szt-csv|trade-csv|yz316", "one format (default: all)", "只测一种格式（默认全部）")                          \
    X(BENCH_TAC, "tac", FLAG, NULL, NULL, "right TACs on every record, verified", "每条记录带有效 TAC 并校验")                            \
    X(BENCH_DIR, "dir", DIRECTORY, "DIR", NULL, "where the temporary files go (default TMPDIR, else /tmp)", "临时文件所在目录（默认 TMPDIR，否则 /tmp）") \
    X(REPEAT, "repeat", COUNT, "N", NULL, "runs of each case; the median is shown (default 3)", "每种情形的次数，取中位数（默认 3）")             \
    X(GEN_RECORDS, "records", COUNT, "N", NULL, "records in all", "总记录数")                                                               \
    X(SEED, "seed", COUNT, "S", NULL, "seed: same arguments, same bytes", "种子：参数相同则字节相同")                                          \
    X(FILES, "files", COUNT, "K", NULL, "number of files", "文件个数")                                                                      \
    X(CARDS, "cards", COUNT, "N", NULL, "number of cards", "卡数")                                                                          \
    X(RULES, "rules", DIRECTORY, "DIR", NULL, "rules folder to draw parties from", "规则目录")                                               \
    X(CROSS_REGION, "cross-region", COUNT, "PPM", NULL, "trades in another city, per million", "异地交易（百万分之）")                         \
    X(DUPLICATES, "duplicates", COUNT, "PPM", NULL, "records sent twice, per million", "重复记录（百万分之）")                                 \
    X(CONFLICTS, "conflicts", COUNT, "PPM", NULL, "same identity, other content, per million", "标识相同内容不同（百万分之）")                  \
    X(BAD_TAC, "bad-tac", COUNT, "PPM", NULL, "wrong transaction codes, per million", "TAC 错误（百万分之）")                                 \
    X(MALFORMED, "malformed", COUNT, "PPM", NULL, "unreadable records, per million", "格式错误（百万分之）")                                  \
    X(LATE, "late", COUNT, "PPM", NULL, "records too late, per million", "过期记录（百万分之）")                                              \
    X(GRAY, "gray", COUNT, "PPM", NULL, "gray records, per million", "灰记录（百万分之）")                                                    \
    X(GAPS, "gaps", COUNT, "PPM", NULL, "missing counters, per million", "计数缺口（百万分之）")                                              \
    X(UNKNOWN, "unknown", COUNT, "PPM", NULL, "unknown participants, per million", "未知参与方（百万分之）")                                   \
    X(REFUNDS, "refunds", COUNT, "PPM", NULL, "refunds, per million", "退款（百万分之）")                                                     \
    X(LOADS, "loads", COUNT, "PPM", NULL, "loads, per million", "充值（百万分之）")                                                           \
    X(ZERO, "zero", COUNT, "PPM", NULL, "free rides, per million", "零金额（百万分之）")                                                      \
    X(TEST, "test", COUNT, "PPM", NULL, "test records, per million", "测试记录（百万分之）")                                                  \
    X(STOP, "stop", COUNT, "PPM", NULL, "cards on the stop list, per million", "停用卡（百万分之）")                                          \
    X(TAC, "tac", FLAG, NULL, NULL, "valid transaction codes, under keys made for it", "生成有效 TAC，并生成所用密钥")                        \
    X(KEYS, "keys", FILE, "FILE", NULL, "sealed TAC keys (default: those loaded with the rules)", "封存的 TAC 密钥（默认用随规则装入的）")         \
    X(KEYS_KEY, "keys-key", FILE, "FILE", NULL, "key file that opens the TAC keys (mode 0600)", "打开 TAC 密钥的密钥文件（权限 0600）")         \
    X(PASSPHRASE_FILE, "passphrase-file", FILE, "FILE", NULL, "passphrase of the TAC keys, in a file (mode 0600)", "TAC 密钥的口令文件（权限 0600）") \
    X(PASSPHRASE_FD, "passphrase-fd", COUNT, "N", NULL, "passphrase of the TAC keys, on a descriptor", "从描述符读取 TAC 密钥的口令")          \
    X(NEW_KEYS_KEY, "new-keys-key", FILE, "FILE", NULL, "seal under this key file from now on", "此后改用此密钥文件封存")                      \
    X(NEW_PASSPHRASE_FILE, "new-passphrase-file", FILE, "FILE", NULL, "seal under this passphrase from now on", "此后改用此口令封存")         \
    X(SEALED, "keys", FILE, "FILE", NULL, "the file of sealed keys (default rules/keys.sealed)", "密钥封存文件（默认 rules/keys.sealed）")      \
    X(KEY_ISSUER, "issuer", TEXT, "CODE", NULL, "participant whose cards the key is for", "密钥所属的发卡方代码")                              \
    X(KEY_VERSION, "key-version", COUNT, "N", NULL, "version, 0 to 255 (0 where the format has none)", "版本，0 至 255（格式不含版本时为 0）")    \
    X(KEY_INDEX, "key-index", COUNT, "N", NULL, "index, 0 to 255 (0 where the format has none)", "索引，0 至 255（格式不含索引时为 0）")         \
    X(ALGORITHM, "algorithm", CHOICE, "A", "3des|sm4", "cipher of the cards (default 3des)", "卡片算法（默认 3des）")                         \
    X(LEVELS, "levels", COUNT, "N", NULL, "diversification levels: 2 issuer and card (default), 1 card, 0 none", "分散级数：2 发卡方和卡（默认）、1 卡、0 不分散") \
    X(ISSUER_FACTOR, "issuer-factor", TEXT, "HEX|record", NULL, "issuer factor: 16 hexadecimal digits, or the record's issuer id", "发卡方分散因子：16位十六进制，或取自记录") \
    X(CARD_SKIP, "card-skip", COUNT, "N", NULL, "digits left out at the right of the card number (default 0)", "卡号右侧略去的位数（默认 0）")    \
    X(DATA_SIZE, "data", COUNT, "N", NULL, "bytes that the code is made over: 22 (default) or 18", "参与计算的字节数：22（默认）或 18")          \
    X(NO_FOLD, "no-fold", FLAG, NULL, NULL, "3DES with both halves on the last block, not folded to one", "3DES 末块用双倍长密钥，不折叠")      \
    X(XOR_WORDS, "xor-words", FLAG, NULL, NULL, "SM4: the code is the XOR of the four words", "SM4：TAC 为四个字的异或")                       \
    X(WAIT, "wait", FLAG, NULL, NULL, "codes of this issuer without a key wait", "此发卡方缺密钥的 TAC 待定")                                   \
    X(KCV, "kcv", TEXT, "HEX", NULL, "check value that the components must give, 6 digits", "分量应得的校验值，6 位")

enum option_id {
    OPTION_END,              /* ends a command's list */
#define X(id, ...) OPTION_ID_##id,
    OPTION_LIST(X)
#undef X
    OPTION_ID_COUNT
};

struct option_spec {
    const char *name;
    enum option_type type;
    const char *value, *choices, *en, *zh;       /* en "" = hidden: a knob of tests and measurements (bench/README.md) */
};

/** The table; OPTION_END < id < OPTION_ID_COUNT. */
const struct option_spec *option_spec(enum option_id id);

/** Does it take a value as the next word? */
bool option_takes_value(enum option_id id);

/** n-th choice of "a|b|c" into `text` (size bytes); false past the last. */
bool option_choice(const char *choices, unsigned index, char *text, size_t size);

struct option_value {
    bool given, now;         /* now: --received-at now */
    const char *text;        /* as given */
    uint64_t number;         /* COUNT, SIZE; CHOICE: index */
    clr_day day;
    int64_t time_s;
};

struct arguments {
    struct option_value option[OPTION_ID_COUNT];
    const char **operand;    /* borrowed words of argv, in order; the array is the arguments' own */
    size_t operand_count;
};

/**
 * @param allowed  option ids of the command, ended by OPTION_END.
 * @param argv     the words after the command word, `argc` of them.
 * @return CLR_OK | CLR_USAGE with a fault that names the option and suggests another.
 */
CLR_MUST_USE enum clr_status arguments_parse(const unsigned char *allowed, int argc, char **argv, struct arguments *out, struct clr_fault *fault);
void arguments_free(struct arguments *arguments);

#endif
