#include "keys_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPONENTS_MAX 3
#define TEXT_MAX 4096

/* ---- options ---- */

static enum clr_status number_below(struct cli *cli, enum option_id id, uint64_t otherwise, uint64_t most, uint8_t *out)
{
    const uint64_t number = cli_number(cli, id, otherwise);
    if (number > most)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--%s is from 0 to %llu", "--%s 须在 0 到 %llu 之间", option_spec(id)->name, (unsigned long long)most);
    *out = (uint8_t)number;
    return CLR_OK;
}

static int nibble(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/** Exactly 2 × size hexadecimal digits; blanks between them are fine. */
static bool read_hex(const char *text, size_t length, uint8_t *out, size_t size)
{
    size_t digits = 0;
    for (size_t i = 0; i < length; i++) {
        const int value = nibble(text[i]);
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') continue;
        if (value < 0 || digits == 2 * size) return false;
        out[digits / 2] = (uint8_t)(digits % 2 == 0 ? value << 4 : out[digits / 2] | value);
        digits++;
    }
    return digits == 2 * size;
}

static enum clr_status read_factor(struct cli *cli, struct clr_key *key)
{
    const char *const text = cli_text(cli, OPTION_ID_ISSUER_FACTOR, NULL);
    if (key->levels < 2) {
        if (text == NULL) return CLR_OK;
        return clr_fault_say(&cli->fault, CLR_USAGE, "--issuer-factor is of keys with --levels 2", "--issuer-factor 仅用于 --levels 2 的密钥");
    }
    if (text == NULL) return cli_require(cli, OPTION_ID_ISSUER_FACTOR);
    key->issuer_source = strcmp(text, "record") == 0 ? CLR_FACTOR_RECORD : CLR_FACTOR_FIXED;
    if (key->issuer_source == CLR_FACTOR_RECORD || read_hex(text, strlen(text), key->issuer_factor, sizeof key->issuer_factor)) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "--issuer-factor is 16 hexadecimal digits, or record", "--issuer-factor 须为16位十六进制数字，或 record");
}

enum clr_status keys_edit_numbers(struct cli *cli, struct clr_key *key)
{
    const char *const issuer = cli_text(cli, OPTION_ID_KEY_ISSUER, "");
    static const enum option_id needed[] = { OPTION_ID_KEY_ISSUER, OPTION_ID_KEY_VERSION, OPTION_ID_KEY_INDEX };

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) CLR_TRY(cli_require(cli, needed[i]));
    if (strlen(issuer) >= sizeof key->issuer)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--issuer is a participant's code of at most 63 characters", "--issuer 为参与方代码，最多63个字符");
    memcpy(key->issuer, issuer, strlen(issuer));
    CLR_TRY(number_below(cli, OPTION_ID_KEY_VERSION, 0, 255, &key->version));
    return number_below(cli, OPTION_ID_KEY_INDEX, 0, 255, &key->index);
}

enum clr_status keys_edit_options(struct cli *cli, struct clr_key *key)
{
    CLR_TRY(keys_edit_numbers(cli, key));
    key->algorithm = cli_number(cli, OPTION_ID_ALGORITHM, 0) == 1 ? CLR_TAC_SM4 : CLR_TAC_3DES;      /* the choices: 3des, sm4 */
    CLR_TRY(number_below(cli, OPTION_ID_LEVELS, 2, 2, &key->levels));
    CLR_TRY(number_below(cli, OPTION_ID_CARD_SKIP, 0, 16, &key->card_skip));
    CLR_TRY(number_below(cli, OPTION_ID_DATA_SIZE, 22, 255, &key->data_size));
    key->fold = !cli_given(cli, OPTION_ID_NO_FOLD);
    key->xor_words = cli_given(cli, OPTION_ID_XOR_WORDS);
    key->waits = cli_given(cli, OPTION_ID_WAIT);
    CLR_TRY(read_factor(cli, key));
    struct clr_key whole = *key;
    memset(whole.master, 1, sizeof whole.master);       /* its value is not there yet */
    return clr_key_check(&whole, &cli->fault);
}

enum clr_status keys_edit_random(struct clr_key *key)
{
    randombytes_buf(key->master, sizeof key->master);
    return CLR_OK;
}

/* ---- components ---- */

static enum clr_status bad_component(struct cli *cli, unsigned number)
{
    return clr_fault_say(&cli->fault, CLR_USAGE, "component %u is not 32 hexadecimal digits", "第 %u 个分量不是32位十六进制数字", number);
}

static enum clr_status add_component(struct cli *cli, struct clr_key *key, unsigned *count, const char *text, size_t length)
{
    uint8_t part[16];
    if (*count == COMPONENTS_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "there are more than %d components", "分量多于 %d 个", COMPONENTS_MAX);
    const bool good = read_hex(text, length, part, sizeof part);
    if (good)
        for (unsigned i = 0; i < sizeof part; i++) key->master[i] ^= part[i];
    sodium_memzero(part, sizeof part);
    ++*count;
    return good ? CLR_OK : bad_component(cli, *count);
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') return false;
    return true;
}

