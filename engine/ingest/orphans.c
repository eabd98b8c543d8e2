/* Archives that belong to no file: what a killed command was writing, or had written for a file that never came in. */
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>

#include "ingest/admission.h"
#include "store/archive.h"

/** "<64 hex digits>.cla" → root. */
static bool archive_name(const char *name, uint8_t received[CLR_DIGEST_SIZE])
{
    size_t used;
    const char *end;
    if (strlen(name) != 2 * CLR_DIGEST_SIZE + 4) return false;
    if (sodium_hex2bin(received, CLR_DIGEST_SIZE, name, 2 * CLR_DIGEST_SIZE, NULL, &used, &end) != 0 || used != CLR_DIGEST_SIZE) return false;
    return strcmp(end, ".cla") == 0;
}

static int compare_roots(const void *a, const void *b) { return memcmp(a, b, CLR_DIGEST_SIZE); }

/** Received roots of all files, sorted; malloc'ed. */
static enum clr_status list_roots(struct clr_tx *tx, uint8_t (**out)[CLR_DIGEST_SIZE], size_t *count, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status == CLR_OK && *count == capacity) {
            capacity = capacity * 2 + 64;
            void *const grown = realloc(*out, capacity * CLR_DIGEST_SIZE);
            if (grown == NULL) status = CLR_FULL;
            else *out = grown;
        }
        if (status != CLR_OK) break;
        memcpy((*out)[(*count)++], file.received, CLR_DIGEST_SIZE);
        clr_file_free(&file);
    }
    clr_scan_close(&scan);
    if (status != CLR_NOT_FOUND) return status;
    if (*count > 1) qsort(*out, *count, CLR_DIGEST_SIZE, compare_roots);
    return CLR_OK;
}

static void remove_orphans(const char *directory, uint8_t (*root)[CLR_DIGEST_SIZE], size_t count)
{
    uint8_t received[CLR_DIGEST_SIZE];
    DIR *const open_directory = opendir(directory);
    if (open_directory == NULL) return;
    for (const struct dirent *entry; (entry = readdir(open_directory)) != NULL;) {
        if (!archive_name(entry->d_name, received) || (count > 0 && bsearch(received, root, count, CLR_DIGEST_SIZE, compare_roots) != NULL)) continue;
        /* What cannot be removed now is removed by a later opening. */
        const enum clr_status removed = clr_archive_remove(directory, received);
        (void)removed;
    }
    closedir(open_directory);
}

enum clr_status clr_admission_sweep_archives(struct clr_store *store, struct clr_fault *fault)
{
    char directory[600];
    uint8_t (*root)[CLR_DIGEST_SIZE] = NULL;
    size_t count = 0;
    struct clr_bytes value;
    struct clr_tx tx;
    clr_store_archive_path(store, directory);
    clr_archive_sweep(directory);
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_tx_get(&tx, CLR_TABLE_adm, "o", 1, &value, fault);
    const bool under_way = status == CLR_OK;
    if (status == CLR_NOT_FOUND) status = list_roots(&tx, &root, &count, fault);
    clr_tx_abort(&tx);
    if (status == CLR_OK && !under_way) remove_orphans(directory, root, count);
    free(root);
    return status;
}
