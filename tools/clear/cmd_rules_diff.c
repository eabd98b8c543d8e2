/* cmd_rules_diff.c: `rules diff [OLD [NEW]]`: what changed between two versions, or between a version and a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "memory.h"
#include "rules_lines.h"
#include "text.h"
#include "value.h"

#define RULES_FILE_MAX (64u << 20)
#define STOP_ROW_SIZE 40

/** One side of the comparison. */
struct side {
    uint32_t version;                /* 0: a folder */
    const char *folder;
    struct rules_lines lines;
};

/** FNV-1a: two stop lists of the same length are told apart without showing their content. */
static uint64_t fingerprint(const uint8_t *data, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++) hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void add_stop_list(struct rules_lines *lines, const struct clr_rules_file *file)
{
    char *text = memory_print("%zu rows, %016llx", file->size / STOP_ROW_SIZE, (unsigned long long)fingerprint(file->data, file->size));
    rules_lines_add_text(lines, file->name, text);
    free(text);
}

static enum clr_status read_version(struct cli *cli, struct side *side, bool stop_list)
{
    struct clr_rules_folder folder = { 0 };
    const enum clr_status status = clr_rules_show(cli->store, side->version, &folder, &cli->fault);

    for (size_t i = 0; status == CLR_OK && i < folder.count; i++) {
        const struct clr_rules_file *file = &folder.file[i];
        const size_t length = strlen(file->name);
        const bool binary = length > 4 && strcmp(file->name + length - 4, ".bin") == 0;

        if (!binary) rules_lines_add(&side->lines, file->name, file->data, file->size);
        else if (stop_list) add_stop_list(&side->lines, file);
    }
    clr_rules_folder_free(&folder);
    return status;
}

static enum clr_status say_unreadable(struct cli *cli, const char *path)
{
    const enum clr_status status = clr_fault_say(&cli->fault, CLR_USAGE, "cannot read the rules: %s", "无法读取规则：%s", strerror(errno));
    clr_fault_at(&cli->fault, path, 0, NULL);
    return status;
}

static enum clr_status read_file(struct cli *cli, struct side *side, const char *name)
{
    char *path = memory_print("%s/%s", side->folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0, got;
    enum clr_status status = file == NULL ? say_unreadable(cli, path) : CLR_OK;

    while (status == CLR_OK) {
        data = memory_grow(data, size + 65536, 1);
        got = fread(data + size, 1, 65536, file);
        size += got;
        if (got == 0) break;
        if (size > RULES_FILE_MAX)
            status = clr_fault_say(&cli->fault, CLR_USAGE, "%.64s is too large for a rules file", "%.64s 过大，不是规则文件", name);
    }
    if (status == CLR_OK && ferror(file)) status = say_unreadable(cli, path);
    if (status == CLR_OK) rules_lines_add(&side->lines, name, data, size);
    if (file != NULL) fclose(file);
    free(data);
    free(path);
    return status;
}

static bool is_rules_text(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (name[0] == '.' || dot == NULL || strncmp(name, "status_list.", 12) == 0) return false;
    return strcmp(dot, ".csv") == 0 || strcmp(dot, ".ini") == 0;
}

/** Order of the directory does not matter: the lines are sorted later. */
static enum clr_status read_folder(struct cli *cli, struct side *side)
{
    DIR *directory = opendir(side->folder);
    enum clr_status status = CLR_OK;

    if (directory == NULL) return say_unreadable(cli, side->folder);
    for (const struct dirent *entry; status == CLR_OK && (entry = readdir(directory)) != NULL;)
        if (is_rules_text(entry->d_name)) status = read_file(cli, side, entry->d_name);
    closedir(directory);
    return status;
}

/** A word of digits is a version; anything else is a folder. */
static void side_of(const char *word, struct side *side)
{
    uint64_t number;

    *side = (struct side){ 0 };
    if (value_count(word, &number) && number > 0 && number <= UINT32_MAX) side->version = (uint32_t)number;
    else side->folder = word;
}

/** Which two: OLD and NEW; OLD and the latest; a folder after the latest; the last two versions. */
static enum clr_status choose(struct cli *cli, struct side *older, struct side *newer)
{
    const size_t words = cli->arguments.operand_count - 1;
    const struct clr_rules *latest = clr_store_rules(cli->store);

