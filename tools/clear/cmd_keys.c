/* cmd_keys.c: TAC master keys: make, import, seal anew, remove, list. Of a key only its check value is ever shown. */
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "keys_edit.h"
#include "suggest.h"
#include "text.h"
#include "value.h"

/** A file of keys while a command works on it. */
struct bunch {
    const char *path;
    int lock;                                  /* −1: only looked at */
    bool fresh;                                /* there was no file yet */
    struct clr_secret *secret;
    struct clr_keyset *set;
    unsigned by;
};

/* ---- the file ---- */

/** In place of a key file that a dry run does not make. */
static enum clr_status random_secret(struct clr_secret **out)
{
    *out = clr_secret_create();
    if (*out == NULL) return CLR_FULL;
    (*out)->by = CLR_SEAL_BY_KEY;
    (*out)->size = CLR_SEAL_KEY_SIZE;
    randombytes_buf((*out)->data, CLR_SEAL_KEY_SIZE);
    return CLR_OK;
}

/** The secret of a new file; a key file that is not there yet is made. */
static enum clr_status first_secret(struct cli *cli, struct clr_secret **out)
{
    const char *const path = cli_text(cli, OPTION_ID_KEYS_KEY, NULL);
    if (path != NULL && access(path, F_OK) != 0 && cli->dry_run) return random_secret(out);
    if (path != NULL && access(path, F_OK) != 0) {
        CLR_TRY(clr_key_file_make(path, &cli->fault));
        cli_note(cli, "made the key file %s; keep a copy apart: without it the TAC keys cannot be read", "已生成密钥文件 %s；请另存一份：没有它TAC密钥无法读出", path);
    }
    return keys_secret(cli, &keys_present, true, out);
}

static enum clr_status bunch_open(struct cli *cli, struct bunch *bunch, bool change, bool may_be_new)
{
    uint8_t *sealed = NULL;
    size_t size = 0;

    *bunch = (struct bunch){ .path = cli_text(cli, OPTION_ID_SEALED, "rules/keys.sealed"), .lock = -1 };
    if (change) CLR_TRY(clr_sealed_lock(bunch->path, &bunch->lock, &cli->fault));
    enum clr_status status = clr_sealed_read(bunch->path, &sealed, &size, &cli->fault);
    if (status == CLR_NOT_FOUND && may_be_new) {
        bunch->fresh = true;
        bunch->by = cli_given(cli, OPTION_ID_KEYS_KEY) ? CLR_SEAL_BY_KEY : CLR_SEAL_BY_PASSPHRASE;
        CLR_TRY(first_secret(cli, &bunch->secret));
        return clr_keyset_create(&bunch->set);
    }
    CLR_TRY(status);
    bunch->by = clr_keys_sealed_by(clr_bytes_of(sealed, size));
    status = keys_secret(cli, &keys_present, false, &bunch->secret);
    if (status == CLR_OK) status = clr_keys_unseal(clr_bytes_of(sealed, size), bunch->secret, &bunch->set, &cli->fault);
    if (status != CLR_OK && cli->fault.path[0] == '\0') clr_fault_at(&cli->fault, bunch->path, 0, NULL);
    free(sealed);
    return status;
}

static enum clr_status bunch_write(struct cli *cli, const struct bunch *bunch, const struct clr_secret *secret)
{
    uint8_t *sealed;
    size_t size;
    CLR_TRY(clr_keys_seal(bunch->set, secret, CLR_SEAL_COST, NULL, &sealed, &size, &cli->fault));
    const enum clr_status status = cli->dry_run ? CLR_OK : clr_sealed_replace(bunch->path, sealed, size, &cli->fault);
    free(sealed);
    return status;
}

static void bunch_close(struct bunch *bunch)
{
    clr_secret_destroy(bunch->secret);
    clr_keyset_destroy(bunch->set);
    if (bunch->lock >= 0) close(bunch->lock);
}

/* ---- showing ---- */

static enum clr_status key_row(struct row *row, const struct clr_key *key)
{
    uint8_t kcv[CLR_KEY_KCV_SIZE] = { 0 };
    char hex[2 * CLR_DIGEST_SIZE + 1];

