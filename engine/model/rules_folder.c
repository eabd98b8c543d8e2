/*
 * rules_folder.c: the rules folder as files by value, and its digest. See rules.h.
 *
 * Digest: SHA-256 over, for each file in order of name: the name and a NUL, the size as 8 big-endian bytes, the bytes. Every file
 * is read once, to its size; one that is shorter or longer by then has been changed while we read it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/rules_index.h"

#define FILE_SIZE_MAX (64u << 20)             /* of any file but the stop list */
#define PIECE_SIZE (1u << 20)

enum { MAY_BE_MISSING, MUST_BE_THERE };
static const struct { const char *name; int need; } known[] = {
    { "calendar.csv", MAY_BE_MISSING },     { "cards.csv", MAY_BE_MISSING },       { "fees.csv", MAY_BE_MISSING },
    { "keys.sealed", MAY_BE_MISSING },      { "limits.csv", MAY_BE_MISSING },      { "participants.csv", MUST_BE_THERE },
    { "senders.ini", MUST_BE_THERE },       { "splits.csv", MAY_BE_MISSING },      { "status_list.csv", MAY_BE_MISSING },
    { "status_list.csv.zst", MAY_BE_MISSING }, { "windows.ini", MUST_BE_THERE },
};
#define KNOWN_COUNT (sizeof known / sizeof *known)

struct reading {
    const char *path;
    int directory;
    struct clr_tokenizer *tokenizer;
    EVP_MD_CTX *digest;
    struct clr_rules_folder *folder;
    struct clr_fault *fault;
};

static enum clr_status fail(struct reading *reading, const char *name, const char *en, const char *zh, const char *detail)
{
    const enum clr_status status = clr_fault_say(reading->fault, CLR_USAGE, en, zh, detail);
    char path[512];

    snprintf(path, sizeof path, "%s%s%s", reading->path, name == NULL ? "" : "/", name == NULL ? "" : name);
    clr_fault_at(reading->fault, path, 0, NULL);
    return status;
}

static int known_file(const char *name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (strcmp(known[i].name, name) == 0) return (int)i;
    }
    return -1;
}

/* Which known files lie there. Names starting with a dot and README files are for people and not rules. */
static enum clr_status list_files(struct reading *reading, bool there[KNOWN_COUNT])
{
    DIR *directory = opendir(reading->path);
    enum clr_status status = CLR_OK;
    const struct dirent *entry;

    if (directory == NULL) return fail(reading, NULL, "cannot list the folder: %s", "无法列出目录：%s", strerror(errno));
    while (status == CLR_OK && (entry = readdir(directory)) != NULL) {
        const int number = known_file(entry->d_name);

        if (entry->d_name[0] == '.' || strncmp(entry->d_name, "README", 6) == 0) continue;
        if (number >= 0) there[number] = true;
        else status = fail(reading, entry->d_name, "not a file of the rules folder: %s; take it away or correct its name", "规则目录中不应有此文件：%s；请移走或改正文件名", entry->d_name);
    }
    closedir(directory);
    return status;
}

static enum clr_status open_file(struct reading *reading, const char *name, int *file, uint64_t *size)
{
    struct stat stat;

    *file = openat(reading->directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0) return fail(reading, name, "cannot open: %s", "无法打开：%s", strerror(errno));
    if (fstat(*file, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        close(*file);
        return fail(reading, name, "not a regular file%s", "不是普通文件%s", "");
    }
    *size = (uint64_t)stat.st_size;
    return CLR_OK;
}

static bool hash(struct reading *reading, const void *data, size_t size)
{
    return EVP_DigestUpdate(reading->digest, data, size) == 1;
}

static enum clr_status hash_head(struct reading *reading, const char *name, uint64_t size)
{
    uint8_t size_be[8];

    clr_put_be64(size_be, size);
    return hash(reading, name, strlen(name) + 1) && hash(reading, size_be, sizeof size_be) ? CLR_OK : CLR_KEY;
}

/* Up to `size` bytes; fewer only at the end of the file. */
static enum clr_status read_piece(struct reading *reading, const char *name, int file, uint8_t *to, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        const ssize_t part = read(file, to + *got, size - *got);

        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return fail(reading, name, "cannot read: %s", "无法读取：%s", strerror(errno));
        if (part == 0) break;
        *got += (size_t)part;
    }
    return hash(reading, to, *got) ? CLR_OK : CLR_KEY;
}

static enum clr_status changed(struct reading *reading, const char *name)
{
    return fail(reading, name, "the file changed while it was read; load again%s", "读取过程中文件被改动；请重新装载%s", "");
}

static enum clr_status add_file(struct reading *reading, const char *name, uint8_t *data, size_t size)
{
    struct clr_rules_file *file = &reading->folder->file[reading->folder->count++];

    snprintf(file->name, sizeof file->name, "%s", name);
    file->data = data;
    file->size = size;
    return data == NULL ? clr_rules_out_of_memory(reading->fault, name) : CLR_OK;
}

/* One byte more than the size is asked for, so that a file that grew is noticed. */
static enum clr_status read_whole(struct reading *reading, const char *name, int file, uint64_t size)
{
    uint8_t *data;
    size_t got = 0;