    *older = *newer = (struct side){ 0 };
    if (latest == NULL)
        return clr_fault_say(&cli->fault, CLR_USAGE, "no rules are loaded; rules load DIR first", "尚未装入规则；请先 rules load DIR");
    newer->version = older->version = latest->version;
    if (words > 2)
        return clr_fault_say(&cli->fault, CLR_USAGE, "rules diff takes at most two versions or folders",
                             "rules diff 最多接受两个版本或目录");
    if (words >= 1) side_of(cli->arguments.operand[1], older);
    if (words == 2) side_of(cli->arguments.operand[2], newer);
    if (words == 1 && older->folder != NULL) {
        newer->folder = older->folder;
        newer->version = 0;
        *older = (struct side){ .version = latest->version };
    }
    if (words > 0) return CLR_OK;
    if (latest->version < 2)
        return clr_fault_say(&cli->fault, CLR_USAGE, "there is one version only; rules diff DIR compares it with a folder",
                             "只有一个版本；rules diff DIR 可与目录比较");
    older->version = latest->version - 1;
    return CLR_OK;
}

static enum clr_status read_side(struct cli *cli, struct side *side, bool stop_list)
{
    return side->folder != NULL ? read_folder(cli, side) : read_version(cli, side, stop_list);
}

static void change_row(struct row *row, const struct rules_line *line)
{
    row_start(row);
    row_text(row, "file", "file", "文件", line->file == NULL ? "" : line->file);
    row_text(row, "change", "change", "变化", line->added ? "+" : "-");
    row_count(row, "line", "line", "行", line->number);
    row_text(row, "text", "text", "内容", line->text == NULL ? "" : line->text);
}

static void changes_show(struct cli *cli, struct json *json, const struct rules_lines *changes)
{
    struct listing listing;
    struct row row;

    change_row(&row, &(struct rules_line){ 0 });
    listing_open(&listing, cli, json, "changes", NULL, &row);
    for (size_t i = 0; i < changes->count; i++) {
        change_row(&row, &changes->line[i]);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

static void side_json(struct json *json, const char *key, const struct side *side)
{
    if (side->folder != NULL) json_text(json, key, side->folder);
    else json_count(json, key, side->version);
}

static void diff_show(struct cli *cli, const struct side *older, const struct side *newer, const struct rules_lines *changes)
{
    struct json json;

    if (cli->json) {
        cli_json_start(cli, &json, CLR_OK);
        side_json(&json, "older", older);
        side_json(&json, "newer", newer);
        changes_show(cli, &json, changes);
        cli_json_end(cli, &json, CLR_OK);
        return;
    }
    if (changes->count > 0) changes_show(cli, NULL, changes);
    else cli_note(cli, "no difference", "没有差别");
    if (older->folder != NULL || newer->folder != NULL)
        cli_note(cli, "the stop list was not compared: a version keeps it as tokens", "未比较停用名单：版本中只保存令牌");
}

int cmd_rules_diff(struct cli *cli)
{
    struct side older = { 0 }, newer = { 0 };
    struct rules_lines changes = { 0 };

    enum clr_status status = cli_open(cli, true);
    if (status == CLR_OK) status = choose(cli, &older, &newer);
    const bool stop_list = older.folder == NULL && newer.folder == NULL;
    if (status == CLR_OK) status = read_side(cli, &older, stop_list);
    if (status == CLR_OK) status = read_side(cli, &newer, stop_list);
    if (status == CLR_OK) {
        rules_lines_compare(&older.lines, &newer.lines, &changes);
        diff_show(cli, &older, &newer, &changes);
    }
    rules_lines_free(&older.lines);
    rules_lines_free(&newer.lines);
    rules_lines_free(&changes);
    return status == CLR_OK ? 0 : cli_fail(cli, status);
}
