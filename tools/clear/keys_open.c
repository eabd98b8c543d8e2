#include "keys_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tac/tac.h"
#include "text.h"

const struct keys_options keys_present = { OPTION_ID_KEYS_KEY, OPTION_ID_PASSPHRASE_FILE, OPTION_ID_PASSPHRASE_FD };
const struct keys_options keys_future = { OPTION_ID_NEW_KEYS_KEY, OPTION_ID_NEW_PASSPHRASE_FILE, OPTION_END };

static bool is_given(const struct cli *cli, enum option_id id) { return id != OPTION_END && cli_given(cli, id); }

bool keys_secret_given(const struct cli *cli, const struct keys_options *options)
{
    return is_given(cli, options->key_file) || is_given(cli, options->passphrase_file) || is_given(cli, options->passphrase_fd);
}

/* ---- the terminal ---- */

bool keys_can_ask(void)
{
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) close(terminal);
    return terminal >= 0;
}

/** One line; a signal that asks us to stop ends it. The terminal is in line mode, so a line comes whole. */
static enum clr_status read_line(int terminal, struct clr_secret *out)
{
    out->size = 0;
    for (;;) {
        struct pollfd ready = { .fd = terminal, .events = POLLIN };
        if (cli_signal != 0) return CLR_STOPPED;
        if (poll(&ready, 1, -1) < 0) continue;
        const ssize_t got = read(terminal, out->data + out->size, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || out->data[out->size] == '\n') return got >= 0 ? CLR_OK : CLR_KEY;
        if (out->size + 1 < CLR_PASSPHRASE_MAX) out->size++;
    }
}

static void say(int terminal, const char *text)
{
    for (size_t done = 0, size = strlen(text); done < size;) {
        const ssize_t part = write(terminal, text + done, size - done);
        if (part <= 0) return;
        done += (size_t)part;
    }
}

enum clr_status keys_ask(struct cli *cli, const char *en, const char *zh, bool echo, struct clr_secret *out)
{
    struct termios before, quiet;
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return clr_fault_say(&cli->fault, CLR_KEY, "there is no terminal to ask on; give --keys-key FILE or --passphrase-file FILE",
                             "没有可供询问的终端；请给出 --keys-key 文件 或 --passphrase-file 文件");
    const bool known = tcgetattr(terminal, &before) == 0;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    enum clr_status status = CLR_OK;
    if (!echo && (!known || tcsetattr(terminal, TCSAFLUSH, &quiet) != 0))
        status = clr_fault_say(&cli->fault, CLR_KEY, "the terminal's echo cannot be turned off", "无法关闭终端回显");
    if (status == CLR_OK) {
        say(terminal, text_of(en, zh));
        status = read_line(terminal, out);
        if (!echo) {
            tcsetattr(terminal, TCSAFLUSH, &before);
            say(terminal, "\n");
        }
    }
    close(terminal);
    return status;
}

static enum clr_status ask_passphrase(struct cli *cli, bool twice, struct clr_secret *out)
{
    CLR_TRY(keys_ask(cli, twice ? "new passphrase of the TAC keys: " : "passphrase of the TAC keys: ", twice ? "TAC密钥的新口令：" : "TAC密钥的口令：", false, out));
    out->by = CLR_SEAL_BY_PASSPHRASE;
    if (out->size == 0) return clr_fault_say(&cli->fault, CLR_KEY, "the passphrase is empty", "口令为空");
    if (!twice) return CLR_OK;
    struct clr_secret *const again = clr_secret_create();
    if (again == NULL) return CLR_FULL;
    enum clr_status status = keys_ask(cli, "the same once more: ", "请再输入一次：", false, again);
    if (status == CLR_OK && (again->size != out->size || memcmp(again->data, out->data, out->size) != 0))
        status = clr_fault_say(&cli->fault, CLR_KEY, "the two passphrases differ; nothing was changed", "两次口令不一致；未作任何改动");
    clr_secret_destroy(again);
    return status;
}

/* ---- options ---- */

static enum clr_status read_secret(struct cli *cli, const struct keys_options *options, bool twice, struct clr_secret *out)
{
    const bool by_key = is_given(cli, options->key_file), by_file = is_given(cli, options->passphrase_file),
               by_descriptor = is_given(cli, options->passphrase_fd);