/** Lines of `text`; blank ones and those that begin with # are for people. */
static enum clr_status take_lines(struct cli *cli, struct clr_key *key, const char *text, size_t size)
{
    unsigned count = 0;
    for (size_t at = 0; at < size;) {
        const char *const end = memchr(text + at, '\n', size - at);
        const size_t length = end != NULL ? (size_t)(end - text) - at : size - at;
        if (!is_blank(text + at, length) && text[at] != '#') CLR_TRY(add_component(cli, key, &count, text + at, length));
        at += length + 1;
    }
    if (count > 0) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "no component was given: 1 to 3 lines of 32 hexadecimal digits", "未给出分量：须为1至3行32位十六进制数字");
}

static enum clr_status open_components(struct cli *cli, const char *path, int *out)
{
    struct stat info;
    *out = STDIN_FILENO;
    if (path == NULL || strcmp(path, "-") == 0) return CLR_OK;
    *out = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    enum clr_status status = CLR_OK;
    if (*out < 0) status = clr_fault_say(&cli->fault, CLR_USAGE, "the components cannot be read: %s", "无法读取分量：%s", strerror(errno));
    else if (fstat(*out, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0)
        status = clr_fault_say(&cli->fault, CLR_KEY, "not a regular file of mode 0600; others may have read the components", "不是权限0600的普通文件，分量可能已被他人读取");
    if (status != CLR_OK) clr_fault_at(&cli->fault, path, 0, NULL);
    return status;
}

static enum clr_status read_components(struct cli *cli, struct clr_key *key, const char *path)
{
    int file;
    size_t size = 0;
    enum clr_status status = open_components(cli, path, &file);
    char *const text = sodium_malloc(TEXT_MAX);
    if (status == CLR_OK && text == NULL) status = CLR_FULL;
    while (status == CLR_OK && size < TEXT_MAX) {
        const ssize_t got = read(file, text + size, TEXT_MAX - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = clr_fault_say(&cli->fault, CLR_USAGE, "the components cannot be read: %s", "无法读取分量：%s", strerror(errno));
        if (got <= 0) break;
        size += (size_t)got;
    }
    if (status == CLR_OK && size == TEXT_MAX) status = clr_fault_say(&cli->fault, CLR_USAGE, "too much text for components", "分量内容过长");
    if (status == CLR_OK) status = take_lines(cli, key, text, size);
    sodium_free(text);
    if (file > STDIN_FILENO) close(file);
    return status;
}

static enum clr_status ask_components(struct cli *cli, struct clr_key *key)
{
    struct clr_secret *const line = clr_secret_create();
    unsigned count = 0;
    enum clr_status status = line != NULL ? CLR_OK : CLR_FULL;
    while (status == CLR_OK && count < COMPONENTS_MAX) {
        status = keys_ask(cli, "component, 32 hexadecimal digits (nothing: no more): ", "分量，32位十六进制数字（直接回车结束）：", false, line);
        if (status != CLR_OK || line->size == 0) break;
        status = add_component(cli, key, &count, (const char *)line->data, line->size);
    }
    clr_secret_destroy(line);
    if (status == CLR_OK && count == 0) return take_lines(cli, key, "", 0);
    return status;
}

/* ---- the check value ---- */

static enum clr_status compare_kcv(struct cli *cli, const struct clr_key *key, const char *text, size_t length)
{
    uint8_t want[CLR_KEY_KCV_SIZE], seen[CLR_KEY_KCV_SIZE];
    if (!read_hex(text, length, want, sizeof want))
        return clr_fault_say(&cli->fault, CLR_USAGE, "--kcv is 6 hexadecimal digits", "--kcv 须为6位十六进制数字");
    CLR_TRY(clr_key_kcv(key, seen));
    if (memcmp(want, seen, sizeof want) == 0) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "the check value of these components is %02X%02X%02X, not %02X%02X%02X; nothing was kept",
                         "这些分量的校验值为 %02X%02X%02X，而非 %02X%02X%02X；未保留任何内容", seen[0], seen[1], seen[2], want[0], want[1], want[2]);
}

static enum clr_status ask_kcv(struct cli *cli, const struct clr_key *key)
{
    struct clr_secret *const line = clr_secret_create();
    enum clr_status status = line != NULL ? CLR_OK : CLR_FULL;
    if (status == CLR_OK) status = keys_ask(cli, "check value from the key's letter, 6 hexadecimal digits: ", "密钥函上的校验值，6位十六进制数字：", true, line);
    if (status == CLR_OK) status = compare_kcv(cli, key, (const char *)line->data, line->size);
    clr_secret_destroy(line);
    return status;
}

enum clr_status keys_edit_import(struct cli *cli, struct clr_key *key)
{
    const char *const path = cli->arguments.operand_count > 1 ? cli->arguments.operand[1] : NULL, *const kcv = cli_text(cli, OPTION_ID_KCV, NULL);
    const bool typed = path == NULL && isatty(STDIN_FILENO);

    if (!typed && kcv == NULL) return cli_require(cli, OPTION_ID_KCV);
    CLR_TRY(typed ? ask_components(cli, key) : read_components(cli, key, path));
    if (sodium_is_zero(key->master, sizeof key->master))
        return clr_fault_say(&cli->fault, CLR_USAGE, "the components cancel each other out: is one given twice?", "各分量相互抵消：是否重复给出了同一分量？");
    return kcv != NULL ? compare_kcv(cli, key, kcv, strlen(kcv)) : ask_kcv(cli, key);
}
