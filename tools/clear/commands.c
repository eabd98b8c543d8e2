/* commands.c: the table. Order = the order of a day's work, which is the order of the overview. */
#include <string.h>

#include "cmds.h"
#include "command.h"
#include "suggest.h"

#define ID(name) OPTION_ID_##name
#define OPTIONS(...) (const unsigned char[]){ __VA_ARGS__, OPTION_END }
#define NO_EXAMPLE { NULL, NULL, NULL }
#define ANY_NUMBER ((size_t)-1)

const unsigned char command_common_options[] = {
    ID(STORE), ID(KEY_FILE), ID(THREADS), ID(MEMORY), ID(MAP_SIZE), ID(JSON), ID(QUIET), ID(LANG), ID(COLOR), ID(PROGRESS),
    ID(HELP), ID(BATCH_RECORDS), ID(SUBCOMMIT_BYTES), OPTION_END,
};

const struct command commands[] = {
    { .name = "init", .run = cmd_init, .en = "make a store and its key", .zh = "建立账库及其密钥",
      .usage = "[options]",
      .example = { { "init", "a store in ./clear-store, its key inside (mode 0600)", "在 ./clear-store 建立账库，密钥在其中（权限 0600）" },
                   { "init --store night.store --key-file night.key", "store and key in places of your own", "自选账库和密钥的位置" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DRY_RUN)), .operand = OPERAND_NONE,
      .notes_en = "Keep a copy of the key: without it the store's card numbers and archive cannot be read.",
      .notes_zh = "请另存一份密钥：没有它，账库中的卡号和归档无法读出。" },
    { .name = "rules", .run = cmd_rules, .en = "load a rules folder, show a version, say what changed", .zh = "装入规则目录、查看版本、比较变化",
      .usage = "load DIR\nshow [VERSION] [FILE]\ndiff [OLD [NEW]]",
      .example = { { "rules load rules", "take in the folder as a new version", "把目录装入为新版本" },
                   { "rules show", "the latest version's files", "查看最新版本的文件" },
                   { "rules diff rules", "what loading this folder would change", "装入此目录会改变什么" } },
      .options = OPTIONS(ID(DRY_RUN)), .operand_min = 1, .operand_max = 3, .operand_name = "load|show|diff",
      .operand = OPERAND_WORDS, .words = "load|show|diff",
      .notes_en = "The same files again are the same version. OLD and NEW are version numbers or folders.",
      .notes_zh = "内容相同则版本相同。OLD、NEW 可为版本号或目录。" },
    { .name = "ingest", .run = cmd_ingest, .en = "decode, check, find repeats, clear and keep files", .zh = "受理文件：解码、检查、查重、清分、入账",
      .usage = "[options] FILE...",
      .example = { { "ingest --received-at 2026-03-03T02:00:00+08:00 inbox/*", "take in what came during the night", "受理夜间收到的文件" },
                   { "ingest --dry-run --received-at now inbox/*", "see what would happen, keep nothing", "试运行，不保留任何结果" }, NO_EXAMPLE },
      .options = OPTIONS(ID(FORMAT), ID(SENDER), ID(RECEIVED_AT), ID(ARCHIVE), ID(MAINTAIN), ID(STRICT),
                         ID(KEYS), ID(KEYS_KEY), ID(PASSPHRASE_FILE), ID(PASSPHRASE_FD), ID(TAC_ENGINE), ID(DRY_RUN)),
      .operand_min = 1, .operand_max = ANY_NUMBER, .operand_name = "FILE", .operand = OPERAND_FILES,
      .notes_en = "A refused file never stops the others; nothing of it is kept. A file seen before is answered with its first figures.",
      .notes_zh = "被拒收的文件不影响其他文件，其内容一概不留。已受理过的文件返回最初的数字。" },
    { .name = "status", .run = cmd_status, .en = "windows, files, backlog, space", .zh = "窗口、文件、积压、空间",
      .usage = "[options]",
      .example = { { "status", "at a glance", "总览" }, { "status --json", "for a monitor", "供监控程序使用" }, NO_EXAMPLE },
      .options = OPTIONS(OPTION_END), .operand = OPERAND_NONE },
    { .name = "positions", .run = cmd_positions, .en = "who owes whom", .zh = "谁欠谁多少",
      .usage = "[options]",
      .example = { { "positions", "all windows, by settlement member", "全部窗口，按结算成员" },
                   { "positions --date 2026-03-02 --level participant --json", "one day, for a program", "某一日，供程序使用" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DATE), ID(PRODUCT), ID(LEVEL), ID(AS_OF)), .operand = OPERAND_NONE,
      .notes_en = "net = receivable - payable + fee; + receives. The nets of all participants sum to zero, the centre included.",
      .notes_zh = "净额 = 应收 − 应付 + 手续费，正数为收。含清算中心在内，各方净额之和为零。" },
    { .name = "settle", .run = cmd_settle, .en = "close windows up to a date, net, and write the settlement", .zh = "关闭到某日为止的窗口，轧差并生成结算",
      .usage = "--date YYYY-MM-DD [options]",
      .example = { { "settle --date 2026-03-02", "close and settle everything up to that day", "关闭并结算到该日为止的全部窗口" },
                   { "settle --date 2026-03-02 --dry-run", "see the settlement, close nothing", "只看结算结果，不关闭窗口" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DATE), ID(PRODUCT), ID(OUT_DIR), ID(KEYS), ID(KEYS_KEY), ID(PASSPHRASE_FILE), ID(PASSPHRASE_FD), ID(DRY_RUN)),
      .operand = OPERAND_NONE,
      .notes_en = "Exit code 5: an invariant broke and nothing was published. Do not run it again; call a person.",
      .notes_zh = "退出码 5：恒等式被破坏，未发布任何结果。请勿重跑，立即报告负责人。" },
    { .name = "records", .run = cmd_records, .en = "list records", .zh = "列出记录",
      .usage = "[options]",
      .example = { { "records --verdict rejected --limit 20", "the first twenty that were refused", "最先被拒绝的二十条" },
                   { "records --reason tac-mismatch --json", "all with a wrong transaction code", "TAC 不符的全部记录" }, NO_EXAMPLE },
      .options = OPTIONS(ID(CARD), ID(FILE), ID(VERDICT), ID(REASON), ID(LIMIT), ID(UNMASK)), .operand = OPERAND_NONE, .reasons = true },
    { .name = "why", .run = cmd_why, .en = "every rule tried on a record, the values, the bytes", .zh = "某条记录逐条规则的判定、数值和原始字节",
      .usage = "RECORD [options]",
      .example = { { "why r1-1", "the first record of admission 1", "受理号 1 的第 1 条记录" },
                   { "why inbox/a.txt:12 --lang zh", "the twelfth record of a file, in Chinese", "某文件的第 12 条记录，用中文" }, NO_EXAMPLE },
      .options = OPTIONS(ID(UNMASK), ID(KEYS), ID(KEYS_KEY), ID(PASSPHRASE_FILE), ID(PASSPHRASE_FD)), .operand_min = 1, .operand_max = 1, .operand_name = "RECORD", .operand = OPERAND_NONE,
      .notes_en = "RECORD is FILE:NUMBER (from 1, in file order) or the id that other commands print.",
      .notes_zh = "RECORD 为 文件:序号（从 1 起，按文件顺序）或其他命令给出的编号。" },
    { .name = "resolve", .run = cmd_resolve, .en = "decide a record that is in conflict or waits", .zh = "裁决冲突或待定的记录",
      .usage = "RECORD --accept|--reject --reason TEXT [options]",
      .example = { { "resolve r1-1 --accept --reason \"terminal log checked\"", "let it count", "准予计入" },
                   { "resolve r1-1 --reject --reason \"test card\" --dry-run", "see what refusing it would do", "试看不予计入的结果" }, NO_EXAMPLE },
      .options = OPTIONS(ID(ACCEPT), ID(REJECT), ID(REASON_TEXT), ID(RECEIVED_AT), ID(DRY_RUN)),
      .operand_min = 1, .operand_max = 1, .operand_name = "RECORD", .operand = OPERAND_NONE },
    { .name = "report", .run = cmd_report, .en = "the settlement report of a day as one HTML file", .zh = "某日的结算报告（一个 HTML 文件）",
      .usage = "--date YYYY-MM-DD --out FILE.html [options]",
      .example = { { "report --date 2026-03-02 --out 2026-03-02.html", "write the report", "生成报告" },
                   { "report --date 2026-03-02 --out zh.html --lang zh", "the same in Chinese", "中文报告" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DATE), ID(PRODUCT), ID(OUT_FILE), ID(DRY_RUN)), .operand = OPERAND_NONE },
    { .name = "export", .run = cmd_export, .en = "records, positions, matrix, windows or files for other systems", .zh = "导出记录、头寸、矩阵、窗口或文件清单",
      .usage = "[options]",
      .example = { { "export --what positions --out positions.csv", "positions as CSV", "头寸导出为 CSV" },
                   { "export --what records --format ndjson --verdict pending", "waiting records, a JSON object a line", "待定记录，每行一个 JSON 对象" }, NO_EXAMPLE },
      .options = OPTIONS(ID(EXPORT_FORMAT), ID(WHAT), ID(OUT_FILE), ID(DATE), ID(PRODUCT), ID(LEVEL), ID(AS_OF), ID(CARD), ID(FILE),
                         ID(VERDICT), ID(REASON), ID(LIMIT), ID(UNMASK), ID(DRY_RUN)),
      .operand = OPERAND_NONE,
      .notes_en = "Amounts are whole fen. Order and bytes are the same on every run.", .notes_zh = "金额以分为单位。每次导出的顺序和字节都相同。" },
    { .name = "verify", .run = cmd_verify, .en = "re-check the whole store", .zh = "核验整个账库",
      .usage = "[options]",
      .example = { { "verify", "digests, indexes, positions = sum of records, zero sums", "摘要、索引、头寸等于记录之和、净额为零" },
                   { "verify --json --quiet", "for a nightly job", "供夜间作业使用" }, NO_EXAMPLE },
      .options = OPTIONS(OPTION_END), .operand = OPERAND_NONE,
      .notes_en = "Exit code 9: the store is damaged; restore a backup first.", .notes_zh = "退出码 9：账库已损坏，请先恢复备份。" },
    { .name = "digest", .run = cmd_digest, .en = "one digest of the logical content", .zh = "逻辑内容的一个摘要",
      .usage = "[options]",
      .example = { { "digest", "equal for equal input and rules, on any machine", "输入和规则相同则摘要相同，与机器无关" },
                   { "digest --store copy", "of another store", "另一账库的摘要" }, NO_EXAMPLE },
      .options = OPTIONS(OPTION_END), .operand = OPERAND_NONE },
    { .name = "backup", .run = cmd_backup, .en = "a verified copy of the store", .zh = "账库的已核验副本",
      .usage = "DIR [options]",
      .example = { { "backup copy", "copy, compact, check", "复制、压实并核验" },
                   { "backup --dry-run copy", "see whether it would succeed", "试看能否成功" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DRY_RUN)), .operand_min = 1, .operand_max = 1, .operand_name = "DIR", .operand = OPERAND_DIRECTORY },
    { .name = "maintain", .run = cmd_maintain, .en = "merge runs, so that look-ups stay quick", .zh = "合并批次，使查重保持快速",
      .usage = "[options]",
      .example = { { "maintain", "merge what is due; no result changes", "合并到期的批次，任何结果都不变" },
                   { "maintain --dry-run --json", "see what would be merged, on a copy", "在副本上试看会合并什么" }, NO_EXAMPLE },
      .options = OPTIONS(ID(DRY_RUN)), .operand = OPERAND_NONE,
      .notes_en = "Due when more than eight runs hold a day; status says so. ingest does it at its end, unless --maintain never. Killed, it is run again.",
      .notes_zh = "某日的批次超过八个时到期，status 会显示。ingest 结束时自动进行，除非给出 --maintain never。中断后可重新运行。" },
    { .name = "keys", .run = cmd_keys, .en = "TAC master keys: make, import, seal anew, remove, list", .zh = "TAC 主密钥：生成、导入、重新封存、删除、列出",
      .usage = "new --issuer CODE --key-version N --key-index N [options]\nimport --issuer CODE --key-version N --key-index N --kcv HEX [FILE]\nrotate [options]\nremove --issuer CODE --key-version N --key-index N [options]\nlist [options]",
      .example = { { "keys new --issuer CARD-YZ --key-version 1 --key-index 1 --issuer-factor record --keys-key tac.key",
                     "a random key, sealed under a key file", "随机生成密钥，用密钥文件封存" },
                   { "keys import --issuer CARD-YZ --key-version 2 --key-index 1 --issuer-factor 0115215000000000 --kcv 08D7B4 parts.txt",
                     "a key from its components", "由分量导入密钥" },
                   { "keys list --keys-key tac.key", "what is there; of a key its check value only", "列出密钥，仅显示校验值" } },
      .options = OPTIONS(ID(SEALED), ID(KEYS_KEY), ID(PASSPHRASE_FILE), ID(PASSPHRASE_FD), ID(NEW_KEYS_KEY), ID(NEW_PASSPHRASE_FILE), ID(KEY_ISSUER),
                         ID(KEY_VERSION), ID(KEY_INDEX), ID(ALGORITHM), ID(LEVELS), ID(ISSUER_FACTOR), ID(CARD_SKIP), ID(DATA_SIZE), ID(NO_FOLD),
                         ID(XOR_WORDS), ID(WAIT), ID(KCV), ID(DRY_RUN)),
      .operand_min = 1, .operand_max = 2, .operand_name = "new|import|rotate|remove|list", .operand = OPERAND_WORDS, .words = "new|import|rotate|remove|list",
      .notes_en = "Components are 1 to 3 lines of 32 hexadecimal digits, XORed: in FILE (mode 0600), on standard input, or typed unseen. A key or "
                  "passphrase is never a word of the command line. Without an option that opens the keys a passphrase is asked for. "
                  "remove is written into the audit log of the store that is named, or of ./clear-store.",
      .notes_zh = "分量为1至3行32位十六进制数字，相互异或：写在 FILE（权限 0600）、标准输入，或在终端不回显输入。密钥和口令从不写在命令行上。"
                  "未给出打开方式时在终端询问口令。remove 记入所指定账库（或 ./clear-store）的审计日志。" },
    { .name = "gen", .run = cmd_gen, .en = "seeded synthetic files, and what clearing them must give", .zh = "按种子生成模拟文件及应得结果",
      .usage = "--format F --records N --seed S --out DIR [options]",
      .example = { { "gen --format szt-csv --records 1000 --seed 1 --out demo", "files, rules and expected.json", "生成文件、规则和 expected.json" },
                   { "gen --format yz316 --records 1000 --seed 2 --out demo2 --duplicates 5000", "with half a percent sent twice", "其中千分之五重复" }, NO_EXAMPLE },
      .options = OPTIONS(ID(FORMAT), ID(GEN_RECORDS), ID(SEED), ID(OUT_DIR), ID(FILES), ID(CARDS), ID(DATE), ID(RULES), ID(RECEIVED_AT), ID(TAC), ID(DRY_RUN),
                         ID(CROSS_REGION), ID(DUPLICATES), ID(CONFLICTS), ID(BAD_TAC), ID(MALFORMED), ID(LATE), ID(GRAY), ID(GAPS), ID(UNKNOWN),
                         ID(REFUNDS), ID(LOADS), ID(ZERO), ID(TEST), ID(STOP)),
      .operand = OPERAND_NONE },
    { .name = "bench", .run = cmd_bench, .en = "measure this machine on generated files", .zh = "用生成的文件测试本机速度",
      .usage = "[options]",
      .example = { { "bench", "a million records in each of three formats, one thread and all", "三种格式各一百万条，单线程与全部线程" },
                   { "bench --records 100000 --format yz316 --threads 1 --json", "one case, for a program", "单一情形，供程序使用" },
                   { "bench --format trade-csv --tac", "with a TAC on every record", "每条记录都校验 TAC" } },
      .options = OPTIONS(ID(BENCH_RECORDS), ID(BENCH_FORMAT), ID(BENCH_TAC), ID(REPEAT), ID(BENCH_DIR), ID(TAC_ENGINE)), .operand = OPERAND_NONE,
      .notes_en = "Everything is made under --dir and removed again; the store given by --store is not touched. Stages are time of threads: on two "
                  "threads twice the wall time. A floor is what the bytes of a stage take at least on this machine, measured in the same run.",
      .notes_zh = "一切都在 --dir 之下生成并删除，不触及 --store 指定的账库。各阶段为线程时间，两个线程时合计为墙钟时间的两倍。"
                  "“下限”是该阶段的字节在本机至少所需的时间，在同一次运行中测得。" },
    { .name = "completion", .run = cmd_completion, .en = "print completion for bash or zsh", .zh = "输出 bash 或 zsh 的补全脚本",
      .usage = "bash|zsh",
      .example = { { "completion bash > clearing.bash", "then: source clearing.bash", "然后：source clearing.bash" },
                   { "completion zsh > _clearing", "into a directory of fpath", "放入 fpath 中的目录" }, NO_EXAMPLE },
      .options = OPTIONS(OPTION_END), .operand_min = 1, .operand_max = 1, .operand_name = "bash|zsh", .operand = OPERAND_WORDS, .words = "bash|zsh" },
    { .name = "help", .run = cmd_help, .en = "this overview, or the help of a command", .zh = "本总览，或某命令的帮助",
      .usage = "[COMMAND]",
      .example = { { "help", "all commands", "全部命令" }, { "help ingest", "one command", "某一命令" }, NO_EXAMPLE },
      .options = OPTIONS(OPTION_END), .operand_max = 1, .operand_name = "COMMAND", .operand = OPERAND_NONE },
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

enum clr_status command_unknown(const char *typed, struct clr_fault *fault)
{
    struct suggestion near = { .typed = typed };

    for (size_t i = 0; i < command_count; i++) suggest_offer(&near, commands[i].name);
    if (near.best != NULL)
        return clr_fault_say(fault, CLR_USAGE, "there is no command %.64s; did you mean %s?", "没有命令 %.64s；是否想用 %s？", typed, near.best);
    return clr_fault_say(fault, CLR_USAGE, "there is no command %.64s; --help lists them", "没有命令 %.64s；用 --help 列出全部命令", typed);
}

void command_options(const struct command *command, unsigned char *out)
{
    const unsigned char *lists[] = { command->options, command_common_options };

    for (size_t i = 0; i < 2; i++)
        for (const unsigned char *id = lists[i]; *id != OPTION_END; id++) *out++ = *id;
    *out = OPTION_END;
}