    if (by_key + by_file + by_descriptor > 1)
        return clr_fault_say(&cli->fault, CLR_USAGE, "give one of --%s and a passphrase, not both", "--%s 与口令只能给出一种",
                             option_spec(options->key_file)->name);
    if (by_key) return clr_key_file_read(cli_text(cli, options->key_file, ""), out, &cli->fault);
    if (by_file) return clr_passphrase_file_read(cli_text(cli, options->passphrase_file, ""), out, &cli->fault);
    if (!by_descriptor) return ask_passphrase(cli, twice, out);
    const uint64_t number = cli_number(cli, options->passphrase_fd, 0);
    if (number > INT_MAX) return clr_fault_say(&cli->fault, CLR_USAGE, "--passphrase-fd: no such descriptor", "--passphrase-fd：没有此描述符");
    return clr_passphrase_read((int)number, out, &cli->fault);
}

enum clr_status keys_secret(struct cli *cli, const struct keys_options *options, bool twice, struct clr_secret **out)
{
    struct clr_secret *const secret = clr_secret_create();
    *out = NULL;
    if (secret == NULL) return CLR_FULL;
    const enum clr_status status = read_secret(cli, options, twice, secret);
    if (status == CLR_OK) *out = secret;
    else clr_secret_destroy(secret);
    return status;
}

/* ---- the keys of a working command ---- */

/** Sealed bytes of the latest rules version, NULL when it has none. */
static enum clr_status rules_keys(struct cli *cli, uint8_t **out, size_t *size)
{
    struct clr_rules_folder folder;
    enum clr_status status = CLR_OK;

    *out = NULL;
    if (clr_store_rules(cli->store) == NULL) return CLR_OK;
    CLR_TRY(clr_rules_show(cli->store, 0, &folder, &cli->fault));
    for (size_t i = 0; i < folder.count && *out == NULL; i++) {
        if (strcmp(folder.file[i].name, "keys.sealed") != 0) continue;
        *out = malloc(folder.file[i].size + 1);
        if (*out == NULL) status = CLR_FULL;
        else memcpy(*out, folder.file[i].data, *size = folder.file[i].size);
    }
    clr_rules_folder_free(&folder);
    return status;
}

static enum clr_status open_keys(struct cli *cli, struct clr_bytes sealed)
{
    struct clr_secret *secret;
    CLR_TRY(keys_secret(cli, &keys_present, false, &secret));
    const enum clr_status status = clr_keys_unseal(sealed, secret, &cli->keys, &cli->fault);
    clr_secret_destroy(secret);
    if (status == CLR_OK) clr_store_use_keys(cli->store, cli->keys, &clr_codecs);
    return status;
}

/** An engine that this machine lacks is an error of the command line, not a reason to take another. */
static enum clr_status check_engine(struct cli *cli)
{
    const uint64_t engine = cli_number(cli, OPTION_ID_TAC_ENGINE, 0);

    if (engine == 0 || clr_tac_has((enum clr_tac_engine)(engine - 1))) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "--tac-engine: this machine has no %s", "--tac-engine：本机不支持 %s", clr_tac_engine_name((enum clr_tac_engine)(engine - 1)));
}

enum clr_status cli_use_keys(struct cli *cli)
{
    const bool named = cli_given(cli, OPTION_ID_KEYS), secret = keys_secret_given(cli, &keys_present);
    uint8_t *sealed = NULL;
    size_t size = 0;
    CLR_TRY(check_engine(cli));
    enum clr_status status = named ? clr_sealed_read(cli_text(cli, OPTION_ID_KEYS, ""), &sealed, &size, &cli->fault) : rules_keys(cli, &sealed, &size);

    if (status == CLR_OK && sealed == NULL && secret)
        status = clr_fault_say(&cli->fault, CLR_USAGE, "there are no TAC keys to open: the rules have no keys.sealed; give --keys FILE",
                               "没有可打开的TAC密钥：规则中没有 keys.sealed；请给出 --keys 文件");
    else if (status == CLR_OK && sealed != NULL && !secret && !named)
        cli_note(cli, "the TAC keys of the rules stay sealed: TACs are not verified (--keys-key or --passphrase-file opens them)",
                 "规则中的TAC密钥未打开，不校验TAC（可用 --keys-key 或 --passphrase-file 打开）");
    else if (status == CLR_OK && sealed != NULL) status = open_keys(cli, clr_bytes_of(sealed, size));
    free(sealed);
    return status;
}
