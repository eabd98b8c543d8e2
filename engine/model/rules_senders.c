/*
 * rules_senders.c: senders.ini: one section a sender; and whose file this is, by its name.
 *
 *   [yangzhou-bus]
 *   match = YZ*.txt *_yz316.dat          several globs: blanks or ';' between them; '*' any bytes, '?' one character
 *   format = yz316                       format = any format when missing
 *   side = …                             free text
 *   encoding = utf-8 | gbk | gb18030
 *   units = fen | yuan
 *   window = receipt | declared
 *   counter_offset = -1 | 0 | 1
 *   tac_unverified = accept | wait
 *   public_key = 64 hexadecimal digits
 *   count = reject | warn                and every other file check: framing sum trailer-digest file-name record-length signature
 *                                        same-id-other-content unknown-sender encoding
 *   code.gray = 04                       the partner's code of a record reason
 *
 * `encoding` is both a property of the sender and the name of a file check: the values reject and warn mean the check. Every check
 * is `reject` until told otherwise.
 */
#include <stdlib.h>

#include "model/rules_ini.h"

enum { MATCH, FORMAT, SIDE, ENCODING, UNITS, WINDOW, COUNTER_OFFSET, TAC_UNVERIFIED, PUBLIC_KEY, KEYS };
static const char *const keys[] = { "match", "format", "side", "encoding", "units", "window", "counter_offset", "tac_unverified", "public_key", NULL };
static const char *const modes[] = { "reject", "warn", NULL };
#define GLOBS_MAX 65536
#define KEY_SIZE 64                           /* hexadecimal digits of an Ed25519 public key */
#define CODE_PREFIX "code."

/* Findings that a sender's profile may turn into warnings; the other file reasons are not the sender's doing. */
#define SETTABLE                                                                                                             \
    (1u << CLR_FILE_REASON_FRAMING | 1u << CLR_FILE_REASON_RECORDS | 1u << CLR_FILE_REASON_SUM | 1u << CLR_FILE_REASON_TRAILER_DIGEST      \
     | 1u << CLR_FILE_REASON_FILE_NAME | 1u << CLR_FILE_REASON_RECORD_LENGTH | 1u << CLR_FILE_REASON_SIGNATURE | 1u << CLR_FILE_REASON_SAME_ID \
     | 1u << CLR_FILE_REASON_UNKNOWN_SENDER | 1u << CLR_FILE_REASON_ENCODING)

struct reading {
    struct clr_rules *rules;
    struct clr_rules_index *index;
    size_t sender_capacity, glob_capacity;
    uint64_t given;                           /* keys of the section at hand; file checks from bit 16, record codes apart */
    size_t match_used;
    char match[8192];                         /* globs of the section at hand, blanks between them */
};

static struct clr_sender *current(struct reading *reading)
{
    return &reading->rules->sender[reading->rules->sender_count - 1];
}

/* Doubling with the new part zeroed; NULL when memory ends. */
static void *grow(void *array, size_t count, size_t *capacity, size_t size)
{
    const size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    uint8_t *grown;

    if (count < *capacity) return array;
    grown = realloc(array, wanted * size);
    if (grown == NULL) return NULL;
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return grown;
}

/* ---- globs ---- */

static enum clr_status add_glob(struct clr_rules_ini *ini, struct clr_bytes pattern)
{
    struct reading *reading = ini->context;
    struct clr_rules_glob *grown = grow(reading->index->glob, reading->index->glob_count, &reading->glob_capacity, sizeof *grown);
    struct clr_rules_glob *glob;

    if (grown == NULL) return clr_rules_out_of_memory(ini->load->fault, ini->file);
    reading->index->glob = grown;
    if (reading->index->glob_count == GLOBS_MAX) return RULES_INI_FAIL(ini, "match", NULL, "more than %d globs", "通配式超过%d个", GLOBS_MAX);
    glob = &reading->index->glob[reading->index->glob_count++];
    glob->pattern = clr_rules_pool_text(&reading->index->pool, pattern);
    glob->sender = (int)reading->rules->sender_count - 1;
    for (size_t i = 0; i < pattern.size; i++) glob->literal += pattern.data[i] != '*' && pattern.data[i] != '?';
    return CLR_OK;
}

static enum clr_status keep_match(struct clr_rules_ini *ini, struct clr_bytes pattern)
{
    struct reading *reading = ini->context;
    const size_t blank = reading->match_used > 0;

    if (reading->match_used + blank + pattern.size >= sizeof reading->match) return RULES_INI_FAIL(ini, "match", NULL, "the globs of one sender are too long", "同一发送方的通配式过长");
    if (blank) reading->match[reading->match_used++] = ' ';
    memcpy(reading->match + reading->match_used, pattern.data, pattern.size);
    reading->match_used += pattern.size;
    return CLR_OK;
}

