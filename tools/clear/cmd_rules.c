/* cmd_rules.c: take in a rules folder as a new version, show a version; `diff` is in cmd_rules_diff.c. */
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "suggest.h"
#include "text.h"
#include "value.h"

static enum clr_status operands_are(struct cli *cli, size_t most)
{
    if (cli->arguments.operand_count <= most) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "rules %s: \"%.64s\" is one word too many",
                         "rules %s：“%.64s”是多余的参数", cli->arguments.operand[0],
                         cli->arguments.operand[most]);
}

static void loaded_row(struct row *row, const struct clr_rules_loaded *loaded)
{
    row_start(row);
    row_count(row, "version", "version", "版本", loaded->version);
    row_digest(row, "digest", "digest", "摘要", loaded->digest, sizeof loaded->digest);
    row_flag(row, "already", "loaded before", "此前已装入", loaded->already);
    row_count(row, "participants", "participants", "参与方", loaded->participants);
    row_count(row, "fees", "fee rows", "费率", loaded->fees);
    row_count(row, "senders", "senders", "发送方", loaded->senders);
    row_count(row, "cards", "card prefixes", "卡号段", loaded->cards);
}

static int rules_load(struct cli *cli)
{
    struct clr_rules_loaded loaded = { 0 };
    struct row row;
    enum clr_status status = operands_are(cli, 2);

    if (cli->arguments.operand_count < 2)
        status = clr_fault_say(&cli->fault, CLR_USAGE, "rules load needs the folder: rules load DIR",
                               "rules load 需要规则目录：rules load DIR");
    if (status == CLR_OK) status = cli_open(cli, false);
    if (status == CLR_OK) status = clr_rules_load(cli->store, cli->arguments.operand[1], cli->dry_run, &loaded, &cli->fault);
    status = cli_audit(cli, status);
    if (status != CLR_OK) return cli_fail(cli, status);
    loaded_row(&row, &loaded);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        row_json(&row, &json);
        cli_json_end(cli, &json, CLR_OK);
    } else {
        struct listing listing;
        listing_open(&listing, cli, NULL, NULL, NULL, &row);
        listing_add(&listing, &row);
        listing_close(&listing);
    }
    cli_note_dry_run(cli);
    return 0;
}

static void file_row(struct row *row, const struct clr_rules_file *file)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < file->size; i++) lines += file->data[i] == '\n';
    row_start(row);
    row_text(row, "name", "file", "文件", file->name);
    row_count(row, "bytes", "bytes", "字节数", file->size);
    row_count(row, "lines", "lines", "行数", lines);
}

static void show_folder(struct cli *cli, struct json *json, const struct clr_rules_folder *folder)
{
    struct listing listing;
    struct row row;

    file_row(&row, &(struct clr_rules_file){ 0 });
    listing_open(&listing, cli, json, "files", text_of("Rules folder", "规则目录"), &row);
    for (size_t i = 0; i < folder->count; i++) {
        file_row(&row, &folder->file[i]);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

/** As it was loaded: the bytes themselves, or as text in the result object. */
static void show_file(struct cli *cli, const struct clr_rules_file *file)
{
    struct json json;

    if (!cli->json) {
        fwrite(file->data, 1, file->size, stdout);
        return;
    }
    cli_json_start(cli, &json, CLR_OK);
    json_text(&json, "name", file->name);
    json_bytes(&json, "text", (const char *)file->data, file->size);
    cli_json_end(cli, &json, CLR_OK);
}

/** One file of the version. */
static enum clr_status print_file(struct cli *cli, const struct clr_rules_folder *folder, const char *name)
{
    struct suggestion near = { .typed = name };

    for (size_t i = 0; i < folder->count; i++) {
        suggest_offer(&near, folder->file[i].name);
        if (strcmp(folder->file[i].name, name) != 0) continue;
        show_file(cli, &folder->file[i]);
        return CLR_OK;
    }
    if (near.best != NULL)
        return clr_fault_say(&cli->fault, CLR_NOT_FOUND, "this version has no file %.64s; did you mean %s?",
                             "此版本没有文件 %.64s；是否想看 %s？", name, near.best);
    return clr_fault_say(&cli->fault, CLR_NOT_FOUND, "this version has no file %.64s; rules show lists them",
                         "此版本没有文件 %.64s；rules show 列出全部文件", name);
}

/** `show [VERSION] [FILE]`: a word of digits is a version. */
static enum clr_status show_arguments(struct cli *cli, uint32_t *version, const char **file)
{
    uint64_t number;

    *version = 0;
    *file = NULL;
    CLR_TRY(operands_are(cli, 3));
    for (size_t i = 1; i < cli->arguments.operand_count; i++) {
        const char *word = cli->arguments.operand[i];
        if (i == 1 && value_count(word, &number) && number > 0 && number <= UINT32_MAX) *version = (uint32_t)number;
        else if (*file == NULL) *file = word;
        else
            return clr_fault_say(&cli->fault, CLR_USAGE, "rules show takes a version and one file",
                                 "rules show 只接受一个版本号和一个文件名");
    }
    return CLR_OK;
}

static void show_version(struct cli *cli, const struct clr_rules_folder *folder, uint32_t version)
{
    struct json json;
    char hex[2 * CLR_DIGEST_SIZE + 1];

    if (cli->json) {
        cli_json_start(cli, &json, CLR_OK);
        json_count(&json, "version", version);
        json_hex(&json, "digest", folder->digest, sizeof folder->digest);
        show_folder(cli, &json, folder);
        cli_json_end(cli, &json, CLR_OK);
        return;
    }
    cli_note(cli, "version %u, digest %s", "版本 %u，摘要 %s", version, value_hex(folder->digest, sizeof folder->digest, hex));
    show_folder(cli, NULL, folder);
}

static int rules_show(struct cli *cli)
{
    struct clr_rules_folder folder = { 0 };
    const char *file = NULL;
    uint32_t version = 0;

    enum clr_status status = show_arguments(cli, &version, &file);
    if (status == CLR_OK) status = cli_open(cli, true);
    if (status == CLR_OK) status = clr_rules_show(cli->store, version, &folder, &cli->fault);
    if (status == CLR_OK && version == 0) {
        const struct clr_rules *rules = clr_store_rules(cli->store);
        version = rules == NULL ? 0 : rules->version;
    }
    if (status == CLR_OK && file != NULL) status = print_file(cli, &folder, file);
    if (status == CLR_OK && file == NULL) show_version(cli, &folder, version);
    clr_rules_folder_free(&folder);
    return status == CLR_OK ? 0 : cli_fail(cli, status);
}

int cmd_rules(struct cli *cli)
{
    const char *word = cli->arguments.operand[0];
    struct suggestion near = { .typed = word };

    if (strcmp(word, "load") == 0) return rules_load(cli);
    if (strcmp(word, "show") == 0) return rules_show(cli);
    if (strcmp(word, "diff") == 0) return cmd_rules_diff(cli);
    suggest_offer(&near, "load");
    suggest_offer(&near, "show");
    suggest_offer(&near, "diff");
    if (near.best != NULL)
        return cli_fail(cli, clr_fault_say(&cli->fault, CLR_USAGE, "rules %.64s: no such thing; did you mean rules %s?",
                                           "rules %.64s：没有这个子命令；是否想用 rules %s？", word, near.best));
    return cli_fail(cli, clr_fault_say(&cli->fault, CLR_USAGE, "rules %.64s: no such thing; there are load, show and diff",
                                       "rules %.64s：没有这个子命令；可用 load、show、diff", word));
}