    if (size > FILE_SIZE_MAX) return fail(reading, name, "larger than 64 MiB%s", "超过64 MiB%s", "");
    data = malloc((size_t)size + 1);
    CLR_TRY(add_file(reading, name, data, (size_t)size));
    CLR_TRY(hash_head(reading, name, size));
    CLR_TRY(read_piece(reading, name, file, data, (size_t)size + 1, &got));
    return got == size ? CLR_OK : changed(reading, name);
}

/* The stop list is larger than anything else and never kept: piece by piece into tokens. */
static enum clr_status pump_stops(struct reading *reading, struct clr_rules_stops *stops, const char *name, int file, uint64_t size, uint8_t *piece)
{
    uint64_t total = 0;
    size_t got = PIECE_SIZE;

    CLR_TRY(hash_head(reading, name, size));
    while (got == PIECE_SIZE) {
        CLR_TRY(read_piece(reading, name, file, piece, PIECE_SIZE, &got));
        total += got;
        CLR_TRY(clr_rules_stops_feed(stops, clr_bytes_of(piece, got), got < PIECE_SIZE));
    }
    return total == size ? CLR_OK : changed(reading, name);
}

static enum clr_status read_stops(struct reading *reading, const char *name, int file, uint64_t size)
{
    const bool packed = strcmp(name, "status_list.csv.zst") == 0;
    struct clr_rules_stops *stops = NULL;
    uint8_t *piece = malloc(PIECE_SIZE), *data = NULL;
    size_t data_size = 0;
    enum clr_status status = piece == NULL ? clr_rules_out_of_memory(reading->fault, name) : CLR_OK;

    if (status == CLR_OK) status = clr_rules_stops_create(reading->tokenizer, packed, name, reading->fault, &stops);
    if (status == CLR_OK) status = pump_stops(reading, stops, name, file, size, piece);
    if (status == CLR_OK) {
        clr_rules_stops_take(stops, &data, &data_size);
        status = add_file(reading, "status_list.bin", data, data_size);
    }
    clr_rules_stops_destroy(stops);
    free(piece);
    return status;
}

static enum clr_status read_file(struct reading *reading, const char *name)
{
    uint64_t size = 0;
    int file = -1;
    enum clr_status status;

    CLR_TRY(open_file(reading, name, &file, &size));
    if (strncmp(name, "status_list.", 12) == 0) status = read_stops(reading, name, file, size);
    else status = read_whole(reading, name, file, size);
    close(file);
    return status;
}

static enum clr_status read_files(struct reading *reading)
{
    bool there[KNOWN_COUNT] = { false };
    unsigned size = CLR_DIGEST_SIZE;

    CLR_TRY(list_files(reading, there));
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (known[i].need == MUST_BE_THERE && !there[i]) return fail(reading, NULL, "%s is missing", "缺少文件%s", known[i].name);
    }
    if (there[known_file("status_list.csv")] && there[known_file("status_list.csv.zst")])
        return fail(reading, "status_list.csv", "status_list.csv and status_list.csv.zst are both there; keep one%s", "status_list.csv与status_list.csv.zst同时存在；请只保留一个%s", "");
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (there[i]) CLR_TRY(read_file(reading, known[i].name));
    }
    return EVP_DigestFinal_ex(reading->digest, reading->folder->digest, &size) == 1 ? CLR_OK : CLR_KEY;
}

static enum clr_status read_folder(struct reading *reading)
{
    reading->directory = open(reading->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (reading->directory < 0) return fail(reading, NULL, "cannot open the rules folder: %s", "无法打开规则目录：%s", strerror(errno));
    reading->folder->file = calloc(KNOWN_COUNT, sizeof *reading->folder->file);
    reading->digest = EVP_MD_CTX_new();
    if (reading->folder->file == NULL || reading->digest == NULL) return clr_rules_out_of_memory(reading->fault, reading->path);
    if (EVP_DigestInit_ex(reading->digest, EVP_sha256(), NULL) != 1) return CLR_KEY;
    return read_files(reading);
}

enum clr_status clr_rules_folder_read(const char *path, struct clr_tokenizer *tokenizer, struct clr_rules_folder *out, struct clr_fault *fault)
{
    struct clr_rules_folder folder = { 0 };
    struct reading reading = { path, -1, tokenizer, NULL, &folder, fault };
    enum clr_status status = read_folder(&reading);

    if (status == CLR_KEY) clr_fault_say(fault, status, "SHA-256 is not available", "无法使用SHA-256");
    EVP_MD_CTX_free(reading.digest);
    if (reading.directory >= 0) close(reading.directory);
    if (status == CLR_OK) *out = folder;
    else clr_rules_folder_free(&folder);
    return status;
}

void clr_rules_folder_free(struct clr_rules_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) free(folder->file[i].data);
    free(folder->file);
    *folder = (struct clr_rules_folder){ 0 };
}

const struct clr_rules_file *clr_rules_file_find(const struct clr_rules_folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (strcmp(folder->file[i].name, name) == 0) return &folder->file[i];
    }
    return NULL;
}