static enum clr_status read_match(struct clr_rules_ini *ini, const char *value)
{
    while (value[0] != '\0') {
        const size_t size = strcspn(value, " \t;");
        const struct clr_bytes pattern = clr_bytes_of(value, size);

        if (size > 0 && (memchr(value, '/', size) != NULL || memchr(value, '=', size) != NULL))
            return RULES_INI_FAIL(ini, "match", value, "a glob matches a file name: no '/' and no '='", "通配式用于匹配文件名，不含“/”和“=”");
        if (size > 0) {
            CLR_TRY(keep_match(ini, pattern));
            CLR_TRY(add_glob(ini, pattern));
        }
        value += size + (value[size] != '\0');
    }
    return CLR_OK;
}

/* One character on, whatever its bytes; broken UTF-8 counts byte by byte. */
static const char *next_character(const char *at)
{
    at++;
    while (((uint8_t)*at & 0xC0) == 0x80) at++;
    return at;
}

/* The last star takes as little as it can; when the rest does not fit it takes one more. No recursion, no exponential case. */
static bool glob_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern == '?') {
            pattern++;
            name = next_character(name);
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = retry = next_character(retry);
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return *pattern == '\0';
}

int clr_rules_sender_match(const struct clr_rules *rules, const char *base_name, int format)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    const struct clr_rules_glob *best = NULL;

    for (size_t i = 0; i < index->glob_count; i++) {
        const struct clr_rules_glob *glob = &index->glob[i];
        const int wanted = rules->sender[glob->sender].format;

        if (wanted >= 0 && format >= 0 && wanted != format) continue;
        if (best != NULL && glob->literal <= best->literal) continue;
        if (glob_matches(glob->pattern, base_name)) best = glob;
    }
    return best == NULL ? -1 : best->sender;
}

int clr_rules_sender(const struct clr_rules *rules, struct clr_bytes name)
{
    for (size_t i = 0; i < rules->sender_count; i++) {
        if (clr_bytes_equal(clr_bytes_text(rules->sender[i].name), name)) return (int)i;
    }
    return -1;
}

const char *clr_rules_sender_code(const struct clr_rules *rules, int sender, enum clr_reason reason)
{
    const char *code = clr_rules_index_of(rules)->sender_code[sender][reason];

    return code == NULL ? "" : code;
}

/* ---- keys ---- */

static enum clr_status read_format(struct clr_rules_ini *ini, const char *value)
{
    struct clr_sender *sender = current(ini->context);

    sender->format = strcmp(value, "*") == 0 ? -1 : clr_format_find(clr_bytes_text(value));
    return sender->format >= 0 || strcmp(value, "*") == 0 ? CLR_OK : RULES_INI_FAIL(ini, "format", value, "unknown format", "未知格式");
}

static enum clr_status read_encoding(struct clr_rules_ini *ini, const char *value)
{
    static const char *const encodings[] = { "utf-8", "gbk", "gb18030", NULL };
    struct clr_sender *sender = current(ini->context);
    int choice = 0;

    CLR_TRY(clr_rules_ini_choice(ini, "encoding", value, encodings, &choice));
    sender->encoding_gbk = choice > 0;
    sender->encoding_given = true;
    return CLR_OK;
}

static enum clr_status read_public_key(struct clr_rules_ini *ini, const char *value)
{
    struct reading *reading = ini->context;

    if (strlen(value) != KEY_SIZE || strspn(value, "0123456789abcdefABCDEF") != KEY_SIZE)
        return RULES_INI_FAIL(ini, "public_key", value, "a public key has %d hexadecimal digits", "公钥应为%d位十六进制数字", KEY_SIZE);
    current(reading)->public_key = clr_rules_pool_text(&reading->index->pool, clr_bytes_text(value));
    return CLR_OK;
}

static enum clr_status read_property(struct clr_rules_ini *ini, int key, const char *value)
{
    static const char *const units[] = { "fen", "yuan", NULL };
    static const char *const windows[] = { "receipt", "declared", NULL };
    static const char *const waits[] = { "accept", "wait", NULL };
    struct reading *reading = ini->context;
    struct clr_sender *sender = current(reading);
    int64_t whole = 0;
    int choice = 0;

    switch (key) {
    case FORMAT:
        return read_format(ini, value);
    case SIDE:
        sender->side = clr_rules_pool_text(&reading->index->pool, clr_bytes_text(value));
        return CLR_OK;
    case ENCODING:
        return read_encoding(ini, value);
    case UNITS:
        CLR_TRY(clr_rules_ini_choice(ini, keys[key], value, units, &choice));
        sender->units_yuan = choice == 1;
        sender->units_given = true;
        return CLR_OK;
    case WINDOW:
        CLR_TRY(clr_rules_ini_choice(ini, keys[key], value, windows, &choice));
        sender->window = choice == 1 ? CLR_WINDOW_DECLARED : CLR_WINDOW_RECEIPT;
        return CLR_OK;
    case COUNTER_OFFSET:
        CLR_TRY(clr_rules_ini_whole(ini, keys[key], value, -1, 1, &whole));
        sender->counter_offset = (int)whole;
        return CLR_OK;
    case TAC_UNVERIFIED:
        CLR_TRY(clr_rules_ini_choice(ini, keys[key], value, waits, &choice));
        sender->tac_unverified_waits = choice == 1;
        return CLR_OK;
    default:
        CLR_ASSERT(key == PUBLIC_KEY);
        return read_public_key(ini, value);
    }
}