    if (key->algorithm != 0) CLR_TRY(clr_key_kcv(key, kcv));
    row_start(row);
    row_text(row, "issuer", "issuer", "发卡方", row_keep(row, key->issuer));
    row_count(row, "version", "version", "版本", key->version);
    row_count(row, "index", "index", "索引", key->index);
    row_text(row, "algorithm", "algorithm", "算法", clr_key_algorithm_name(key->algorithm));
    row_text(row, "kcv", "check value", "校验值", row_keep(row, value_hex(kcv, sizeof kcv, hex)));
    row_count(row, "levels", "levels", "分散级数", key->levels);
    row_text(row, "issuer_factor", "issuer factor", "发卡方因子", key->levels < 2 ? NULL : key->issuer_source == CLR_FACTOR_RECORD ? "record"
                                            : row_keep(row, value_hex(key->issuer_factor, sizeof key->issuer_factor, hex)));
    row_count(row, "card_skip", "card skip", "卡号略去", key->card_skip);
    row_count(row, "data", "data", "数据长度", key->data_size);
    row_flag(row, "fold", "folded", "折叠", key->algorithm == CLR_TAC_3DES && key->fold != 0);
    row_flag(row, "xor_words", "xor words", "字异或", key->xor_words != 0);
    row_flag(row, "waits", "waits", "等待", key->waits != 0);
    return CLR_OK;
}

/** `only` NULL: all of them. */
static enum clr_status show(struct cli *cli, const struct bunch *bunch, const struct clr_key *only)
{
    uint8_t digest[CLR_KEYS_DIGEST_SIZE];
    struct listing listing;
    struct json json;
    struct row row;

    CLR_TRY(clr_keyset_digest(bunch->set, digest));
    CLR_TRY(key_row(&row, &(struct clr_key){ .algorithm = 0 }));
    if (cli->json) {
        cli_json_start(cli, &json, CLR_OK);
        json_text(&json, "file", bunch->path);
        json_text(&json, "sealed_by", bunch->by == CLR_SEAL_BY_KEY ? "key-file" : "passphrase");
        json_hex(&json, "digest", digest, sizeof digest);
    }
    listing_open(&listing, cli, cli->json ? &json : NULL, "keys", text_of("TAC keys", "TAC密钥"), &row);
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < clr_keyset_count(bunch->set) && status == CLR_OK; i++) {
        const struct clr_key *const key = clr_keyset_at(bunch->set, i);
        if (only != NULL && memcmp(key, only, offsetof(struct clr_key, levels)) != 0) continue;
        status = key_row(&row, key);
        if (status == CLR_OK) listing_add(&listing, &row);
    }
    listing_close(&listing);
    if (cli->json) cli_json_end(cli, &json, CLR_OK);
    return status;
}

/* ---- the commands ---- */

static enum clr_status keys_list(struct cli *cli, struct bunch *bunch)
{
    CLR_TRY(bunch_open(cli, bunch, false, false));
    return show(cli, bunch, NULL);
}

static enum clr_status keys_rotate(struct cli *cli, struct bunch *bunch)
{
    const char *const path = cli_text(cli, OPTION_ID_NEW_KEYS_KEY, NULL);
    struct clr_secret *fresh = NULL;

    CLR_TRY(bunch_open(cli, bunch, true, false));
    if (path != NULL && access(path, F_OK) != 0) {
        if (!cli->dry_run) CLR_TRY(clr_key_file_make(path, &cli->fault));
        else CLR_TRY(random_secret(&fresh));
    }
    if (fresh == NULL) CLR_TRY(keys_secret(cli, &keys_future, true, &fresh));
    enum clr_status status = bunch_write(cli, bunch, fresh);
    if (status == CLR_OK) bunch->by = fresh->by;
    clr_secret_destroy(fresh);
    if (status == CLR_OK) status = show(cli, bunch, NULL);
    if (status == CLR_OK) cli_note(cli, "sealed anew; load the rules again where they hold this file", "已重新封存；若此文件属于规则目录，请重新装入规则");
    return status;
}