static enum clr_status read_check(struct clr_rules_ini *ini, const char *key, const char *value, int reason)
{
    struct reading *reading = ini->context;
    int choice = 0;

    CLR_TRY(clr_rules_ini_once(ini, key, value, 16 + (unsigned)reason, &reading->given));
    CLR_TRY(clr_rules_ini_choice(ini, key, value, modes, &choice));
    current(reading)->check[reason] = choice == 1 ? CLR_CHECK_WARN : CLR_CHECK_REJECT;
    return CLR_OK;
}

static enum clr_status read_code(struct clr_rules_ini *ini, const char *key, const char *value)
{
    struct reading *reading = ini->context;
    char name[64];
    const int reason = clr_reason_find(clr_bytes_text(clr_rules_ini_dashes(key + strlen(CODE_PREFIX), name)));
    const char **code;

    if (reason < 0) return RULES_INI_FAIL(ini, key, value, "unknown reason of a record", "未知的记录原因");
    code = &reading->index->sender_code[reading->rules->sender_count - 1][reason];
    if (*code != NULL) return RULES_INI_FAIL(ini, key, value, "the key is given twice", "该键重复");
    *code = clr_rules_pool_text(&reading->index->pool, clr_bytes_text(value));
    return CLR_OK;
}

static enum clr_status on_key(struct clr_rules_ini *ini, const char *section, const char *key, const char *value)
{
    struct reading *reading = ini->context;
    const bool is_mode = strcmp(value, modes[0]) == 0 || strcmp(value, modes[1]) == 0;
    const int property = clr_rules_ini_find(key, keys);
    char name[64];
    const int reason = clr_file_reason_find(clr_bytes_text(clr_rules_ini_dashes(key, name)));

    (void)section;
    if (property == MATCH) return read_match(ini, value);
    if (property >= 0 && !(property == ENCODING && is_mode)) {
        CLR_TRY(clr_rules_ini_once(ini, key, value, (unsigned)property, &reading->given));
        return read_property(ini, property, value);
    }
    if (reason >= 0 && (SETTABLE >> reason & 1u)) return read_check(ini, key, value, reason);
    if (strncmp(key, CODE_PREFIX, strlen(CODE_PREFIX)) == 0) return read_code(ini, key, value);
    return RULES_INI_FAIL(ini, key, value, "unknown key", "未知的键");
}

/* ---- sections ---- */

static void close_section(struct reading *reading)
{
    if (reading->rules->sender_count > 0)
        current(reading)->match = clr_rules_pool_text(&reading->index->pool, clr_bytes_of(reading->match, reading->match_used));
    reading->match_used = 0;
    reading->given = 0;
}

static enum clr_status check_name(struct clr_rules_ini *ini, const char *name)
{
    const struct reading *reading = ini->context;

    if (name[0] == '.' || strchr(name, '/') != NULL)
        return RULES_INI_FAIL(ini, NULL, name, "a sender's name has no '/' and does not start with a dot: it is also the name of its inbox folder", "发送方名称不含“/”，不以点开头：它也是收件子目录名");
    if (clr_rules_sender(reading->rules, clr_bytes_text(name)) >= 0) return RULES_INI_FAIL(ini, NULL, name, "the sender has a section already", "该发送方已有小节");
    if (reading->rules->sender_count == CLR_RULES_SENDERS_MAX) return RULES_INI_FAIL(ini, NULL, name, "more than %d senders", "发送方超过%d个", CLR_RULES_SENDERS_MAX);
    return CLR_OK;
}

static enum clr_status on_section(struct clr_rules_ini *ini, const char *name)
{
    struct reading *reading = ini->context;
    struct clr_rules *rules = reading->rules;
    const size_t count = rules->sender_count;
    size_t code_capacity = reading->sender_capacity;
    struct clr_sender *senders;
    const char *(*codes)[CLR_REASON_COUNT];

    CLR_TRY(check_name(ini, name));
    close_section(reading);
    codes = grow(reading->index->sender_code, count, &code_capacity, sizeof *codes);
    if (codes == NULL) return clr_rules_out_of_memory(ini->load->fault, ini->file);
    reading->index->sender_code = codes;
    senders = grow(rules->sender, count, &reading->sender_capacity, sizeof *senders);
    if (senders == NULL) return clr_rules_out_of_memory(ini->load->fault, ini->file);
    rules->sender = senders;
    senders[count].name = clr_rules_pool_text(&reading->index->pool, clr_bytes_text(name));
    senders[count].match = senders[count].side = senders[count].public_key = "";
    senders[count].format = -1;
    rules->sender_count++;
    return CLR_OK;
}

enum clr_status clr_rules_load_senders(struct clr_rules_load *load)
{
    struct reading reading = { .rules = load->rules, .index = load->index };
    struct clr_rules_ini ini = { .load = load, .context = &reading, .section = on_section, .key = on_key };

    CLR_TRY(clr_rules_ini_read(&ini, "senders.ini"));
    close_section(&reading);
    return CLR_OK;
}