/** `import` false: a random key. */
static enum clr_status keys_add(struct cli *cli, struct bunch *bunch, bool import)
{
    struct clr_key *const key = sodium_malloc(sizeof *key);     /* guarded, as the set is */
    if (key == NULL) return CLR_FULL;
    sodium_memzero(key, sizeof *key);
    enum clr_status status = keys_edit_options(cli, key);
    if (status == CLR_OK) status = bunch_open(cli, bunch, true, true);
    if (status == CLR_OK) status = clr_keyset_vacant(bunch->set, key, &cli->fault);      /* before anybody types components */
    if (status == CLR_OK) status = import ? keys_edit_import(cli, key) : keys_edit_random(key);
    if (status == CLR_OK) status = clr_keyset_add(bunch->set, key, &cli->fault);
    if (status == CLR_OK) status = bunch_write(cli, bunch, bunch->secret);
    if (status == CLR_OK) status = show(cli, bunch, key);
    sodium_free(key);
    return status;
}

/** The store whose audit log a removal goes into: the one that is named, or the one that is here. Without any there is no log. */
static enum clr_status open_log(struct cli *cli)
{
    const bool named = cli_given(cli, OPTION_ID_STORE) || getenv("CLEAR_STORE") != NULL;
    if (cli->dry_run || (!named && access(cli_store_path(cli), F_OK) != 0)) return CLR_OK;
    return cli_open(cli, false);
}

static enum clr_status remove_one(struct cli *cli, struct bunch *bunch)
{
    struct clr_key numbers = { .version = 0 };
    CLR_TRY(keys_edit_numbers(cli, &numbers));
    CLR_TRY(bunch_open(cli, bunch, true, false));
    CLR_TRY(clr_keyset_remove(bunch->set, &numbers, &cli->fault));
    return bunch_write(cli, bunch, bunch->secret);
}

/** A failed attempt is logged, too. */
static enum clr_status keys_remove(struct cli *cli, struct bunch *bunch)
{
    CLR_TRY(open_log(cli));
    CLR_TRY(cli_audit(cli, remove_one(cli, bunch)));
    CLR_TRY(show(cli, bunch, NULL));
    cli_note(cli, "TACs under this key are no longer verified; load the rules again where they hold this file",
             "此密钥的TAC不再校验；若此文件属于规则目录，请重新装入规则");
    return CLR_OK;
}

static enum clr_status unknown_word(struct cli *cli, const char *word)
{
    static const char *const words[] = { "new", "import", "rotate", "remove", "list" };
    struct suggestion near = { .typed = word };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) suggest_offer(&near, words[i]);
    if (near.best != NULL)
        return clr_fault_say(&cli->fault, CLR_USAGE, "keys %.64s: no such thing; did you mean keys %s?", "keys %.64s：没有这个子命令；是否想用 keys %s？", word, near.best);
    return clr_fault_say(&cli->fault, CLR_USAGE, "keys %.64s: no such thing; there are new, import, rotate, remove and list",
                         "keys %.64s：没有这个子命令；可用 new、import、rotate、remove、list", word);
}

int cmd_keys(struct cli *cli)
{
    const char *const word = cli->arguments.operand[0];
    const bool import = strcmp(word, "import") == 0;
    struct bunch bunch = { .lock = -1 };
    enum clr_status status;

    if (sodium_init() < 0) status = clr_fault_say(&cli->fault, CLR_KEY, "libsodium does not start", "libsodium 无法启动");
    else if (cli->arguments.operand_count > (import ? 2 : 1))
        status = clr_fault_say(&cli->fault, CLR_USAGE, "keys %s: \"%.64s\" is one word too many", "keys %s：“%.64s”是多余的参数", word,
                               cli->arguments.operand[import ? 2 : 1]);
    else if (strcmp(word, "list") == 0) status = keys_list(cli, &bunch);
    else if (strcmp(word, "rotate") == 0) status = keys_rotate(cli, &bunch);
    else if (strcmp(word, "remove") == 0) status = keys_remove(cli, &bunch);
    else if (import || strcmp(word, "new") == 0) status = keys_add(cli, &bunch, import);
    else status = unknown_word(cli, word);
    bunch_close(&bunch);
    if (status != CLR_OK) return cli_fail(cli, status);
    cli_note_dry_run(cli);
    return 0;
}
